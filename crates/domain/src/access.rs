//! Effective access, and why: the one function that answers "may X do Y".
//! Docs: "Effective access, and why".

mod decide;
mod reason;

pub use reason::{Reason, Rule};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::catalogue::{Catalogue, PermissionId};
use crate::member::Member;
use crate::overrides::Override;
use crate::permission_set::PermissionSet;
use crate::role::{BuiltInRole, Role};
use crate::time::Timestamp;
use decide::{Case, Silent};

/// A permission set that is assigned to the member directly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedSet {
    /// The set.
    pub set: PermissionSet,
    /// The name of who assigned it.
    pub by: Option<String>,
    /// When it was assigned.
    pub at: Option<Timestamp>,
    /// From when on it counts for nothing.
    pub expires_at: Option<Timestamp>,
}

/// A permission set that a group of the member's carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSet {
    /// The group's name.
    pub group: String,
    /// The set.
    pub set: PermissionSet,
    /// From when on the membership in the group counts for nothing.
    pub expires_at: Option<Timestamp>,
}

/// All that one member's access in one application depends on.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The account.
    pub account: &'a Account,
    /// The member.
    pub member: &'a Member,
    /// The member's role as it stands in the account; who is owner is told by the account.
    pub role: &'a Role,
    /// Whether the account has the application; every account has `latchkey`.
    pub application_enabled: bool,
    /// Whether this is the system account, where the installation's permissions have effect.
    pub system_account: bool,
    /// The sets assigned to the member directly.
    pub direct_sets: &'a [AssignedSet],
    /// The sets the member's groups carry.
    pub group_sets: &'a [GroupSet],
    /// The member's overrides.
    pub overrides: &'a [Override],
}

impl Subject<'_> {
    /// The built-in role whose ceiling holds. Nobody is owner but by the account's word, so that
    /// a stored role of that name gives no more than a manager's.
    pub fn ceiling(&self) -> BuiltInRole {
        if self.member.is_owner(self.account) {
            BuiltInRole::Owner
        } else {
            self.role.base.min(BuiltInRole::Manager)
        }
    }

    /// The names of the permission sets in force, assigned directly or carried by groups, each
    /// once, sorted.
    pub fn set_names(&self, now: Timestamp) -> Vec<String> {
        let direct = self.direct_sets.iter().map(|it| (&it.set, it.expires_at));
        let carried = self.group_sets.iter().map(|it| (&it.set, it.expires_at));
        let names: BTreeSet<&String> = direct
            .chain(carried)
            .filter(|(_, end)| is_in_force(*end, now))
            .map(|(set, _)| &set.name)
            .collect();
        names.into_iter().cloned().collect()
    }
}

/// Whether something that ends at `end`, if it ends, still counts.
pub fn is_in_force(end: Option<Timestamp>, now: Timestamp) -> bool {
    end.is_none_or(|it| now < it)
}

/// Whether one permission is allowed, and the chain of reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The permission.
    pub permission: PermissionId,
    /// Whether the member has it.
    pub allowed: bool,
    /// Why: what gives it, then what takes it away.
    pub because: Vec<Reason>,
}

/// What a member may do in one application, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The permissions the member has.
    pub permissions: BTreeSet<PermissionId>,
    /// Every permission of the catalogue, in its order, with reasons.
    pub explanation: Vec<Explained>,
}

impl Access {
    /// Whether the member has the permission.
    pub fn allows(&self, permission: &PermissionId) -> bool {
        self.permissions.contains(permission)
    }

    /// The explanation of one permission of the catalogue.
    pub fn explain(&self, permission: &PermissionId) -> Option<&Explained> {
        self.explanation.iter().find(|it| &it.permission == permission)
    }
}

/// What the subject may do in the catalogue's application, with the reason for each permission.
pub fn effective(subject: &Subject<'_>, catalogue: &Catalogue, now: Timestamp) -> Access {
    let case = Case::new(subject, catalogue, now);
    let mut access = Access::default();
    for permission in &catalogue.permissions {
        let mut because = Vec::new();
        let allowed = case.decide(permission, &mut because);
        if allowed {
            access.permissions.insert(permission.id.clone());
        }
        access.explanation.push(Explained {
            permission: permission.id.clone(),
            allowed,
            because,
        });
    }
    access
}

/// What the subject may do, by the same decisions as [`effective`], without the reasons.
pub fn permissions(subject: &Subject<'_>, catalogue: &Catalogue, now: Timestamp) -> BTreeSet<PermissionId> {
    collect(&Case::new(subject, catalogue, now), catalogue)
}

/// What the subject would be able to do if active: what giving a role, a set or an override to
/// someone invited or suspended really gives.
pub fn permissions_when_active(
    subject: &Subject<'_>,
    catalogue: &Catalogue,
    now: Timestamp,
) -> BTreeSet<PermissionId> {
    collect(&Case::when_active(subject, catalogue, now), catalogue)
}

fn collect(case: &Case<'_>, catalogue: &Catalogue) -> BTreeSet<PermissionId> {
    catalogue
        .permissions
        .iter()
        .filter(|it| case.decide(it, &mut Silent))
        .map(|it| it.id.clone())
        .collect()
}

/// What would change for one member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Permissions the member would gain.
    pub gained: BTreeSet<PermissionId>,
    /// Permissions the member would lose.
    pub lost: BTreeSet<PermissionId>,
}

impl Difference {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

/// What would change between two answers, before anything is saved.
pub fn preview(before: &BTreeSet<PermissionId>, after: &BTreeSet<PermissionId>) -> Difference {
    Difference {
        gained: after.difference(before).cloned().collect(),
        lost: before.difference(after).cloned().collect(),
    }
}

#[cfg(test)]
mod tests;
