//! Who may administer whom, and give what. Docs: "Roles".
//!
//! Asked at the moment of the write, inside its transaction, by every interface alike: console,
//! API, SCIM, command line.

mod refusal;
mod source;

pub use refusal::Refusal;

use std::collections::BTreeSet;

use crate::account::Account;
use crate::catalogue::{Catalogue, PermissionId, QualifiedPermission};
use crate::id::MemberId;
use crate::member::{Member, MemberStatus};
use crate::overrides::Effect;
use crate::role::{BuiltInRole, Role};

/// Whose authority it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A member of the account.
    Member(MemberId),
    /// A SCIM or API token of the account.
    Token,
    /// The installation's operator.
    Operator,
}

/// What someone may do to others in one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Whose it is.
    pub holder: Holder,
    /// Whether the holder is the account's owner.
    pub is_owner: bool,
    /// The highest role that may be given and administered.
    pub highest_role: BuiltInRole,
    /// The permissions of `latchkey` in force: what may be administered at all.
    pub administration: BTreeSet<PermissionId>,
    /// The permissions that may be given, of all applications: the holder's own effective access.
    pub gives: BTreeSet<QualifiedPermission>,
}

/// The member that something is done to.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The account.
    pub account: &'a Account,
    /// The member.
    pub member: &'a Member,
    /// The member's role as it stands in the account.
    pub role: &'a Role,
}

impl Target<'_> {
    /// Whether this is the account's owner.
    pub fn is_owner(&self) -> bool {
        self.member.is_owner(self.account)
    }
}

/// Permissions of `latchkey` that administration is guarded by.
pub mod needs {
    /// To see users.
    pub const USERS_VIEW: &str = "users:view";
    /// To invite.
    pub const USERS_INVITE: &str = "users:invite";
    /// To change roles, access and status.
    pub const USERS_MANAGE: &str = "users:manage";
    /// To define roles.
    pub const ROLES: &str = "roles:manage";
    /// To define permission sets.
    pub const PERMISSION_SETS: &str = "permission_sets:manage";
    /// To define groups and who is in them.
    pub const GROUPS: &str = "groups:manage";
    /// To change settings.
    pub const SETTINGS: &str = "settings:manage";
    /// To connect HR systems.
    pub const PROVISIONING: &str = "provisioning:manage";
    /// To see the audit trail.
    pub const AUDIT: &str = "audit:view";
}

impl Authority {
    /// Whether a permission of `latchkey` is held.
    ///
    /// # Errors
    /// [`Refusal::Missing`].
    pub fn may(&self, needed: &'static str) -> Result<(), Refusal> {
        if self.administration.iter().any(|it| it.as_str() == needed) {
            Ok(())
        } else {
            Err(Refusal::Missing { needed })
        }
    }

    /// Whether someone may be invited into this role with this access: what they will be able to
    /// do ([`crate::access::permissions_when_active`] of each application).
    ///
    /// # Errors
    /// [`Refusal`] names what is missing or above.
    pub fn may_invite<'a>(
        &self,
        role: &Role,
        given: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may(needs::USERS_INVITE)?;
        self.may_give_role(role)?;
        self.may_give(given)
    }

    /// Whether the target may get this role, `gained` being what they can do then and could not
    /// before.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing, above or out of reach.
    pub fn may_change_role<'a>(
        &self,
        target: &Target<'_>,
        role: &Role,
        gained: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may_administer(target)?;
        self.may_give_role(role)?;
        self.may_give(gained)
    }

    /// Whether a permission set of these permissions may be assigned to the target.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing, above or out of reach.
    pub fn may_assign<'a>(
        &self,
        target: &Target<'_>,
        set: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may_administer(target)?;
        self.may_give(set)
    }

    /// Whether a permission set may be taken from the target. Taking the last one brings the
    /// role's defaults back: `gained` is what they can do then and could not before.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing, above or out of reach.
    pub fn may_unassign<'a>(
        &self,
        target: &Target<'_>,
        remaining_sets: usize,
        gained: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may_administer(target)?;
        check_required_set(target, remaining_sets)?;
        self.may_give(gained)
    }

    /// Whether the target may get this override; a grant above the role's ceiling is refused.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing, above or out of reach.
    pub fn may_override(
        &self,
        target: &Target<'_>,
        permission: &QualifiedPermission,
        effect: Effect,
        catalogue: &Catalogue,
    ) -> Result<(), Refusal> {
        self.may_administer(target)?;
        let found = catalogue
            .qualified(permission)
            .ok_or_else(|| Refusal::UnknownPermission {
                permission: permission.clone(),
            })?;
        if effect == Effect::Deny {
            return Ok(());
        }
        self.may_give([permission])?;
        let ceiling = target.role.base.min(BuiltInRole::Manager);
        if !ceiling.ceiling_allows(found.class) {
            return Err(Refusal::AboveCeiling {
                permission: permission.clone(),
                role: target.role.name.clone(),
            });
        }
        Ok(())
    }

    /// Whether the target's override may be cleared; clearing a deny gives back what it took.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing, above or out of reach.
    pub fn may_clear<'a>(
        &self,
        target: &Target<'_>,
        gained: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may_administer(target)?;
        self.may_give(gained)
    }

    /// Whether the target may be put on hold or released.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing or out of reach.
    pub fn may_hold(&self, target: &Target<'_>) -> Result<(), Refusal> {
        self.may_administer(target)
    }

    /// Whether the target may be removed. A pending member goes by the right to invite, too: that
    /// is deleting an invitation.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing or out of reach.
    pub fn may_remove(&self, target: &Target<'_>) -> Result<(), Refusal> {
        if target.member.status() == MemberStatus::Invited && self.may(needs::USERS_INVITE).is_ok() {
            return self.may_reach(target);
        }
        self.may_administer(target)
    }

    /// Whether the target's Mobile Access and Email Reminders may be changed; the owner's own are
    /// the owner's.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing or out of reach.
    pub fn may_set_toggles(&self, target: &Target<'_>) -> Result<(), Refusal> {
        if self.is_owner && self.is_self(target) {
            return Ok(());
        }
        self.may_administer(target)
    }

    /// Whether the target's directory profile may be changed: one's own, and the owner's by who
    /// reaches managers.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::Outranked`].
    pub fn may_edit_profile(&self, target: &Target<'_>) -> Result<(), Refusal> {
        self.may(needs::USERS_MANAGE)?;
        if self.is_self(target) {
            return Ok(());
        }
        self.refuse_outranking(target)
    }

    /// Whether the target's directory address may be changed. While an invitation is pending its
    /// link follows the address, and with it whoever accepts: the address of an owner who has not
    /// accepted is therefore the operator's alone to correct.
    ///
    /// # Errors
    /// [`Refusal::Owner`], or as [`Self::may_edit_profile`].
    pub fn may_change_address(&self, target: &Target<'_>) -> Result<(), Refusal> {
        self.may_edit_profile(target)?;
        let is_settled = target.member.standing.accepted_at.is_some();
        if target.is_owner() && !is_settled && self.holder != Holder::Operator {
            return Err(Refusal::Owner);
        }
        Ok(())
    }

    /// Whether a permission set may be made or changed so that it gives `added` besides.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing or above.
    pub fn may_define_set<'a>(
        &self,
        added: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may(needs::PERMISSION_SETS)?;
        self.may_give(added)
    }

    /// Whether a role may be made or changed so that it gives `added` besides.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing or above.
    pub fn may_define_role<'a>(
        &self,
        role: &Role,
        added: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may(needs::ROLES)?;
        self.may_give_role(role)?;
        self.may_give(added)
    }

    /// Whether the target may be put into, or taken out of, a group that carries these
    /// permissions.
    ///
    /// # Errors
    /// [`Refusal`] names what is missing, above or out of reach.
    pub fn may_change_group_of<'a>(
        &self,
        target: &Target<'_>,
        carried: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        self.may(needs::GROUPS)?;
        self.may_reach(target)?;
        self.may_give(carried)
    }

    /// Whether these permissions are all within what may be given.
    ///
    /// # Errors
    /// [`Refusal::AboveOwn`] with the first that is not.
    pub fn may_give<'a>(
        &self,
        given: impl IntoIterator<Item = &'a QualifiedPermission>,
    ) -> Result<(), Refusal> {
        match given.into_iter().find(|it| !self.gives.contains(*it)) {
            None => Ok(()),
            Some(permission) => Err(Refusal::AboveOwn {
                permission: permission.clone(),
            }),
        }
    }

    /// Whether this role may be given: never the owner's, never one above the own.
    ///
    /// # Errors
    /// [`Refusal::OwnerByTransferOnly`], [`Refusal::RoleAboveOwn`].
    pub fn may_give_role(&self, role: &Role) -> Result<(), Refusal> {
        if role.is_owner() {
            return Err(Refusal::OwnerByTransferOnly);
        }
        if role.base > self.highest_role {
            return Err(Refusal::RoleAboveOwn {
                role: role.name.clone(),
            });
        }
        Ok(())
    }

    fn may_administer(&self, target: &Target<'_>) -> Result<(), Refusal> {
        // Who lacks the right learns nothing about whom they can't reach.
        self.may(needs::USERS_MANAGE)?;
        self.may_reach(target)
    }

    /// Nobody changes themself, nobody touches the owner, nobody administers a higher role.
    fn may_reach(&self, target: &Target<'_>) -> Result<(), Refusal> {
        if target.is_owner() {
            return Err(Refusal::Owner);
        }
        if self.is_self(target) {
            return Err(Refusal::Oneself);
        }
        if target.member.status() == MemberStatus::Removed {
            return Err(Refusal::Removed);
        }
        self.refuse_outranking(target)
    }

    fn is_self(&self, target: &Target<'_>) -> bool {
        self.holder == Holder::Member(target.member.id.clone())
    }

    fn refuse_outranking(&self, target: &Target<'_>) -> Result<(), Refusal> {
        if target.role.base.min(BuiltInRole::Manager) > self.highest_role {
            Err(Refusal::Outranked)
        } else {
            Ok(())
        }
    }
}

/// Whether a member may be left with this many sets assigned directly: where the account makes
/// a permission set obligatory, everyone but the owner has one.
///
/// # Errors
/// [`Refusal::SetRequired`].
pub fn check_required_set(target: &Target<'_>, sets: usize) -> Result<(), Refusal> {
    if target.account.settings.require_permission_set && sets == 0 && !target.is_owner() {
        Err(Refusal::SetRequired)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
