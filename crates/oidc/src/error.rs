//! What the refusals of all endpoints share: the JSON body, texts that are safe in a header, and one place to
//! find every error type.

use serde::Serialize;

pub use crate::authorize::{AuthorizeError, AuthorizeErrorCode, RedirectedError, ShownError};
pub use crate::bearer::BearerError;
pub use crate::logout::LogoutError;
pub use crate::params::ParamsError;
pub use crate::token::{TokenError, TokenErrorCode};

/// The protection space that every challenge names.
pub const REALM: &str = "latchkey";

/// The JSON body of a refusal (RFC 6749 §5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    /// The error code of the specification.
    pub error: &'static str,
    /// What is wrong and what to do about it, for the developer of the client.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error_description: String,
}

/// Text reduced to what `error_description` may hold (RFC 6749 §5.2): printable ASCII without `"` and `\`.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => '?',
        })
        .take(MAX_DESCRIPTION)
        .collect()
}

/// The longest `error_description`, in characters.
const MAX_DESCRIPTION: usize = 300;

/// The value of a `WWW-Authenticate` header: a scheme and its parameters, each a quoted string of plain text.
#[must_use]
pub fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> String {
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", plain(value)))
        .collect();
    format!("{scheme} {}", parameters.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_can_not_break_out_of_a_header() {
        let value = challenge("Bearer", &[("error_description", "a\"b\\c\r\nSet-Cookie: é")]);
        assert_eq!(value, "Bearer error_description=\"a'b'c??Set-Cookie: ?\"");
    }

    #[test]
    fn a_description_is_bounded() {
        assert_eq!(plain(&"x".repeat(5000)).len(), MAX_DESCRIPTION);
    }
}
