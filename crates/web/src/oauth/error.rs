//! Refusals of the endpoints in their wire formats: JSON (RFC 6749 §5.2), challenges (RFC 6750
//! §3), and pages where a person must be told.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use latchkey_app::Error;
use latchkey_app::oauth::Refusal;
use latchkey_oidc::authorize::ShownError;
use latchkey_oidc::bearer::BearerError as Bearer;
use latchkey_oidc::logout::LogoutError;
use latchkey_oidc::params::ParamsError;
use latchkey_oidc::token::{TokenError, TokenErrorCode};
use tracing::error;

use super::json::{json, never_kept};
use crate::pages::error::PageError;
use crate::pages::views::Trouble;
use crate::retry;

/// When to try again where the service is busy.
const BUSY: Duration = Duration::from_secs(2);

/// A refusal of the endpoints that clients call.
#[derive(Debug)]
pub struct OAuthError(Refusal<TokenError>);

/// A refusal of a resource of this service, such as UserInfo.
#[derive(Debug)]
pub struct BearerError(Refusal<Bearer>);

macro_rules! renders {
    ($($from:ty => $into:ident),+ $(,)?) => {$(
        impl From<$from> for $into {
            fn from(refusal: $from) -> Self {
                Self(refusal.into())
            }
        }
    )+};
}

renders! {
    Refusal<TokenError> => OAuthError,
    TokenError => OAuthError,
    Error => OAuthError,
    Refusal<Bearer> => BearerError,
    Bearer => BearerError,
    Error => BearerError,
}

impl From<ParamsError> for OAuthError {
    fn from(fault: ParamsError) -> Self {
        TokenError::from(fault).into()
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let (refusal, wait) = match self.0 {
            Refusal::Refused(refusal) => (refusal, None),
            Refusal::Failed(fault) => in_words_of_the_rfc(fault),
        };
        let mut response = json(refusal.status(), &refusal.body());
        put(
            &mut response,
            header::WWW_AUTHENTICATE,
            refusal.www_authenticate(),
        );
        put(
            &mut response,
            header::RETRY_AFTER,
            wait.map(|it| retry::seconds(it).to_string()),
        );
        response
    }
}

/// The service's own trouble, and how long to wait.
fn in_words_of_the_rfc(fault: Error) -> (TokenError, Option<Duration>) {
    match fault {
        Error::Invalid { field, why } => (TokenError::invalid_request(format!("{field}: {why}")), None),
        Error::Denied(why) | Error::Rule(why) => {
            (TokenError::new(TokenErrorCode::UnauthorizedClient, why), None)
        }
        Error::RateLimited { retry_after } => (TokenError::slow_down("too many requests"), Some(retry_after)),
        Error::Unavailable | Error::Stale | Error::Conflict(_) => {
            let why = "the service is busy; try again in a moment";
            (
                TokenError::new(TokenErrorCode::TemporarilyUnavailable, why),
                Some(BUSY),
            )
        }
        Error::NotFound => {
            error!("an endpoint missed something that it relies on");
            (
                TokenError::new(TokenErrorCode::ServerError, "internal error"),
                None,
            )
        }
        Error::Bug(source) => {
            error!(%source, "an endpoint failed");
            (
                TokenError::new(TokenErrorCode::ServerError, "internal error"),
                None,
            )
        }
    }
}

fn put(response: &mut Response, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|it| HeaderValue::from_str(&it).ok()) {
        response.headers_mut().insert(name, value);
    }
}

impl IntoResponse for BearerError {
    fn into_response(self) -> Response {
        let refusal = match self.0 {
            Refusal::Refused(refusal) => refusal,
            Refusal::Failed(fault) => return OAuthError::from(fault).into_response(),
        };
        let mut response = match refusal.body() {
            Some(body) => json(refusal.status(), &body),
            None => {
                let mut bare = Response::default();
                never_kept(&mut bare);
                bare
            }
        };
        *response.status_mut() = StatusCode::from_u16(refusal.status()).unwrap_or_default();
        put(
            &mut response,
            header::WWW_AUTHENTICATE,
            Some(refusal.www_authenticate()),
        );
        response
    }
}

/// What the person is told of a request whose client or redirect URI are not proven good.
pub(super) fn shown(refusal: Refusal<ShownError>) -> PageError {
    let error = match refusal {
        Refusal::Refused(error) => error,
        Refusal::Failed(Error::Stale) => return Trouble::Expired.into(),
        Refusal::Failed(fault) => return fault.into(),
    };
    let trouble = match &error {
        ShownError::UnknownClient => Trouble::UnknownClient,
        ShownError::UnregisteredRedirectUri => Trouble::UnknownRedirect,
        ShownError::Params(ParamsError::TooLong) => Trouble::TooLarge,
        _ => Trouble::BadRequest,
    };
    technical(trouble, error.code(), &error.description())
}

/// What the person is told of a request to sign out that is not followed.
pub(super) fn not_signed_out(refusal: Refusal<LogoutError>) -> PageError {
    let error = match refusal {
        Refusal::Refused(error) => error,
        Refusal::Failed(Error::Stale) => return Trouble::Expired.into(),
        Refusal::Failed(fault) => return fault.into(),
    };
    let trouble = match &error {
        LogoutError::UnknownClient => Trouble::UnknownClient,
        LogoutError::UnregisteredRedirectUri => Trouble::UnknownRedirect,
        LogoutError::Params(ParamsError::TooLong) => Trouble::TooLarge,
        _ => Trouble::BadRequest,
    };
    technical(trouble, error.code(), &error.description())
}

fn technical(trouble: Trouble, code: &str, description: &str) -> PageError {
    PageError::from(trouble).technical(format!("{code}: {description}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(error: Error) -> (u16, Option<String>, Option<String>) {
        let response = OAuthError::from(error).into_response();
        let text = |name: HeaderName| {
            response
                .headers()
                .get(name)
                .and_then(|it| it.to_str().ok())
                .map(str::to_owned)
        };
        (
            response.status().as_u16(),
            text(header::RETRY_AFTER),
            text(header::CACHE_CONTROL),
        )
    }

    #[test]
    fn every_trouble_has_its_status_and_says_when_to_come_back() {
        let no_store = Some("no-store".to_owned());
        let wait = |seconds: &str| Some(seconds.to_owned());
        let limited = Error::RateLimited {
            retry_after: Duration::from_millis(1_500),
        };
        for (error, status, retry) in [
            (Error::invalid("code", "is no text"), 400, None),
            (Error::Denied("no".to_owned()), 400, None),
            (limited, 429, wait("2")),
            (Error::Unavailable, 503, wait("2")),
            (Error::Stale, 503, wait("2")),
            (Error::NotFound, 500, None),
            (Error::bug("a secret detail"), 500, None),
        ] {
            assert_eq!(of(error), (status, retry, no_store.clone()));
        }
    }

    #[test]
    fn a_client_that_fails_to_authenticate_is_challenged() {
        let response = OAuthError::from(TokenError::invalid_client("no")).into_response();
        assert_eq!(response.status().as_u16(), 401);
        assert!(response.headers().contains_key(header::WWW_AUTHENTICATE));
    }

    #[test]
    fn whoever_sends_no_token_is_challenged_without_an_error() {
        let response = BearerError::from(Bearer::Missing).into_response();
        assert_eq!(response.status().as_u16(), 401);
        let challenge = response.headers().get(header::WWW_AUTHENTICATE).unwrap();
        assert_eq!(challenge, "Bearer realm=\"latchkey\"");
    }
}
