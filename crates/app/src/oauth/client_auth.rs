//! Whether a client is who it says (RFC 6749 §2.3).

use std::sync::Arc;

use latchkey_crypto::encoding::sha256_base64url;
use latchkey_crypto::token::matches;
use latchkey_domain::id::ClientId;
use latchkey_oidc::client_auth::ClientCredentials;
use latchkey_oidc::metadata::ClientAuthMethod;
use latchkey_oidc::token::TokenError;

use super::Refusal;
use crate::client::{self, Client};
use crate::{App, Error};

/// One answer for an unknown client, another method and a wrong secret, so that nothing is told
/// to whoever tries.
const FAILED: &str = "client authentication failed: the client is unknown, its secret is wrong, or it registered \
                      another token_endpoint_auth_method";

/// The client that these credentials are of.
///
/// # Errors
/// `invalid_client`, the same for all that can be wrong; [`Error::Unavailable`] without the
/// database.
pub async fn authenticate(
    app: &App,
    credentials: &ClientCredentials,
) -> Result<Arc<Client>, Refusal<TokenError>> {
    let known = match client::find(app, &ClientId::new(credentials.client_id())).await {
        Ok(known) => Some(known),
        Err(Error::NotFound) => None,
        Err(fault) => return Err(fault.into()),
    };
    match known {
        Some(client) if is_proven(&client, credentials) => Ok(client),
        Some(_) => Err(TokenError::invalid_client(FAILED).into()),
        None => {
            // The work of one comparison, as for a known client.
            let presented = credentials.secret().map_or("", |it| it.expose());
            let _ = matches(&sha256_base64url(""), presented);
            Err(TokenError::invalid_client(FAILED).into())
        }
    }
}

fn is_proven(client: &Client, credentials: &ClientCredentials) -> bool {
    let method = credentials.method();
    let is_registered = method == client.metadata.auth_method();
    match credentials.secret() {
        None => is_registered && method == ClientAuthMethod::None,
        Some(presented) => {
            // Every digest is compared, so that the time does not tell which one fits.
            let fits = client
                .secrets
                .iter()
                .fold(false, |fits, digest| matches(digest, presented.expose()) | fits);
            is_registered && fits
        }
    }
}

#[cfg(test)]
mod tests {
    use latchkey_crypto::token::digest;
    use latchkey_domain::id::ApplicationId;
    use latchkey_oidc::metadata::{ClientKind, ClientMetadata};
    use latchkey_oidc::params::Params;

    use super::*;

    fn client(method: ClientAuthMethod, secrets: &[&str]) -> Client {
        let metadata = ClientMetadata {
            token_endpoint_auth_method: Some(method),
            ..ClientMetadata::default()
        };
        Client {
            id: ClientId::new("crm"),
            application: ApplicationId::new("crm"),
            application_name: "CRM".to_owned(),
            kind: ClientKind::Web,
            first_party: true,
            metadata,
            secrets: secrets.iter().map(|it| digest(it)).collect(),
            resources: Vec::new(),
        }
    }

    fn posted(form: &str) -> ClientCredentials {
        ClientCredentials::read([], &Params::parse(form).unwrap()).unwrap()
    }

    #[test]
    fn either_of_two_overlapping_secrets_is_right() {
        let client = client(ClientAuthMethod::ClientSecretPost, &["new", "old"]);
        for secret in ["new", "old"] {
            let form = format!("client_id=crm&client_secret={secret}");
            assert!(is_proven(&client, &posted(&form)), "{secret}");
        }
        assert!(!is_proven(&client, &posted("client_id=crm&client_secret=other")));
    }

    #[test]
    fn a_right_secret_by_another_method_is_refused() {
        let client = client(ClientAuthMethod::ClientSecretBasic, &["s"]);
        assert!(!is_proven(&client, &posted("client_id=crm&client_secret=s")));
    }

    #[test]
    fn a_confidential_client_can_not_leave_its_secret_out() {
        let client = client(ClientAuthMethod::ClientSecretPost, &["s"]);
        assert!(!is_proven(&client, &posted("client_id=crm")));
    }

    #[test]
    fn a_public_client_is_known_by_its_id() {
        let client = client(ClientAuthMethod::None, &[]);
        assert!(is_proven(&client, &posted("client_id=crm")));
        assert!(!is_proven(&client, &posted("client_id=crm&client_secret=x")));
    }
}
