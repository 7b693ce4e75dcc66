//! Who a client says it is, at the token, introspection and revocation endpoints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use latchkey_testkit::installation::{form_text, request};
use latchkey_testkit::{Answer, TestApp, on_both_databases};

use crate::table::{Table, long};

const SECRET: &str = "crm-2fQ8vXkJ6rYwN4tBzL0mSdHc9aGeUp7iRo3jKy5ZxEw";
const FORM: &str = "application/x-www-form-urlencoded";

async fn post(it: &TestApp, headers: &[&str], fields: &[(&str, &str)]) -> Answer {
    let mut builder = request("POST", "/oauth2/token").header("content-type", FORM);
    for header in headers {
        builder = builder.header("authorization", *header);
    }
    it.call(builder, form_text(fields)).await
}

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

on_both_databases!(who_they_say_they_are, installed, async |it| {
    let mut table = Table::new(it);
    let grant = ("grant_type", "client_credentials");
    let right = basic(&format!("crm:{SECRET}"));
    for (name, headers, fields) in [
        ("no client at all", vec![], vec![grant]),
        (
            "an unknown client with a secret",
            vec![basic("nobody:secret")],
            vec![grant],
        ),
        ("a wrong secret", vec![basic("crm:wrong")], vec![grant]),
        (
            "a secret that is a beginning",
            vec![basic(&format!("crm:{}", &SECRET[..20]))],
            vec![grant],
        ),
        ("an empty secret", vec![basic("crm:")], vec![grant]),
        (
            "another client's secret",
            vec![basic(&format!("desk:{SECRET}"))],
            vec![grant],
        ),
        (
            "a secret in the form that belongs in the header",
            vec![],
            vec![grant, ("client_id", "crm"), ("client_secret", SECRET)],
        ),
        (
            "a confidential client without its secret",
            vec![],
            vec![grant, ("client_id", "crm")],
        ),
        (
            "a public client with a secret",
            vec![],
            vec![grant, ("client_id", "crm-board"), ("client_secret", "x")],
        ),
        (
            "both ways at once",
            vec![right.clone()],
            vec![grant, ("client_id", "crm"), ("client_secret", SECRET)],
        ),
        (
            "another client in the form",
            vec![right.clone()],
            vec![grant, ("client_id", "desk")],
        ),
        ("two headers", vec![right.clone(), right.clone()], vec![grant]),
        (
            "a header that is no base64",
            vec!["Basic !!!".into()],
            vec![grant],
        ),
        ("a header without a colon", vec![basic("crm")], vec![grant]),
        (
            "a header of another scheme",
            vec!["Digest username=crm".into()],
            vec![grant],
        ),
        ("a header with a NUL in it", vec![basic("crm:a%00b")], vec![grant]),
        (
            "a header that is too long",
            vec![basic(&format!("crm:{}", long(9_000)))],
            vec![grant],
        ),
        (
            "an assertion",
            vec![],
            vec![
                grant,
                ("client_assertion", "a.b.c"),
                ("client_assertion_type", "x"),
            ],
        ),
        (
            "a client_id like SQL with a secret",
            vec![basic("crm' OR '1'='1:x")],
            vec![grant],
        ),
        (
            "a client_id with a control character",
            vec![],
            vec![grant, ("client_id", "crm\u{1}")],
        ),
    ] {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        table.refuse(name, post(it, &headers, &fields)).await;
    }
    table.review("clients");
});

on_both_databases!(what_they_send, installed, async |it| {
    let mut table = Table::new(it);
    let right = basic(&format!("crm:{SECRET}"));
    let raw = async |path: &str, kind: &str, body: &str| {
        let builder = request("POST", path)
            .header("content-type", kind)
            .header("authorization", &right);
        it.call(builder, body.to_owned()).await
    };
    for (path, edge) in [
        ("/oauth2/token", "token"),
        ("/oauth2/introspect", "introspect"),
        ("/oauth2/revoke", "revoke"),
    ] {
        table
            .refuse(
                &format!("{edge}: JSON"),
                raw(path, "application/json", "{\"a\":1}"),
            )
            .await;
        table
            .refuse(&format!("{edge}: nothing"), raw(path, FORM, ""))
            .await;
        table
            .refuse(
                &format!("{edge}: too large"),
                raw(path, FORM, &format!("token={}", long(70_000))),
            )
            .await;
        table
            .refuse(
                &format!("{edge}: a value too long"),
                raw(path, FORM, &format!("token={}", long(17_000))),
            )
            .await;
        table
            .refuse(
                &format!("{edge}: a NUL"),
                raw(path, FORM, "token=a%00b&grant_type=x"),
            )
            .await;
        table
            .refuse(
                &format!("{edge}: bytes that are no text"),
                raw(path, FORM, "token=%FF%FE"),
            )
            .await;
        table
            .refuse(
                &format!("{edge}: a parameter twice"),
                raw(path, FORM, "token=a&token=b&grant_type=a&grant_type=b"),
            )
            .await;
        table
            .refuse(
                &format!("{edge}: too many parameters"),
                raw(path, FORM, &"a=1&".repeat(70).replace("a=", "resource=")),
            )
            .await;
        let get = request("GET", path)
            .header("authorization", &right)
            .body(Full::default())
            .unwrap();
        table.refuse(&format!("{edge}: by GET"), it.send(get)).await;
    }
    let public = it.board();
    table
        .refuse("introspect: a public client", public.introspect("anything"))
        .await;
    table.review("clients_bodies");
});
