//! Part 7: HR suspends the member; the account's access ends at once, the other account's stays.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::hired::{self, Hired, status};
use super::phone::patch;
use super::walk::{self, Walked, Who};
use super::{EMAIL, PASSWORD};
use crate::player::browser::Browser;
use crate::player::http::Ask;
use crate::player::phone::{self, Tokens, expect_error};
use crate::player::play::Play;
use crate::player::wrong::{Seen, ensure};

/// How long nodes may take to see it (docs: "Member status").
const AT_ONCE: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(10);
const WHO: Who<'static> = Who {
    email: EMAIL,
    password: PASSWORD,
    account: "globex",
};

pub(super) async fn by_acme(play: &mut Play, hired: &Hired, tokens: &Tokens, browser: &mut Browser) -> Seen {
    joins_globex(play).await?;
    suspended(play, hired, tokens).await?;

    play.step("7.5 the CRM's next refresh ends her session there");
    let page = walk::refresh(play, browser).await?;
    ensure!(
        page.html.has_id("sign-in") && page.says("Your access has ended"),
        "the CRM still knows her: {}",
        page.brief()
    );
    play.seen("signed out, and told so").await?;

    play.step("7.6 signing in for Acme says plainly that it suspended her");
    let mut fresh = play.browser();
    let url = format!("{}/login?account=acme", play.crm);
    let page = fresh.open(&url).await?;
    let page = walk::sign_in(&mut fresh, &page, &WHO).await?;
    ensure!(
        page.says("Acme Ltd has suspended your access"),
        "it should say so: {}",
        page.brief()
    );
    play.seen(&format!("{} “Acme Ltd has suspended your access”", page.status))
        .await?;

    play.step("7.7 her other account still works");
    let mut fresh = play.browser();
    let page = walk::ask_to_sign_in(play, &mut fresh).await?;
    let Walked { page, .. } = walk::to_the_crm(play, &mut fresh, page, &WHO).await?;
    ensure!(
        page.heading() == "Globex",
        "she should be in the CRM for Globex: {}",
        page.brief()
    );
    play.seen("in the CRM for Globex").await
}

/// Globex invites the same person: "Sign in to accept".
async fn joins_globex(play: &mut Play) -> Seen {
    let hr = play.hr("globex")?;
    play.step("7.1 Globex hires Nadia too");
    let id = hired::create(play, &hr, "gx-77").await?;
    let mail = hired::invited_to(play, "Globex").await?;
    let link = mail.link(&play.issuer, "/invitation/")?;
    play.promises.mail(mail);
    play.promises.member(&hr, &id, &status(), Value::from("invited"));
    play.seen("invited, a second mail").await?;

    play.step("7.2 she signs in to accept, and chooses Globex");
    let mut browser = play.browser();
    let welcome = browser.open(&link).await?;
    ensure!(
        welcome.html.has_id("sign-in-to-accept") && !welcome.html.has_id("create-user"),
        "who has a user signs in to accept: {}",
        welcome.brief()
    );
    let page = browser.click(&welcome, "sign-in-to-accept").await?;
    let mut page = walk::sign_in(&mut browser, &page, &WHO).await?;
    if page.path() == "/invitation" {
        page = browser.press(&page, "proceed").await?;
    }
    let Walked { page, .. } = walk::to_the_crm(play, &mut browser, page, &WHO).await?;
    ensure!(
        page.heading() == "Globex",
        "she should be in the CRM for Globex: {}",
        page.brief()
    );
    play.promises.member(&hr, &id, &status(), Value::from("active"));
    play.promises.session(EMAIL, &browser);
    play.seen("in the CRM for Globex").await
}

async fn suspended(play: &mut Play, hired: &Hired, tokens: &Tokens) -> Seen {
    play.step("7.3 Acme's HR sets active: false");
    let tokens = phone::refresh(play, tokens).await?;
    for node in play.house.addresses() {
        ensure!(
            user_info(play, &node, &tokens).await? == 200 && is_active(play, &node, &tokens).await?,
            "her access token should be good at {node} until then"
        );
    }
    patch(
        play,
        hired,
        json!([{"op": "replace", "path": "active", "value": false}]),
    )
    .await?;
    let acknowledged = Instant::now();
    let mut latest = Duration::ZERO;
    for node in play.house.addresses() {
        while user_info(play, &node, &tokens).await? != 401 || is_active(play, &node, &tokens).await? {
            ensure!(
                acknowledged.elapsed() < AT_ONCE,
                "{node} still takes her access token after {AT_ONCE:?}"
            );
            tokio::time::sleep(POLL).await;
        }
        latest = acknowledged.elapsed();
    }
    // As the transcript has it.
    user_info(play, &play.issuer, &tokens).await?;
    is_active(play, &play.issuer, &tokens).await?;
    play.promises.no_token_is_active();
    play.promises.no_permission(EMAIL);
    play.promises.token(&tokens.access, false, tokens.until);
    play.promises
        .member(&hired.hr, &hired.id, &status(), Value::from("suspended"));
    play.seen(&format!(
        "UserInfo 401 and introspection inactive on every node after {} ms",
        latest.as_millis()
    ))
    .await?;

    play.step("7.4 the phone's refresh token is of no use");
    let answer = phone::try_refresh(play, &tokens.refresh).await?;
    expect_error(&answer, "invalid_grant")?;
    play.seen("invalid_grant").await
}

async fn user_info(play: &Play, address: &str, tokens: &Tokens) -> Seen<u16> {
    let ask = Ask::get(&format!("{address}/oauth2/userinfo"))?.with_bearer(&tokens.access)?;
    Ok(play.ask(ask).await?.status.as_u16())
}

async fn is_active(play: &Play, address: &str, tokens: &Tokens) -> Seen<bool> {
    let url = format!("{address}/oauth2/introspect");
    let fields = [("token", tokens.access.as_str())];
    let answer = play.as_client("crm", &url, &fields).await?;
    ensure!(answer.status == 200, "introspection answers {}", answer.brief());
    Ok(answer.json()?.get("active") == Some(&Value::from(true)))
}
