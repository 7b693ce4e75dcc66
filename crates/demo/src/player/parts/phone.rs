//! Part 5: the phone app, which needs Mobile Access.

use axum::http::Method;
use serde_json::{Value, json};

use super::hired::{ACCESS, Hired, access};
use crate::player::browser::Browser;
use crate::player::phone::{self, Begun, Tokens, expect_error};
use crate::player::play::Play;
use crate::player::wrong::{Seen, ensure};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

pub(super) async fn needs_mobile_access(
    play: &mut Play,
    hired: &Hired,
    browser: &mut Browser,
) -> Seen<Tokens> {
    play.step("5.1 without Mobile Access the phone app is refused");
    let begun = phone::begin(play, "acme")?;
    let page = browser.go(&begun.url).await?.page()?;
    ensure!(
        page.says("Mobile Access") && page.says("Acme Ltd"),
        "the page should say that Mobile Access is missing: {}",
        page.brief()
    );
    let back = page.link("return-to-app")?;
    let error = begun.answer(play, &back, "error")?;
    let described = begun.answer(play, &back, "error_description")?;
    ensure!(
        error == "access_denied",
        "the app is told {error}, not access_denied"
    );
    play.seen(&format!("“{}”; {error}: {described}", page.heading()))
        .await?;

    play.step("5.2 HR gives her Mobile Access");
    patch(
        play,
        hired,
        json!([{"op": "replace", "path": format!("{ACCESS}:mobileAccess"), "value": true}]),
    )
    .await?;
    play.promises
        .member(&hired.hr, &hired.id, &access("mobileAccess"), Value::from(true));
    play.seen("200").await?;

    play.step("5.3 a code needs the app's own verifier");
    let (_, code) = authorize(play, browser).await?;
    let answer = phone::redeem(play, &code, &"w".repeat(43)).await?;
    expect_error(&answer, "invalid_grant")?;
    play.seen("invalid_grant").await?;

    play.step("5.4 a code is good once; using it again ends what it gave");
    let (begun, code) = authorize(play, browser).await?;
    let first = begun.tokens(play, &code).await?;
    let again = begun.redeem(play, &code).await?;
    expect_error(&again, "invalid_grant")?;
    let refreshed = phone::try_refresh(play, &first.refresh).await?;
    expect_error(&refreshed, "invalid_grant")?;
    play.promises.token(&first.access, false, first.until);
    play.seen("invalid_grant for the code and for its refresh token")
        .await?;

    play.step("5.5 with Mobile Access she is signed in on the phone");
    let (begun, code) = authorize(play, browser).await?;
    let tokens = begun.tokens(play, &code).await?;
    let account = tokens.claims.pointer("/account/slug");
    ensure!(
        account == Some(&Value::from("acme")) && tokens.may("contacts:edit"),
        "the access token says {}",
        tokens.claims
    );
    play.promises.token(&tokens.access, true, tokens.until);
    play.seen(&format!("{} permissions", tokens.permissions().len()))
        .await?;
    refresh_once(play, tokens).await
}

/// A refresh token of a public client rotates, and using an old one ends the family.
async fn refresh_once(play: &mut Play, tokens: Tokens) -> Seen<Tokens> {
    play.step("5.6 the phone's refresh token rotates");
    let next = phone::refresh(play, &tokens).await?;
    let next = phone::refresh(play, &next).await?;
    play.promises.token(&next.access, true, next.until);
    play.seen("two refreshes, three different tokens").await?;
    Ok(next)
}

async fn authorize(play: &Play, browser: &mut Browser) -> Seen<(Begun, String)> {
    let begun = phone::begin(play, "acme")?;
    let url = browser.go(&begun.url).await?.app()?;
    let code = begun.answer(play, &url, "code")?;
    Ok((begun, code))
}

/// HR changes a member by PATCH.
pub(super) async fn patch(play: &Play, hired: &Hired, operations: Value) -> Seen {
    let path = format!("/Users/{}", hired.id);
    let body = json!({"schemas": [PATCH], "Operations": operations});
    let answer = play.scim(&hired.hr, Method::PATCH, &path, Some(&body)).await?;
    ensure!(answer.status == 200, "200 was expected, not {}", answer.brief());
    Ok(())
}
