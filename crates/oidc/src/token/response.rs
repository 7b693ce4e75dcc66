//! The answer of the token endpoint (RFC 6749 §5.1; OpenID Connect Core 1.0 §3.1.3.3).

use serde::Serialize;

use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::words::words;

words! {
    /// How an access token is used.
    pub enum TokenType {
        /// RFC 6750.
        Bearer = "Bearer",
    }
}

/// Tokens for a client; sent with `Cache-Control: no-store`.
#[derive(Debug, Clone, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// How it is used.
    pub token_type: TokenType,
    /// How long it is good, in seconds.
    pub expires_in: u32,
    /// What was granted; told whenever there is any, since it may be less than was asked for.
    #[serde(skip_serializing_if = "ScopeSet::is_empty")]
    pub scope: ScopeSet,
    /// The refresh token, where one was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The ID token, where `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_names_of_the_rfc() {
        let response = TokenResponse {
            access_token: Secret::new("at"),
            token_type: TokenType::Bearer,
            expires_in: 300,
            scope: ScopeSet::parse("openid").unwrap(),
            refresh_token: None,
            id_token: Some(Secret::new("it")),
        };
        insta::assert_snapshot!(serde_json::to_string(&response).unwrap());
    }
}
