//! Mobile Access: what the phone app's client is told.

use latchkey_testkit::actors::{Authorization, Tokens, password_of};
use latchkey_testkit::{TestApp, on_both_databases};
use serde_json::json;

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";

fn phone(it: &TestApp, app_version: &str) -> Authorization {
    it.phone()
        .authorization("openid offline_access")
        .with("app_version", app_version)
        .with("platform", "iOS")
        .with("platform_version", "18.1")
}

on_both_databases!(with_mobile_access_the_phone_signs_in, installed, async |it| {
    let tokens = it.phone().tokens_by(&phone(it, "2.4"), "stan@acme.example").await;
    it.phone().refresh(tokens.refresh()).await.expect(200);
});

on_both_databases!(
    without_mobile_access_the_page_and_the_client_say_so,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser.authorize(&phone(it, "2.4"), "rita@acme.example").await;
        assert_eq!(browser.status(), 403);
        browser.sees("Acme Ltd allows the mobile app, but you have no Mobile Access.");
        let back = browser
            .page()
            .tags()
            .find(|tag| tag.attribute("href").starts_with("com.example.crm:"))
            .cloned();
        let href = back.unwrap().attribute("href").to_owned();
        browser.open(&href).await;
        let returned = browser.returned();
        assert_eq!(returned.get("error"), "access_denied");
        assert!(
            returned
                .get("error_description")
                .contains("mobile access is not switched on for this user")
        );
        assert_eq!(returned.get("state"), "state-1");
        let silent = phone(it, "2.4").with("prompt", "none");
        browser.open(&silent.path()).await;
        assert_eq!(browser.returned().get("error"), "access_denied");
    }
);

on_both_databases!(
    where_the_account_allows_no_phones_the_page_says_so,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser
            .authorize(&phone(it, "2.4"), "gustav@globex.example")
            .await;
        assert_eq!(browser.status(), 403);
        browser.sees("Globex does not allow the mobile app.");
    }
);

on_both_databases!(an_old_app_is_told_what_it_needs, installed, async |it| {
    let mut browser = it.browser();
    browser.authorize(&phone(it, "1.9"), "stan@acme.example").await;
    assert_eq!(browser.status(), 403);
    browser.sees("Version 2.0 of the app, or newer");
});

on_both_databases!(
    turning_it_off_ends_the_phone_and_nothing_else,
    installed,
    async |it| {
        let phone_tokens = it.phone().tokens_by(&phone(it, "2.4"), "stan@acme.example").await;
        let crm = it
            .crm()
            .tokens_for("stan@acme.example", "openid offline_access")
            .await;
        let id = it.hr().id_of("stan@acme.example").await;
        let path = format!("{ACCESS}:mobileAccess");
        let off = json!([{ "op": "replace", "path": path, "value": false }]);
        it.hr().patch(&format!("/Users/{id}"), &off).await.expect(200);
        it.heed().await;
        assert_eq!(
            it.phone()
                .refresh(phone_tokens.refresh())
                .await
                .expect(400)
                .json_text("/error"),
            "invalid_grant"
        );
        it.phone().user_info(phone_tokens.access()).await.expect(401);
        it.crm().refresh(crm.refresh()).await.expect(200);
        it.crm().user_info(crm.access()).await.expect(200);
    }
);

on_both_databases!(
    a_native_client_may_listen_on_any_loopback_port,
    installed,
    async |it| {
        let any_port = phone(it, "2.4").with("redirect_uri", "http://127.0.0.1:49152/callback");
        let mut browser = it.browser();
        browser.open(&any_port.path()).await;
        browser
            .type_credentials("stan@acme.example", password_of("stan@"))
            .await;
        let returned = browser.returned();
        assert_eq!(returned.at, "http://127.0.0.1:49152/callback");
        let tokens = Tokens(
            it.phone()
                .redeem(&any_port, returned.code())
                .await
                .expect(200)
                .json(),
        );
        assert!(!tokens.access().is_empty());
    }
);
