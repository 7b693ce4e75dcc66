//! The ways through pages that several parts take.

use crate::player::browser::{Browser, Page};
use crate::player::html::Form;
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, ensure, wrong};

const MOST_PAGES: usize = 8;

/// Who walks, and where to.
pub(super) struct Who<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// The account to choose where one is asked for.
    pub account: &'a str,
}

/// Where a walk ended and which of the provider's pages it saw.
pub(super) struct Walked {
    pub page: Page,
    pub seen: Vec<String>,
}

/// Types into a field of a form.
pub(super) fn fill(form: Form, name: &str, value: &str) -> Seen<Form> {
    form.fill(name, value)
        .or_wrong(|| format!("the form has no field {name}"))
}

/// Ticks a box of a form.
pub(super) fn tick(form: Form, name: &str) -> Seen<Form> {
    form.tick(name).or_wrong(|| format!("the form has no box {name}"))
}

/// Opens the CRM and asks to sign in; answers the first page that is not the CRM's.
pub(super) async fn ask_to_sign_in(play: &Play, browser: &mut Browser) -> Seen<Page> {
    let welcome = browser.open(&format!("{}/", play.crm)).await?;
    ensure!(
        welcome.html.has_id("sign-in"),
        "the CRM does not offer to sign in: {}",
        welcome.brief()
    );
    browser.click(&welcome, "sign-in").await
}

/// Sends the sign-in form.
pub(super) async fn sign_in(browser: &mut Browser, page: &Page, who: &Who<'_>) -> Seen<Page> {
    let form = page.form("sign-in")?;
    let form = fill(form, "username", who.email)?;
    let form = fill(form, "password", who.password)?;
    browser.send(page, &form).await?.page()
}

/// Agrees to the terms shown.
pub(super) async fn accept_terms(browser: &mut Browser, page: &Page) -> Seen<Page> {
    let form = page.form("proceed")?;
    let box_ = form.field("accept_terms");
    ensure!(
        box_.is_some_and(|it| !it.is_checked),
        "the box to accept the terms is ticked or missing: {}",
        page.brief()
    );
    browser.send(page, &tick(form, "accept_terms")?).await?.page()
}

/// Answers one page of the provider after another until the CRM has the person.
pub(super) async fn to_the_crm(
    play: &Play,
    browser: &mut Browser,
    mut page: Page,
    who: &Who<'_>,
) -> Seen<Walked> {
    let mut seen = Vec::new();
    for _ in 0..MOST_PAGES {
        if page.url.as_str().starts_with(&play.crm) {
            ensure!(
                page.status == 200 && page.html.has_id("person-name"),
                "the CRM does not let {} in: {}",
                who.email,
                page.brief()
            );
            return Ok(Walked { page, seen });
        }
        let path = page.path().to_owned();
        page = match path.as_str() {
            "/sign-in" if page.html.has_id("username") => sign_in(browser, &page, who).await?,
            "/sign-in" => browser.press(&page, "continue-as").await?,
            "/choose-account" => {
                let button = format!("account-{}", who.account);
                browser.press(&page, &button).await?
            }
            "/terms" => accept_terms(browser, &page).await?,
            _ => {
                return wrong(format!("nothing to do on the way to the CRM: {}", page.brief()));
            }
        };
        let is_stuck = page.status >= 400 && !seen.is_empty() && page.path() == path;
        ensure!(!is_stuck, "no way on: {}", page.brief());
        seen.push(path);
    }
    wrong(format!("too many pages on the way to the CRM: {seen:?}"))
}

/// The permissions that a page of the CRM lists.
pub(super) fn permissions(page: &Page) -> Vec<String> {
    page.html.texts_in("permissions", "code")
}

/// Whether a page of the CRM lists exactly these permissions.
pub(super) fn expect_permissions(page: &Page, expected: &[&str]) -> Seen {
    let mut found = permissions(page);
    found.sort_unstable();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    ensure!(found == expected, "the CRM lists {found:?}, not {expected:?}");
    Ok(())
}

/// Presses "Refresh my access" and answers what the CRM shows then.
pub(super) async fn refresh(play: &Play, browser: &mut Browser) -> Seen<Page> {
    let page = browser.open(&format!("{}/", play.crm)).await?;
    browser.press(&page, "refresh").await
}
