//! The discovery document (OpenID Connect Discovery 1.0 §3, RFC 8414 §2), made from what is enabled, so that it
//! can't promise anything else.

use serde::{Deserialize, Serialize};

use crate::authorize::{Prompt, ResponseMode, ResponseType};
use crate::issuer::Issuer;
use crate::metadata::{ClientAuthMethod, GrantType};
use crate::scope::Scope;

/// The paths of the endpoints below the issuer.
pub mod path {
    /// OpenID Connect Discovery 1.0 §4.
    pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    /// RFC 8414 §3.
    pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
    /// RFC 6749 §3.1.
    pub const AUTHORIZE: &str = "/oauth2/authorize";
    /// RFC 6749 §3.2.
    pub const TOKEN: &str = "/oauth2/token";
    /// OpenID Connect Core 1.0 §5.3.
    pub const USERINFO: &str = "/oauth2/userinfo";
    /// RFC 7662.
    pub const INTROSPECT: &str = "/oauth2/introspect";
    /// RFC 7009.
    pub const REVOKE: &str = "/oauth2/revoke";
    /// RFC 7517 §5.
    pub const JWKS: &str = "/oauth2/jwks";
    /// OpenID Connect RP-Initiated Logout 1.0.
    pub const END_SESSION: &str = "/oauth2/end_session";
}

/// What an installation has enabled.
#[derive(Debug, Clone)]
pub struct Enabled {
    /// The issuer.
    pub issuer: Issuer,
    /// The algorithms that ID tokens are signed with.
    pub id_token_signing_algs: Vec<String>,
    /// The scopes.
    pub scopes: Vec<Scope>,
    /// The grants.
    pub grants: Vec<GrantType>,
    /// The methods of client authentication.
    pub auth_methods: Vec<ClientAuthMethod>,
    /// The values of `prompt`: `create` only where people may sign themselves up.
    pub prompts: Vec<Prompt>,
    /// The authentication contexts that can be reached.
    pub acr_values: Vec<String>,
    /// The languages of the pages (BCP 47).
    pub ui_locales: Vec<String>,
}

/// The discovery document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are the specification's, which defines each"
)]
pub struct ProviderMetadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub end_session_endpoint: String,
    pub scopes_supported: Vec<Scope>,
    pub response_types_supported: Vec<ResponseType>,
    pub response_modes_supported: Vec<ResponseMode>,
    pub grant_types_supported: Vec<GrantType>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<String>,
    pub subject_types_supported: Vec<String>,
    pub id_token_signing_alg_values_supported: Vec<String>,
    pub token_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    pub introspection_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    pub revocation_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    pub claim_types_supported: Vec<String>,
    pub claims_supported: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
    pub code_challenge_methods_supported: Vec<String>,
    pub prompt_values_supported: Vec<Prompt>,
    pub authorization_response_iss_parameter_supported: bool,
}

/// Claims of the ID token that no scope asks for.
const PROTOCOL_CLAIMS: &[&str] = &[
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "amr",
    "azp",
    "sid",
    "at_hash",
];

impl ProviderMetadata {
    /// The document for what is enabled.
    #[must_use]
    pub fn new(enabled: &Enabled) -> Self {
        let url = |path: &str| enabled.issuer.url(path);
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let scope_claims = enabled.scopes.iter().flat_map(|scope| scope.claims());
        let acr: &[&str] = if enabled.acr_values.is_empty() {
            &[]
        } else {
            &["acr"]
        };
        Self {
            issuer: enabled.issuer.to_string(),
            authorization_endpoint: url(path::AUTHORIZE),
            token_endpoint: url(path::TOKEN),
            userinfo_endpoint: url(path::USERINFO),
            jwks_uri: url(path::JWKS),
            introspection_endpoint: url(path::INTROSPECT),
            revocation_endpoint: url(path::REVOKE),
            end_session_endpoint: url(path::END_SESSION),
            scopes_supported: enabled.scopes.clone(),
            response_types_supported: ResponseType::ALL.to_vec(),
            response_modes_supported: ResponseMode::ALL.to_vec(),
            grant_types_supported: enabled.grants.clone(),
            acr_values_supported: enabled.acr_values.clone(),
            subject_types_supported: words(&["public"]),
            id_token_signing_alg_values_supported: enabled.id_token_signing_algs.clone(),
            token_endpoint_auth_methods_supported: enabled.auth_methods.clone(),
            // Only a client with a secret may ask about tokens; any may give its own back.
            introspection_endpoint_auth_methods_supported: enabled
                .auth_methods
                .iter()
                .copied()
                .filter(|method| *method != ClientAuthMethod::None)
                .collect(),
            revocation_endpoint_auth_methods_supported: enabled.auth_methods.clone(),
            claim_types_supported: words(&["normal"]),
            claims_supported: PROTOCOL_CLAIMS
                .iter()
                .chain(acr)
                .chain(scope_claims)
                .map(ToString::to_string)
                .collect(),
            ui_locales_supported: enabled.ui_locales.clone(),
            claims_parameter_supported: true,
            request_parameter_supported: false,
            // Left out, it would mean true (Discovery §3).
            request_uri_parameter_supported: false,
            code_challenge_methods_supported: words(&["S256"]),
            prompt_values_supported: enabled.prompts.clone(),
            authorization_response_iss_parameter_supported: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enabled() -> Enabled {
        Enabled {
            issuer: Issuer::parse("https://id.example").unwrap(),
            id_token_signing_algs: vec!["ES256".into(), "RS256".into()],
            scopes: Scope::ALL.to_vec(),
            grants: GrantType::ALL.to_vec(),
            auth_methods: ClientAuthMethod::ALL.to_vec(),
            prompts: Prompt::ALL.to_vec(),
            acr_values: vec![],
            ui_locales: vec!["en".into(), "de".into()],
        }
    }

    #[test]
    fn the_document_says_what_is_enabled() {
        let document = ProviderMetadata::new(&enabled());
        insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
    }

    #[test]
    fn what_is_not_enabled_is_not_promised() {
        let document = ProviderMetadata::new(&Enabled {
            scopes: vec![Scope::OpenId],
            grants: vec![GrantType::AuthorizationCode],
            prompts: vec![Prompt::None, Prompt::Login],
            ..enabled()
        });
        assert_eq!(document.grant_types_supported, [GrantType::AuthorizationCode]);
        assert_eq!(document.prompt_values_supported, [Prompt::None, Prompt::Login]);
        for claim in ["permissions", "acr"] {
            assert!(!document.claims_supported.contains(&claim.to_owned()), "{claim}");
        }
    }

    #[test]
    fn an_issuer_with_a_path_has_its_endpoints_below_it() {
        let document = ProviderMetadata::new(&Enabled {
            issuer: Issuer::parse("https://example.com/id").unwrap(),
            ..enabled()
        });
        assert_eq!(document.token_endpoint, "https://example.com/id/oauth2/token");
    }
}
