//! What HR says is carried out as it is meant, or refused: no wrong write.

use latchkey_testkit::actors::user;
use latchkey_testkit::installation::request;
use latchkey_testkit::on_both_databases;
use serde_json::{Value, json};

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const INVITATION: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";

fn replaced(path: &str, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!([{ "op": "replace", "path": path, "value": value }])
}

on_both_databases!(
    an_invitation_follows_a_user_name_that_is_the_address,
    installed,
    async |it| {
        let hr = it.hr();
        for (first, second, more) in [
            ("ren-a@acme.example", "ren-b@acme.example", json!({})),
            (
                "ren-c@acme.example",
                "ren-d@acme.example",
                json!({ "title": "Clerk" }),
            ),
        ] {
            let mut new = more;
            new["userName"] = json!(first);
            let made = hr.post("/Users", &new).await.expect(201);
            assert_eq!(made.json_text("/emails/0/value"), first);
            let old = it.link_to(first).await;
            let path = format!("/Users/{}", made.json_text("/id"));
            let renamed = hr.patch(&path, &replaced("userName", second)).await.expect(200);
            assert_eq!(renamed.json_text("/emails/0/value"), second);
            let link = it.link_to(second).await;
            it.browser().open(&link).await.sees("Welcome to Acme Ltd");
            let mut browser = it.browser();
            browser.open(&old).await;
            assert_eq!(browser.status(), 410);
        }
    }
);

on_both_databases!(
    an_address_that_is_given_stays_when_the_user_name_changes,
    installed,
    async |it| {
        let hr = it.hr();
        let made = hr
            .post("/Users", &json!({ "userName": "ren-a@acme.example" }))
            .await
            .expect(201);
        let path = format!("/Users/{}", made.json_text("/id"));
        let both = json!([
            { "op": "replace", "path": "emails", "value": made.json()["emails"] },
            { "op": "replace", "path": "userName", "value": "ren-b@acme.example" },
        ]);
        let after = hr.patch(&path, &both).await.expect(200);
        assert_eq!(after.json_text("/emails/0/value"), "ren-a@acme.example");
        assert!(it.mails_to("ren-b@acme.example").await.is_empty());
    }
);

on_both_databases!(
    a_value_of_which_nothing_can_be_taken_changes_no_access,
    installed,
    async |it| {
        let hr = it.hr();
        let marco = format!("/Users/{}", hr.id_of("marco@acme.example").await);
        let set = format!("{ACCESS}:permissionSets");
        let before = it.digest().await;
        for roles in [
            json!([{ "display": "Read Only" }]),
            json!([{ "valeu": "read_only" }]),
        ] {
            let mut body = user("nora@acme.example", "Nora", "Vale");
            body["roles"] = roles.clone();
            let refused = hr.post("/Users", &body).await.expect(400);
            assert_eq!(refused.json_text("/detail"), "roles.value is required.");
            body["userName"] = json!("marco@acme.example");
            hr.put(&marco, &body).await.expect(400);
            hr.patch(&marco, &replaced("roles", roles)).await.expect(400);
        }
        for sets in [
            json!([{ "display": "Sales desk" }]),
            json!([{ "valeu": "Sales desk" }]),
        ] {
            let mut body = user("marco@acme.example", "Marco", "Reis");
            body[ACCESS] = json!({ "permissionSets": sets });
            let refused = hr.put(&marco, &body).await.expect(400);
            assert_eq!(refused.json_text("/scimType"), "invalidValue");
            hr.patch(&marco, &replaced(&set, sets)).await.expect(400);
        }
        assert_eq!(before.difference(&it.digest().await), "");
    }
);

on_both_databases!(
    a_permission_set_is_taken_away_by_its_name,
    installed,
    async |it| {
        let hr = it.hr();
        let path = format!("/Users/{}", hr.id_of("rita@acme.example").await);
        let sets = format!("{ACCESS}:permissionSets");
        for removal in [
            json!({ "op": "remove", "path": format!("{sets}[value eq \"Sales desk\"]") }),
            json!({ "op": "remove", "path": sets, "value": [{ "value": "Sales desk" }] }),
        ] {
            let given = json!([{ "op": "add", "path": sets, "value": [{ "value": "Sales desk" }] }]);
            let with = hr.patch(&path, &given).await.expect(200).json();
            let has = |it: &Value| {
                let named = it[ACCESS]["permissionSets"].as_array();
                named.is_some_and(|sets| sets.iter().any(|set| set["display"] == "Sales desk"))
            };
            assert!(has(&with));
            let without = hr.patch(&path, &json!([removal])).await.expect(200).json();
            assert!(!has(&without), "{removal}");
        }
    }
);

on_both_databases!(
    a_name_that_would_be_refused_today_hinders_no_other_change,
    installed,
    async |it| {
        let hr = it.hr();
        let id = hr.id_of("rita@acme.example").await;
        let changed = it
            .tamper(
                "UPDATE member SET given_name = 'see https://x.example' \
                 WHERE user_name = 'rita@acme.example'",
            )
            .await;
        assert_eq!(changed, 1);
        let path = format!("/Users/{id}");
        hr.patch(&path, &replaced("title", "Clerk")).await.expect(200);
        let off = hr.set_active(&id, false).await.expect(200).json();
        assert_eq!(off[ACCESS]["status"], "suspended");
        let other = replaced("name.givenName", "see https://y.example");
        hr.patch(&path, &other).await.expect(400);
    }
);

on_both_databases!(
    whoever_is_a_member_already_is_not_invited_again,
    installed,
    async |it| {
        let hr = it.hr();
        let mut new = user("x2", "Stan", "Dard");
        new["emails"][0]["value"] = json!("stan@acme.example");
        let before = it.mails_to("stan@acme.example").await.len();
        let made = hr.post("/Users", &new).await.expect(201).json();
        let why = "not sent: the address belongs to a member of this account already";
        assert_eq!(made[INVITATION]["status"], why);
        let path = format!("/Users/{}", made["id"].as_str().unwrap());
        assert_eq!(hr.get(&path).await.expect(200).json()[INVITATION]["status"], why);
        let all = hr.get("/Users").await.expect(200).json();
        let listed = all["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["userName"] == "x2");
        assert_eq!(listed.unwrap()[INVITATION]["status"], why);
        let again = replaced(&format!("{INVITATION}:resend"), true);
        let refused = hr.patch(&path, &again).await.expect(400);
        assert!(refused.text().contains("a member of this account already"));
        assert_eq!(it.mails_to("stan@acme.example").await.len(), before);
        // Somebody who is a member of another account alone is invited as anybody is.
        let mut new = user("x3", "Gustav", "Ek");
        new["emails"][0]["value"] = json!("gustav@globex.example");
        let made = hr.post("/Users", &new).await.expect(201).json();
        assert_eq!(made[INVITATION]["status"], "pending");
        // Moved to an address that needs none, the invitation is taken back.
        let path = format!("/Users/{}", made["id"].as_str().unwrap());
        let moved = replaced("emails[type eq \"work\"].value", "stan@acme.example");
        let after = hr.patch(&path, &moved).await.expect(200).json();
        assert_eq!(after[INVITATION]["status"], "revoked");
        assert_eq!(it.mails_to("stan@acme.example").await.len(), before);
    }
);

on_both_databases!(
    a_refusal_names_what_was_refused_and_the_owner_is_out_of_a_small_tokens_reach,
    installed,
    async |it| {
        it.declare(
            "[[scim_token]]\naccount = \"acme\"\nname = \"small\"\n\
             token = \"lk_scim_small-0123456789abcdef0123456789\"\nhighest_role = \"read_only\"\n",
        )
        .await;
        let small = it.hr_with("lk_scim_small-0123456789abcdef0123456789");
        let before = it.digest().await;
        for name in ["olivia@acme.example", "marco@acme.example"] {
            let path = format!("/Users/{}", small.id_of(name).await);
            for attribute in ["title", "userName"] {
                let refused = small.patch(&path, &replaced(attribute, "x")).await.expect(403);
                let detail = refused.json_text("/detail");
                assert!(detail.starts_with(&format!("{attribute}: ")), "{detail}");
            }
        }
        let marco = format!("/Users/{}", small.id_of("marco@acme.example").await);
        let detail = small.delete(&marco).await.expect(403).json_text("/detail");
        assert!(detail.starts_with("This user can't be removed: "), "{detail}");
        assert_eq!(before.difference(&it.digest().await), "");
    }
);

on_both_databases!(users_are_found_by_their_schemas, installed, async |it| {
    let hr = it.hr();
    let filter = format!("schemas eq \"{ENTERPRISE}\"");
    let none = hr.find(&filter).await.expect(200).json();
    let before = none["totalResults"].as_i64().unwrap();
    let mut new = user("nora@acme.example", "Nora", "Vale");
    new[ENTERPRISE] = json!({ "department": "Sales" });
    hr.post("/Users", &new).await.expect(201);
    let found = hr.find(&filter).await.expect(200).json();
    assert_eq!(found["totalResults"], before + 1);
    let both = hr
        .find(&format!("userName eq \"nora@acme.example\" and {filter}"))
        .await
        .expect(200)
        .json();
    assert_eq!(both["Resources"][0]["userName"], "nora@acme.example");
});

on_both_databases!(
    a_version_that_is_ruled_out_is_not_changed,
    installed,
    async |it| {
        let path = format!("/Users/{}", it.hr().id_of("rita@acme.example").await);
        let etag = it.hr().get(&path).await.header("etag").to_owned();
        let send = |method: &str, tag: &str, body: Value| {
            let builder = request(method, &format!("/scim/v2{path}"))
                .header(
                    "authorization",
                    "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
                )
                .header("content-type", "application/scim+json")
                .header("if-none-match", tag);
            it.call(builder, body.to_string())
        };
        let put = json!({ "userName": "rita@acme.example", "title": "x" });
        let patch = json!({ "Operations": replaced("title", "x") });
        let before = it.digest().await;
        for tag in ["*", etag.as_str()] {
            send("PUT", tag, put.clone()).await.expect(412);
            send("PATCH", tag, patch.clone()).await.expect(412);
            send("DELETE", tag, json!({})).await.expect(412);
        }
        assert_eq!(before.difference(&it.digest().await), "");
        send("PATCH", "W/\"999\"", patch).await.expect(200);
    }
);

on_both_databases!(
    an_application_that_the_account_lacks_is_refused_though_nothing_is_sent,
    installed,
    async |it| {
        let hr = it.hr();
        let mut new = user("nora@acme.example", "Nora", "Vale");
        new[INVITATION] = json!({ "send": false, "application": "nope" });
        let refused = hr.post("/Users", &new).await.expect(400);
        assert!(refused.json_text("/detail").contains("application"));
        let rita = format!("/Users/{}", hr.id_of("rita@acme.example").await);
        let named = json!([{ "op": "add", "path": format!("{INVITATION}:application"), "value": "nope" }]);
        hr.patch(&rita, &named).await.expect(400);
    }
);
