//! Takes the trail out, record by record.

use std::collections::BTreeMap;

use latchkey_domain::audit::{Action, INSTALLATION_CHAIN};
use latchkey_domain::id::AccountId;
use latchkey_store::audit as kept;
use latchkey_store::sql::Tx;
use serde::Serialize;

use super::Entry;
use crate::{App, Caller, Error, Result};

const BATCH: i64 = 500;

/// One record with its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Its id.
    pub id: String,
    /// The account's id, or `installation`.
    pub chain: String,
    /// Its place in the chain, from 1.
    pub position: Option<i64>,
    /// When (RFC 3339).
    pub at: String,
    /// What was done, as a dotted name.
    pub action: String,
    /// What kind of actor did it.
    pub actor_kind: String,
    /// Which one.
    pub actor_id: Option<String>,
    /// The kind of thing it was done to.
    pub target: Option<String>,
    /// Which one.
    pub target_id: Option<String>,
    /// Who, from where, before, after, why: what is erased is `null`. Nothing where somebody has
    /// damaged them so that they can't be read.
    pub values: Option<BTreeMap<String, Option<String>>>,
    /// The link of the chain at this place.
    pub link: Option<String>,
}

/// The chained records of one account, or of the installation, in the order of their chain. That
/// they were taken out is a record itself.
///
/// # Errors
/// [`Error::Invalid`] for no such account.
pub async fn export(app: &App, caller: &Caller, slug: Option<&str>) -> Result<Vec<Exported>> {
    let account = app.db.read(async |tx| account(tx, slug).await).await?;
    let chain = account.as_ref().map_or(INSTALLATION_CHAIN, AccountId::as_str);
    let records = app.db.read(async |tx| all(tx, chain).await).await?;
    app.db
        .write(async |tx| {
            let mut entry = Entry::new(caller, Action::AuditExported);
            if let Some(account) = &account {
                entry = entry.account(account);
            }
            entry
                .detail("records", records.len().to_string())
                .write(app, tx)
                .await
        })
        .await?;
    Ok(records)
}

async fn account(tx: &mut Tx, slug: Option<&str>) -> Result<Option<AccountId>> {
    match slug {
        None => Ok(None),
        Some(slug) => {
            let found = latchkey_store::account::by_slug(tx, slug)
                .await?
                .ok_or_else(|| Error::invalid("account", format!("there is no account '{slug}'")))?;
            Ok(Some(found.id))
        }
    }
}

async fn all(tx: &mut Tx, chain: &str) -> Result<Vec<Exported>> {
    let mut found: Vec<Exported> = Vec::new();
    loop {
        let after = found.last().and_then(|it| it.position).unwrap_or(0);
        let page = kept::chained_after(tx, chain, after, BATCH).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page.into_iter().map(exported));
    }
}

fn exported(record: kept::Record) -> Exported {
    let values = record
        .values()
        .map(|all| all.into_iter().map(|it| (it.name, it.value)).collect());
    Exported {
        id: record.id,
        chain: record.chain,
        position: record.position,
        at: record.at.rfc3339(),
        action: record.action,
        actor_kind: record.actor_kind,
        actor_id: record.actor_id,
        target: record.target,
        target_id: record.target_id,
        values,
        link: record.link,
    }
}
