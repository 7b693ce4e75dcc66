//! Tokens without a person, and what applications ask about tokens.

use http::StatusCode;

use crate::browser::{Browser, Request};
use crate::declared::{BATCH, Client, EMAIL, WEB};
use crate::failure::{Failure, Outcome};
use crate::measure::{Bench, Same};
use crate::report::{Kind, Row};
use crate::rows::CONNECTIONS;
use crate::rows::flows::{SCOPE, redeem};
use crate::wire::{Answer, Ask, Wire};

const CREDENTIALS: Kind = Kind::ratio(
    "client-credentials",
    "client_credentials → ES256 JWT with role and permissions",
    0.8,
);
const INTROSPECTION: Kind = Kind::ratio("introspection", "introspection of a JWT", 0.6);
const USERINFO: Kind = Kind::ratio("userinfo", "UserInfo", 0.6);

pub async fn rows(bench: &mut Bench) {
    if bench.wants(CREDENTIALS.id) {
        let row = credentials(bench).await;
        bench.keep(CREDENTIALS, row);
    }
    if bench.wants(INTROSPECTION.id) {
        let row = introspection(bench).await;
        bench.keep(INTROSPECTION, row);
    }
    if bench.wants(USERINFO.id) {
        let row = userinfo(bench).await;
        bench.keep(USERINFO, row);
    }
}

/// The request for a token of the service member.
pub fn asks_credentials() -> Outcome<Ask> {
    Ask::form(
        "/oauth2/token",
        &[
            ("grant_type", "client_credentials"),
            ("scope", "account roles permissions"),
        ],
    )
    .authorized(&basic(BATCH))
}

async fn credentials(bench: &Bench) -> Outcome<Row> {
    let ask = asks_credentials()?;
    let answer = once(bench, &ask).await?;
    let claims = claims_of(&answer.member("access_token")?)?;
    if !(claims.contains("standard") && claims.contains("contacts:edit")) {
        return Err(Failure::new(format!(
            "the token says no role and permissions: {claims}"
        )));
    }
    beside_signature(bench, CREDENTIALS, &ask).await
}

async fn introspection(bench: &Bench) -> Outcome<Row> {
    let token = person_token(bench).await?;
    let fields = [("token", token.as_str()), ("token_type_hint", "access_token")];
    let ask = Ask::form("/oauth2/introspect", &fields).authorized(&basic(WEB))?;
    let answer = once(bench, &ask).await?;
    if !String::from_utf8_lossy(&answer.body).contains("\"active\":true") {
        return Err(Failure::new("introspection does not take the token"));
    }
    beside_signature(bench, INTROSPECTION, &ask).await
}

async fn userinfo(bench: &Bench) -> Outcome<Row> {
    let token = person_token(bench).await?;
    let ask = Ask::get("/oauth2/userinfo").authorized(&format!("Bearer {token}"))?;
    beside_signature(bench, USERINFO, &ask).await
}

/// The reference is sent the same request, and signs.
async fn beside_signature(bench: &Bench, kind: Kind, ask: &Ask) -> Outcome<Row> {
    let measured = bench.at_node(CONNECTIONS, || Same(ask.clone()));
    let reference = bench.at_reference(CONNECTIONS, &ask.clone().to("/sign"));
    bench
        .compare(kind, measured, ("one ES256 signature", reference))
        .await
}

async fn once(bench: &Bench, ask: &Ask) -> Outcome<Answer> {
    let answer = Wire::connect(bench.node.address).await?.send(ask).await?;
    answer.expect(StatusCode::OK)
}

/// An access token of the person for the confidential client.
async fn person_token(bench: &Bench) -> Outcome<String> {
    let verifier = "a-verifier-of-at-least-forty-three-characters-and-more";
    let request = Request {
        client: WEB,
        scope: SCOPE,
        verifier,
    };
    let mut wire = Wire::connect(bench.node.address).await?;
    let mut browser = Browser::default();
    browser.sign_in(&mut wire, &request, EMAIL).await?;
    let answer = redeem(&mut wire, &request, &browser.cookies()).await?;
    answer.member("access_token")
}

/// RFC 6749 section 2.3.1. None of the declared secrets needs encoding.
pub fn basic(client: Client) -> String {
    let pair = format!("{}:{}", client.id, client.secret.unwrap_or_default());
    format!("Basic {}", base64(pair.as_bytes()))
}

/// The claims of a JWT as JSON text, unverified: it came straight from its issuer.
pub fn claims_of(token: &str) -> Outcome<String> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = latchkey_crypto::encoding::from_base64url(payload)
        .ok_or_else(|| Failure::new(format!("not a JWT: {token}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Standard base64 with padding (RFC 4648 section 4).
fn base64(bytes: &[u8]) -> String {
    let mut text = latchkey_crypto::encoding::base64url(bytes)
        .replace('-', "+")
        .replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_rfc_7617_section_2_comes_out() {
        assert_eq!(base64(b"Aladdin:open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
