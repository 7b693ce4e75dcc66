//! `/oauth2/userinfo`.

use std::time::Duration;

use latchkey_testkit::actors::EVERYTHING;
use latchkey_testkit::installation::{form_text, request};
use latchkey_testkit::on_both_databases;

on_both_databases!(it_answers_by_get_by_header_and_by_form, installed, async |it| {
    let tokens = it.crm().tokens_for("stan@acme.example", EVERYTHING).await;
    let by_get = it.crm().user_info(tokens.access()).await.expect(200);
    assert_eq!(by_get.header("cache-control"), "no-store");
    let claims = by_get.json();
    assert_eq!(claims["sub"], tokens.id_claims()["sub"]);
    assert_eq!(claims["email"], "stan@acme.example");
    assert_eq!(claims["role"], "standard");
    let post =
        request("POST", "/oauth2/userinfo").header("authorization", format!("Bearer {}", tokens.access()));
    assert_eq!(it.call(post, "").await.expect(200).json(), claims);
    let form =
        request("POST", "/oauth2/userinfo").header("content-type", "application/x-www-form-urlencoded");
    let body = form_text(&[("access_token", tokens.access())]);
    assert_eq!(it.call(form, body).await.expect(200).json(), claims);
});

on_both_databases!(
    it_tells_of_the_moment_and_not_of_the_token,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", EVERYTHING).await;
        let id = it.hr().id_of("stan@acme.example").await;
        let role =
            serde_json::json!([{ "op": "replace", "path": "roles", "value": [{ "value": "read_only" }] }]);
        it.hr().patch(&format!("/Users/{id}"), &role).await.expect(200);
        it.heed().await;
        let claims = it.crm().user_info(tokens.access()).await.expect(200).json();
        assert_eq!(claims["role"], "read_only");
    }
);

on_both_databases!(a_token_ends_by_time, installed, async |it| {
    let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
    it.pass(Duration::from_secs(299));
    it.crm().user_info(tokens.access()).await.expect(200);
    it.pass(Duration::from_secs(2));
    let answer = it.crm().user_info(tokens.access()).await.expect(401);
    assert!(
        answer
            .header("www-authenticate")
            .contains("error=\"invalid_token\"")
    );
});

on_both_databases!(
    browsers_of_registered_origins_may_ask_and_no_others,
    installed,
    async |it| {
        let tokens = it.board().tokens_for("stan@acme.example", "openid").await;
        for (origin, allowed) in [("https://board.example", true), ("https://evil.example", false)] {
            let get = request("GET", "/oauth2/userinfo")
                .header("origin", origin)
                .header("authorization", format!("Bearer {}", tokens.access()));
            let answer = it.call(get, "").await;
            assert_eq!(
                answer.header("access-control-allow-origin") == origin,
                allowed,
                "{origin}"
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "");
            let preflight = request("OPTIONS", "/oauth2/token")
                .header("origin", origin)
                .header("access-control-request-method", "POST");
            let answer = it.call(preflight, "").await;
            assert_eq!(
                answer.header("access-control-allow-origin") == origin,
                allowed,
                "{origin}"
            );
        }
    }
);

on_both_databases!(
    single_claims_come_where_they_are_asked_for,
    installed,
    async |it| {
        let claims = r#"{"userinfo":{"name":{"essential":true}},"id_token":{"email":null}}"#;
        let authorization = it.crm().authorization("openid").with("claims", claims);
        let tokens = it.crm().tokens_by(&authorization, "stan@acme.example").await;
        assert_eq!(tokens.id_claims()["email"], "stan@acme.example");
        assert!(tokens.id_claims().get("name").is_none());
        let told = it.crm().user_info(tokens.access()).await.expect(200).json();
        assert_eq!(told["name"], "Stan Dard");
        assert!(told.get("email").is_none());
        let refreshed = it.crm().refresh(tokens.refresh()).await.expect(200).json();
        assert!(refreshed["id_token"].is_string());
    }
);
