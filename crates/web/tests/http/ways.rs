//! Ways through the pages: what is on the way survives detours and long waits.

use std::time::Duration;

use latchkey_testkit::actors::password_of;
use latchkey_testkit::on_both_databases;

const PERSON: &str = "stan@acme.example";

on_both_databases!(the_application_is_still_there_after_a_forgotten_password, installed, async |it| {
    let mut browser = it.browser();
    browser.open(&it.crm().authorization("openid").path()).await.follow("forgot-password").await;
    browser.fill("Email address", PERSON).press("send-link").await.follow("back-to-sign-in").await;
    browser.sees("Sign in to Sample CRM").press("cancel").await;
    assert_eq!(browser.returned().get("error"), "access_denied");
});

on_both_databases!(a_form_that_was_open_for_too_long_is_shown_again, installed, async |it| {
    let mut browser = it.browser();
    browser.open(&it.crm().authorization("openid").path()).await;
    it.pass(Duration::from_secs(3_601));
    browser.fill("Email address", PERSON).fill("Password", password_of(PERSON)).press("sign-in").await;
    assert_eq!(browser.status(), 422);
    browser.sees("This page was open for too long").sees("Sign in to Sample CRM");
    assert_eq!(browser.page().value("username"), Some(PERSON));
    assert_eq!(browser.page().value("password"), Some(""));
    browser.fill("Password", password_of(PERSON)).press("sign-in").await;
    assert!(!browser.returned().code().is_empty());
});

on_both_databases!(a_step_of_another_browser_leads_nowhere, installed, async |it| {
    let mut browser = it.browser();
    browser.open(&it.crm().authorization("openid").path()).await;
    let form = browser.form("sign-in");
    let request = form.pairs().iter().find(|(name, _)| *name == "request").unwrap().1.to_owned();
    for path in ["/sign-in", "/choose-account", "/password/forgot"] {
        let mut other = it.browser();
        other.open(&format!("{path}?request={request}")).await;
        assert_eq!(other.status(), 400, "{path}");
        other.sees("This step is over");
    }
});

on_both_databases!(going_on_as_who_one_is_needs_no_password, installed, async |it| {
    let mut browser = it.signed_in(PERSON).await;
    browser.open(&it.crm().authorization("openid").with("prompt", "select_account").path()).await;
    browser.sees("You are signed in already.").press("continue-as").await;
    assert!(!browser.returned().code().is_empty());
});

on_both_databases!(there_is_no_mail_box_to_look_into_where_mail_leaves, installed, async |it| {
    for path in ["/dev/mail", "/dev/mail.json", "/dev/mail/anything"] {
        it.get(path).await.expect(404);
    }
});
