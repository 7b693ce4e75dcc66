//! A person's way through the hosted pages: cookies, hidden fields, redirects.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::SET_COOKIE;
use latchkey_crypto::encoding::sha256_base64url;

use crate::declared::{Client, PASSWORD};
use crate::failure::{Failure, Outcome};
use crate::wire::{Answer, Ask, Wire, encoded};

/// A person is sent on at most so often.
const MOST_REDIRECTS: usize = 8;

/// What a client asks for at the authorization endpoint.
pub struct Request<'a> {
    pub client: Client,
    pub scope: &'a str,
    pub verifier: &'a str,
}

/// The cookies of one browser.
#[derive(Clone, Default)]
pub struct Browser(BTreeMap<String, String>);

/// A form, filled in and ready to be sent.
pub struct Filled(pub Ask);

impl Request<'_> {
    pub fn path(&self) -> String {
        let challenge = sha256_base64url(self.verifier);
        let query = encoded(&[
            ("response_type", "code"),
            ("client_id", self.client.id),
            ("redirect_uri", self.client.redirect_uri),
            ("scope", self.scope),
            ("state", "a-state-that-nobody-guesses"),
            ("nonce", "a-nonce-that-nobody-guesses"),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
        ]);
        format!("/oauth2/authorize?{query}")
    }
}

impl Browser {
    /// The `Cookie` header.
    pub fn cookies(&self) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Goes to the application's authorization request until the sign-in form is there, filled in.
    pub async fn sign_in_form(
        &mut self,
        wire: &mut Wire,
        request: &Request<'_>,
        email: &str,
    ) -> Outcome<Filled> {
        let answer = self.follow(wire, Ask::get(request.path())).await?;
        let page = answer.expect(StatusCode::OK)?;
        let page = std::str::from_utf8(&page.body)?;
        let csrf = hidden(page, "csrf")?;
        let sealed = hidden(page, "request")?;
        let fields = [
            ("csrf", csrf.as_str()),
            ("request", sealed.as_str()),
            ("username", email),
            ("password", PASSWORD),
            ("choice", "sign-in"),
        ];
        Ask::form("/sign-in", &fields)
            .cookies(&self.cookies())
            .map(Filled)
    }

    /// Signs in, comes back to the application, and keeps the session.
    pub async fn sign_in(&mut self, wire: &mut Wire, request: &Request<'_>, email: &str) -> Outcome {
        let Filled(form) = self.sign_in_form(wire, request, email).await?;
        let answer = self.follow(wire, form).await?;
        code_of(&answer, request.client).map(drop)
    }

    /// Follows redirects within the service.
    pub async fn follow(&mut self, wire: &mut Wire, mut ask: Ask) -> Outcome<Answer> {
        for _ in 0..MOST_REDIRECTS {
            let answer = wire.send(&ask.clone().cookies(&self.cookies())?).await?;
            self.keep(&answer);
            let Some(next) = answer.location().and_then(inside) else {
                return Ok(answer);
            };
            ask = Ask::get(next);
        }
        Err(Failure::new("redirects without an end"))
    }

    fn keep(&mut self, answer: &Answer) {
        for header in answer.headers.get_all(SET_COOKIE) {
            let pair = header.to_str().ok().and_then(|text| text.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The code of an answer that leads back to the application.
pub fn code_of(answer: &Answer, client: Client) -> Outcome<String> {
    let back = answer
        .location()
        .and_then(|location| location.strip_prefix(client.redirect_uri))
        .and_then(|rest| rest.strip_prefix('?'));
    let Some(query) = back else {
        return Err(Failure::new(format!(
            "{} came instead of the way back to the application: {}",
            answer.status,
            answer.location().map_or_else(
                || String::from_utf8_lossy(&answer.body).into_owned(),
                str::to_owned
            )
        )));
    };
    let mut fields = url::form_urlencoded::parse(query.as_bytes());
    let code = fields.find(|(name, _)| name == "code");
    code.map(|(_, code)| code.into_owned())
        .ok_or_else(|| Failure::new(format!("the application got no code: {query}")))
}

/// The path of a redirect that stays within the service: the redirect URIs here lead to port 9.
fn inside(location: &str) -> Option<String> {
    if location.starts_with('/') {
        return Some(location.to_owned());
    }
    let url = url::Url::parse(location).ok()?;
    (url.port() != Some(9)).then(|| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}

/// The value of a hidden field. The pages' templates write `name` before `value`.
fn hidden(page: &str, name: &str) -> Outcome<String> {
    let start = format!("name=\"{name}\" value=\"");
    let value = page.split_once(&start).and_then(|(_, rest)| rest.split_once('"'));
    value.map(|(value, _)| value.to_owned()).ok_or_else(|| {
        let shown: String = page.chars().take(2_000).collect();
        Failure::new(format!("the page has no field {name}: {shown}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_field_is_read_from_a_page() {
        let page = r#"<form><input type="hidden" name="csrf" value="abc_-1"></form>"#;
        assert_eq!(hidden(page, "csrf").unwrap(), "abc_-1");
        assert!(hidden(page, "request").is_err());
    }

    #[test]
    fn only_redirects_within_the_service_are_followed() {
        assert_eq!(inside("/sign-in?request=x").unwrap(), "/sign-in?request=x");
        assert_eq!(inside("http://127.0.0.1:8080/a?b=c").unwrap(), "/a?b=c");
        assert_eq!(inside("http://127.0.0.1:9/callback?code=x"), None);
    }
}
