//! `/terms`, `/terms/VERSION`.

use latchkey_testkit::actors::password_of;
use latchkey_testkit::on_both_databases;

const NEW: &str = "[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n";

on_both_databases!(new_terms_are_asked_for_once_and_recorded, installed, async |it| {
    it.declare(NEW).await;
    let mut browser = it.signed_in("stan@acme.example").await;
    browser
        .open("/terms")
        .await
        .sees("Be kind to your customers")
        .sees("2026-02");
    browser.press("proceed").await;
    assert_eq!(browser.status(), 422);
    assert_eq!(browser.page().problems().len(), 1);
    browser.tick("accept_terms").press("proceed").await;
    assert_eq!(browser.path(), "/account");
    browser.open("/terms").await;
    assert_eq!(browser.path(), "/account", "nothing is left to accept");
});

on_both_databases!(
    a_version_that_was_replaced_meanwhile_is_not_accepted,
    installed,
    async |it| {
        it.declare(NEW).await;
        let mut browser = it.signed_in("stan@acme.example").await;
        browser.open("/terms").await.tick("accept_terms");
        let form = browser.form("proceed");
        it.pass(std::time::Duration::from_secs(1));
        it.declare(&NEW.replace("2026-02", "2026-03")).await;
        browser.submit(&form).await;
        assert_eq!(browser.path(), "/terms");
        browser.sees("2026-03");
    }
);

on_both_databases!(declining_signs_out, installed, async |it| {
    it.declare(NEW).await;
    let mut browser = it.signed_in("rita@acme.example").await;
    browser.open("/terms").await.press("sign-out").await;
    assert_eq!(browser.path(), "/signed-out");
    assert!(browser.cookie("session").is_none());
    browser.sign_in("rita@acme.example", password_of("rita@")).await;
    browser.open("/terms").await.sees("2026-02");
});

on_both_databases!(anyone_may_read_a_version, installed, async |it| {
    it.declare(NEW).await;
    let answer = it.get("/terms/2026-02").await.expect(200);
    assert!(answer.page().words().contains("Be kind to your customers"));
    it.get("/terms/never").await.expect(404);
});
