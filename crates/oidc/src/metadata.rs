//! Client metadata (RFC 7591 §2; OpenID Connect Dynamic Client Registration 1.0 §2).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::scope::ScopeSet;
use crate::words::words;

mod validate;

pub use validate::{MAX_REDIRECT_URIS, MetadataError};

words! {
    /// What a client is, which decides where its answers may go and whether it can keep a secret.
    pub enum ClientKind {
        /// A site with a server of its own.
        Web = "web",
        /// An application that runs in the browser.
        Spa = "spa",
        /// An app on a phone or desktop (RFC 8252).
        Native = "native",
        /// A program that acts for itself.
        Service = "service",
    }
}

words! {
    /// How a client authenticates at the token endpoint (RFC 7591 §2).
    pub enum ClientAuthMethod {
        /// A public client, known by its id and proven by PKCE.
        None = "none",
        /// Id and secret in the `Authorization` header.
        ClientSecretBasic = "client_secret_basic",
        /// Id and secret in the form.
        ClientSecretPost = "client_secret_post",
    }
}

words! {
    /// What a token is given for.
    pub enum GrantType {
        /// RFC 6749 §4.1.
        AuthorizationCode = "authorization_code",
        /// RFC 6749 §6.
        RefreshToken = "refresh_token",
        /// RFC 6749 §4.4.
        ClientCredentials = "client_credentials",
    }
}

/// What a client says of itself, by RFC 7591's names. Members that are not read here are kept in `other`, so
/// that what was registered is also what is given back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientMetadata {
    /// Where answers may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where a person may be sent after signing out (RP-Initiated Logout 1.0 §3.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// How the client authenticates; `client_secret_basic` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<ClientAuthMethod>,
    /// Which grants the client may use; `authorization_code` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    /// Which response types the client may use; `code` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// The name shown to people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The client's home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// The scopes that the client may ask for; all if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The algorithm of the client's ID tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    /// How old a sign-in may be where the request does not say, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
    /// The authentication contexts wanted where the request does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Every other member, as it came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl ClientMetadata {
    /// Fills what a declared client left out with what its kind needs (RFC 7591 §3.2.1 lets a server choose).
    pub fn fill_defaults(&mut self, kind: ClientKind) {
        let method = match kind {
            ClientKind::Web | ClientKind::Service => ClientAuthMethod::ClientSecretBasic,
            ClientKind::Spa | ClientKind::Native => ClientAuthMethod::None,
        };
        let (grants, responses): (&[GrantType], &[&str]) = match kind {
            ClientKind::Service => (&[GrantType::ClientCredentials], &[]),
            _ => (
                &[GrantType::AuthorizationCode, GrantType::RefreshToken],
                &["code"],
            ),
        };
        self.token_endpoint_auth_method.get_or_insert(method);
        self.grant_types
            .get_or_insert_with(|| grants.iter().map(ToString::to_string).collect());
        self.response_types
            .get_or_insert_with(|| responses.iter().map(ToString::to_string).collect());
    }

    /// How the client authenticates, with the default of RFC 7591 §2.
    #[must_use]
    pub fn auth_method(&self) -> ClientAuthMethod {
        self.token_endpoint_auth_method
            .unwrap_or(ClientAuthMethod::ClientSecretBasic)
    }

    /// Whether the client keeps no secret (RFC 6749 §2.1).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.auth_method() == ClientAuthMethod::None
    }

    /// Whether the client may use the grant.
    #[must_use]
    pub fn may_use(&self, grant: GrantType) -> bool {
        match &self.grant_types {
            Some(grants) => grants.iter().any(|known| known == grant.as_str()),
            None => grant == GrantType::AuthorizationCode,
        }
    }

    /// Whether the client may ask for the response type.
    #[must_use]
    pub fn may_respond_with(&self, response_type: &str) -> bool {
        match &self.response_types {
            Some(types) => types.iter().any(|known| known == response_type),
            None => response_type == "code",
        }
    }

    /// What is left of a request's scopes for this client: others are ignored (RFC 6749 §3.3).
    #[must_use]
    pub fn narrow(&self, asked: &ScopeSet) -> ScopeSet {
        match &self.scope {
            // Kept as it came; what is malformed was refused by `validate` and gives nothing here.
            Some(registered) => asked.intersection(&ScopeSet::parse(registered).unwrap_or_default()),
            None => asked.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_unknown_here_are_kept() {
        let given = json!({
            "redirect_uris": ["https://crm.example/cb"],
            "client_name": "CRM",
            "scope": "openid future",
            "client_name#de": "CRM auf Deutsch",
            "grant_types": ["authorization_code", "urn:example:future"],
            "x_unknown": {"deep": [1, 2]},
        });
        let metadata: ClientMetadata = serde_json::from_value(given.clone()).unwrap();
        assert_eq!(serde_json::to_value(&metadata).unwrap(), given);
    }

    #[test]
    fn what_is_left_out_has_the_defaults_of_the_rfc() {
        let metadata = ClientMetadata::default();
        assert_eq!(metadata.auth_method(), ClientAuthMethod::ClientSecretBasic);
        assert!(metadata.may_use(GrantType::AuthorizationCode));
        assert!(!metadata.may_use(GrantType::RefreshToken));
        assert!(metadata.may_respond_with("code"));
    }

    #[test]
    fn declared_clients_get_what_their_kind_needs() {
        let mut phone = ClientMetadata::default();
        phone.fill_defaults(ClientKind::Native);
        assert!(phone.is_public() && phone.may_use(GrantType::RefreshToken));
        let mut batch = ClientMetadata::default();
        batch.fill_defaults(ClientKind::Service);
        assert!(batch.may_use(GrantType::ClientCredentials));
        assert!(!batch.may_use(GrantType::AuthorizationCode));
        assert!(!batch.may_respond_with("code"));
    }

    #[test]
    fn a_client_gets_no_scope_that_it_did_not_register() {
        let metadata: ClientMetadata = serde_json::from_value(json!({"scope": "openid email"})).unwrap();
        let asked = ScopeSet::parse("openid roles").unwrap();
        assert_eq!(metadata.narrow(&asked).to_string(), "openid");
    }

    #[test]
    fn an_unsupported_method_of_authentication_is_refused_by_name() {
        let refused = serde_json::from_value::<ClientMetadata>(
            json!({"token_endpoint_auth_method": "private_key_jwt"}),
        );
        assert!(refused.unwrap_err().to_string().contains("private_key_jwt"));
    }
}
