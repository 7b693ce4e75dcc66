//! The discovery document of this installation (OpenID Connect Discovery 1.0 §3, RFC 8414).

use latchkey_oidc::authorize::Prompt;
use latchkey_oidc::discovery::{Enabled, ProviderMetadata};
use latchkey_oidc::metadata::{ClientAuthMethod, GrantType};
use latchkey_oidc::scope::Scope;

use crate::{App, keys};

/// What this installation promises: made from what is enabled.
pub fn document(app: &App, ui_locales: &[String]) -> ProviderMetadata {
    let mut algorithms: Vec<String> = keys::ALGORITHMS.iter().map(|it| it.as_str().to_owned()).collect();
    algorithms.sort();
    ProviderMetadata::new(&Enabled {
        issuer: app.issuer.clone(),
        id_token_signing_algs: algorithms,
        scopes: Scope::ALL.to_vec(),
        grants: GrantType::ALL.to_vec(),
        auth_methods: ClientAuthMethod::ALL.to_vec(),
        prompts: Prompt::ALL.to_vec(),
        acr_values: Vec::new(),
        ui_locales: ui_locales.to_vec(),
    })
}
