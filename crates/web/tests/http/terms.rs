//! `/terms`.

use latchkey_testkit::on_both_databases;

const SECOND: &str = "[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n";

on_both_databases!(a_version_is_readable_by_anyone, installed, async |it| {
    let page = it.get("/terms/2026-01").await.expect(200).page();
    assert!(page.words().contains("Keep your password to yourself"));
    it.get("/terms/1999").await.expect(404);
});

on_both_databases!(declining_signs_out_and_accepts_nothing, installed, async |it| {
    it.declare(SECOND).await;
    let mut browser = it.browser();
    browser
        .authorize(&it.crm().authorization("openid"), "stan@acme.example")
        .await;
    assert_eq!(browser.path(), "/terms");
    let before = it.digest().await;
    browser.press("sign-out").await;
    assert_eq!(browser.path(), "/signed-out");
    assert!(!before.changed(&it.digest().await).contains(&"terms_acceptance"));
    browser
        .authorize(&it.crm().authorization("openid"), "stan@acme.example")
        .await;
    assert_eq!(browser.path(), "/terms");
});

on_both_databases!(
    another_version_than_the_one_shown_is_not_accepted,
    installed,
    async |it| {
        it.declare(SECOND).await;
        let mut browser = it.browser();
        browser
            .authorize(&it.crm().authorization("openid"), "stan@acme.example")
            .await;
        let before = it.digest().await;
        for other in ["2026-01", "2030-01", "x' OR '1'='1"] {
            let mut form = browser.form("proceed");
            form.set("accept_terms", other);
            browser.submit(&form).await;
            assert_eq!(browser.path(), "/terms", "{other}");
        }
        assert!(!before.changed(&it.digest().await).contains(&"terms_acceptance"));
    }
);

on_both_databases!(
    an_accounts_own_terms_count_for_that_account,
    installed,
    async |it| {
        it.declare("[[terms]]\naccount = \"globex\"\nversion = \"g1\"\nfile = \"terms.md\"\n")
            .await;
        let mut browser = it.browser();
        browser
            .authorize(
                &it.crm().authorization("openid").with("account", "acme"),
                "iris@consult.example",
            )
            .await;
        assert!(!browser.returned().code().is_empty());
        browser
            .open(&it.crm().authorization("openid").with("account", "globex").path())
            .await;
        assert_eq!(browser.path(), "/terms");
        browser.tick("accept_terms").press("proceed").await;
        assert!(!browser.returned().code().is_empty());
    }
);
