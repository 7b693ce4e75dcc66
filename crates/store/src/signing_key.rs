//! Signing keys: sealed private parts, published public ones.

use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

/// A signing key. `state` is `next`, `current` or `retired`.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: String,
    /// JWA algorithm name.
    pub algorithm: String,
    /// `next`, `current` or `retired`.
    pub state: String,
    /// Public JWK as JSON.
    pub public_jwk: String,
    /// PKCS #8, sealed under the master key.
    pub private_sealed: String,
    /// When it was made (and first published).
    pub created_at: Timestamp,
    /// When it began to sign.
    pub current_at: Option<Timestamp>,
    /// When it stopped.
    pub retired_at: Option<Timestamp>,
}

row!(SigningKey {
    id,
    algorithm,
    state,
    public_jwk,
    private_sealed,
    created_at,
    current_at,
    retired_at
});

/// All keys that are still published, the newest last.
pub async fn all(tx: &mut Tx) -> Result<Vec<SigningKey>> {
    tx.all(sql(
        "SELECT id, algorithm, state, public_jwk, private_sealed, created_at, current_at, retired_at
             FROM signing_key ORDER BY created_at, id",
    ))
    .await
}

/// Keeps a new key; fails as a unique violation where another node made one for the same algorithm and state.
pub async fn insert(tx: &mut Tx, key: &SigningKey) -> Result<()> {
    tx.execute(
        sql("INSERT INTO signing_key (id, algorithm, purpose, state, public_jwk, private_sealed, created_at, current_at)
             VALUES ($1, $2, 'sig', $3, $4, $5, $6, $7)")
        .bind(key.id.as_str())
        .bind(key.algorithm.as_str())
        .bind(key.state.as_str())
        .bind(key.public_jwk.as_str())
        .bind(key.private_sealed.as_str())
        .bind(key.created_at)
        .bind(key.current_at),
    )
    .await?;
    Ok(())
}

/// Makes the current key of an algorithm retired and its next one current.
pub async fn advance(tx: &mut Tx, algorithm: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE signing_key SET state = 'retired', retired_at = $1 WHERE algorithm = $2 AND state = 'current'")
            .bind(now)
            .bind(algorithm),
    )
    .await?;
    tx.execute(
        sql("UPDATE signing_key SET state = 'current', current_at = $1 WHERE algorithm = $2 AND state = 'next'")
            .bind(now)
            .bind(algorithm),
    )
    .await?;
    Ok(())
}

/// Removes keys that retired before `before`.
pub async fn remove_retired(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(sql("DELETE FROM signing_key WHERE state = 'retired' AND retired_at < $1").bind(before))
        .await
}
