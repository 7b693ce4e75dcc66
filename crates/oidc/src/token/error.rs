//! Refusals of the endpoints that clients call themselves: token, introspection and revocation.

use std::borrow::Cow;

use crate::error::{ErrorBody, REALM, challenge, plain};
use crate::params::ParamsError;
use crate::words::words;

words! {
    /// The `error` of a refusal (RFC 6749 §5.2).
    pub enum TokenErrorCode {
        /// The request is malformed.
        InvalidRequest = "invalid_request",
        /// The client did not authenticate.
        InvalidClient = "invalid_client",
        /// The code or refresh token is of no use: unknown, expired, used, revoked or someone else's.
        InvalidGrant = "invalid_grant",
        /// The client may not use this grant.
        UnauthorizedClient = "unauthorized_client",
        /// The grant is not spoken here.
        UnsupportedGrantType = "unsupported_grant_type",
        /// The scope is malformed, unknown or above what was granted.
        InvalidScope = "invalid_scope",
        /// The resource is malformed, unknown or not for this client (RFC 8707 §2).
        InvalidTarget = "invalid_target",
        /// Tokens of this type can't be revoked (RFC 7009 §2.2.1).
        UnsupportedTokenType = "unsupported_token_type",
        /// A fault on this side.
        ServerError = "server_error",
        /// Overloaded, throttled or in maintenance.
        TemporarilyUnavailable = "temporarily_unavailable",
    }
}

/// A refusal with its JSON body, status and challenge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct TokenError {
    code: TokenErrorCode,
    description: Cow<'static, str>,
    status: u16,
}

impl TokenError {
    /// A refusal; `why` tells the developer of the client what to do about it.
    #[must_use]
    pub fn new(code: TokenErrorCode, why: impl Into<Cow<'static, str>>) -> Self {
        let status = match code {
            TokenErrorCode::InvalidClient => 401,
            TokenErrorCode::ServerError => 500,
            TokenErrorCode::TemporarilyUnavailable => 503,
            _ => 400,
        };
        Self {
            code,
            description: why.into(),
            status,
        }
    }

    /// The request is malformed.
    #[must_use]
    pub fn invalid_request(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(TokenErrorCode::InvalidRequest, why)
    }

    /// The client did not authenticate.
    #[must_use]
    pub fn invalid_client(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(TokenErrorCode::InvalidClient, why)
    }

    /// The code or refresh token is of no use.
    #[must_use]
    pub fn invalid_grant(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(TokenErrorCode::InvalidGrant, why)
    }

    /// Too many requests: 429, with `Retry-After` added by the caller.
    #[must_use]
    pub fn slow_down(why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: 429,
            ..Self::new(TokenErrorCode::TemporarilyUnavailable, why)
        }
    }

    /// The `error`.
    #[must_use]
    pub fn code(&self) -> TokenErrorCode {
        self.code
    }

    /// The `error_description`.
    #[must_use]
    pub fn description(&self) -> String {
        plain(&self.description)
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The `WWW-Authenticate` header that every 401 carries (RFC 6749 §5.2, RFC 9110 §15.5.2).
    #[must_use]
    pub fn www_authenticate(&self) -> Option<String> {
        (self.status == 401).then(|| challenge("Basic", &[("realm", REALM), ("charset", "UTF-8")]))
    }

    /// The JSON body.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            error: self.code.as_str(),
            error_description: self.description(),
        }
    }
}

impl From<ParamsError> for TokenError {
    fn from(error: ParamsError) -> Self {
        Self {
            status: error.status(),
            ..Self::invalid_request(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_status_body_and_challenge() {
        let all: Vec<_> = TokenErrorCode::ALL
            .iter()
            .map(|code| {
                let error = TokenError::new(*code, "why, \"in words\"");
                let body = serde_json::to_string(&error.body()).unwrap();
                let header = error.www_authenticate().unwrap_or_default();
                format!("{} {body} {header}", error.status())
                    .trim_end()
                    .to_owned()
            })
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn a_form_that_is_too_large_is_413_and_throttling_is_429() {
        assert_eq!(TokenError::from(ParamsError::TooLong).status(), 413);
        let throttled = TokenError::slow_down("try again later");
        assert_eq!(
            (throttled.status(), throttled.code().as_str()),
            (429, "temporarily_unavailable")
        );
    }

    #[test]
    fn what_a_stranger_sent_can_not_break_the_body() {
        let error = TokenError::from(ParamsError::Repeated("a\"\\\u{202e}".into()));
        assert_eq!(error.description(), "the parameter a''? is given more than once");
    }
}
