//! OAuth clients as the use cases know them: metadata read, secrets' digests and resources beside.

use std::sync::Arc;

use latchkey_domain::id::{ApplicationId, ClientId};
use latchkey_oidc::metadata::{ClientKind, ClientMetadata};
use latchkey_store::sql::Tx;
use latchkey_store::{application, client as kept};

use crate::{App, Error, Result};

/// A client, ready for use.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// The application it is a client of.
    pub application: ApplicationId,
    /// That application's name, for people.
    pub application_name: String,
    /// What kind of client.
    pub kind: ClientKind,
    /// Whether it skips consent.
    pub first_party: bool,
    /// Its metadata (RFC 7591).
    pub metadata: ClientMetadata,
    /// Digests of the secrets it may use.
    pub secrets: Vec<String>,
    /// The application's resource identifiers, the default first.
    pub resources: Vec<String>,
}

impl Client {
    /// Whether it is the mobile application's.
    pub fn is_native(&self) -> bool {
        self.kind == ClientKind::Native
    }
}

/// A client by its id, from memory where it is known.
///
/// # Errors
/// [`Error::NotFound`] for no such client.
pub async fn find(app: &App, id: &ClientId) -> Result<Arc<Client>> {
    if let Some(known) = app.cache.client(id) {
        return Ok(known);
    }
    let now = app.now();
    let found = Arc::new(app.db.read(async |tx| load(tx, id, now).await).await?);
    app.cache.keep_client(id, Arc::clone(&found));
    Ok(found)
}

/// Whether any browser client lives at this origin.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn is_origin(app: &App, origin: &str) -> Result<bool> {
    app.db
        .look_up(async |tx| Ok(kept::is_origin(tx, origin).await?))
        .await
}

async fn load(tx: &mut Tx, id: &ClientId, now: latchkey_domain::time::Timestamp) -> Result<Client> {
    let row = kept::find(tx, id).await?.ok_or(Error::NotFound)?;
    let of = application::find(tx, &row.application_id)
        .await?
        .ok_or(Error::NotFound)?;
    let metadata = serde_json::from_str(&row.metadata).map_err(|e| Error::Bug(e.into()))?;
    Ok(Client {
        kind: ClientKind::parse(&row.kind)
            .ok_or_else(|| Error::bug(format!("client {id} has an unknown kind")))?,
        first_party: row.first_party,
        metadata,
        secrets: kept::secrets(tx, id, now).await?,
        resources: application::resources(tx, &row.application_id).await?,
        application_name: of.name,
        application: row.application_id,
        id: row.id,
    })
}
