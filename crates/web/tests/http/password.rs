//! `/password/forgot`, `/password/reset`.

use std::time::Duration;

use latchkey_testkit::actors::password_of;
use latchkey_testkit::installation::request;
use latchkey_testkit::{TestApp, on_both_databases};

const PERSON: &str = "stan@acme.example";
const NEW: &str = "nine blue kites at noon";

async fn ask(it: &TestApp, address: &str) -> (u16, String) {
    let mut browser = it.browser();
    browser.open("/sign-in").await.follow("forgot-password").await;
    browser.fill("Email address", address).press("send-link").await;
    (browser.status(), browser.words().replace(address, "X"))
}

on_both_databases!(
    the_answer_is_the_same_for_everybody_and_the_mail_is_not,
    installed,
    async |it| {
        let known = ask(it, PERSON).await;
        let unknown = ask(it, "nobody@acme.example").await;
        assert_eq!(known, unknown);
        assert_eq!(known.0, 200);
        assert!(known.1.contains("If an account exists for X, we sent a link"));
        assert_eq!(it.mails_to(PERSON).await.len(), 1);
        assert!(it.mails_to("nobody@acme.example").await.is_empty());
    }
);

on_both_databases!(
    a_link_sets_a_password_once_and_ends_all_sessions,
    installed,
    async |it| {
        let mut elsewhere = it.signed_in(PERSON).await;
        let grant = it.crm().tokens_for(PERSON, "openid").await;
        ask(it, PERSON).await;
        let link = it.link_to(PERSON).await;
        let before = it.digest().await;
        it.send(
            request("HEAD", &link)
                .body(http_body_util::Full::default())
                .unwrap(),
        )
        .await
        .expect(303);
        let mut browser = it.browser();
        browser.open(&link).await;
        assert_eq!(browser.path(), "/password/reset");
        assert_eq!(browser.page().value("username"), Some(PERSON));
        browser
            .fill("New password", "short")
            .fill("New password again", "short")
            .press("set-password")
            .await;
        assert_eq!(browser.status(), 422);
        browser.sees("Choose a password of at least 15 characters");
        assert_eq!(before.difference(&it.digest().await), "");
        browser
            .fill("New password", NEW)
            .fill("New password again", NEW)
            .press("set-password")
            .await;
        assert_eq!(browser.path(), "/password/changed");
        browser.sees("Your password is set");
        assert_eq!(browser.cookie("session"), None, "nobody is signed in by a link");
        elsewhere.open("/account").await;
        assert_eq!(elsewhere.path(), "/sign-in");
        it.crm().refresh(grant.refresh()).await.expect(400);
        let notice = it.last_mail(PERSON).await;
        assert_eq!(notice.subject, "Your password was changed");
        let mut again = it.browser();
        again.open(&link).await;
        assert_eq!(again.status(), 410);
        again.sees("This link does not work any more");
        again.sign_in(PERSON, password_of(PERSON)).await;
        assert_eq!(again.status(), 401);
        again.sign_in(PERSON, NEW).await;
        assert_eq!(again.path(), "/account");
    }
);

on_both_databases!(a_link_ends_within_the_hour, installed, async |it| {
    ask(it, PERSON).await;
    let link = it.link_to(PERSON).await;
    it.pass(Duration::from_secs(3_601));
    let mut browser = it.browser();
    browser.open(&link).await;
    assert_eq!(browser.status(), 410);
});

on_both_databases!(of_parallel_uses_one_counts, installed, async |it| {
    ask(it, PERSON).await;
    let link = it.link_to(PERSON).await;
    let mut browsers = [it.browser(), it.browser()];
    for browser in &mut browsers {
        browser.open(&link).await;
        browser.fill("New password", NEW).fill("New password again", NEW);
    }
    let [a, b] = &mut browsers;
    tokio::join!(a.press("set-password"), b.press("set-password"));
    let mut paths = [a.status(), b.status()];
    paths.sort_unstable();
    assert_eq!(paths, [200, 410]);
});

on_both_databases!(nobody_can_be_flooded_with_links, installed, async |it| {
    for _ in 0..30 {
        ask(it, PERSON).await;
    }
    let sent = it.mails_to(PERSON).await.len();
    assert!((1..=10).contains(&sent), "{sent} mails");
});
