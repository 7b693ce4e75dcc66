//! Refusals of the authorization endpoint (RFC 6749 §4.1.2.1; OpenID Connect Core 1.0 §3.1.2.6).

use crate::error::plain;
use crate::issuer::Issuer;
use crate::params::ParamsError;
use crate::words::words;

use super::{AuthorizationResponse, ProvenRedirect};

words! {
    /// The `error` of a refusal that goes back to the client.
    pub enum AuthorizeErrorCode {
        /// The request is malformed.
        InvalidRequest = "invalid_request",
        /// The client may not use this response type.
        UnauthorizedClient = "unauthorized_client",
        /// The person or the account's rules said no.
        AccessDenied = "access_denied",
        /// The response type is not spoken here.
        UnsupportedResponseType = "unsupported_response_type",
        /// The scope is malformed.
        InvalidScope = "invalid_scope",
        /// A fault on this side.
        ServerError = "server_error",
        /// Overloaded or in maintenance.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// `prompt=none`, and the person would have to do something (Core §3.1.2.6).
        InteractionRequired = "interaction_required",
        /// `prompt=none`, and the person would have to sign in.
        LoginRequired = "login_required",
        /// `prompt=none`, and the person would have to choose an account.
        AccountSelectionRequired = "account_selection_required",
        /// `prompt=none`, and the person would have to consent.
        ConsentRequired = "consent_required",
        /// The `request` parameter is not spoken here.
        RequestNotSupported = "request_not_supported",
        /// The `request_uri` parameter is not spoken here.
        RequestUriNotSupported = "request_uri_not_supported",
        /// The `registration` parameter is not spoken here.
        RegistrationNotSupported = "registration_not_supported",
        /// The resource is unknown, malformed or not for this client (RFC 8707 §2).
        InvalidTarget = "invalid_target",
        /// An essential authentication requirement can't be met (OpenID Connect Unmet Authentication
        /// Requirements 1.0).
        UnmetAuthenticationRequirements = "unmet_authentication_requirements",
    }
}

/// A refusal that is shown to the person, because client or redirect URI are not proven good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShownError {
    /// The parameters can't be read.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// There is no `client_id`.
    #[error("client_id is missing")]
    NoClientId,
    /// The `client_id` can't be anybody's.
    #[error("client_id is malformed")]
    BadClientId,
    /// No client has this `client_id`.
    #[error("no client has this client_id")]
    UnknownClient,
    /// There is no `redirect_uri`.
    #[error("redirect_uri is missing")]
    NoRedirectUri,
    /// The `redirect_uri` is none of the client's.
    #[error("redirect_uri is not one that the client registered; it is compared character by character")]
    UnregisteredRedirectUri,
}

impl ShownError {
    /// The code shown beside the reference id and written to the log.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownClient => "invalid_client",
            Self::UnregisteredRedirectUri => "invalid_redirect_uri",
            _ => "invalid_request",
        }
    }

    /// What is wrong, for the developer of the client; the page has its own words for the person.
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

/// A refusal that goes back to the client, at the redirect URI it was proven for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct RedirectedError {
    redirect: ProvenRedirect,
    code: AuthorizeErrorCode,
    description: String,
}

impl RedirectedError {
    pub(super) fn new(redirect: ProvenRedirect, code: AuthorizeErrorCode, why: &str) -> Self {
        let description = plain(why);
        Self {
            redirect,
            code,
            description,
        }
    }

    /// The `error`.
    #[must_use]
    pub fn code(&self) -> AuthorizeErrorCode {
        self.code
    }

    /// The `error_description`.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The HTTP status of the redirect: 303, so that a posted form is not posted on (RFC 9700 §4.12).
    #[must_use]
    pub fn status(&self) -> u16 {
        303
    }

    /// Where the refusal goes.
    #[must_use]
    pub fn redirect(&self) -> &ProvenRedirect {
        &self.redirect
    }

    /// The answer to send.
    #[must_use]
    pub fn response(&self, issuer: &Issuer) -> AuthorizationResponse {
        let pairs = [
            ("error", self.code.as_str()),
            ("error_description", self.description.as_str()),
        ];
        AuthorizationResponse::new(&self.redirect, &pairs, issuer)
    }
}

/// Any refusal of the authorization endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// Shown to the person, on a page of this service.
    #[error(transparent)]
    Shown(#[from] ShownError),
    /// Sent to the client.
    #[error(transparent)]
    Redirected(Box<RedirectedError>),
}

impl AuthorizeError {
    /// The error code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shown(error) => error.code(),
            Self::Redirected(error) => error.code().as_str(),
        }
    }

    /// What is wrong, for the developer of the client.
    #[must_use]
    pub fn description(&self) -> String {
        match self {
            Self::Shown(error) => error.description(),
            Self::Redirected(error) => error.description().to_owned(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Shown(error) => error.status(),
            Self::Redirected(error) => error.status(),
        }
    }
}

impl From<RedirectedError> for AuthorizeError {
    fn from(error: RedirectedError) -> Self {
        Self::Redirected(Box::new(error))
    }
}
