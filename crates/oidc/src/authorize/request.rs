//! An authorization request that is well-formed and whose redirect URI was proven.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::device::Device;
use crate::pkce::CodeChallenge;
use crate::resource::Resource;
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;
use crate::words::words;

use super::{ClaimRequest, ClaimsRequest};

words! {
    /// What the client wants back.
    pub enum ResponseType {
        /// An authorization code.
        Code = "code",
    }
}

words! {
    /// How the answer travels (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode).
    pub enum ResponseMode {
        /// In the query of the redirect URI.
        Query = "query",
        /// In the fragment of the redirect URI.
        Fragment = "fragment",
        /// In a form that posts itself to the redirect URI.
        FormPost = "form_post",
    }
}

words! {
    /// What the person is to be asked (OpenID Connect Core 1.0 §3.1.2.1).
    pub enum Prompt {
        /// Nothing; an error if something would have to be asked.
        None = "none",
        /// To sign in, even if signed in.
        Login = "login",
        /// To consent, even if consented.
        Consent = "consent",
        /// To choose whom to act as.
        SelectAccount = "select_account",
    }
}

/// The longest request, in bytes of the JSON that is sealed. Sealed, with all that a step adds, it takes some 6000
/// bytes of an address: well below the 8000 of a request line that RFC 9112 §3 wants supported, and that common
/// reverse proxies allow. Each parameter has a limit of its own, but together they could be several times that.
pub const MAX_REQUEST: usize = 4 * 1024;

/// An authorization request. It can be serialized, to be sealed into a value that travels through the pages;
/// [`AuthorizationRequest::prove`] gives its address back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: String,
    /// The redirect URI as requested; the token request must repeat it (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// What the client wants back.
    pub response_type: ResponseType,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// The scopes known here that the client may have.
    pub scope: ScopeSet,
    /// The client's own value, given back with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The client's own value, given back in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The PKCE challenge; never missing for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<CodeChallenge>,
    /// What the person is to be asked; empty where that is left to this service.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub prompt: BTreeSet<Prompt>,
    /// How old the sign-in may be, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// Whom the client expects, for the sign-in page; not to be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// An ID token of the expected person, not yet verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_hint: Option<Secret>,
    /// Languages of the pages, the preferred first (BCP 47).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales: Vec<String>,
    /// Authentication contexts, the preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// Single claims asked for.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// The account to act in: its id or slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The audiences wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<Resource>,
    /// What a mobile app says of itself.
    #[serde(default)]
    pub device: Device,
}

impl AuthorizationRequest {
    /// Whether it is an OpenID Connect request, so that an ID token is due.
    #[must_use]
    pub fn is_openid(&self) -> bool {
        self.scope.contains(Scope::OpenId)
    }

    /// Whether the person is to be asked this.
    #[must_use]
    pub fn asks(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }

    /// Whether the request is short enough to travel through the pages: at most [`MAX_REQUEST`].
    #[must_use]
    pub fn fits_an_address(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|json| json.len() <= MAX_REQUEST)
    }

    /// Lets a verified `id_token_hint` travel on as the one `sub` that it names, which is much shorter and means
    /// the same (OpenID Connect Core 1.0 §3.1.2.2); false where the client insists on another `sub` beside it.
    #[must_use]
    pub fn replace_hint(&mut self, sub: &str) -> bool {
        let sub = Value::from(sub);
        if self
            .claims
            .wanted_sub()
            .is_some_and(|wanted| !wanted.admits(&sub))
        {
            return false;
        }
        let wanted = ClaimRequest {
            value: Some(sub),
            ..ClaimRequest::default()
        };
        self.claims.id_token.insert("sub".to_owned(), wanted);
        self.id_token_hint = None;
        true
    }

    /// Whether a sign-in of that age, in seconds, must be made anew: by `prompt=login` or by `max_age`.
    #[must_use]
    pub fn needs_fresh_login(&self, age: u64) -> bool {
        // Zero means "now": a sign-in of this very second is still another one.
        self.asks(Prompt::Login)
            || self
                .max_age
                .is_some_and(|limit| limit == 0 || age > u64::from(limit))
    }
}
