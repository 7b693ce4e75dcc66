//! The audit trail: append-only records, their values beside them, and the chain over their digests.

use std::sync::LazyLock;

use latchkey_domain::time::Timestamp;

use crate::sql::many::Many;
use crate::sql::{Tx, sql};
use crate::{Result, row};

/// A SELECT of all that is read of a row here, so that the list of columns stands once.
macro_rules! select_record {
    ($rest:literal) => {
        sql(concat!(
            "SELECT id, chain, at, actor_kind, actor_id, action, target, target_id, salt, digest, ",
            "position, link FROM audit_record",
            " ",
            $rest
        ))
    };
}

/// A record as it is kept. `chain` is an account's id, or `installation`.
#[derive(Debug, Clone)]
pub struct Record {
    /// UUIDv7.
    pub id: String,
    /// Which chain it belongs to.
    pub chain: String,
    /// When it happened.
    pub at: Timestamp,
    /// What kind of actor did it.
    pub actor_kind: String,
    /// Which one.
    pub actor_id: Option<String>,
    /// What was done, as a dotted name.
    pub action: String,
    /// The kind of thing it was done to.
    pub target: Option<String>,
    /// Which one.
    pub target_id: Option<String>,
    /// Salt of the digests of this record's values.
    pub salt: String,
    /// Digest over the record and its values' digests.
    pub digest: String,
    /// Its place in the chain, once chained.
    pub position: Option<i64>,
    /// The chain's link at this place.
    pub link: Option<String>,
}

row!(Record {
    id,
    chain,
    at,
    actor_kind,
    actor_id,
    action,
    target,
    target_id,
    salt,
    digest,
    position,
    link
});

/// A value of a record: kept beside it, so that it can be erased without breaking the chain.
#[derive(Debug, Clone)]
pub struct RecordValue {
    /// The record.
    pub record_id: String,
    /// The value's name (`actor_name`, `address`, `before`, `after`, `reason`, …).
    pub name: String,
    /// Its salted digest.
    pub digest: String,
    /// The value, or nothing where it was erased.
    pub value: Option<String>,
}

row!(RecordValue {
    record_id,
    name,
    digest,
    value
});

/// The end of a chain.
#[derive(Debug, Clone)]
pub struct Head {
    /// Which chain.
    pub chain: String,
    /// Place of the last record.
    pub position: i64,
    /// The link at that place.
    pub link: String,
}

row!(Head {
    chain,
    position,
    link
});

static INSERT_RECORDS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(10, |rows| {
        format!(
            "INSERT INTO audit_record (id, chain, at, actor_kind, actor_id, action, target, target_id, salt, digest)
             VALUES {rows}"
        )
    })
});

static INSERT_VALUES: LazyLock<Many> = LazyLock::new(|| {
    Many::new(4, |rows| {
        format!("INSERT INTO audit_value (record_id, name, digest, value) VALUES {rows}")
    })
});

/// Appends records, and the values of all of them.
pub async fn append(tx: &mut Tx, records: &[Record], values: &[RecordValue]) -> Result<()> {
    for (statement, some) in INSERT_RECORDS.of(records) {
        let statement = some.iter().fold(statement, |statement, record| {
            statement
                .bind(record.id.as_str())
                .bind(record.chain.as_str())
                .bind(record.at)
                .bind(record.actor_kind.as_str())
                .bind(record.actor_id.as_deref())
                .bind(record.action.as_str())
                .bind(record.target.as_deref())
                .bind(record.target_id.as_deref())
                .bind(record.salt.as_str())
                .bind(record.digest.as_str())
        });
        tx.execute(statement).await?;
    }
    for (statement, some) in INSERT_VALUES.of(values) {
        let statement = some.iter().fold(statement, |statement, value| {
            statement
                .bind(value.record_id.as_str())
                .bind(value.name.as_str())
                .bind(value.digest.as_str())
                .bind(value.value.as_deref())
        });
        tx.execute(statement).await?;
    }
    Ok(())
}

/// The chains that have records without a place.
pub async fn chains_waiting(tx: &mut Tx) -> Result<Vec<String>> {
    tx.all(sql(
        "SELECT DISTINCT chain FROM audit_record WHERE position IS NULL ORDER BY chain",
    ))
    .await
}

/// Records of a chain without a place, in the order of their ids.
pub async fn unchained(tx: &mut Tx, chain: &str, limit: i64) -> Result<Vec<Record>> {
    tx.all(
        select_record!("WHERE chain = $1 AND position IS NULL ORDER BY id LIMIT $2")
            .bind(chain)
            .bind(limit),
    )
    .await
}

/// A record's place in its chain.
#[derive(Debug, Clone)]
pub struct Placing {
    /// The record.
    pub id: String,
    /// Its place.
    pub position: i64,
    /// The chain's link at this place.
    pub link: String,
}

static PLACE: LazyLock<Many> = LazyLock::new(|| {
    Many::new(3, |rows| {
        format!(
            "WITH placed (id, position, link) AS (VALUES {rows})
             UPDATE audit_record SET position = placed.position, link = placed.link FROM placed
             WHERE audit_record.id = placed.id AND audit_record.position IS NULL"
        )
    })
});

/// Gives records their places.
pub async fn place(tx: &mut Tx, placings: &[Placing]) -> Result<()> {
    for (statement, some) in PLACE.of(placings) {
        let statement = some.iter().fold(statement, |statement, it| {
            statement
                .bind(it.id.as_str())
                .bind(it.position)
                .bind(it.link.as_str())
        });
        tx.execute(statement).await?;
    }
    Ok(())
}

/// The end of a chain.
pub async fn head(tx: &mut Tx, chain: &str) -> Result<Option<Head>> {
    tx.optional(sql("SELECT chain, position, link FROM audit_head WHERE chain = $1").bind(chain))
        .await
}

/// The ends of all chains.
pub async fn heads(tx: &mut Tx) -> Result<Vec<Head>> {
    tx.all(sql("SELECT chain, position, link FROM audit_head ORDER BY chain"))
        .await
}

/// Moves the end of a chain.
pub async fn set_head(tx: &mut Tx, head: &Head) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO audit_head (chain, position, link) VALUES ($1, $2, $3)
             ON CONFLICT (chain) DO UPDATE SET position = excluded.position, link = excluded.link",
        )
        .bind(head.chain.as_str())
        .bind(head.position)
        .bind(head.link.as_str()),
    )
    .await?;
    Ok(())
}

/// Records of a chain after a position, in the chain's order.
pub async fn chained_after(tx: &mut Tx, chain: &str, position: i64, limit: i64) -> Result<Vec<Record>> {
    tx.all(
        select_record!("WHERE chain = $1 AND position > $2 ORDER BY position LIMIT $3")
            .bind(chain)
            .bind(position)
            .bind(limit),
    )
    .await
}

/// The newest records of a chain, the newest first.
pub async fn newest(tx: &mut Tx, chain: &str, limit: i64) -> Result<Vec<Record>> {
    tx.all(
        select_record!("WHERE chain = $1 ORDER BY at DESC, id DESC LIMIT $2")
            .bind(chain)
            .bind(limit),
    )
    .await
}

/// The values of a record.
pub async fn values(tx: &mut Tx, record_id: &str) -> Result<Vec<RecordValue>> {
    tx.all(
        sql("SELECT record_id, name, digest, value FROM audit_value WHERE record_id = $1 ORDER BY name")
            .bind(record_id),
    )
    .await
}
