//! OAuth clients and their secrets.

use latchkey_domain::id::{ApplicationId, ClientId};
use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

/// A client as it is kept: the searched columns beside its whole RFC 7591 metadata.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// The application it is a client of.
    pub application_id: ApplicationId,
    /// `web`, `spa`, `native` or `service`.
    pub kind: String,
    /// Whether it skips consent.
    pub first_party: bool,
    /// The client's metadata as JSON, by the names of RFC 7591.
    pub metadata: String,
    /// Grows with each change.
    pub version: i64,
}

row!(Client {
    id,
    application_id,
    kind,
    first_party,
    metadata,
    version
});

/// One client.
pub async fn find(tx: &mut Tx, id: &ClientId) -> Result<Option<Client>> {
    tx.optional(
        sql("SELECT id, application_id, kind, first_party, metadata, version FROM client WHERE id = $1")
            .bind(id),
    )
    .await
}

/// Every client, by id.
pub async fn all(tx: &mut Tx) -> Result<Vec<Client>> {
    tx.all(sql(
        "SELECT id, application_id, kind, first_party, metadata, version FROM client ORDER BY id",
    ))
    .await
}

/// The clients of an application, by id.
pub async fn of_application(tx: &mut Tx, id: &ApplicationId) -> Result<Vec<Client>> {
    tx.all(
        sql(
            "SELECT id, application_id, kind, first_party, metadata, version FROM client
             WHERE application_id = $1 ORDER BY id",
        )
        .bind(id),
    )
    .await
}

/// Keeps a client, new or changed.
pub async fn save(tx: &mut Tx, client: &Client, now: Timestamp) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO client (id, application_id, kind, first_party, metadata, version, created_at)
             VALUES ($1, $2, $3, $4, $5, 1, $6)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, first_party = excluded.first_party,
                 metadata = excluded.metadata, version = client.version + 1",
        )
        .bind(&client.id)
        .bind(&client.application_id)
        .bind(client.kind.as_str())
        .bind(client.first_party)
        .bind(client.metadata.as_str())
        .bind(now),
    )
    .await?;
    Ok(())
}

/// The digests of the secrets a client may use now.
pub async fn secrets(tx: &mut Tx, id: &ClientId, now: Timestamp) -> Result<Vec<String>> {
    tx.all(
        sql("SELECT secret_hash FROM client_secret
             WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC")
        .bind(id)
        .bind(now),
    )
    .await
}

/// Makes one digest the client's only secret.
pub async fn set_secret(tx: &mut Tx, id: &ClientId, secret_hash: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("DELETE FROM client_secret WHERE client_id = $1 AND secret_hash <> $2")
            .bind(id)
            .bind(secret_hash),
    )
    .await?;
    tx.execute(
        sql(
            "INSERT INTO client_secret (client_id, secret_hash, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (client_id, secret_hash) DO NOTHING",
        )
        .bind(id)
        .bind(secret_hash)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// Makes these the origins from which a browser client may call.
pub async fn set_origins(tx: &mut Tx, id: &ClientId, origins: &[String]) -> Result<()> {
    tx.execute(sql("DELETE FROM client_origin WHERE client_id = $1").bind(id))
        .await?;
    for origin in origins {
        tx.execute(
            sql("INSERT INTO client_origin (origin, client_id) VALUES ($1, $2)
                 ON CONFLICT (origin, client_id) DO NOTHING")
            .bind(origin.as_str())
            .bind(id),
        )
        .await?;
    }
    Ok(())
}

/// Whether any browser client lives at this origin.
pub async fn is_origin(tx: &mut Tx, origin: &str) -> Result<bool> {
    let found: Option<String> = tx
        .optional(sql("SELECT origin FROM client_origin WHERE origin = $1 LIMIT 1").bind(origin))
        .await?;
    Ok(found.is_some())
}
