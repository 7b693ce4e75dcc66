//! From a request that anyone may have made to an address that an answer may go to.

use crate::issuer::Issuer;
use crate::metadata::{ClientKind, ClientMetadata};
use crate::params::{Params, ParamsError};
use crate::redirect;
use crate::secret::Secret;

use super::{
    AuthorizationRequest, AuthorizationResponse, AuthorizeErrorCode, RedirectedError, ResponseMode,
    ShownError,
};

/// The longest `client_id`, in bytes.
pub const MAX_CLIENT_ID: usize = 512;

/// A request of which only the client's id and the wanted redirect URI have been read.
#[derive(Debug, Clone)]
pub struct UnprovenRequest {
    params: Params,
    client_id: String,
    redirect_uri: String,
}

impl UnprovenRequest {
    /// Reads the query of a GET or the form body of a POST.
    ///
    /// # Errors
    /// [`ShownError`]: the parameters can't be read, or name no client or redirect URI, or two.
    pub fn parse(encoded: impl AsRef<[u8]>) -> Result<Self, ShownError> {
        let params = Params::parse_noting_repeats(encoded)?;
        // A repeated parameter was left out; of these two, none can be chosen.
        if let Some(name @ ("client_id" | "redirect_uri")) = params.repeated() {
            return Err(ParamsError::Repeated(name.to_owned()).into());
        }
        let client_id = params.get("client_id").ok_or(ShownError::NoClientId)?;
        let is_id = client_id.len() <= MAX_CLIENT_ID && client_id.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_id {
            return Err(ShownError::BadClientId);
        }
        let redirect_uri = params.get("redirect_uri").ok_or(ShownError::NoRedirectUri)?;
        Ok(Self {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            params,
        })
    }

    /// Whose metadata [`UnprovenRequest::prove`] needs. If nobody has this id, the answer is
    /// [`ShownError::UnknownClient`].
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Finds the redirect URI among those that the client registered.
    ///
    /// # Errors
    /// [`ShownError::UnregisteredRedirectUri`].
    pub fn prove(&self, kind: ClientKind, metadata: &ClientMetadata) -> Result<ProvenRedirect, ShownError> {
        // A mode that is not spoken here is reported in the default mode.
        let mode = self
            .params
            .get("response_mode")
            .and_then(ResponseMode::parse)
            .unwrap_or(ResponseMode::Query);
        let state = self.params.get("state");
        ProvenRedirect::find(kind, metadata, &self.redirect_uri).map(|proven| proven.with(mode, state))
    }

    /// Reads the rest of the request. The client's metadata fills in what the request leaves out.
    ///
    /// # Errors
    /// [`RedirectedError`], which goes to the proven redirect URI.
    pub fn read(
        &self,
        redirect: &ProvenRedirect,
        metadata: &ClientMetadata,
    ) -> Result<AuthorizationRequest, RedirectedError> {
        super::read::read(&self.params, self.client_id.clone(), redirect, metadata)
            .map_err(|(code, why)| redirect.refuse(code, &why))
    }
}

/// An address that an answer may go to, because it is a redirect URI that the client registered; with it the
/// way in which it goes and the `state` that goes along. There is no other way to make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenRedirect {
    uri: String,
    response_mode: ResponseMode,
    state: Option<String>,
}

impl ProvenRedirect {
    fn find(kind: ClientKind, metadata: &ClientMetadata, requested: &str) -> Result<Self, ShownError> {
        if !redirect::is_registered(kind, metadata, requested) {
            return Err(ShownError::UnregisteredRedirectUri);
        }
        Ok(Self {
            uri: requested.to_owned(),
            response_mode: ResponseMode::Query,
            state: None,
        })
    }

    fn with(self, response_mode: ResponseMode, state: Option<&str>) -> Self {
        Self {
            response_mode,
            state: state.map(str::to_owned),
            ..self
        }
    }

    /// The redirect URI, as the request had it.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The way the answer goes.
    #[must_use]
    pub fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    /// The `state` that goes along.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// What `form-action` must allow for the answer to arrive: the origin of the redirect URI.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        redirect::origin(&self.uri)
    }

    /// A refusal that goes to this address.
    #[must_use]
    pub fn refuse(&self, code: AuthorizeErrorCode, why: &str) -> RedirectedError {
        RedirectedError::new(self.clone(), code, why)
    }

    /// The answer that gives the client its code (RFC 6749 §4.1.2, RFC 9207).
    #[must_use]
    pub fn grant(&self, code: &Secret, issuer: &Issuer) -> AuthorizationResponse {
        AuthorizationResponse::new(self, &[("code", code.expose())], issuer)
    }
}

impl AuthorizationRequest {
    /// Proves the redirect URI again, after the request has travelled: the client may have changed meanwhile.
    ///
    /// # Errors
    /// [`ShownError::UnregisteredRedirectUri`].
    pub fn prove(&self, kind: ClientKind, metadata: &ClientMetadata) -> Result<ProvenRedirect, ShownError> {
        ProvenRedirect::find(kind, metadata, &self.redirect_uri)
            .map(|proven| proven.with(self.response_mode, self.state.as_deref()))
    }
}
