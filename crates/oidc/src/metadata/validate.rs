//! Which metadata is accepted for which kind of client.

use crate::redirect::{self, RedirectUriError};
use crate::scope::{ScopeError, ScopeSet};

use super::{ClientAuthMethod, ClientKind, ClientMetadata, GrantType};

/// The most redirect URIs of one client.
pub const MAX_REDIRECT_URIS: usize = 64;

/// Why metadata is refused (RFC 7591 §3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// A redirect URI breaks a rule.
    #[error("redirect_uris: {uri}: {why}")]
    RedirectUri {
        /// The URI as given.
        uri: String,
        /// The rule.
        why: RedirectUriError,
    },
    /// An address to return to after signing out breaks a rule.
    #[error("post_logout_redirect_uris: {uri}: {why}")]
    PostLogoutRedirectUri {
        /// The URI as given.
        uri: String,
        /// The rule.
        why: RedirectUriError,
    },
    /// There are more than [`MAX_REDIRECT_URIS`].
    #[error("a client has at most {MAX_REDIRECT_URIS} redirect URIs of each sort")]
    TooManyUris,
    /// The client signs people in and has nowhere to send them.
    #[error("redirect_uris: at least one is needed for the grant type authorization_code")]
    NoRedirectUri,
    /// The kind of client can't authenticate that way.
    #[error("token_endpoint_auth_method: a client of kind {kind} can't use {method}")]
    AuthMethod {
        /// The client's kind.
        kind: ClientKind,
        /// The method asked for.
        method: ClientAuthMethod,
    },
    /// The kind of client can't use the grant.
    #[error("grant_types: a client of kind {kind} that authenticates with {method} can't use {grant}")]
    Grant {
        /// The client's kind.
        kind: ClientKind,
        /// Its method of authentication.
        method: ClientAuthMethod,
        /// The grant asked for.
        grant: String,
    },
    /// Grants and response types don't fit each other.
    #[error(
        "response_types: code belongs to the grant type authorization_code, one without the other is of no use"
    )]
    ResponseType,
    /// The scope is malformed.
    #[error("scope: {0}")]
    Scope(#[from] ScopeError),
}

impl MetadataError {
    /// The `error` of RFC 7591 §3.2.2.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RedirectUri { .. } | Self::NoRedirectUri => "invalid_redirect_uri",
            _ => "invalid_client_metadata",
        }
    }

    /// What is wrong, for the developer of the client.
    #[must_use]
    pub fn description(&self) -> String {
        self.to_string()
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        400
    }
}

impl ClientMetadata {
    /// Checks the metadata of a client of this kind.
    ///
    /// # Errors
    /// [`MetadataError`] with the first rule broken.
    pub fn validate(&self, kind: ClientKind) -> Result<(), MetadataError> {
        self.validate_uris(kind)?;
        ScopeSet::parse(self.scope.as_deref().unwrap_or_default())?;
        self.validate_auth_method(kind)?;
        self.validate_grants(kind)
    }

    fn validate_uris(&self, kind: ClientKind) -> Result<(), MetadataError> {
        let longest = self.redirect_uris.len().max(self.post_logout_redirect_uris.len());
        if longest > MAX_REDIRECT_URIS {
            return Err(MetadataError::TooManyUris);
        }
        for uri in &self.redirect_uris {
            redirect::validate(kind, uri).map_err(|why| MetadataError::RedirectUri {
                uri: uri.clone(),
                why,
            })?;
        }
        for uri in &self.post_logout_redirect_uris {
            redirect::validate(kind, uri).map_err(|why| MetadataError::PostLogoutRedirectUri {
                uri: uri.clone(),
                why,
            })?;
        }
        Ok(())
    }

    fn validate_auth_method(&self, kind: ClientKind) -> Result<(), MetadataError> {
        let method = self.auth_method();
        // Code that anyone can download keeps no secret; a program that acts for itself has nothing else.
        let fits = match kind {
            ClientKind::Web => true,
            ClientKind::Spa | ClientKind::Native => method == ClientAuthMethod::None,
            ClientKind::Service => method != ClientAuthMethod::None,
        };
        if fits {
            Ok(())
        } else {
            Err(MetadataError::AuthMethod { kind, method })
        }
    }

    fn validate_grants(&self, kind: ClientKind) -> Result<(), MetadataError> {
        let method = self.auth_method();
        let refuse = |grant: GrantType| {
            Err(MetadataError::Grant {
                kind,
                method,
                grant: grant.to_string(),
            })
        };
        if self.may_use(GrantType::ClientCredentials) && self.is_public() {
            return refuse(GrantType::ClientCredentials);
        }
        if kind == ClientKind::Service {
            for grant in [GrantType::AuthorizationCode, GrantType::RefreshToken] {
                if self.may_use(grant) {
                    return refuse(grant);
                }
            }
        }
        let may_code = self.may_use(GrantType::AuthorizationCode);
        if may_code != self.may_respond_with("code") {
            return Err(MetadataError::ResponseType);
        }
        if may_code && self.redirect_uris.is_empty() {
            return Err(MetadataError::NoRedirectUri);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(kind: ClientKind, metadata: Value) -> Result<(), MetadataError> {
        let mut metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        metadata.fill_defaults(kind);
        metadata.validate(kind)
    }

    #[test]
    fn the_clients_of_a_crm_are_accepted() {
        check(
            ClientKind::Web,
            json!({"redirect_uris": ["http://127.0.0.1:8081/callback"]}),
        )
        .unwrap();
        check(
            ClientKind::Native,
            json!({"redirect_uris": ["com.example.crm:/callback"]}),
        )
        .unwrap();
        check(
            ClientKind::Spa,
            json!({"redirect_uris": ["https://app.example/cb"]}),
        )
        .unwrap();
        check(ClientKind::Service, json!({})).unwrap();
    }

    #[test]
    fn a_client_that_anyone_can_download_keeps_no_secret() {
        for kind in [ClientKind::Spa, ClientKind::Native] {
            let refused = check(
                kind,
                json!({
                    "redirect_uris": ["https://app.example/cb"],
                    "token_endpoint_auth_method": "client_secret_post",
                }),
            );
            assert!(matches!(refused, Err(MetadataError::AuthMethod { .. })));
        }
    }

    #[test]
    fn a_service_authenticates_and_signs_nobody_in() {
        let none = json!({"token_endpoint_auth_method": "none"});
        assert!(matches!(
            check(ClientKind::Service, none),
            Err(MetadataError::AuthMethod { .. })
        ));
        let code = json!({"grant_types": ["authorization_code"]});
        assert!(matches!(
            check(ClientKind::Service, code),
            Err(MetadataError::Grant { .. })
        ));
        let uris = json!({"redirect_uris": ["https://app.example/cb"]});
        assert_eq!(
            check(ClientKind::Service, uris).unwrap_err().code(),
            "invalid_redirect_uri"
        );
    }

    #[test]
    fn a_public_client_gets_no_tokens_of_its_own() {
        let public = json!({
            "redirect_uris": ["https://app.example/cb"],
            "grant_types": ["authorization_code", "client_credentials"],
        });
        assert!(matches!(
            check(ClientKind::Spa, public),
            Err(MetadataError::Grant { .. })
        ));
    }

    #[test]
    fn code_needs_its_grant_and_somewhere_to_go() {
        assert_eq!(
            check(ClientKind::Web, json!({})),
            Err(MetadataError::NoRedirectUri)
        );
        let no_code = json!({
            "redirect_uris": ["https://app.example/cb"],
            "response_types": [],
        });
        assert_eq!(check(ClientKind::Web, no_code), Err(MetadataError::ResponseType));
    }

    #[test]
    fn addresses_after_signing_out_obey_the_same_rules() {
        let refused = check(
            ClientKind::Web,
            json!({
                "redirect_uris": ["https://app.example/cb"],
                "post_logout_redirect_uris": ["https://*.example/"],
            }),
        );
        assert_eq!(refused.unwrap_err().code(), "invalid_client_metadata");
    }

    #[test]
    fn a_malformed_scope_is_refused() {
        let refused = check(
            ClientKind::Web,
            json!({"redirect_uris": ["https://app.example/cb"], "scope": "open\"id"}),
        );
        assert_eq!(refused, Err(MetadataError::Scope(ScopeError::Syntax)));
    }

    #[test]
    fn redirect_uris_are_bounded() {
        let uris: Vec<_> = (0..=MAX_REDIRECT_URIS)
            .map(|n| format!("https://app.example/{n}"))
            .collect();
        assert_eq!(
            check(ClientKind::Web, json!({ "redirect_uris": uris })),
            Err(MetadataError::TooManyUris)
        );
    }
}
