//! An application's client, as a careful developer writes one: PKCE, state, nonce, `iss`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a client needs and does not get fails the test"
)]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http_body_util::Full;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::answer::Answer;
use crate::installation::{ISSUER, TestApp, form_text, request, with_query};

/// A client of the fixture's application.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    it: &'a TestApp,
    /// `client_id`.
    pub id: &'static str,
    secret: Option<&'static str>,
    basic: bool,
    /// Where people come back to.
    pub redirect_uri: &'static str,
}

impl TestApp {
    /// The CRM's site.
    #[must_use]
    pub const fn crm(&self) -> Client<'_> {
        Client {
            it: self,
            id: "crm",
            secret: Some("crm-2fQ8vXkJ6rYwN4tBzL0mSdHc9aGeUp7iRo3jKy5ZxEw"),
            basic: true,
            redirect_uri: "https://crm.example/callback",
        }
    }

    /// The CRM's board, which runs in the browser.
    #[must_use]
    pub const fn board(&self) -> Client<'_> {
        Client {
            it: self,
            id: "crm-board",
            secret: None,
            basic: false,
            redirect_uri: "https://board.example/callback",
        }
    }

    /// The CRM's phone app.
    #[must_use]
    pub const fn phone(&self) -> Client<'_> {
        Client {
            it: self,
            id: "crm-phone",
            secret: None,
            basic: false,
            redirect_uri: "com.example.crm:/callback",
        }
    }

    /// The CRM's nightly jobs.
    #[must_use]
    pub const fn batch(&self) -> Client<'_> {
        Client {
            it: self,
            id: "crm-batch",
            secret: Some("crm-batch-Vb3nL9wQe7TzKx1mYr5UoPd8sJc2HfGa6iRt4kNw0Xq"),
            basic: false,
            redirect_uri: "",
        }
    }

    /// Another application's site.
    #[must_use]
    pub const fn desk(&self) -> Client<'_> {
        Client {
            it: self,
            id: "desk",
            secret: Some("desk-9sWm2XqTy6Vb4Kf8Zr1Ln5Hc3Jd7Gp0QaUeRiOtMyBx"),
            basic: true,
            redirect_uri: "https://desk.example/callback",
        }
    }
}

/// All scopes that the fixture's people can be asked for.
pub const EVERYTHING: &str = "openid profile email account roles permissions offline_access";

/// An authorization request, and what the client keeps of it.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// The parameters, in order.
    pub params: Vec<(String, String)>,
    /// The PKCE verifier (RFC 7636 §4.1).
    pub verifier: String,
}

impl Authorization {
    /// With another value of a parameter, or a further one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.params.retain(|(key, _)| key != name);
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.params.retain(|(key, _)| key != name);
        self
    }

    /// A parameter's value.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The names and values.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The path and query that people are sent to.
    #[must_use]
    pub fn path(&self) -> String {
        with_query("/oauth2/authorize", &self.pairs())
    }
}

/// What an application is called back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The address without its query.
    pub at: String,
    params: Vec<(String, String)>,
}

impl Returned {
    /// Reads the address that a browser was sent to.
    #[must_use]
    pub fn read(url: &Url) -> Self {
        let mut at = url.clone();
        at.set_query(None);
        Self {
            at: at.into(),
            params: url.query_pairs().into_owned().collect(),
        }
    }

    /// A parameter; empty where it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The code; an error fails the test.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> &str {
        assert!(self.get("error").is_empty(), "{self:?}");
        self.get("code")
    }
}

/// What a client was given.
#[derive(Debug, Clone)]
pub struct Tokens(pub Value);

impl Tokens {
    fn text(&self, name: &str) -> &str {
        let found = self.0.get(name).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }

    /// The access token.
    #[must_use]
    pub fn access(&self) -> &str {
        self.text("access_token")
    }

    /// The refresh token.
    #[must_use]
    pub fn refresh(&self) -> &str {
        self.text("refresh_token")
    }

    /// The claims of the access token.
    #[must_use]
    pub fn access_claims(&self) -> Value {
        claims_of(self.access())
    }

    /// The ID token.
    #[must_use]
    pub fn id_token(&self) -> &str {
        self.text("id_token")
    }

    /// The claims of the ID token.
    #[must_use]
    pub fn id_claims(&self) -> Value {
        claims_of(self.id_token())
    }

    /// The permissions that the access token carries.
    #[must_use]
    pub fn permissions(&self) -> Vec<String> {
        let claims = self.access_claims();
        let list = claims
            .get("permissions")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// The claims of a JWT, without checking its signature.
#[must_use]
pub fn claims_of(jwt: &str) -> Value {
    part_of(jwt, 1)
}

/// The header of a JWT.
#[must_use]
pub fn header_of(jwt: &str) -> Value {
    part_of(jwt, 0)
}

fn part_of(jwt: &str, part: usize) -> Value {
    let text = jwt
        .split('.')
        .nth(part)
        .unwrap_or_else(|| panic!("no JWT: {jwt}"));
    let bytes = URL_SAFE_NO_PAD.decode(text).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

impl Client<'_> {
    /// The beginning of an authorization request, with the parameters that every client sends.
    #[must_use]
    pub fn authorization(&self, scope: &str) -> Authorization {
        let verifier = format!("{}-verifier-0123456789-0123456789-0123456789", self.id);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let params = [
            ("client_id", self.id),
            ("redirect_uri", self.redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let params = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Authorization { params, verifier }
    }

    /// Signs a person of the fixture in with a new browser, and redeems the code.
    pub async fn tokens_for(&self, person: &str, scope: &str) -> Tokens {
        let authorization = self.authorization(scope);
        self.tokens_by(&authorization, person).await
    }

    /// Signs a person of the fixture in as this request asks, and redeems the code.
    pub async fn tokens_by(&self, authorization: &Authorization, person: &str) -> Tokens {
        let mut browser = self.it.browser();
        browser.authorize(authorization, person).await;
        let returned = browser.returned();
        assert_eq!(returned.get("iss"), ISSUER, "RFC 9207: {returned:?}");
        assert_eq!(returned.get("state"), authorization.get("state"));
        Tokens(
            self.redeem(authorization, returned.code())
                .await
                .expect(200)
                .json(),
        )
    }

    /// Redeems a code.
    pub async fn redeem(&self, authorization: &Authorization, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", authorization.get("redirect_uri")),
            ("code_verifier", &authorization.verifier),
        ];
        self.token(&fields).await
    }

    /// Redeems a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    /// Asks the token endpoint, proving who it is the way it is registered.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/token", fields).await
    }

    /// Asks what a token is (RFC 7662).
    pub async fn introspect(&self, token: &str) -> Answer {
        self.post("/oauth2/introspect", &[("token", token)]).await
    }

    /// Gives a token back (RFC 7009).
    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/oauth2/revoke", &[("token", token)]).await
    }

    /// Posts a form, proving who it is the way it is registered.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let mut post = request("POST", path).header("content-type", "application/x-www-form-urlencoded");
        match self.secret {
            Some(secret) if self.basic => {
                let pair = STANDARD.encode(format!("{}:{secret}", self.id));
                post = post.header("authorization", format!("Basic {pair}"));
            }
            Some(secret) => fields.extend([("client_id", self.id), ("client_secret", secret)]),
            None => fields.push(("client_id", self.id)),
        }
        self.it
            .send(post.body(Full::from(form_text(&fields))).expect("a request"))
            .await
    }

    /// Asks UserInfo with an access token.
    pub async fn user_info(&self, token: &str) -> Answer {
        let get = request("GET", "/oauth2/userinfo").header("authorization", format!("Bearer {token}"));
        self.it.send(get.body(Full::default()).expect("a request")).await
    }
}
