//! Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0).

use serde::{Deserialize, Serialize};

use crate::authorize::{MAX_CLIENT_ID, read_locales, with_query};
use crate::error::plain;
use crate::metadata::{ClientKind, ClientMetadata};
use crate::params::{Params, ParamsError};
use crate::percent::encode_pairs;
use crate::redirect;
use crate::secret::Secret;

/// The longest `state` and `logout_hint`, in bytes.
const MAX_ECHOED: usize = 2048;

/// Why a request to sign out is not followed; always shown to the person, never redirected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoutError {
    /// The parameters can't be read.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// A value is too long or malformed.
    #[error("the parameter {0} is malformed or too long")]
    Malformed(&'static str),
    /// The `id_token_hint` is not one of ours.
    #[error("id_token_hint is not an ID token of this service")]
    BadIdTokenHint,
    /// The `client_id` is not the one that the ID token was made for (§2).
    #[error("client_id is not the client that the id_token_hint was made for")]
    OtherClient,
    /// No client has this `client_id`.
    #[error("no client has this client_id")]
    UnknownClient,
    /// There is an address to go to, but nothing says whose it is (§3).
    #[error("post_logout_redirect_uri needs id_token_hint or client_id")]
    NoClient,
    /// The address is none of the client's.
    #[error(
        "post_logout_redirect_uri is not one that the client registered; it is compared character by character"
    )]
    UnregisteredRedirectUri,
}

impl LogoutError {
    /// The code shown beside the reference id and written to the log.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownClient => "invalid_client",
            Self::UnregisteredRedirectUri => "invalid_redirect_uri",
            _ => "invalid_request",
        }
    }

    /// What is wrong, for the developer of the client.
    #[must_use]
    pub fn description(&self) -> String {
        plain(&self.to_string())
    }

    /// The HTTP status of the page.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Params(error) => error.status(),
            _ => 400,
        }
    }
}

/// A request to sign out, by GET or POST (§2). It can be sealed while the person is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// An ID token of the person, not yet verified; it may have expired.
    pub id_token_hint: Option<Secret>,
    /// Who is to be signed out, in the client's words.
    pub logout_hint: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// Where the person is to be sent afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// The client's own value, given back there.
    pub state: Option<String>,
    /// Languages of the pages, the preferred first.
    pub ui_locales: Vec<String>,
}

impl LogoutRequest {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`LogoutError::Malformed`].
    pub fn parse(params: &Params) -> Result<Self, LogoutError> {
        let read = |name: &'static str, limit: usize| match params.get(name) {
            Some(value) if value.len() > limit => Err(LogoutError::Malformed(name)),
            value => Ok(value.map(str::to_owned)),
        };
        Ok(Self {
            id_token_hint: params.get("id_token_hint").map(Secret::new),
            logout_hint: read("logout_hint", MAX_ECHOED)?,
            client_id: read("client_id", MAX_CLIENT_ID)?,
            post_logout_redirect_uri: read("post_logout_redirect_uri", redirect::MAX_REDIRECT_URI)?,
            state: read("state", MAX_ECHOED)?,
            ui_locales: read_locales(params.get("ui_locales")),
        })
    }

    /// Which client asks: the one that the verified ID token was made for, or the one named.
    ///
    /// # Errors
    /// [`LogoutError::OtherClient`] if they differ, [`LogoutError::NoClient`] if there is an address to go to
    /// and neither.
    pub fn client<'a>(&'a self, of_hint: Option<&'a str>) -> Result<Option<&'a str>, LogoutError> {
        match (of_hint, self.client_id.as_deref()) {
            (Some(of_hint), Some(named)) if of_hint != named => Err(LogoutError::OtherClient),
            (None, None) if self.post_logout_redirect_uri.is_some() => Err(LogoutError::NoClient),
            (of_hint, named) => Ok(of_hint.or(named)),
        }
    }

    /// Where to send the person afterwards: an address that the client registered, byte for byte, with `state`.
    ///
    /// # Errors
    /// [`LogoutError::UnregisteredRedirectUri`].
    pub fn redirect(
        &self,
        kind: ClientKind,
        metadata: &ClientMetadata,
    ) -> Result<Option<ProvenLogoutRedirect>, LogoutError> {
        let Some(requested) = &self.post_logout_redirect_uri else {
            return Ok(None);
        };
        let is_registered = metadata.post_logout_redirect_uris.contains(requested)
            && redirect::validate(kind, requested).is_ok();
        if !is_registered {
            return Err(LogoutError::UnregisteredRedirectUri);
        }
        let location = match &self.state {
            Some(state) => with_query(requested, &encode_pairs([("state", state.as_str())])),
            None => requested.clone(),
        };
        Ok(Some(ProvenLogoutRedirect(location)))
    }
}

/// An address that a person may be sent to after signing out, because the client registered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenLogoutRedirect(String);

impl ProvenLogoutRedirect {
    /// The value of the `Location` header.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.0
    }

    /// What `form-action` must allow for the redirect to be followed.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        redirect::origin(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(query: &str) -> LogoutRequest {
        LogoutRequest::parse(&Params::parse(query).unwrap()).unwrap()
    }

    fn crm() -> ClientMetadata {
        serde_json::from_value(json!({
            "post_logout_redirect_uris": ["https://crm.example/bye", "https://*.example/"],
        }))
        .unwrap()
    }

    #[test]
    fn a_person_is_sent_to_a_registered_address_with_state() {
        let request =
            read("client_id=crm&post_logout_redirect_uri=https%3A%2F%2Fcrm.example%2Fbye&state=a%26b");
        let redirect = request.redirect(ClientKind::Web, &crm()).unwrap().unwrap();
        assert_eq!(redirect.location(), "https://crm.example/bye?state=a%26b");
        assert_eq!(redirect.origin().as_deref(), Some("https://crm.example"));
        assert_eq!(read("client_id=crm").redirect(ClientKind::Web, &crm()), Ok(None));
    }

    #[test]
    fn an_address_that_is_not_registered_is_never_followed() {
        for uri in [
            "https://crm.example/bye/",
            "https://crm.example/",
            "https://evil.example/",
            "https://*.example/",
        ] {
            let request = LogoutRequest {
                post_logout_redirect_uri: Some(uri.to_owned()),
                ..read("")
            };
            assert_eq!(
                request.redirect(ClientKind::Web, &crm()),
                Err(LogoutError::UnregisteredRedirectUri),
                "{uri}"
            );
        }
    }

    #[test]
    fn the_client_is_that_of_the_hint_and_no_other() {
        let named = read("client_id=crm");
        assert_eq!(named.client(None), Ok(Some("crm")));
        assert_eq!(named.client(Some("crm")), Ok(Some("crm")));
        assert_eq!(named.client(Some("other")), Err(LogoutError::OtherClient));
        assert_eq!(read("").client(Some("crm")), Ok(Some("crm")));
        assert_eq!(read("").client(None), Ok(None));
        let to = read("post_logout_redirect_uri=https%3A%2F%2Fa");
        assert_eq!(to.client(None), Err(LogoutError::NoClient));
    }

    #[test]
    fn values_are_bounded() {
        let params = Params::parse(format!("state={}", "x".repeat(5000))).unwrap();
        assert_eq!(
            LogoutRequest::parse(&params).unwrap_err(),
            LogoutError::Malformed("state")
        );
    }
}
