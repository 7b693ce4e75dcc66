//! Token introspection (RFC 7662).

use serde::{Deserialize, Serialize};

use crate::claims::{Audience, MembershipClaims};
use crate::params::Params;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::token::{TokenError, TokenType};
use crate::words::words;

words! {
    /// What sort of token a client thinks it has; only a hint of where to look first (RFC 7009 §2.1).
    pub enum TokenTypeHint {
        /// An access token.
        AccessToken = "access_token",
        /// A refresh token.
        RefreshToken = "refresh_token",
    }
}

/// A token and the hint that came with it.
#[derive(Debug, Clone)]
pub struct IntrospectionRequest {
    /// The token asked about.
    pub token: Secret,
    /// Where to look first; an unknown hint is ignored.
    pub token_type_hint: Option<TokenTypeHint>,
}

impl IntrospectionRequest {
    /// Reads the form.
    ///
    /// # Errors
    /// `invalid_request` where there is no token.
    pub fn parse(form: &Params) -> Result<Self, TokenError> {
        let token = form
            .get("token")
            .ok_or_else(|| TokenError::invalid_request("token is missing"))?;
        Ok(Self {
            token: Secret::new(token),
            token_type_hint: form.get("token_type_hint").and_then(TokenTypeHint::parse),
        })
    }
}

/// What the resource server learns (RFC 7662 §2.2). Whoever may not know learns [`Introspection::inactive`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Introspection {
    /// Whether the token is good now.
    pub active: bool,
    /// The scopes granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeSet>,
    /// The client that the token was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How the token is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<TokenType>,
    /// When it ends, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was made, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Account, role and permissions of the moment.
    #[serde(flatten)]
    pub membership: MembershipClaims,
}

impl Introspection {
    /// `{"active": false}`, and nothing else (RFC 7662 §2.2).
    #[must_use]
    pub fn inactive() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inactive_token_tells_nothing_else() {
        assert_eq!(
            serde_json::to_string(&Introspection::inactive()).unwrap(),
            r#"{"active":false}"#
        );
    }

    #[test]
    fn an_active_token_tells_whose_and_whom_for() {
        let answer = Introspection {
            active: true,
            scope: Some(ScopeSet::parse("openid roles").unwrap()),
            client_id: Some("crm".into()),
            token_type: Some(TokenType::Bearer),
            exp: Some(2),
            iat: Some(1),
            sub: Some("u1".into()),
            aud: Some(Audience::one("https://crm.example/api")),
            iss: Some("https://id.example".into()),
            jti: Some("j1".into()),
            membership: MembershipClaims {
                role: Some("standard".into()),
                ..MembershipClaims::default()
            },
        };
        insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
    }

    #[test]
    fn a_request_needs_a_token_and_no_known_hint() {
        let read = |form: &str| IntrospectionRequest::parse(&Params::parse(form).unwrap());
        assert_eq!(read("token=").unwrap_err().code().as_str(), "invalid_request");
        assert!(
            read("token=t&token_type_hint=odd")
                .unwrap()
                .token_type_hint
                .is_none()
        );
        let hinted = read("token=t&token_type_hint=refresh_token").unwrap();
        assert_eq!(hinted.token_type_hint, Some(TokenTypeHint::RefreshToken));
    }
}
