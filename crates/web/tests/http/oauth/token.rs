//! `/oauth2/token`: codes and client credentials.

use std::time::Duration;

use latchkey_testkit::actors::{Authorization, claims_of};
use latchkey_testkit::{Browser, Client, TestApp, on_both_databases};
use serde_json::json;

async fn code_for<'a>(
    it: &'a TestApp,
    client: Client<'_>,
    scope: &str,
) -> (Authorization, String, Browser<'a>) {
    let authorization = client.authorization(scope);
    let mut browser = it.browser();
    browser.authorize(&authorization, "stan@acme.example").await;
    let code = browser.returned().code().to_owned();
    (authorization, code, browser)
}

on_both_databases!(
    a_replayed_code_is_refused_and_ends_what_it_gave,
    installed,
    async |it| {
        let crm = it.crm();
        let (authorization, code, _browser) = code_for(it, crm, "openid").await;
        let first = crm.redeem(&authorization, &code).await.expect(200).json();
        let (access, refresh) = (
            first["access_token"].as_str().unwrap(),
            first["refresh_token"].as_str().unwrap(),
        );
        crm.user_info(access).await.expect(200);
        let again = crm.redeem(&authorization, &code).await.expect(400);
        assert_eq!(again.json_text("/error"), "invalid_grant");
        assert_eq!(
            crm.refresh(refresh).await.expect(400).json_text("/error"),
            "invalid_grant"
        );
        let fresh = it.another_node().await;
        fresh.crm().user_info(access).await.expect(401);
        assert_eq!(
            fresh.crm().introspect(access).await.expect(200).json(),
            json!({ "active": false })
        );
    }
);

on_both_databases!(
    of_parallel_redemptions_at_most_one_gives_tokens_that_last,
    installed,
    async |it| {
        let crm = it.crm();
        let (authorization, code, _browser) = code_for(it, crm, "openid").await;
        let (a, b, c, d) = tokio::join!(
            crm.redeem(&authorization, &code),
            crm.redeem(&authorization, &code),
            crm.redeem(&authorization, &code),
            crm.redeem(&authorization, &code)
        );
        let won: Vec<_> = [a, b, c, d].into_iter().filter(|it| it.status == 200).collect();
        assert_eq!(won.len(), 1);
        let refresh = won[0].json_text("/refresh_token");
        crm.refresh(&refresh).await.expect(400);
    }
);

on_both_databases!(a_code_lives_for_a_minute, installed, async |it| {
    let crm = it.crm();
    let (authorization, code, _browser) = code_for(it, crm, "openid").await;
    it.pass(Duration::from_secs(60));
    assert_eq!(
        crm.redeem(&authorization, &code)
            .await
            .expect(400)
            .json_text("/error"),
        "invalid_grant"
    );
});

on_both_databases!(
    a_code_is_bound_to_client_redirect_uri_and_verifier,
    installed,
    async |it| {
        let crm = it.crm();
        let (authorization, code, _browser) = code_for(it, crm, "openid").await;
        let before = it.digest().await;
        assert_eq!(
            it.desk()
                .redeem(&authorization, &code)
                .await
                .expect(400)
                .json_text("/error"),
            "invalid_grant"
        );
        let elsewhere = authorization
            .clone()
            .with("redirect_uri", "https://crm.example/other?x=1");
        assert_eq!(
            crm.redeem(&elsewhere, &code)
                .await
                .expect(400)
                .json_text("/error"),
            "invalid_grant"
        );
        let forged = Authorization {
            verifier: "x".repeat(43),
            ..authorization.clone()
        };
        assert_eq!(
            crm.redeem(&forged, &code).await.expect(400).json_text("/error"),
            "invalid_grant"
        );
        let without = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", crm.redirect_uri),
        ];
        assert_eq!(
            crm.token(&without).await.expect(400).json_text("/error"),
            "invalid_grant"
        );
        assert_eq!(before.difference(&it.digest().await), "");
        crm.redeem(&authorization, &code).await.expect(200);
    }
);

on_both_databases!(
    a_code_without_a_challenge_must_come_without_a_verifier,
    installed,
    async |it| {
        let crm = it.crm();
        let plain = crm
            .authorization("openid")
            .without("code_challenge")
            .without("code_challenge_method");
        let mut browser = it.browser();
        browser.authorize(&plain, "stan@acme.example").await;
        let code = browser.returned().code().to_owned();
        assert_eq!(
            crm.redeem(&plain, &code).await.expect(400).json_text("/error"),
            "invalid_grant"
        );
        let bare = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", crm.redirect_uri),
        ];
        crm.token(&bare).await.expect(200);
    }
);

on_both_databases!(
    a_code_is_worth_nothing_once_the_person_is_gone,
    installed,
    async |it| {
        let crm = it.crm();
        let (authorization, code, mut browser) = code_for(it, crm, "openid").await;
        browser.open("/sign-out").await.press("sign-out-confirm").await;
        assert_eq!(
            crm.redeem(&authorization, &code)
                .await
                .expect(400)
                .json_text("/error"),
            "invalid_grant"
        );
        let (authorization, code, _browser) = code_for(it, crm, "openid").await;
        let id = it.hr().id_of("stan@acme.example").await;
        it.hr().set_active(&id, false).await.expect(200);
        assert_eq!(
            crm.redeem(&authorization, &code)
                .await
                .expect(400)
                .json_text("/error"),
            "invalid_grant"
        );
    }
);

on_both_databases!(
    an_account_picks_its_audience_within_the_application,
    installed,
    async |it| {
        let crm = it.crm();
        let authorization = crm
            .authorization("openid")
            .with("resource", "https://crm.example/files");
        let tokens = crm.tokens_by(&authorization, "stan@acme.example").await;
        assert_eq!(tokens.access_claims()["aud"], "https://crm.example/files");
        let tokens = crm.tokens_for("stan@acme.example", "openid").await;
        assert_eq!(tokens.access_claims()["aud"], "https://crm.example/api");
    }
);

on_both_databases!(
    a_service_acts_through_its_member_of_the_account,
    installed,
    async |it| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", "account roles permissions"),
        ];
        let answer = it.batch().token(&fields).await.expect(200);
        let claims = claims_of(&answer.json_text("/access_token"));
        assert_eq!(claims["account"]["slug"], "acme");
        assert_eq!(claims["role"], "standard");
        assert_eq!(claims["permissions"][0], "contacts:edit");
        assert!(answer.json().get("refresh_token").is_none());
        assert!(answer.json().get("id_token").is_none());
    }
);

on_both_databases!(client_credentials_write_nothing, installed, async |it| {
    let before = it.digest().await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "account roles permissions"),
    ];
    let token = it
        .batch()
        .token(&fields)
        .await
        .expect(200)
        .json_text("/access_token");
    assert_eq!(
        it.crm().introspect(&token).await.expect(200).json()["active"],
        true
    );
    assert_eq!(before.difference(&it.digest().await), "");
});
