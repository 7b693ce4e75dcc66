//! Failed attempts, counted where all nodes see them.

use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

/// The count kept under one key.
#[derive(Debug, Clone)]
pub struct Count {
    /// Failures that still count.
    pub failures: i64,
    /// When the last one was.
    pub last_at: Timestamp,
    /// No attempt is looked at before this.
    pub blocked_until: Timestamp,
}

row!(Count {
    failures,
    last_at,
    blocked_until
});

/// The count under a key.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Count>> {
    tx.optional(sql("SELECT failures, last_at, blocked_until FROM throttle WHERE key = $1").bind(key))
        .await
}

/// Keeps a count.
pub async fn save(tx: &mut Tx, key: &str, count: &Count) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO throttle (key, failures, last_at, blocked_until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
                 blocked_until = excluded.blocked_until",
        )
        .bind(key)
        .bind(count.failures)
        .bind(count.last_at)
        .bind(count.blocked_until),
    )
    .await?;
    Ok(())
}

/// Forgets a key (after a success).
pub async fn clear(tx: &mut Tx, key: &str) -> Result<()> {
    tx.execute(sql("DELETE FROM throttle WHERE key = $1").bind(key))
        .await?;
    Ok(())
}

/// Forgets what was last counted before `before`.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(sql("DELETE FROM throttle WHERE last_at < $1").bind(before))
        .await
}
