//! Bearer tokens at the resources of this service, such as UserInfo (RFC 6750).

use crate::error::{ErrorBody, REALM, challenge, plain};
use crate::params::{Params, ParamsError};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// The longest access token that is read, in bytes.
pub const MAX_TOKEN: usize = 16 * 1024;

/// Why a resource refuses (RFC 6750 §3.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// No token came; the challenge has no error code (RFC 6750 §3.1).
    #[error("an access token is needed: Authorization: Bearer TOKEN")]
    Missing,
    /// The request is malformed, or carries its token in more than one way, or in the query.
    #[error("{0}")]
    InvalidRequest(String),
    /// The token is unknown, expired, revoked, malformed or not for this resource.
    #[error("{0}")]
    InvalidToken(String),
    /// The token lacks these scopes.
    #[error("the access token lacks the scope {0}")]
    InsufficientScope(ScopeSet),
}

impl BearerError {
    /// The `error`; empty where no token came.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "",
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidToken(_) => "invalid_token",
            Self::InsufficientScope(_) => "insufficient_scope",
        }
    }

    /// What is wrong, for the developer of the client.
    #[must_use]
    pub fn description(&self) -> String {
        plain(&self.to_string())
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Missing | Self::InvalidToken(_) => 401,
            Self::InvalidRequest(_) => 400,
            Self::InsufficientScope(_) => 403,
        }
    }

    /// The value of the `WWW-Authenticate` header (RFC 6750 §3).
    #[must_use]
    pub fn www_authenticate(&self) -> String {
        let description = self.description();
        let mut parameters = vec![("realm", REALM)];
        if *self != Self::Missing {
            parameters.push(("error", self.code()));
            parameters.push(("error_description", &description));
        }
        let scope = match self {
            Self::InsufficientScope(scope) => scope.to_string(),
            _ => String::new(),
        };
        if !scope.is_empty() {
            parameters.push(("scope", &scope));
        }
        challenge("Bearer", &parameters)
    }

    /// The JSON body; nothing where no token came.
    #[must_use]
    pub fn body(&self) -> Option<ErrorBody> {
        (*self != Self::Missing).then(|| ErrorBody {
            error: self.code(),
            error_description: self.description(),
        })
    }
}

impl From<ParamsError> for BearerError {
    fn from(error: ParamsError) -> Self {
        Self::InvalidRequest(error.to_string())
    }
}

/// Finds the access token of a request: in its `Authorization` header or its form body, never in its query.
/// `form` is the body where the request is a POST of `application/x-www-form-urlencoded`.
///
/// # Errors
/// [`BearerError`]: none, more than one, one in the query, or one that is no token.
pub fn read<'a>(
    authorization: impl IntoIterator<Item = &'a [u8]>,
    query: &Params,
    form: Option<&Params>,
) -> Result<Secret, BearerError> {
    let invalid = |why: &str| BearerError::InvalidRequest(why.to_owned());
    if query.get("access_token").is_some() {
        return Err(invalid(
            "an access token in the query is not accepted, because queries are logged; use the header",
        ));
    }
    let mut headers = authorization.into_iter();
    let header = headers.next();
    if headers.next().is_some() {
        return Err(invalid("the Authorization header is given more than once"));
    }
    let in_form = form.and_then(|form| form.get("access_token"));
    let token = match (header.map(read_header).transpose()?.flatten(), in_form) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "the access token is in both the header and the form; use one",
            ));
        }
        (Some(token), None) | (None, Some(token)) => token,
        (None, None) => return Err(BearerError::Missing),
    };
    if is_token(token) {
        Ok(Secret::new(token))
    } else {
        Err(BearerError::InvalidToken(
            "the access token is malformed".to_owned(),
        ))
    }
}

/// The token of a header of the scheme Bearer; nothing for another scheme, which is as if no token came.
fn read_header(header: &[u8]) -> Result<Option<&str>, BearerError> {
    let unreadable = || BearerError::InvalidRequest("the Authorization header is malformed".to_owned());
    let text = std::str::from_utf8(header).map_err(|_| unreadable())?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(None);
    }
    let token = token.trim_matches(' ');
    if token.is_empty() {
        return Err(unreadable());
    }
    Ok(Some(token))
}

/// `b64token` of RFC 6750 §2.1.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
    !body.is_empty() && text.len() <= MAX_TOKEN && body.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(headers: &[&str], query: &str, form: Option<&str>) -> Result<Secret, BearerError> {
        let form = form.map(|form| Params::parse(form).unwrap());
        let headers = headers.iter().map(|header| header.as_bytes());
        read(headers, &Params::parse(query).unwrap(), form.as_ref())
    }

    #[test]
    fn a_token_is_found_in_the_header_or_the_form() {
        assert_eq!(
            find(&["Bearer a.b-c_d~+/=="], "", None).unwrap().expose(),
            "a.b-c_d~+/=="
        );
        assert_eq!(find(&["bearer  abc"], "", Some("x=1")).unwrap().expose(), "abc");
        assert_eq!(find(&[], "", Some("access_token=abc")).unwrap().expose(), "abc");
    }

    #[test]
    fn a_token_in_the_query_is_refused_even_beside_a_good_one() {
        let refused = find(&["Bearer abc"], "access_token=abc", None).unwrap_err();
        assert_eq!((refused.code(), refused.status()), ("invalid_request", 400));
    }

    #[test]
    fn a_token_comes_in_one_way_only() {
        for refused in [
            find(&["Bearer abc"], "", Some("access_token=abc")),
            find(&["Bearer abc", "Bearer abc"], "", None),
            find(&["Bearer"], "", None),
            find(&["Bearer  "], "", None),
        ] {
            assert_eq!(refused.unwrap_err().code(), "invalid_request");
        }
    }

    #[test]
    fn no_token_or_another_scheme_is_challenged_without_an_error_code() {
        for missing in [find(&[], "", None), find(&["Basic abc"], "", Some(""))] {
            let missing = missing.unwrap_err();
            assert_eq!(missing, BearerError::Missing);
            assert_eq!(missing.www_authenticate(), r#"Bearer realm="latchkey""#);
            assert_eq!(missing.body(), None);
        }
    }

    #[test]
    fn what_can_not_be_a_token_is_an_invalid_token() {
        let long = format!("Bearer {}", "a".repeat(MAX_TOKEN + 1));
        for bad in [
            "Bearer a b",
            "Bearer a,b",
            "Bearer \"abc\"",
            "Bearer ==",
            "Bearer a=b",
            "Bearer é",
            &long,
        ] {
            assert_eq!(
                find(&[bad], "", None).unwrap_err().code(),
                "invalid_token",
                "{bad}"
            );
        }
    }

    #[test]
    fn every_refusal_has_its_status_challenge_and_body() {
        let all: Vec<_> = [
            BearerError::Missing,
            BearerError::InvalidRequest("a \"quoted\"\r\nthing".into()),
            BearerError::InvalidToken("the access token has expired".into()),
            BearerError::InsufficientScope(ScopeSet::parse("openid email").unwrap()),
        ]
        .iter()
        .map(|error| {
            let body = serde_json::to_string(&error.body()).unwrap();
            format!("{} {} {body}", error.status(), error.www_authenticate())
        })
        .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
