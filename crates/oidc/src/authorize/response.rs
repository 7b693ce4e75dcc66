//! The answer of the authorization endpoint (RFC 6749 §4.1.2; OAuth 2.0 Form Post Response Mode; RFC 9207).

use std::fmt;

use crate::issuer::Issuer;
use crate::percent::encode_pairs;

use super::{ProvenRedirect, ResponseMode};

/// An answer, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub enum AuthorizationResponse {
    /// Redirect (303) to this location.
    Redirect {
        /// The value of the `Location` header.
        location: String,
    },
    /// Show a page whose form posts these fields to the redirect URI.
    FormPost {
        /// The form's action.
        action: String,
        /// The form's hidden fields, not yet escaped for HTML.
        fields: Vec<(&'static str, String)>,
    },
}

impl AuthorizationResponse {
    /// Adds `state` and `iss` to the pairs and writes them in the response mode of the request.
    pub(super) fn new(redirect: &ProvenRedirect, pairs: &[(&'static str, &str)], issuer: &Issuer) -> Self {
        let mut all = pairs.to_vec();
        all.extend(redirect.state().map(|state| ("state", state)));
        all.push(("iss", issuer.as_str()));
        let uri = redirect.uri();
        match redirect.response_mode() {
            ResponseMode::Query => Self::Redirect {
                location: with_query(uri, &encode_pairs(all)),
            },
            // A registered redirect URI has no fragment of its own.
            ResponseMode::Fragment => Self::Redirect {
                location: format!("{uri}#{}", encode_pairs(all)),
            },
            ResponseMode::FormPost => Self::FormPost {
                action: uri.to_owned(),
                fields: all
                    .into_iter()
                    .map(|(name, value)| (name, value.to_owned()))
                    .collect(),
            },
        }
    }
}

impl fmt::Debug for AuthorizationResponse {
    /// Leaves the values out: a code is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redirect { .. } => "Redirect(…)",
            Self::FormPost { .. } => "FormPost(…)",
        })
    }
}

/// The URI with more parameters; what its query has already is retained (RFC 6749 §3.1.2).
pub(crate) fn with_query(uri: &str, encoded: &str) -> String {
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_of_its_own_is_retained() {
        assert_eq!(with_query("https://a/cb", "x=1"), "https://a/cb?x=1");
        assert_eq!(with_query("https://a/cb?t=1", "x=1"), "https://a/cb?t=1&x=1");
        assert_eq!(with_query("https://a/cb?", "x=1"), "https://a/cb?x=1");
        assert_eq!(with_query("https://a/cb?t&", "x=1"), "https://a/cb?t&x=1");
    }
}
