//! What tokens and UserInfo say (OpenID Connect Core 1.0 §2 and §5.1, RFC 9068 §2.2; docs: "What tokens carry").

use serde::{Deserialize, Serialize};

mod audience;
mod hash;
mod membership;
mod person;
mod selection;

pub use audience::Audience;
pub use hash::half_hash;
pub use membership::{AccountClaim, MAX_PERMISSIONS, MembershipClaims};
pub use person::PersonClaims;
pub use selection::Selection;

use crate::scope::ScopeSet;

/// The claims of an ID token (OpenID Connect Core 1.0 §2). All times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person's id, never used again for another.
    pub sub: String,
    /// The client.
    pub aud: Audience,
    /// When the token ends.
    pub exp: i64,
    /// When the token was made.
    pub iat: i64,
    /// When the person signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The `nonce` of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The authentication context reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// How the person signed in (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The client that the token was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azp: Option<String>,
    /// The session at this client (OpenID Connect Front- and Back-Channel Logout 1.0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Binds the access token; made by [`half_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Binds the code; made by [`half_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_hash: Option<String>,
    /// Name, address and language.
    #[serde(flatten)]
    pub person: PersonClaims,
    /// Account, role and permissions.
    #[serde(flatten)]
    pub membership: MembershipClaims,
}

/// The claims of a JWT access token, whose `typ` is `at+jwt` (RFC 9068 §2.2). All times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person's id, or the client's where it acts for itself.
    pub sub: String,
    /// The resources that the token is for.
    pub aud: Audience,
    /// When the token ends.
    pub exp: i64,
    /// When the token was made.
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    /// The client that the token was given to.
    pub client_id: String,
    /// The scopes granted.
    #[serde(default, skip_serializing_if = "ScopeSet::is_empty")]
    pub scope: ScopeSet,
    /// When the person signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The authentication context reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// How the person signed in (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The session at this client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Account, role and permissions.
    #[serde(flatten)]
    pub membership: MembershipClaims,
}

/// The answer of UserInfo (OpenID Connect Core 1.0 §5.3.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserInfo {
    /// The person's id; always there, and the same as in the ID token.
    pub sub: String,
    /// Name, address and language.
    #[serde(flatten)]
    pub person: PersonClaims,
    /// Account, role and permissions.
    #[serde(flatten)]
    pub membership: MembershipClaims,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership() -> MembershipClaims {
        MembershipClaims {
            account: Some(AccountClaim {
                id: "a1".into(),
                slug: "acme".into(),
                name: "Acme Ltd".into(),
            }),
            member: Some("m1".into()),
            role: Some("sales_lead".into()),
            roles: Some(vec!["sales_lead".into(), "standard".into()]),
            base_role: Some("standard".into()),
            permissions: Some(vec!["contacts:view".into()]),
            permissions_overage: None,
            entitlements: Some(vec!["Sales desk".into()]),
            groups: Some(vec!["EMEA".into()]),
        }
    }

    #[test]
    fn an_id_token_has_its_claims_in_one_object() {
        let claims = IdTokenClaims {
            iss: "https://id.example".into(),
            sub: "u1".into(),
            aud: Audience::one("crm"),
            exp: 600,
            iat: 300,
            auth_time: Some(200),
            nonce: Some("n1".into()),
            acr: None,
            amr: vec!["pwd".into()],
            azp: Some("crm".into()),
            sid: Some("s1".into()),
            at_hash: half_hash("ES256", "token"),
            c_hash: None,
            person: PersonClaims {
                email: Some("ana@acme.example".into()),
                email_verified: Some(true),
                ..PersonClaims::default()
            },
            membership: membership(),
        };
        let text = serde_json::to_string_pretty(&claims).unwrap();
        insta::assert_snapshot!(text);
        assert_eq!(serde_json::from_str::<IdTokenClaims>(&text).unwrap(), claims);
    }

    #[test]
    fn an_access_token_has_the_claims_of_rfc_9068() {
        let claims = AccessTokenClaims {
            iss: "https://id.example".into(),
            sub: "u1".into(),
            aud: Audience::from(vec!["https://a".to_owned(), "https://b".to_owned()]),
            exp: 600,
            iat: 300,
            jti: "j1".into(),
            client_id: "crm".into(),
            scope: ScopeSet::parse("openid permissions").unwrap(),
            auth_time: None,
            acr: None,
            amr: vec![],
            sid: None,
            membership: MembershipClaims::default(),
        };
        let text = serde_json::to_string(&claims).unwrap();
        insta::assert_snapshot!(text);
        assert_eq!(serde_json::from_str::<AccessTokenClaims>(&text).unwrap(), claims);
    }

    #[test]
    fn userinfo_always_has_sub() {
        let answer = UserInfo {
            sub: "u1".into(),
            person: PersonClaims::default(),
            membership: MembershipClaims::default(),
        };
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"sub":"u1"}"#);
        assert!(serde_json::from_str::<UserInfo>("{}").is_err());
    }
}
