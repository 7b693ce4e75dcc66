//! The audit trail: append-only records with their values, and the chain over their digests.

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
            "value_list, position, link FROM audit_record",
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
    /// The values, as [`RecordValue::list`] writes them.
    pub value_list: String,
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
    value_list,
    position,
    link
});

impl Record {
    /// The values; nothing where the list can't be read, so that somebody altered it.
    pub fn values(&self) -> Option<Vec<RecordValue>> {
        let list: Vec<(String, String, Option<String>)> = serde_json::from_str(&self.value_list).ok()?;
        let values = list.into_iter();
        Some(
            values
                .map(|(name, digest, value)| RecordValue { name, digest, value })
                .collect(),
        )
    }
}

/// A value of a record. It is chained by its digest only, so that it can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordValue {
    /// The value's name (`actor`, `address`, `before`, `after`, `reason`, …).
    pub name: String,
    /// Its salted digest.
    pub digest: String,
    /// The value, or nothing where it was erased.
    pub value: Option<String>,
}

impl RecordValue {
    /// A record's values as they are kept: JSON, `[[name, digest, value or null], …]`.
    ///
    /// # Errors
    /// None that text could cause.
    pub fn list(values: &[Self]) -> serde_json::Result<String> {
        let list: Vec<_> = values
            .iter()
            .map(|it| (&it.name, &it.digest, &it.value))
            .collect();
        serde_json::to_string(&list)
    }
}

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

static INSERT: LazyLock<Many> = LazyLock::new(|| {
    Many::new(11, |rows| {
        format!(
            "INSERT INTO audit_record (id, chain, at, actor_kind, actor_id, action, target, target_id, salt, digest,
                 value_list)
             VALUES {rows}"
        )
    })
});

/// Appends records.
pub async fn append(tx: &mut Tx, records: &[Record]) -> Result<()> {
    for (statement, some) in INSERT.of(records) {
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
                .bind(record.value_list.as_str())
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

/// A record without a place.
#[derive(Debug, Clone)]
pub struct Unchained {
    /// The record.
    pub id: String,
    /// Its digest.
    pub digest: String,
}

row!(Unchained { id, digest });

/// Records of a chain without a place, in the order of their ids.
pub async fn unchained(tx: &mut Tx, chain: &str, limit: i64) -> Result<Vec<Unchained>> {
    tx.all(
        sql("SELECT id, digest FROM audit_record WHERE chain = $1 AND position IS NULL ORDER BY id LIMIT $2")
            .bind(chain)
            .bind(limit),
    )
    .await
}

/// How many records, of all chains, have no place.
pub async fn count_unchained(tx: &mut Tx) -> Result<i64> {
    tx.one(sql("SELECT COUNT(*) FROM audit_record WHERE position IS NULL"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn record(value_list: &str) -> Record {
        let text = String::new;
        Record {
            id: text(),
            chain: text(),
            at: Timestamp(0),
            actor_kind: text(),
            actor_id: None,
            action: text(),
            target: None,
            target_id: None,
            salt: text(),
            digest: text(),
            value_list: value_list.to_owned(),
            position: None,
            link: None,
        }
    }

    #[test]
    fn values_are_read_as_they_were_written() {
        let value = |name: &str, value: Option<&str>| RecordValue {
            name: name.to_owned(),
            digest: "d".to_owned(),
            value: value.map(str::to_owned),
        };
        let values = vec![value("actor", Some("a \"name\"\n")), value("address", None)];
        let list = RecordValue::list(&values).unwrap();
        assert_eq!(record(&list).values(), Some(values));
    }

    #[test]
    fn a_list_of_another_shape_is_not_read() {
        for altered in [
            "",
            "[",
            "{}",
            r#"[["a","b"]]"#,
            r#"[["a","b","c","d"]]"#,
            r#"[["a","b",1]]"#,
        ] {
            assert_eq!(record(altered).values(), None, "{altered}");
        }
        assert_eq!(record("[]").values(), Some(Vec::new()));
    }
}
