//! Refusals on the wire (RFC 7644 section 3.12).

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use latchkey_app::Error;
use latchkey_app::provisioning::Refused;
use latchkey_oidc::bearer::BearerError;
use latchkey_scim::{MEDIA_TYPE, ScimError, ScimType};
use tracing::error;

use super::request::{answer, status};
use crate::retry;

/// A refusal, with the header that belongs to it.
#[derive(Debug)]
pub struct Failure {
    error: ScimError,
    header: Option<(HeaderName, String)>,
}

impl Failure {
    fn with(error: ScimError, name: HeaderName, value: impl Into<String>) -> Self {
        Self {
            error,
            header: Some((name, value.into())),
        }
    }

    /// 405, naming the methods that are there.
    pub(super) fn method_not_allowed(allowed: &'static str) -> Self {
        let error = ScimError::status(405, format!("Only {allowed} can be used here."));
        Self::with(error, header::ALLOW, allowed)
    }

    /// 415 for a body of another media type.
    pub(super) fn media_type() -> Self {
        let detail =
            format!("The body must be JSON in UTF-8: Content-Type {MEDIA_TYPE} or application/json.");
        Self::with(ScimError::status(415, detail), header::ACCEPT, MEDIA_TYPE)
    }

    /// 413 for a body that is too large.
    pub(super) fn too_large(most: usize) -> Self {
        ScimError::status(413, format!("The body may have at most {most} bytes.")).into()
    }
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self { error, header: None }
    }
}

impl From<BearerError> for Failure {
    fn from(fault: BearerError) -> Self {
        let error = ScimError::status(fault.status(), fault.description());
        Self::with(error, header::WWW_AUTHENTICATE, fault.www_authenticate())
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Scim(error) => error.into(),
            Refused::Error(error) => error.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(fault: Error) -> Self {
        match fault {
            Error::Denied(why) => ScimError::status(403, sentence(&why)).into(),
            Error::NotFound => ScimError::status(404, "There is no such resource.").into(),
            Error::Conflict(what) => {
                ScimError::of(ScimType::Uniqueness, sentence(&format!("{what} is taken"))).into()
            }
            Error::Stale => ScimError::status(412, "The resource has changed. Read it again.").into(),
            Error::Invalid { field, why } => {
                ScimError::of(ScimType::InvalidValue, sentence(&format!("{field}: {why}"))).into()
            }
            Error::Rule(why) => ScimError::of(ScimType::InvalidValue, sentence(&why)).into(),
            Error::RateLimited { retry_after } => {
                let seconds = retry::seconds(retry_after);
                let detail = format!("Too many requests of this kind; try again in {seconds} seconds.");
                Self::with(
                    ScimError::status(429, detail),
                    header::RETRY_AFTER,
                    seconds.to_string(),
                )
            }
            Error::Unavailable => {
                let error = ScimError::status(503, "Temporarily unavailable; try again.");
                Self::with(error, header::RETRY_AFTER, "2")
            }
            Error::Bug(source) => {
                error!(%source, "a SCIM request failed");
                ScimError::status(
                    500,
                    "Something is broken here. X-Request-Id says which request it was.",
                )
                .into()
            }
        }
    }
}

/// A text for people with its full stop.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = answer(status(self.error.status), &self.error.to_json());
        let named = self
            .header
            .and_then(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
        if let Some((name, value)) = named {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// What answers for a path where nothing is.
pub(super) async fn nothing_here() -> Failure {
    ScimError::status(
        404,
        "There is nothing at this path; /scim/v2/ResourceTypes lists what there is.",
    )
    .into()
}

/// What answers for parts of the protocol that are not served (RFC 7644 section 3.12, 501).
pub(super) async fn not_implemented() -> Failure {
    ScimError::status(
        501,
        "This part of SCIM is not served; /scim/v2/ServiceProviderConfig says what is.",
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_error_has_its_status_and_word() {
        let all = [
            (Error::denied("no"), 403, None),
            (Error::NotFound, 404, None),
            (Error::Conflict("this value"), 409, Some(ScimType::Uniqueness)),
            (Error::Stale, 412, None),
            (
                Error::invalid("message", "has a link"),
                400,
                Some(ScimType::InvalidValue),
            ),
            (
                Error::Rule("not so".to_owned()),
                400,
                Some(ScimType::InvalidValue),
            ),
            (
                Error::RateLimited {
                    retry_after: Duration::from_millis(10),
                },
                429,
                None,
            ),
            (Error::Unavailable, 503, None),
            (Error::bug("secret source"), 500, None),
        ];
        for (fault, status, word) in all {
            let failure = Failure::from(fault);
            assert_eq!((failure.error.status, failure.error.scim_type), (status, word));
            assert!(!failure.error.detail.contains("secret"));
            assert_eq!(failure.header.is_some(), matches!(status, 429 | 503));
        }
    }

    #[test]
    fn a_refusal_without_a_token_carries_the_challenge() {
        let response = Failure::from(BearerError::Missing).into_response();
        assert_eq!(response.status(), 401);
        assert!(
            response.headers()[header::WWW_AUTHENTICATE]
                .to_str()
                .unwrap()
                .starts_with("Bearer")
        );
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
    }
}
