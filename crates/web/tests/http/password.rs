//! `/password/…`, and the development mail box.

use std::time::Duration;

use latchkey_testkit::actors::password_of;
use latchkey_testkit::on_both_databases;

const PERSON: &str = "stan@acme.example";
const NEW: &str = "orange bicycles drift north";

on_both_databases!(a_forgotten_password_is_set_anew_through_the_mail, installed, async |it| {
    let mut elsewhere = it.signed_in(PERSON).await;
    let mut browser = it.browser();
    browser.open("/sign-in").await.follow("forgot-password").await;
    browser.fill("Email address", PERSON).press("send-link").await;
    assert_eq!(browser.path(), "/password/forgot");
    browser.sees("If an account exists for stan@acme.example, we sent a link");
    it.deliver().await;
    let link = it.link_to(PERSON).await;

    browser.open(&link).await;
    assert_eq!(browser.path(), "/password/reset", "the secret has left the address");
    assert_eq!(browser.page().value("username"), Some(PERSON));
    browser.fill("New password", "short").fill("New password again", "short").press("set-password").await;
    assert_eq!(browser.status(), 422);
    assert_eq!(browser.page().problems(), ["Choose a password of at least 15 characters"]);
    browser.fill("New password", NEW).fill("New password again", "another one").press("set-password").await;
    assert_eq!(browser.page().problems(), ["The two passwords differ. Enter the same one again"]);
    browser.fill("New password", "stan@acme.example").fill("New password again", "stan@acme.example");
    browser.press("set-password").await;
    assert_eq!(browser.status(), 422);
    browser.fill("New password", NEW).fill("New password again", NEW).press("set-password").await;
    assert_eq!(browser.path(), "/password/changed");
    browser.sees("All your sessions have ended");

    elsewhere.open("/account").await;
    assert_eq!(elsewhere.path(), "/sign-in");
    browser.open("/account").await;
    assert_eq!(browser.path(), "/sign-in", "nobody is signed in by a link");
    browser.sign_in(PERSON, password_of(PERSON)).await;
    assert_eq!(browser.status(), 401);
    browser.sign_in(PERSON, NEW).await;
    assert_eq!(browser.path(), "/account");
    it.deliver().await;
    assert!(it.last_mail(PERSON).await.subject.contains("password"), "a notice was mailed");

    browser.open(&link).await;
    assert_eq!(browser.status(), 410);
    browser.sees("This link does not work any more");
});

on_both_databases!(opening_a_link_uses_nothing_up, installed, async |it| {
    let mut browser = it.browser();
    browser.open("/password/forgot").await.fill("Email address", PERSON).press("send-link").await;
    it.deliver().await;
    let link = it.link_to(PERSON).await;
    let before = it.digest().await;
    for _ in 0..3 {
        it.browser().open(&link).await.sees("Set a new password");
    }
    assert_eq!(it.digest().await, before);
    it.pass(Duration::from_secs(3_601));
    it.browser().open(&link).await.sees("This link does not work any more");
});

on_both_databases!(nobody_learns_who_can_reset_a_password, installed, async |it| {
    let mut answers = Vec::new();
    for address in [PERSON, "nobody@acme.example"] {
        let mut browser = it.browser();
        browser.open("/password/forgot").await.fill("Email address", address).press("send-link").await;
        let words = browser.words().replace(address, "X");
        answers.push((browser.status(), browser.path().to_owned(), words));
    }
    assert_eq!(answers[0], answers[1]);
    it.deliver().await;
    assert_eq!(it.mails_to("nobody@acme.example").await.len(), 0);
    assert_eq!(it.mails_to(PERSON).await.len(), 1);
});

on_both_databases!(what_is_no_address_gets_no_link, installed, async |it| {
    let mut browser = it.browser();
    browser.open("/password/forgot").await.press("send-link").await;
    assert_eq!(browser.status(), 422);
    assert_eq!(browser.page().problems(), ["Enter your email address"]);
});

on_both_databases!(the_way_to_the_application_survives_the_forgotten_password, installed, async |it| {
    let mut browser = it.browser();
    browser.open(&it.crm().authorization("openid").path()).await.follow("forgot-password").await;
    browser.fill("Email address", PERSON).press("send-link").await.follow("back-to-sign-in").await;
    browser.sees("Sign in to Sample CRM").press("cancel").await;
    assert_eq!(browser.returned().error(), Some("access_denied"));
});

on_both_databases!(a_form_that_was_open_for_too_long_is_shown_again, installed, async |it| {
    let mut browser = it.browser();
    browser.open(&it.crm().authorization("openid").path()).await;
    it.pass(Duration::from_secs(3_601));
    browser.fill("Email address", PERSON).fill("Password", password_of(PERSON)).press("sign-in").await;
    assert_eq!(browser.status(), 422);
    browser.sees("This page was open for too long").sees("Sign in to Sample CRM");
    assert_eq!(browser.page().value("username"), Some(PERSON));
    browser.fill("Password", password_of(PERSON)).press("sign-in").await;
    assert!(browser.returned().error().is_none());
});

on_both_databases!(there_is_no_mail_box_to_look_into_where_mail_leaves, installed, async |it| {
    for path in ["/dev/mail", "/dev/mail.json", "/dev/mail/anything"] {
        it.get(path).await.expect(404);
    }
});
