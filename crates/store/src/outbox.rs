//! What must leave after its commit, at least once: mail now, other messages later.

use latchkey_domain::id::AccountId;
use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

/// A SELECT of all that is read of a row here, so that the list of columns stands once.
macro_rules! select_parcel {
    ($rest:literal) => {
        sql(concat!(
            "SELECT id, kind, account_id, subject_id, dedup_key, payload_sealed, not_before, created_at, ",
            "attempts, last_error, done_at, failed_at FROM outbox",
            " ",
            $rest
        ))
    };
}

/// One message on its way out.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// UUIDv7; mail derives its Message-ID from it.
    pub id: String,
    /// What it is: `mail`, or `reset asked`, which may become one.
    pub kind: String,
    /// The account it concerns.
    pub account_id: Option<AccountId>,
    /// What it is about (an invitation's id…), for "what became of it".
    pub subject_id: Option<String>,
    /// Posting the same key again changes nothing.
    pub dedup_key: String,
    /// The message itself, sealed: it may hold a link's secret.
    pub payload_sealed: String,
    /// Not to leave before.
    pub not_before: Timestamp,
    /// When it was posted.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// What the other side said last.
    pub last_error: Option<String>,
    /// When it was delivered.
    pub done_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
}

row!(Parcel {
    id,
    kind,
    account_id,
    subject_id,
    dedup_key,
    payload_sealed,
    not_before,
    created_at,
    attempts,
    last_error,
    done_at,
    failed_at
});

/// Posts a parcel; false where its `dedup_key` was posted before.
pub async fn post(tx: &mut Tx, parcel: &Parcel) -> Result<bool> {
    let inserted = tx
        .execute(
            sql(
                "INSERT INTO outbox (id, kind, account_id, subject_id, dedup_key, payload_sealed, not_before,
                     created_at, attempts)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT (dedup_key) DO NOTHING",
            )
            .bind(parcel.id.as_str())
            .bind(parcel.kind.as_str())
            .bind(parcel.account_id.as_ref())
            .bind(parcel.subject_id.as_deref())
            .bind(parcel.dedup_key.as_str())
            .bind(parcel.payload_sealed.as_str())
            .bind(parcel.not_before)
            .bind(parcel.created_at),
        )
        .await?;
    Ok(inserted == 1)
}

/// Parcels that are due, the oldest first.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Parcel>> {
    tx.all(
        select_parcel!(
            "WHERE done_at IS NULL AND failed_at IS NULL AND not_before <= $1
             ORDER BY not_before, id LIMIT $2"
        )
        .bind(now)
        .bind(limit),
    )
    .await
}

/// When the next parcel is due, if any waits.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.optional(
        sql("SELECT not_before FROM outbox WHERE done_at IS NULL AND failed_at IS NULL ORDER BY not_before LIMIT 1"),
    )
    .await
}

/// Takes a parcel for sending until `lease_until`; false where another node has it.
pub async fn claim(tx: &mut Tx, parcel: &Parcel, lease_until: Timestamp) -> Result<bool> {
    let taken = tx
        .execute(
            sql("UPDATE outbox SET not_before = $1, attempts = attempts + 1
                 WHERE id = $2 AND not_before = $3 AND attempts = $4 AND done_at IS NULL AND failed_at IS NULL")
            .bind(lease_until)
            .bind(parcel.id.as_str())
            .bind(parcel.not_before)
            .bind(parcel.attempts),
        )
        .await?;
    Ok(taken == 1)
}

/// Notes that a parcel was delivered.
pub async fn done(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE outbox SET done_at = $1, last_error = NULL WHERE id = $2")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

/// Takes a parcel out that leaves nothing to keep.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(sql("DELETE FROM outbox WHERE id = $1").bind(id))
        .await?;
    Ok(())
}

/// Notes a failed attempt: another one at `retry_at`, or none.
pub async fn failed(
    tx: &mut Tx,
    id: &str,
    error: &str,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    match retry_at {
        Some(at) => {
            tx.execute(
                sql("UPDATE outbox SET not_before = $1, last_error = $2 WHERE id = $3")
                    .bind(at)
                    .bind(error)
                    .bind(id),
            )
            .await?
        }
        None => {
            tx.execute(
                sql("UPDATE outbox SET failed_at = $1, last_error = $2 WHERE id = $3")
                    .bind(now)
                    .bind(error)
                    .bind(id),
            )
            .await?
        }
    };
    Ok(())
}

/// The parcels about one subject, the newest first.
pub async fn about(tx: &mut Tx, subject_id: &str) -> Result<Vec<Parcel>> {
    tx.all(select_parcel!("WHERE subject_id = $1 ORDER BY id DESC").bind(subject_id))
        .await
}
