//! Which routes there are and behind which guard each stands: a reviewed list, so that none is
//! added unseen; and that each guard keeps out whoever it should.

use latchkey_testkit::database::{Kind, run};
use latchkey_testkit::installation::request;
use latchkey_testkit::{Answer, TestApp, on_both_databases};
use latchkey_web::routes::{Guard, Route};

#[test]
fn every_route_stands_behind_a_reviewed_guard() {
    run(Kind::Sqlite, async |db| {
        let it = TestApp::start(db.db()).await;
        let table = latchkey_web::routes::table(&it.web);
        let lines: Vec<String> = table
            .iter()
            .map(|route| format!("{:<40} {:<20} {:?}", route.path, route.methods, route.guard))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    });
}

/// Every method and path of the table, with something invented in the place of parameters.
fn calls(table: &[Route]) -> Vec<(Guard, &'static str, String)> {
    let mut found = Vec::new();
    for route in table {
        let parts = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "0198c0de" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        for method in route
            .methods
            .split(' ')
            .map(|it| if it == "ANY" { "GET" } else { it })
        {
            found.push((route.guard, method, path.clone()));
        }
    }
    found
}

async fn call(it: &TestApp, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let kind = if path.starts_with("/scim/") {
        "application/scim+json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let mut builder = request(method, path).header("content-type", kind);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let body = if path.starts_with("/scim/") && method != "GET" {
        "{}"
    } else {
        ""
    };
    it.call(builder, body).await
}

on_both_databases!(every_guard_keeps_out_whoever_it_should, installed, async |it| {
    let table = latchkey_web::routes::table(&it.web);
    let before = it.digest().await;
    for (guard, method, path) in calls(&table) {
        let answer = call(it, method, &path, &[]).await;
        let got = format!("{method} {path}: {} {}", answer.status, answer.text());
        match guard {
            Guard::ScimToken | Guard::AccessToken => {
                assert_eq!(answer.status, 401, "{got}");
                assert!(answer.header("www-authenticate").starts_with("Bearer"), "{got}");
            }
            Guard::Client => {
                assert_eq!(answer.json_text("/error"), "invalid_client", "{got}");
                assert_eq!(answer.status, 401, "{got}");
            }
            Guard::Session if method == "GET" => {
                let is_sent_away = answer.status == 303 && answer.location().path() == "/sign-in";
                assert!(is_sent_away || answer.status == 400, "{got}");
            }
            Guard::Session => assert_eq!(answer.status, 403, "{got}"),
            Guard::Development => assert_eq!(answer.status, 404, "{got}"),
            // A request by another site's form is read anew by GET, so it carries no token.
            Guard::Browser if method == "POST" && path.starts_with("/oauth2/") => {
                assert_ne!(answer.status, 500, "{got}");
            }
            Guard::Browser if method == "POST" => assert_eq!(answer.status, 403, "{got}"),
            Guard::Browser | Guard::Public => assert!(answer.status < 500 || answer.status == 501, "{got}"),
        }
    }
    assert_eq!(before.difference(&it.digest().await), "");
});

on_both_databases!(
    a_foreign_id_is_not_found_at_any_route_of_an_account,
    installed,
    async |it| {
        let foreign = it.hr_of_globex().id_of("gustav@globex.example").await;
        let token = (
            "authorization",
            "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
        );
        let before = it.digest().await;
        let mut count = 0;
        for route in latchkey_web::routes::table(&it.web) {
            if route.guard != Guard::ScimToken || !route.path.contains("{id}") {
                continue;
            }
            let path = route.path.replace("{id}", &foreign);
            for method in route.methods.split(' ') {
                let body = match method {
                    "PATCH" => {
                        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}"#
                    }
                    _ => r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x"}"#,
                };
                let call = request(method, &path)
                    .header("content-type", "application/scim+json")
                    .header(token.0, token.1);
                let answer = it.call(call, body).await;
                assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
                count += 1;
            }
        }
        assert!(count >= 4, "{count} calls");
        assert_eq!(before.difference(&it.digest().await), "");
    }
);
