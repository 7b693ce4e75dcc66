//! The audit trail: one record in the transaction of each change, chained by a job after commit.

use latchkey_crypto::encoding::{base64url, sha256_base64url};
use latchkey_crypto::mac::MacKey;
use latchkey_domain::audit::{Action, AuditRecord, Target, canonical_link, canonical_value};
use latchkey_domain::id::AccountId;
use latchkey_store::audit as kept;
use latchkey_store::sql::Tx;
use serde_json::Value;

use crate::{App, Caller, Error, Result};

mod chain;
mod export;
mod verify;

pub use chain::chain;
pub use export::{Exported, export};
pub use verify::{Fault, Head, Report, verify};

/// One thing that happened, on its way into the trail.
#[derive(Debug)]
#[must_use = "an entry is recorded by `write`"]
pub struct Entry<'a> {
    caller: &'a Caller,
    action: Action,
    account: Option<AccountId>,
    target: Option<Target>,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
    details: Vec<(String, String)>,
}

impl<'a> Entry<'a> {
    /// What was done, and by whom.
    pub fn new(caller: &'a Caller, action: Action) -> Self {
        Self {
            caller,
            action,
            account: None,
            target: None,
            before: None,
            after: None,
            reason: None,
            details: Vec::new(),
        }
    }

    /// In which account.
    pub fn account(mut self, account: &AccountId) -> Self {
        self.account = Some(account.clone());
        self
    }

    /// To what.
    pub fn target(mut self, kind: &str, id: impl AsRef<str>) -> Self {
        self.target = Some(Target::new(kind, id));
        self
    }

    /// What it was before.
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// What it is now.
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }

    /// Why.
    pub fn reason(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(str::to_owned);
        self
    }

    /// Anything else worth keeping, by name.
    pub fn detail(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.push((name.to_owned(), value.into()));
        self
    }

    /// Appends the record in this transaction.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] without the database.
    pub async fn write(self, app: &App, tx: &mut Tx) -> Result<()> {
        write_all(app, tx, [self]).await
    }

    fn row(self, app: &App) -> Result<kept::Record> {
        let record = AuditRecord {
            id: app.new_id(),
            account: self.account,
            at: app.now(),
            actor: self.caller.actor.clone(),
            action: self.action,
            target: self.target,
            before: self.before.map(|it| it.to_string()),
            after: self.after.map(|it| it.to_string()),
            address: self.caller.address.clone(),
            reason: self.reason,
            details: self.details,
            salt: base64url(app.rng.bytes::<16>()),
        };
        let values: Vec<kept::RecordValue> = record
            .values()
            .into_iter()
            .map(|(name, value)| kept::RecordValue {
                digest: sha256_base64url(canonical_value(record.id.as_str(), &record.salt, &name, &value)),
                name,
                value: Some(value),
            })
            .collect();
        let digests: Vec<(String, String)> = values
            .iter()
            .map(|it| (it.name.clone(), it.digest.clone()))
            .collect();
        Ok(kept::Record {
            id: record.id.to_string(),
            chain: record.chain().to_owned(),
            at: record.at,
            actor_kind: record.actor.kind().to_owned(),
            actor_id: record.actor.id().map(str::to_owned),
            action: record.action.to_string(),
            target: record.target.as_ref().map(|it| it.kind.clone()),
            target_id: record.target.as_ref().map(|it| it.id.clone()),
            salt: record.salt.clone(),
            digest: sha256_base64url(record.canonical(&digests)),
            value_list: kept::RecordValue::list(&values)
                .map_err(|_| Error::bug("values can't be written"))?,
            position: None,
            link: None,
        })
    }
}

/// Appends records in this transaction.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn write_all<'a>(
    app: &App,
    tx: &mut Tx,
    entries: impl IntoIterator<Item = Entry<'a>>,
) -> Result<()> {
    let records = entries
        .into_iter()
        .map(|it| it.row(app))
        .collect::<Result<Vec<_>>>()?;
    kept::append(tx, &records).await?;
    Ok(())
}

/// What stands before the first record of a chain.
const START: &str = "";

fn chain_key(app: &App) -> MacKey {
    app.sealer.mac_key("audit chain")
}

fn link(key: &MacKey, chain: &str, position: i64, previous: &str, digest: &str) -> String {
    base64url(key.sign(&[&canonical_link(chain, position, previous, digest)]))
}
