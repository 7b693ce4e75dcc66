//! Where a person lands after accepting: in the application they were invited to.

use latchkey_domain::id::ApplicationId;
use latchkey_oidc::metadata::ClientMetadata;
use latchkey_store::client;
use latchkey_store::sql::Tx;
use url::Url;

use crate::{App, Result};

/// The address that starts a sign-in at the first of an application's clients that has one
/// (`initiate_login_uri`, OpenID Connect Core 1.0 section 4), with `iss` added.
pub(super) async fn of(app: &App, tx: &mut Tx, application: &ApplicationId) -> Result<Option<String>> {
    let clients = client::all(tx).await?;
    Ok(clients
        .iter()
        .filter(|it| it.application_id == *application)
        .filter_map(|it| serde_json::from_str::<ClientMetadata>(&it.metadata).ok())
        .find_map(|it| start_of(&it, app.issuer.as_str())))
}

fn start_of(metadata: &ClientMetadata, issuer: &str) -> Option<String> {
    let uri = metadata.other.get("initiate_login_uri")?.as_str()?;
    let mut url = Url::parse(uri).ok()?;
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return None;
    }
    url.query_pairs_mut().append_pair("iss", issuer);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(uri: &str) -> ClientMetadata {
        serde_json::from_value(json!({ "initiate_login_uri": uri })).unwrap()
    }

    #[test]
    fn the_issuer_is_told_to_the_application() {
        assert_eq!(
            start_of(&metadata("https://crm.example/login?x=1"), "https://id.example").as_deref(),
            Some("https://crm.example/login?x=1&iss=https%3A%2F%2Fid.example")
        );
    }

    #[test]
    fn nobody_lands_at_what_is_no_web_address() {
        for uri in ["javascript:alert(1)", "data:text/html,x", "/login", ""] {
            assert_eq!(start_of(&metadata(uri), "https://id.example"), None, "{uri}");
        }
        assert_eq!(start_of(&ClientMetadata::default(), "https://id.example"), None);
    }
}
