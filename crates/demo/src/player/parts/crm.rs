//! Part 4: the CRM shows what each person's tokens allow.

use super::walk::{self, Walked, Who, expect_permissions};
use crate::player::browser::{Browser, Page};
use crate::player::play::Play;
use crate::player::wrong::{Seen, ensure};

const VIEW: [&str; 4] = ["contacts:view", "deals:view", "reports:view", "settings:view"];
const MANAGER: [&str; 9] = [
    "contacts:view",
    "contacts:edit",
    "contacts:delete",
    "deals:view",
    "deals:edit",
    "reports:view",
    "reports:export",
    "settings:view",
    "settings:manage",
];

pub(super) async fn shows_what_tokens_allow(play: &mut Play) -> Seen {
    let mut stan = stan_signs_in(play).await?;
    stan_edits(play, &mut stan).await?;
    let rita = rita_only_views(play).await?;
    billing_is_the_owners(play, vec![("Stan", stan), ("Rita", rita)]).await?;
    let mut iris = iris_chooses(play).await?;
    iris_changes_account(play, &mut iris).await?;
    iris_signs_out(play, &mut iris).await?;
    foreign_answers_are_refused(play).await
}

async fn stan_signs_in(play: &mut Play) -> Seen<Browser> {
    let stan = play.person("stan@acme.example")?;
    let mut browser = play.browser();
    play.step("4.1 Stan mistypes his password");
    let page = walk::ask_to_sign_in(play, &mut browser).await?;
    ensure!(
        page.path() == "/sign-in" && page.says("Sample CRM"),
        "the CRM did not lead to sign-in: {}",
        page.brief()
    );
    let mut who = who(&stan.email, "a password he never had", "acme");
    let again = walk::sign_in(&mut browser, &page, &who).await?;
    let form = again.form("sign-in")?;
    ensure!(
        again.status == 401
            && form.field("username").is_some_and(|it| it.value == stan.email)
            && form.field("password").is_some_and(|it| it.value.is_empty()),
        "401 with the address kept and the password not: {}",
        again.brief()
    );
    play.seen(&again.html.texts_in("error-summary", "a").join("; "))
        .await?;

    play.step("4.2 Stan signs in and accepts the terms");
    who.password = &stan.password;
    let Walked { page, seen } = walk::to_the_crm(play, &mut browser, again, &who).await?;
    ensure!(
        seen == ["/sign-in", "/terms"],
        "the pages on the way were {seen:?}"
    );
    // By his permission set, and one permission of his own.
    expect_permissions(
        &page,
        &["contacts:view", "contacts:edit", "deals:view", "reports:export"],
    )?;
    ensure!(
        page.says("Sales desk") && !page.html.has_id("billing"),
        "{}",
        page.brief()
    );
    play.promises.session(&stan.email, &browser);
    play.seen("his permission set and one permission more").await?;
    Ok(browser)
}

async fn stan_edits(play: &mut Play, browser: &mut Browser) -> Seen {
    play.step("4.3 Stan changes a contact");
    let home = browser.open(&format!("{}/", play.crm)).await?;
    let contact = browser.click(&home, "edit-ada").await?;
    let form = walk::fill(contact.form("save")?, "phone", "+1 555 0142")?;
    let saved = browser.send(&contact, &form).await?.page()?;
    ensure!(
        saved.says("Contact saved") && saved.says("+1 555 0142"),
        "the contact was not saved: {}",
        saved.brief()
    );
    play.seen("saved").await
}

async fn rita_only_views(play: &mut Play) -> Seen<Browser> {
    play.step("4.4 Rita only views");
    let (mut browser, page) = enter(play, "rita@acme.example", "acme").await?;
    expect_permissions(&page, &VIEW)?;
    ensure!(
        page.says("+1 555 0142") && !page.html.has_id("edit-ada"),
        "a read-only user sees contacts and no way to change them: {}",
        page.brief()
    );
    let refused = browser.open(&format!("{}/contacts/ada", play.crm)).await?;
    ensure!(
        refused.status == 403,
        "she may change a contact: {}",
        refused.brief()
    );
    play.seen("contacts without Edit; 403 for the form").await?;
    Ok(browser)
}

async fn billing_is_the_owners(play: &mut Play, mut others: Vec<(&str, Browser)>) -> Seen {
    play.step("4.5 Marco, the manager, has everything but billing");
    let (marco, page) = enter(play, "marco@acme.example", "acme").await?;
    expect_permissions(&page, &MANAGER)?;
    others.push(("Marco", marco));
    let billing = format!("{}/billing", play.crm);
    for (name, browser) in &mut others {
        let page = browser.open(&billing).await?;
        ensure!(page.status == 403, "{name} sees billing: {}", page.brief());
    }
    play.seen("403 on billing for him, Stan and Rita").await?;

    play.step("4.6 Olivia, the owner, sees billing");
    let (mut olivia, page) = enter(play, "olivia@acme.example", "acme").await?;
    let mut all = MANAGER.to_vec();
    all.extend(["invoices:view", "invoices:manage"]);
    expect_permissions(&page, &all)?;
    let page = olivia.click(&page, "billing").await?;
    ensure!(
        page.status == 200 && page.html.has_id("payment"),
        "the owner does not see billing: {}",
        page.brief()
    );
    play.seen("all of the catalogue, and her invoices").await
}

async fn iris_chooses(play: &mut Play) -> Seen<Browser> {
    play.step("4.7 Iris belongs to two accounts and chooses Globex");
    let iris = play.person("iris@consult.example")?;
    let mut browser = play.browser();
    let page = walk::ask_to_sign_in(play, &mut browser).await?;
    let who = who(&iris.email, &iris.password, "globex");
    let Walked { page, seen } = walk::to_the_crm(play, &mut browser, page, &who).await?;
    ensure!(
        seen.iter().any(|it| it == "/choose-account"),
        "she was not asked which account: {seen:?}"
    );
    ensure!(page.heading() == "Globex", "the CRM shows {}", page.heading());
    expect_permissions(&page, &VIEW)?;
    nothing_of_acme(play, &mut browser).await?;
    play.seen("Globex, Read only; nothing of Acme in any token")
        .await?;
    Ok(browser)
}

/// The other account is nowhere in what the CRM was told.
async fn nothing_of_acme(play: &Play, browser: &mut Browser) -> Seen {
    let claims = browser.open(&format!("{}/claims", play.crm)).await?;
    for id in ["id-token", "access-token", "user-info"] {
        let text = claims.html.text_by_id(id).unwrap_or_default();
        ensure!(text.contains("globex"), "no account in {id}: {text}");
        ensure!(
            !text.to_lowercase().contains("acme") && !text.contains(":edit"),
            "something of the other account is in {id}: {text}"
        );
    }
    Ok(())
}

async fn iris_changes_account(play: &mut Play, browser: &mut Browser) -> Seen {
    play.step("4.8 the CRM asks for Acme, without a page between");
    let url = format!("{}/login?account=acme", play.crm);
    let page = browser.open(&url).await?;
    ensure!(
        page.url.as_str().starts_with(&play.crm) && page.heading() == "Acme Ltd",
        "she should be in the CRM for Acme: {}",
        page.brief()
    );
    expect_permissions(&page, &super::accepted::STANDARD)?;
    let url = format!("{}/login?account=nowhere", play.crm);
    let refused = browser.open(&url).await?;
    ensure!(
        refused.status == 403 && refused.url.path() == "/callback",
        "an account that is not hers should be refused: {}",
        refused.brief()
    );
    play.seen("Acme Ltd, Standard user; 403 for an unknown account")
        .await
}

async fn iris_signs_out(play: &mut Play, browser: &mut Browser) -> Seen {
    play.step("4.9 Iris signs out in the CRM, of Acme");
    sign_out(play, browser).await?;
    let page = browser
        .open(&format!("{}/login?account=globex", play.crm))
        .await?;
    ensure!(
        page.heading() == "Globex",
        "her sign-in for Globex should go on: {}",
        page.brief()
    );
    play.seen("back at the CRM; for Globex she is still signed in")
        .await?;

    play.step("4.10 and of Globex");
    sign_out(play, browser).await?;
    let account = browser.open(&format!("{}/account", play.issuer)).await?;
    ensure!(
        account.path() == "/sign-in",
        "she is still signed in at the provider: {}",
        account.brief()
    );
    play.seen("back at the CRM; the provider asks to sign in").await
}

async fn sign_out(play: &Play, browser: &mut Browser) -> Seen {
    let home = browser.open(&format!("{}/", play.crm)).await?;
    let mut page = browser.press(&home, "sign-out").await?;
    if page.path() == "/sign-out" {
        page = browser.press(&page, "sign-out-confirm").await?;
    }
    ensure!(
        page.url.as_str().starts_with(&format!("{}/", play.crm)) && page.html.has_id("sign-in"),
        "she should be back at the CRM, signed out: {}",
        page.brief()
    );
    Ok(())
}

async fn foreign_answers_are_refused(play: &mut Play) -> Seen {
    play.step("4.11 the CRM takes no answer it did not ask for");
    let mut browser = play.browser();
    let callback = format!("{}/callback?code=x&state=y&iss=z", play.crm);
    let page = browser.open(&callback).await?;
    ensure!(page.status == 400, "it was taken: {}", page.brief());
    let elsewhere = format!("{}/login?iss=https%3A%2F%2Felsewhere.example", play.crm);
    let page = browser.open(&elsewhere).await?;
    ensure!(page.status == 400, "it was taken: {}", page.brief());
    play.seen("400 for an unknown state and for another issuer").await
}

/// Signs somebody in at the CRM in a browser of their own.
async fn enter(play: &mut Play, email: &str, account: &str) -> Seen<(Browser, Page)> {
    let person = play.person(email)?;
    let mut browser = play.browser();
    let page = walk::ask_to_sign_in(play, &mut browser).await?;
    let who = who(email, &person.password, account);
    let walked = walk::to_the_crm(play, &mut browser, page, &who).await?;
    let name = walked.page.html.text_by_id("person-name");
    ensure!(
        name.as_deref() == Some(person.name.as_str()),
        "the CRM calls {email} {name:?}"
    );
    play.promises.session(email, &browser);
    Ok((browser, walked.page))
}

fn who<'a>(email: &'a str, password: &'a str, account: &'a str) -> Who<'a> {
    Who {
        email,
        password,
        account,
    }
}
