//! Whom tokens are for: a member's facts, the person, and the terms they accepted, remembered
//! together with the versions of all of it.
//!
//! Whatever changes one of them raises a version (a member's sets, groups and overrides the
//! member's; roles, sets and settings the account's; names and addresses the person's), so that
//! one point read inside a transaction tells whether what is remembered is still true.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use latchkey_domain::account::AccountStatus;
use latchkey_domain::id::{AccountId, MemberId, SessionId, TermsId, UserId};
use latchkey_domain::terms::{self, Terms};
use latchkey_domain::time::Timestamp;
use latchkey_store::sql::Tx;
use latchkey_store::user::{self, User, VerifiedAddress};
use latchkey_store::versions::{self, Versions};
use latchkey_store::{account, member};

use crate::access::{self, Facts};
use crate::{App, Error, Result};

/// All that is known of a member.
#[derive(Debug)]
pub struct Known {
    /// What the member's access depends on.
    pub facts: Arc<Facts>,
    /// The person; nobody for a service member, or before an invitation was accepted.
    pub person: Option<Arc<Person>>,
    terms: Vec<Terms>,
    accepted: BTreeSet<TermsId>,
    versions: Versions,
}

/// A person and their verified addresses, the primary one first.
#[derive(Debug)]
pub struct Person {
    /// The person.
    pub user: User,
    /// Their verified addresses.
    pub addresses: Vec<VerifiedAddress>,
}

impl Known {
    /// Whether member and account are both in use.
    pub fn is_standing(&self) -> bool {
        self.facts.member.is_active() && self.facts.account.status == AccountStatus::Active
    }

    /// Whether the person has terms to accept before anything is issued for the account.
    pub fn owes_terms(&self, now: Timestamp) -> bool {
        let account = Some(&self.facts.account.id);
        !terms::outstanding(&self.terms, &self.accepted, account, now).is_empty()
    }
}

/// A member as it is in this transaction.
///
/// # Errors
/// [`Error::NotFound`] for no such member of this account.
pub async fn member(app: &App, tx: &mut Tx, account: &AccountId, id: &MemberId) -> Result<Arc<Known>> {
    let found = members(app, tx, &[(account, id)]).await?;
    found.into_values().next().ok_or(Error::NotFound)
}

/// Members as they are in this transaction; those that there are not are left out.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn members(app: &App, tx: &mut Tx, wanted: &[(&AccountId, &MemberId)]) -> Result<Members> {
    // One that is asked for twice would be read twice.
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Members::with_capacity(wanted.len());
    for versions in versions::of_members(tx, &wanted).await? {
        let key = (versions.account_id.clone(), versions.member_id.clone());
        found.insert(key, of(app, tx, versions).await?);
    }
    Ok(found)
}

/// Members by account and id.
pub type Members = HashMap<(AccountId, MemberId), Arc<Known>>;

/// Every place that a person has, by account, as it is in this transaction, each with the `sid` of
/// its open part in a session.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn places(
    app: &App,
    tx: &mut Tx,
    (user, session): (&UserId, &SessionId),
) -> Result<Vec<(Arc<Known>, Option<String>)>> {
    let mut places = Vec::new();
    for place in versions::in_session(tx, (user, session)).await? {
        places.push((of(app, tx, place.versions).await?, place.sid));
    }
    Ok(places)
}

async fn of(app: &App, tx: &mut Tx, versions: Versions) -> Result<Arc<Known>> {
    if let Some(known) = app.cache.member(&versions.account_id, &versions.member_id)
        && known.versions == versions
    {
        return Ok(known);
    }
    let found = Arc::new(load(app, tx, versions).await?);
    if !tx.has_written() {
        app.cache.keep_member(Arc::clone(&found));
    }
    Ok(found)
}

async fn load(app: &App, tx: &mut Tx, versions: Versions) -> Result<Known> {
    let (account, id) = (&versions.account_id, &versions.member_id);
    let kept_account = account::find(tx, account).await?.ok_or(Error::NotFound)?;
    let kept_member = member::find(tx, account, id).await?.ok_or(Error::NotFound)?;
    let person = match &kept_member.user {
        Some(user) => Some(person(app, tx, user, versions.person).await?),
        None => None,
    };
    let terms = latchkey_store::terms::heads(tx, Some(account)).await?;
    let accepted = match &kept_member.user {
        Some(user) => latchkey_store::terms::accepted(tx, user).await?,
        None => Vec::new(),
    };
    Ok(Known {
        facts: Arc::new(access::load(tx, kept_account, kept_member).await?),
        person,
        terms,
        accepted: accepted.into_iter().collect(),
        versions,
    })
}

/// A person whose version was read in this transaction.
///
/// # Errors
/// [`Error::NotFound`] for no such person.
pub async fn person(app: &App, tx: &mut Tx, id: &UserId, version: Option<i64>) -> Result<Arc<Person>> {
    if let Some(known) = app.cache.person(id)
        && Some(known.user.version) == version
    {
        return Ok(known);
    }
    let found = Arc::new(Person {
        user: user::find(tx, id).await?.ok_or(Error::NotFound)?,
        addresses: user::addresses(tx, id).await?,
    });
    if !tx.has_written() {
        app.cache.keep_person(Arc::clone(&found));
    }
    Ok(found)
}
