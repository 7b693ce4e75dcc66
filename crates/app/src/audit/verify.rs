//! Proves order, completeness and content of what is chained.

use latchkey_crypto::encoding::sha256_base64url;
use latchkey_domain::audit::{Chained, canonical_value};
use latchkey_store::audit as kept;
use latchkey_store::sql::Tx;
use serde::{Deserialize, Serialize};

use super::{START, chain_key, link};
use crate::{App, Error, Result};

const BATCH: i64 = 1_000;

/// What does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The chain: an account's id, or `installation`.
    pub chain: String,
    /// The place in the chain, from 1.
    pub position: i64,
    /// The record, where there is one.
    pub record: Option<String>,
    /// What is wrong, in words.
    pub what: String,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many chains were looked at.
    pub chains: usize,
    /// How many records were proven.
    pub records: usize,
    /// How many of their values are erased, which is no fault.
    pub erased_values: usize,
    /// Records not chained yet.
    pub waiting: usize,
    /// The ends of the chains: kept elsewhere, they prove later that no tail was cut off.
    pub heads: Vec<Head>,
    /// All that does not hold; empty where everything does.
    pub faults: Vec<Fault>,
}

/// The end of a chain, as it was at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The chain: an account's id, or `installation`.
    pub chain: String,
    /// The place of its last record.
    pub position: i64,
    /// The link at that place.
    pub link: String,
}

/// Verifies every chain against the records, their values and its head, and against heads that
/// were kept from an earlier verification.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn verify(app: &App, earlier: &[Head]) -> Result<Report> {
    app.db
        .read(async |tx| {
            let mut report = Report::default();
            for head in kept::heads(tx).await? {
                report.chains += 1;
                verify_chain(app, tx, &head, &mut report).await?;
                report.heads.push(Head {
                    chain: head.chain,
                    position: head.position,
                    link: head.link,
                });
            }
            for head in earlier {
                verify_earlier(tx, head, &mut report).await?;
            }
            report.waiting = usize::try_from(kept::count_unchained(tx).await?).unwrap_or(usize::MAX);
            Ok::<_, Error>(report)
        })
        .await
}

async fn verify_chain(app: &App, tx: &mut Tx, head: &kept::Head, report: &mut Report) -> Result<()> {
    let key = chain_key(app);
    let chain = head.chain.as_str();
    let (mut position, mut previous) = (0, START.to_owned());
    loop {
        let records = kept::chained_after(tx, chain, position, BATCH).await?;
        if records.is_empty() {
            break;
        }
        for record in records {
            let place = record.position.unwrap_or_default();
            let mut fault = |what: &str| {
                report.faults.push(Fault {
                    chain: chain.to_owned(),
                    position: place,
                    record: Some(record.id.clone()),
                    what: what.to_owned(),
                });
            };
            if place != position + 1 {
                fault("a record before this one is missing");
            }
            let values = record.values().unwrap_or_else(|| {
                fault("its values are not what was recorded");
                Vec::new()
            });
            for name in altered_values(&record, &values) {
                fault(&format!("its value '{name}' is not what was recorded"));
            }
            if content_digest(&record, &values) != record.digest {
                fault("the record is not what was recorded");
            }
            let expected = link(&key, chain, place, &previous, &record.digest);
            if record.link.as_deref() != Some(expected.as_str()) {
                fault("its link does not follow from the record before it");
            }
            report.records += 1;
            report.erased_values += values.iter().filter(|it| it.value.is_none()).count();
            position = place;
            previous = record.link.unwrap_or_default();
        }
    }
    if (position, &previous) != (head.position, &head.link) {
        report.faults.push(Fault {
            chain: chain.to_owned(),
            position: head.position,
            record: None,
            what: format!(
                "the chain ends at {position}, but its head says {}",
                head.position
            ),
        });
    }
    Ok(())
}

/// What was the end of a chain must still stand at its place.
async fn verify_earlier(tx: &mut Tx, head: &Head, report: &mut Report) -> Result<()> {
    let at = kept::chained_after(tx, &head.chain, head.position - 1, 1).await?;
    let stands = at.first().is_some_and(|it| {
        it.position == Some(head.position) && it.link.as_deref() == Some(head.link.as_str())
    });
    if !stands {
        report.faults.push(Fault {
            chain: head.chain.clone(),
            position: head.position,
            record: None,
            what: "the chain no longer holds what it ended with earlier: its tail was cut off or replaced"
                .to_owned(),
        });
    }
    Ok(())
}

fn altered_values(record: &kept::Record, values: &[kept::RecordValue]) -> Vec<String> {
    let is_altered = |it: &&kept::RecordValue| {
        it.value.as_ref().is_some_and(|value| {
            sha256_base64url(canonical_value(&record.id, &record.salt, &it.name, value)) != it.digest
        })
    };
    values
        .iter()
        .filter(is_altered)
        .map(|it| it.name.clone())
        .collect()
}

fn content_digest(record: &kept::Record, values: &[kept::RecordValue]) -> String {
    let digests: Vec<(String, String)> = values
        .iter()
        .map(|it| (it.name.clone(), it.digest.clone()))
        .collect();
    let chained = Chained {
        id: &record.id,
        chain: &record.chain,
        at: record.at,
        actor_kind: &record.actor_kind,
        actor_id: record.actor_id.as_deref(),
        action: &record.action,
        target: record.target.as_deref(),
        target_id: record.target_id.as_deref(),
        salt: &record.salt,
        values: &digests,
    };
    sha256_base64url(chained.canonical())
}
