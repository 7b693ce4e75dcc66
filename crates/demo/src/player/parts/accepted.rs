//! Part 3: the person opens the link, creates their user, and is signed in.

use axum::http::{Method, header};
use serde_json::Value;

use super::hired::{Hired, status};
use super::walk::{self, expect_permissions};
use super::{EMAIL, NAME, PASSWORD};
use crate::player::browser::{Browser, Page};
use crate::player::http::Ask;
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, ensure};

/// What a standard user of the CRM may do by the role alone.
pub(super) const STANDARD: [&str; 6] = [
    "contacts:view",
    "contacts:edit",
    "deals:view",
    "deals:edit",
    "reports:view",
    "settings:view",
];

/// Nadia accepts; answers her browser, signed in.
pub(super) async fn by_nadia(play: &mut Play, hired: &Hired) -> Seen<Browser> {
    play.step("3.1 a mail scanner opens the link");
    for method in [Method::HEAD, Method::GET] {
        let ask = Ask::new(method.clone(), &hired.link)?;
        let answer = play.ask(ask).await?;
        let location = answer.header(header::LOCATION).unwrap_or_default();
        ensure!(
            answer.status == 303 && location.contains("/invitation"),
            "{method} of the link answers {} to {location:?}",
            answer.status
        );
    }
    expect_status(play, hired, "invited").await?;
    play.seen("303 and nothing else; still invited").await?;

    let mut browser = play.browser();
    play.step("3.2 Nadia opens the link");
    let welcome = browser.open(&hired.link).await?;
    ensure!(
        welcome.status == 200 && welcome.path() == "/invitation",
        "no welcome: {}",
        welcome.brief()
    );
    for words in ["Acme Ltd", EMAIL, "Sample CRM"] {
        ensure!(
            welcome.says(words),
            "the welcome does not say {words}: {}",
            welcome.brief()
        );
    }
    play.seen(&format!("“{}”", welcome.heading())).await?;

    let create = wrong_once(play, &mut browser, &welcome).await?;
    right_then(play, &mut browser, hired, &create).await?;
    used_up(play, hired, &browser).await?;
    Ok(browser)
}

/// The form says what is wrong and keeps what was typed, but for passwords.
async fn wrong_once(play: &mut Play, browser: &mut Browser, welcome: &Page) -> Seen<Page> {
    play.step("3.3 she mistypes the password and forgets the terms");
    let create = browser.click(welcome, "create-user").await?;
    let form = create.form("proceed")?;
    let value = |name: &str| form.field(name).map(|it| it.value.clone());
    ensure!(
        value("given_name").as_deref() == Some("Nadia") && value("family_name").as_deref() == Some("Novak"),
        "the names are not prefilled: {}",
        create.brief()
    );
    ensure!(
        form.field("accept_terms").is_some_and(|it| !it.is_checked),
        "no box for the terms, or a ticked one: {}",
        create.brief()
    );
    let form = walk::fill(form, "family_name", "Novak-Reyes")?;
    let form = walk::fill(form, "password", PASSWORD)?;
    let form = walk::fill(form, "password_confirmation", "orchard bicycle at noon")?;
    let again = browser.send(&create, &form).await?.page()?;
    ensure!(
        again.status == 422 && again.html.has_id("error-summary"),
        "the form was not shown again with its errors: {}",
        again.brief()
    );
    let form = again.form("proceed")?;
    let value = |name: &str| form.field(name).map(|it| it.value.clone());
    ensure!(
        value("family_name").as_deref() == Some("Novak-Reyes"),
        "what was typed is lost"
    );
    ensure!(
        value("password").as_deref() == Some(""),
        "the password is shown again"
    );
    let problems = again.html.texts_in("error-summary", "a");
    ensure!(
        problems.len() == 2,
        "two things were wrong, the page says {problems:?}"
    );
    play.seen(&problems.join("; ")).await?;
    Ok(again)
}

async fn right_then(play: &mut Play, browser: &mut Browser, hired: &Hired, create: &Page) -> Seen {
    play.step("3.4 she accepts and is in the CRM at once");
    let form = create.form("proceed")?;
    let form = walk::fill(form, "password", PASSWORD)?;
    let form = walk::fill(form, "password_confirmation", PASSWORD)?;
    let form = walk::tick(form, "accept_terms")?;
    let crm = browser.send(create, &form).await?.page()?;
    ensure!(
        crm.url.as_str() == format!("{}/", play.crm),
        "she did not land in the CRM: {}",
        crm.brief()
    );
    let name = crm.html.text_by_id("person-name").unwrap_or_default();
    ensure!(name == NAME, "the CRM calls her {name:?}");
    expect_permissions(&crm, &STANDARD)?;
    expect_status(play, hired, "active").await?;
    play.promises
        .member(&hired.hr, &hired.id, &status(), Value::from("active"));
    play.promises.session(EMAIL, browser);
    play.seen(&format!(
        "{name}, {}, {} permissions",
        crm.html.text_by_id("role").unwrap_or_default(),
        STANDARD.len()
    ))
    .await?;

    play.step("3.5 her account page");
    let account = browser.open(&format!("{}/account", play.issuer)).await?;
    ensure!(
        account.status == 200 && account.says(EMAIL) && account.says("Acme Ltd"),
        "the account page does not show who and where she is: {}",
        account.brief()
    );
    play.seen(&format!("{EMAIL} at Acme Ltd")).await
}

async fn used_up(play: &mut Play, hired: &Hired, browser: &Browser) -> Seen {
    play.step("3.6 the link is used up");
    let mut browsers = [play.browser(), browser.clone()];
    let mut said = String::new();
    for browser in &mut browsers {
        let page = browser.open(&hired.link).await?;
        ensure!(
            (400..500).contains(&page.status) && page.html.has_id("sign-in"),
            "a used link should say so and offer to sign in: {}",
            page.brief()
        );
        said = page.heading();
    }
    let unknown = format!("{}/invitation/{}", play.issuer, "x".repeat(43));
    let page = play.browser().open(&unknown).await?;
    ensure!(
        (400..500).contains(&page.status) && !page.says("Acme"),
        "an unknown link should say nothing of anybody: {}",
        page.brief()
    );
    play.seen(&format!("“{said}”")).await
}

async fn expect_status(play: &Play, hired: &Hired, expected: &str) -> Seen {
    let path = format!("/Users/{}", hired.id);
    let answer = play.scim(&hired.hr, Method::GET, &path, None).await?;
    let member = answer.json()?;
    let found = member.pointer(&status()).and_then(Value::as_str);
    let found = found.or_wrong(|| format!("no status: {member}"))?;
    ensure!(found == expected, "HR sees her {found}, not {expected}");
    Ok(())
}
