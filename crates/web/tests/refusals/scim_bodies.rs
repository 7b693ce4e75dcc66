//! Bodies sent to `/scim/v2/Users`.

use http_body_util::Full;
use latchkey_testkit::actors::user;
use latchkey_testkit::installation::request;
use latchkey_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::table::{Table, long};

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
const INVITATION: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";
const SCIM: &str = "application/scim+json";

fn nora() -> Value {
    user("nora@acme.example", "Nora", "Vale")
}

fn with(name: &str, value: Value) -> Value {
    let mut body = nora();
    if let Some(it) = body.as_object_mut() {
        it.insert(name.to_owned(), value);
    }
    body
}

on_both_databases!(who_sends, installed, async |it| {
    let mut table = Table::new(it);
    let good = "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa";
    let access = it.crm().tokens_for("olivia@acme.example", "openid").await;
    let access = format!("Bearer {}", access.access());
    for (name, headers) in [
        ("no SCIM token", vec![]),
        (
            "an unknown SCIM token",
            vec!["Bearer lk_scim_nobody-0123456789012345678901234567"],
        ),
        (
            "a SCIM token cut short",
            vec!["Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0"],
        ),
        (
            "a SCIM token in other case",
            vec!["Bearer LK_SCIM_ACME-TQ4MZ8RVW1YC6KD3NF9BJ2HS7LX5PG0QA"],
        ),
        ("a SCIM token like SQL", vec!["Bearer '%20OR%20'1'='1"]),
        ("a SCIM token by Basic", vec!["Basic bGtfc2NpbTp4"]),
        ("a SCIM token twice", vec![good, good]),
        ("an owner's access token for SCIM", vec![access.as_str()]),
    ] {
        let mut builder = request("POST", "/scim/v2/Users").header("content-type", SCIM);
        for header in headers {
            builder = builder.header("authorization", header);
        }
        table.refuse(name, it.call(builder, nora().to_string())).await;
    }
    let query = request(
        "GET",
        "/scim/v2/Users?access_token=lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
    );
    table
        .refuse("a SCIM token in the query", it.call(query, ""))
        .await;
    table.review("scim_who");
});

on_both_databases!(what_is_no_json, installed, async |it| {
    let mut table = Table::new(it);
    let hr = it.hr();
    let whole = nora().to_string();
    let deep = format!(
        "{{\"userName\":\"a@b.example\",\"x\":{}1{}}}",
        "[".repeat(40),
        "]".repeat(40)
    );
    for (name, kind, body) in [
        ("SCIM: no body", SCIM, " ".to_owned()),
        (
            "SCIM: a truncated body",
            SCIM,
            whole[..whole.len() / 2].to_owned(),
        ),
        ("SCIM: two bodies", SCIM, format!("{whole}{whole}")),
        ("SCIM: a list", SCIM, format!("[{whole}]")),
        ("SCIM: a text", SCIM, "\"x\"".to_owned()),
        ("SCIM: null", SCIM, "null".to_owned()),
        (
            "SCIM: a name twice",
            SCIM,
            r#"{"userName":"a@b.example","userName":"c@d.example"}"#.to_owned(),
        ),
        (
            "SCIM: a name twice in other case",
            SCIM,
            r#"{"userName":"a@b.example","USERNAME":"c@d.example"}"#.to_owned(),
        ),
        (
            "SCIM: a NUL",
            SCIM,
            r#"{"userName":"a\u0000@b.example"}"#.to_owned(),
        ),
        (
            "SCIM: half a surrogate",
            SCIM,
            r#"{"userName":"a\ud800@b.example"}"#.to_owned(),
        ),
        (
            "SCIM: a control character",
            SCIM,
            "{\"userName\":\"a\u{1}@b.example\"}".to_owned(),
        ),
        ("SCIM: nested too deep", SCIM, deep),
        (
            "SCIM: too large",
            SCIM,
            format!("{{\"userName\":\"{}\"}}", long(1_100_000)),
        ),
        (
            "SCIM: a number beyond all bounds",
            SCIM,
            "{\"userName\":1e999}".to_owned(),
        ),
        ("SCIM: XML", "application/xml", "<User/>".to_owned()),
        (
            "SCIM: a form",
            "application/x-www-form-urlencoded",
            "userName=x".to_owned(),
        ),
        (
            "SCIM: another charset",
            "application/json; charset=utf-16",
            whole.clone(),
        ),
        ("SCIM: text", "text/plain", whole.clone()),
    ] {
        table
            .refuse(name, hr.send_raw("POST", "/Users", (kind, body)))
            .await;
    }
    let bytes = request("POST", "/scim/v2/Users")
        .header(
            "authorization",
            "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
        )
        .header("content-type", SCIM)
        .body(Full::from(b"{\"userName\":\"\xff\xfe\"}".to_vec()))
        .unwrap();
    table.refuse("SCIM: bytes that are no text", it.send(bytes)).await;
    table.review("scim_json");
});

on_both_databases!(what_a_new_user_cannot_be, installed, async |it| {
    let mut table = Table::new(it);
    let hr = it.hr();
    let access = |value: Value| with(ACCESS, value);
    for (name, body) in [
        ("a user without a name", json!({ "displayName": "Nora" })),
        ("a user with an empty name", with("userName", json!("  "))),
        ("a user with a name that is a number", with("userName", json!(7))),
        (
            "a user with a name that is too long",
            with("userName", json!(long(300))),
        ),
        (
            "a user with a name that hides something",
            with("userName", json!("nora\u{200b}@acme.example")),
        ),
        (
            "a user who is there already",
            with("userName", json!("stan@acme.example")),
        ),
        (
            "a user who is there already in other case",
            with("userName", json!("STAN@ACME.example")),
        ),
        ("an active that is a word", with("active", json!("maybe"))),
        ("an active that is a number", with("active", json!(1))),
        (
            "emails that are a text",
            with("emails", json!("nora@acme.example")),
        ),
        (
            "an email that is an object in an object",
            with("emails", json!([{ "value": { "x": 1 } }])),
        ),
        ("a name that is a list", with("name", json!(["Nora"]))),
        (
            "a first name that is a number",
            with("name", json!({ "givenName": 1 })),
        ),
        (
            "a first name with a link",
            with("name", json!({ "givenName": "see https://evil.example" })),
        ),
        (
            "a first name with a line break",
            with("name", json!({ "givenName": "Nora\r\nBcc: all@evil.example" })),
        ),
        (
            "a display name that turns the text around",
            with("displayName", json!("Nora \u{202e}elaV")),
        ),
        (
            "two roles",
            with("roles", json!([{ "value": "standard" }, { "value": "manager" }])),
        ),
        ("an unknown role", with("roles", json!([{ "value": "emperor" }]))),
        (
            "a role like SQL",
            with("roles", json!([{ "value": "' OR '1'='1" }])),
        ),
        ("the owner's role", with("roles", json!([{ "value": "owner" }]))),
        (
            "too many phone numbers",
            with("phoneNumbers", json!(vec![json!({ "value": "1" }); 300])),
        ),
        ("a title that is too long", with("title", json!(long(9_000)))),
        (
            "an externalId that is too long",
            with("externalId", json!(long(2_000))),
        ),
        ("an externalId that is a list", with("externalId", json!(["1"]))),
        (
            "a permission set that there is not",
            access(json!({ "permissionSets": [{ "value": "No such set" }] })),
        ),
        (
            "another account's permission set",
            access(json!({ "permissionSets": [{ "value": "Night shift" }] })),
        ),
        (
            "a mobileAccess that is a word",
            access(json!({ "mobileAccess": "perhaps" })),
        ),
        ("an extension that is a list", access(json!([]))),
        (
            "a message with a link",
            with(INVITATION, json!({ "message": "see www.evil.example" })),
        ),
        (
            "a message that is too long",
            with(INVITATION, json!({ "message": long(9_000) })),
        ),
        (
            "an application that the account lacks",
            with(INVITATION, json!({ "application": "desk" })),
        ),
        (
            "schemas that are not of users",
            with("schemas", json!(["urn:ietf:params:scim:schemas:core:2.0:Group"])),
        ),
    ] {
        table.refuse(name, hr.post("/Users", &body)).await;
    }
    hr.post("/Users", &with("externalId", json!("hr-1")))
        .await
        .expect(201);
    let mut other = with("externalId", json!("hr-1"));
    other["userName"] = json!("other@acme.example");
    table
        .refuse("an externalId that is taken", hr.post("/Users", &other))
        .await;
    table.review("scim_create");
});

on_both_databases!(what_cannot_be_changed, installed, async |it| {
    let mut table = Table::new(it);
    let hr = it.hr();
    let rita = format!("/Users/{}", hr.id_of("rita@acme.example").await);
    let olivia = format!("/Users/{}", hr.id_of("olivia@acme.example").await);
    let externally = |id: &str| json!([{ "op": "add", "path": "externalId", "value": id }]);
    let stan = format!("/Users/{}", hr.id_of("stan@acme.example").await);
    hr.patch(&stan, &externally("hr-stan")).await.expect(200);
    let taken = "PATCH: an externalId that is taken, for somebody without one";
    table.refuse(taken, hr.patch(&rita, &externally("hr-stan"))).await;
    hr.patch(&rita, &externally("hr-rita")).await.expect(200);
    let deep = format!("emails[{}value eq 1{}]", "(".repeat(40), ")".repeat(40));
    for (name, operations) in [
        ("PATCH: no operations", json!([])),
        ("PATCH: an externalId that is taken", externally("hr-stan")),
        ("PATCH: operations that are an object", json!({ "op": "add" })),
        (
            "PATCH: an unknown operation",
            json!([{ "op": "move", "path": "title", "value": "x" }]),
        ),
        (
            "PATCH: an operation without its word",
            json!([{ "path": "title", "value": "x" }]),
        ),
        (
            "PATCH: an operation that is a number",
            json!([{ "op": 1, "path": "title", "value": "x" }]),
        ),
        (
            "PATCH: add without a value",
            json!([{ "op": "add", "path": "title" }]),
        ),
        ("PATCH: remove without a path", json!([{ "op": "remove" }])),
        (
            "PATCH: a path that is malformed",
            json!([{ "op": "replace", "path": "emails[type eq", "value": "x" }]),
        ),
        (
            "PATCH: a path that is a number",
            json!([{ "op": "replace", "path": 1, "value": "x" }]),
        ),
        (
            "PATCH: a path that is too deep",
            json!([{ "op": "replace", "path": deep, "value": "x" }]),
        ),
        (
            "PATCH: a path that is too long",
            json!([{ "op": "replace", "path": long(3_000), "value": "x" }]),
        ),
        (
            "PATCH: a filter that finds nothing",
            json!([{ "op": "replace", "path": "emails[value co \"moon\"].display", "value": "x" }]),
        ),
        (
            "PATCH: remove what is required",
            json!([{ "op": "remove", "path": "userName" }]),
        ),
        (
            "PATCH: the id",
            json!([{ "op": "replace", "path": "id", "value": "x" }]),
        ),
        (
            "PATCH: the groups",
            json!([{ "op": "replace", "path": "groups", "value": [] }]),
        ),
        (
            "PATCH: a name that is taken",
            json!([{ "op": "replace", "path": "userName", "value": "stan@acme.example" }]),
        ),
        (
            "PATCH: a value of another kind",
            json!([{ "op": "replace", "path": "active", "value": { "x": 1 } }]),
        ),
        (
            "PATCH: too many operations",
            json!(vec![
                json!({ "op": "replace", "path": "title", "value": "x" });
                1_100
            ]),
        ),
        (
            "PATCH: the last operation is wrong",
            json!([{ "op": "replace", "path": "title", "value": "x" }, { "op": "replace", "path": "roles", "value": [{ "value": "emperor" }] }]),
        ),
        (
            "PATCH: the owner's role for another",
            json!([{ "op": "replace", "path": "roles", "value": [{ "value": "owner" }] }]),
        ),
        (
            "PATCH: resend to somebody who is in",
            json!([{ "op": "replace", "path": format!("{INVITATION}:resend"), "value": true }]),
        ),
    ] {
        table.refuse(name, hr.patch(&rita, &operations)).await;
    }
    for (name, operations) in [
        (
            "PATCH: the owner suspended",
            json!([{ "op": "replace", "path": "active", "value": false }]),
        ),
        (
            "PATCH: the owner demoted",
            json!([{ "op": "replace", "path": "roles", "value": [{ "value": "standard" }] }]),
        ),
        (
            "PATCH: the owner limited to a set",
            json!([{ "op": "add", "path": format!("{ACCESS}:permissionSets"), "value": [{ "value": "Sales desk" }] }]),
        ),
    ] {
        table.refuse(name, hr.patch(&olivia, &operations)).await;
    }
    table.refuse("DELETE: the owner", hr.delete(&olivia)).await;
    let bare =
        json!({ "Operations": [{ "op": "replace", "path": "title", "value": "x" }], "schemas": ["x"] });
    table
        .refuse("PATCH: of another schema", hr.send("PATCH", &rita, Some(&bare)))
        .await;
    table
        .refuse(
            "PATCH: without operations",
            hr.send("PATCH", &rita, Some(&json!({}))),
        )
        .await;
    table
        .refuse(
            "PUT: without a name",
            hr.put(&rita, &json!({ "displayName": "x" })),
        )
        .await;
    table
        .refuse(
            "PUT: with another's name",
            hr.put(&rita, &with("userName", json!("stan@acme.example"))),
        )
        .await;
    table
        .refuse(
            "PUT: with the owner's role",
            hr.put(
                &rita,
                &json!({ "userName": "rita@acme.example", "roles": [{ "value": "owner" }] }),
            ),
        )
        .await;
    let guarded = |tag: &'static str| {
        let put = request("PUT", &format!("/scim/v2{rita}"))
            .header(
                "authorization",
                "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
            )
            .header("content-type", SCIM)
            .header("if-match", tag);
        it.call(
            put,
            json!({ "userName": "rita@acme.example", "title": "x" }).to_string(),
        )
    };
    table
        .refuse("PUT: of a version that there never was", guarded("W/\"999\""))
        .await;
    table
        .refuse("PUT: of a version of nonsense", guarded("nonsense"))
        .await;
    table.review("scim_change");
});
