//! What a member may do: loads what the domain's rule needs and asks it.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_domain::access::{self, Access, AssignedSet, GroupSet, Subject};
use latchkey_domain::account::Account;
use latchkey_domain::catalogue::{Catalogue, PermissionId};
use latchkey_domain::id::{AccountId, ApplicationId, MemberId};
use latchkey_domain::member::Member;
use latchkey_domain::overrides::Override;
use latchkey_domain::role::Role;
use latchkey_domain::time::Timestamp;
use latchkey_store::sql::Tx;
use latchkey_store::{application, installation};

use crate::{App, Error, Result, known};

/// All that one member's access depends on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The account, with its owner.
    pub account: Account,
    /// The member.
    pub member: Member,
    /// The member's role as it stands in the account.
    pub role: Role,
    /// Sets assigned to the member.
    pub direct_sets: Vec<AssignedSet>,
    /// Sets its groups carry.
    pub group_sets: Vec<GroupSet>,
    /// Its overrides.
    pub overrides: Vec<Override>,
    /// Names of its groups.
    pub groups: Vec<String>,
    /// Whether the account runs the installation.
    pub system_account: bool,
}

/// An application as access is computed in it.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Its permissions.
    pub catalogue: Catalogue,
    /// Whether the account has it.
    pub enabled: bool,
}

impl Facts {
    fn subject(&self, enabled: bool) -> Subject<'_> {
        Subject {
            account: &self.account,
            member: &self.member,
            role: &self.role,
            application_enabled: enabled,
            system_account: self.system_account,
            direct_sets: &self.direct_sets,
            group_sets: &self.group_sets,
            overrides: &self.overrides,
        }
    }

    /// What the member may do in an application.
    pub fn permissions(&self, scene: &Scene, now: Timestamp) -> BTreeSet<PermissionId> {
        access::permissions(&self.subject(scene.enabled), &scene.catalogue, now)
    }

    /// What the member could do once active.
    pub fn permissions_when_active(&self, scene: &Scene, now: Timestamp) -> BTreeSet<PermissionId> {
        access::permissions_when_active(&self.subject(scene.enabled), &scene.catalogue, now)
    }

    /// What the member may do in an application, and why.
    pub fn explained(&self, scene: &Scene, now: Timestamp) -> Access {
        access::effective(&self.subject(scene.enabled), &scene.catalogue, now)
    }

    /// The names of the permission sets in force.
    pub fn set_names(&self, now: Timestamp) -> Vec<String> {
        self.subject(true).set_names(now)
    }

    /// Whether the member owns the account.
    pub fn is_owner(&self) -> bool {
        self.member.is_owner(&self.account)
    }
}

/// A member's facts as they are in this transaction.
///
/// # Errors
/// [`Error::NotFound`] for no such member of this account.
pub async fn facts(app: &App, tx: &mut Tx, account: &AccountId, id: &MemberId) -> Result<Arc<Facts>> {
    let known = known::member(app, tx, account, id).await?;
    Ok(Arc::clone(&known.facts))
}

/// A member's facts read anew and not remembered: for what this transaction itself has changed,
/// which may yet be undone.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(crate) async fn load(tx: &mut Tx, account: Account, member: Member) -> Result<Facts> {
    use latchkey_store::access as kept;
    let role = if member.is_owner(&account) {
        Role::built_in(latchkey_domain::role::BuiltInRole::Owner)
    } else {
        kept::role(tx, &account.id, &member.role)
            .await?
            .ok_or_else(|| Error::bug(format!("member {} has an unknown role", member.id)))?
    };
    let mut direct_sets = Vec::new();
    for it in kept::assignments(tx, &account.id, &member.id).await? {
        let set = kept::set(tx, &account.id, &it.set_id)
            .await?
            .ok_or(Error::NotFound)?;
        let by = Some(it.assigned_by);
        direct_sets.push(AssignedSet {
            set,
            by,
            at: Some(it.assigned_at),
            expires_at: it.expires_at,
        });
    }
    let mut group_sets = Vec::new();
    for it in kept::group_sets(tx, &account.id, &member.id).await? {
        let set = kept::set(tx, &account.id, &it.set_id)
            .await?
            .ok_or(Error::NotFound)?;
        group_sets.push(GroupSet {
            group: it.group_name,
            set,
            expires_at: it.expires_at,
        });
    }
    let overrides = kept::overrides(tx, &account.id, &member.id).await?;
    let groups = kept::group_names(tx, &account.id, &member.id, member.updated_at).await?;
    let system = installation::fact(tx, installation::SYSTEM_ACCOUNT).await?;
    let system_account = system.as_deref() == Some(account.id.as_str());
    Ok(Facts {
        account,
        member,
        role,
        direct_sets,
        group_sets,
        overrides,
        groups,
        system_account,
    })
}

/// An application's catalogue, and whether an account has the application.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn scene(app: &App, tx: &mut Tx, account: &AccountId, id: &ApplicationId) -> Result<Arc<Scene>> {
    if let Some(known) = app.cache.scene(account, id) {
        return Ok(known);
    }
    let is_latchkey = *id == latchkey_domain::catalogue::latchkey_id();
    let catalogue = if is_latchkey {
        latchkey_domain::catalogue::latchkey()
    } else {
        application::catalogue(tx, id).await?
    };
    let enabled = is_latchkey || application::is_of_account(tx, account, id).await?;
    let found = Arc::new(Scene { catalogue, enabled });
    if !tx.has_written() {
        app.cache.keep_scene(account, id, Arc::clone(&found));
    }
    Ok(found)
}
