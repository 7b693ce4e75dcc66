//! `/oauth2/authorize`: how long a request may be, which travels through the pages in their addresses.

use latchkey_testkit::actors::{EVERYTHING, password_of};
use latchkey_testkit::on_both_databases;
use serde_json::{Map, Value, json};

/// What common reverse proxies allow for a request line.
const PROXY: usize = 8 * 1024;

on_both_databases!(
    the_longest_values_that_are_allowed_come_through_the_pages,
    installed,
    async |it| {
        let unknown: Map<String, Value> = (0..40)
            .map(|n| {
                (
                    format!("https://crm.example/claims/{n}/{}", "x".repeat(60)),
                    Value::Null,
                )
            })
            .collect();
        let authorization = it
            .crm()
            .authorization("openid")
            .with("state", &"s".repeat(2_048))
            .with("nonce", &"n".repeat(512))
            .with("claims", &json!({ "userinfo": unknown }).to_string());
        let mut browser = it.browser();
        browser.open(&authorization.path()).await;
        assert_eq!(browser.path(), "/sign-in");
        let length = browser.url().as_str().len();
        assert!(length < PROXY, "{length}");
        browser
            .type_credentials("stan@acme.example", password_of("stan@"))
            .await;
        let returned = browser.returned();
        assert_eq!(returned.get("state").len(), 2_048);
        it.crm().redeem(&authorization, returned.code()).await.expect(200);
        let posted = it
            .post_form("/oauth2/authorize", &authorization.pairs())
            .await
            .expect(303);
        let length = posted.header("location").len();
        assert!(length < PROXY, "{length}");
    }
);

on_both_databases!(
    a_request_that_is_too_long_as_a_whole_is_told_to_the_client,
    installed,
    async |it| {
        let authorization = it
            .crm()
            .authorization("openid")
            .with("state", &"s".repeat(2_048))
            .with("acr_values", &"c".repeat(2_048));
        let mut browser = it.browser();
        browser.open(&authorization.path()).await;
        let returned = browser.returned();
        assert_eq!(returned.at, "https://crm.example/callback");
        assert_eq!(returned.get("error"), "invalid_request");
        let why = returned.get("error_description");
        assert!(why.contains("longer than 4096 bytes"), "{why}");
        let posted = it
            .post_form("/oauth2/authorize", &authorization.pairs())
            .await
            .expect(303);
        assert!(posted.header("location").contains("error=invalid_request"));
    }
);

on_both_databases!(
    a_hint_travels_as_the_person_it_names_and_not_as_a_token,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", EVERYTHING).await;
        let plain = it.crm().authorization("openid");
        let hinted = plain.clone().with("id_token_hint", tokens.id_token());
        let mut browser = it.browser();
        browser.open(&plain.path()).await;
        let without = browser.url().as_str().len();
        browser.open(&hinted.path()).await;
        let with = browser.url().as_str().len();
        assert!(with < without + 200, "{with} and {without}");
        browser
            .type_credentials("stan@acme.example", password_of("stan@"))
            .await;
        assert!(!browser.returned().code().is_empty());
        let mut other = it.signed_in("rita@acme.example").await;
        other.open(&hinted.clone().with("prompt", "none").path()).await;
        assert_eq!(other.returned().get("error"), "login_required");
    }
);
