//! `/oauth2/end_session` (OpenID Connect RP-Initiated Logout 1.0).

use std::time::Duration;

use latchkey_testkit::actors::{Tokens, password_of};
use latchkey_testkit::installation::with_query;
use latchkey_testkit::{Browser, TestApp, on_both_databases};

async fn signed_in_at<'a>(it: &'a TestApp, person: &str, account: &str) -> (Browser<'a>, Tokens) {
    let mut browser = it.browser();
    let tokens = tokens_in(it, &mut browser, person, account).await;
    (browser, tokens)
}

async fn tokens_in(it: &TestApp, browser: &mut Browser<'_>, person: &str, account: &str) -> Tokens {
    let crm = it.crm();
    let authorization = crm.authorization("openid").with("account", account);
    browser.authorize(&authorization, person).await;
    Tokens(
        crm.redeem(&authorization, browser.returned().code())
            .await
            .expect(200)
            .json(),
    )
}

on_both_databases!(
    with_its_id_token_a_client_signs_out_and_gets_its_person_back,
    installed,
    async |it| {
        let (mut browser, tokens) = signed_in_at(it, "stan@acme.example", "acme").await;
        let path = with_query(
            "/oauth2/end_session",
            &[
                ("id_token_hint", tokens.id_token()),
                ("post_logout_redirect_uri", "https://crm.example/bye"),
                ("state", "bye-1"),
            ],
        );
        browser.open(&path).await;
        assert_eq!(browser.url().as_str(), "https://crm.example/bye?state=bye-1");
        browser.open("/account").await;
        assert_eq!(browser.path(), "/sign-in");
        it.crm().refresh(tokens.refresh()).await.expect(400);
    }
);

on_both_databases!(one_accounts_logout_leaves_the_others_be, installed, async |it| {
    let person = "iris@consult.example";
    let (mut browser, acme) = signed_in_at(it, person, "acme").await;
    let globex = tokens_in(it, &mut browser, person, "globex").await;
    assert_ne!(acme.id_claims()["sid"], globex.id_claims()["sid"]);
    browser
        .open(&with_query(
            "/oauth2/end_session",
            &[("id_token_hint", acme.id_token())],
        ))
        .await;
    it.crm().refresh(acme.refresh()).await.expect(400);
    it.crm().refresh(globex.refresh()).await.expect(200);
    browser.open("/account").await.sees("Iris Okafor");
});

on_both_databases!(
    an_account_that_was_signed_out_of_asks_for_a_sign_in,
    installed,
    async |it| {
        let person = "iris@consult.example";
        let (mut browser, acme) = signed_in_at(it, person, "acme").await;
        let globex = tokens_in(it, &mut browser, person, "globex").await;
        browser
            .open(&with_query(
                "/oauth2/end_session",
                &[("id_token_hint", acme.id_token())],
            ))
            .await;
        let crm = it.crm();
        let at = |account: &str| crm.authorization("openid").with("account", account);

        browser.open(&at("acme").with("prompt", "none").path()).await;
        assert_eq!(browser.returned().get("error"), "login_required");
        let silent = at("globex").with("prompt", "none");
        browser.open(&silent.path()).await;
        let again = Tokens(
            crm.redeem(&silent, browser.returned().code())
                .await
                .expect(200)
                .json(),
        );
        assert_eq!(again.id_claims()["sid"], globex.id_claims()["sid"]);

        it.pass(Duration::from_secs(1));
        let authorization = at("acme");
        browser.open(&authorization.path()).await;
        assert_eq!(browser.path(), "/sign-in");
        browser
            .sees_no("Continue as")
            .type_credentials(person, password_of(person))
            .await;
        let back = Tokens(
            crm.redeem(&authorization, browser.returned().code())
                .await
                .expect(200)
                .json(),
        );
        assert_ne!(back.id_claims()["sid"], acme.id_claims()["sid"]);
        browser.open(&at("acme").with("prompt", "none").path()).await;
        assert!(!browser.returned().code().is_empty());
        crm.refresh(globex.refresh()).await.expect(200);
    }
);

on_both_databases!(without_proof_the_person_is_asked, installed, async |it| {
    let (mut browser, tokens) = signed_in_at(it, "stan@acme.example", "acme").await;
    browser
        .open("/oauth2/end_session?client_id=crm&post_logout_redirect_uri=https%3A%2F%2Fcrm.example%2Fbye")
        .await;
    assert_eq!(browser.status(), 200);
    it.crm().refresh(tokens.refresh()).await.expect(200);
    browser.press("sign-out-confirm").await;
    assert_eq!(browser.url().as_str(), "https://crm.example/bye");
    browser.open("/account").await;
    assert_eq!(browser.path(), "/sign-in");
});

on_both_databases!(
    nobody_is_sent_where_the_client_has_not_registered,
    installed,
    async |it| {
        let (mut browser, tokens) = signed_in_at(it, "stan@acme.example", "acme").await;
        let fields = [
            ("id_token_hint", tokens.id_token()),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ];
        browser.open(&with_query("/oauth2/end_session", &fields)).await;
        assert_eq!(browser.status(), 400);
        browser.open("/account").await.sees("Stan Dard");
    }
);

on_both_databases!(
    a_posted_wish_travels_without_its_id_token_and_does_the_same,
    installed,
    async |it| {
        let (mut browser, tokens) = signed_in_at(it, "stan@acme.example", "acme").await;
        let more = "x".repeat(16_000);
        let fields = [
            ("id_token_hint", tokens.id_token()),
            ("post_logout_redirect_uri", "https://crm.example/bye"),
            ("state", "a#b c"),
            ("more", more.as_str()),
        ];
        let answer = it.post_form("/oauth2/end_session", &fields).await.expect(303);
        let location = answer.header("location").to_owned();
        assert!(
            location.starts_with("/oauth2/end_session/resume?request="),
            "{location}"
        );
        assert!(
            !location.contains(tokens.id_token()) && location.len() < 1_000,
            "{location}"
        );
        browser.open(&location).await;
        assert_eq!(browser.url().as_str(), "https://crm.example/bye?state=a%23b+c");
        browser.open("/account").await;
        assert_eq!(browser.path(), "/sign-in");
        it.crm().refresh(tokens.refresh()).await.expect(400);
    }
);

on_both_databases!(
    a_posted_wish_without_proof_is_asked_about_until_its_time_is_over,
    installed,
    async |it| {
        let (mut browser, tokens) = signed_in_at(it, "stan@acme.example", "acme").await;
        let fields = [
            ("client_id", "crm"),
            ("post_logout_redirect_uri", "https://crm.example/bye"),
        ];
        let answer = it.post_form("/oauth2/end_session", &fields).await.expect(303);
        let location = answer.header("location").to_owned();
        browser.open(&location).await;
        assert_eq!(browser.path(), "/sign-out");
        it.crm().refresh(tokens.refresh()).await.expect(200);
        browser.press("sign-out-confirm").await;
        assert_eq!(browser.url().as_str(), "https://crm.example/bye");
        it.pass(Duration::from_secs(3_601));
        for over in [location.as_str(), "/oauth2/end_session/resume?request=nonsense"] {
            browser.open(over).await.sees("This step is over");
            assert_eq!(browser.status(), 400, "{over}");
        }
        browser.open("/oauth2/end_session/resume").await;
        assert_eq!(browser.status(), 400);
    }
);
