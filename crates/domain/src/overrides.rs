//! Overrides: one member's own grant or deny of one permission. Docs: "Words".

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, QualifiedPermission};
use crate::role::Role;
use crate::time::Timestamp;

/// What an override does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The member has the permission, as far as the role may hold it.
    Grant,
    /// The member does not have the permission, whatever else gives it.
    Deny,
}

impl Effect {
    /// The stored word: `grant` or `deny`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Deny => "deny",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Grant, Self::Deny]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// A member's own grant or deny of one permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The permission it is about; a member has at most one override of each.
    pub permission: QualifiedPermission,
    /// Grant or deny.
    pub effect: Effect,
    /// Why, in the administrator's words.
    pub note: Option<String>,
    /// The name of who set it.
    pub by: Option<String>,
    /// When it was set.
    pub at: Timestamp,
    /// From when on it counts for nothing.
    pub expires_at: Option<Timestamp>,
    /// Cut by a change of role; it counts for nothing until it is confirmed.
    pub dormant: bool,
}

impl Override {
    /// Whether its end, if it has one, has come.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// A member's overrides after their role changed: grants above the new ceiling are cut, shown as
/// such, and come back only by being confirmed, whatever the role becomes later. Denies stay.
pub fn after_role_change(
    overrides: &[Override],
    role: &Role,
    catalogues: &[impl Borrow<Catalogue>],
) -> Vec<Override> {
    let is_cut =
        |it: &Override| it.effect == Effect::Grant && is_above_ceiling(&it.permission, role, catalogues);
    overrides
        .iter()
        .map(|it| Override {
            dormant: it.dormant || is_cut(it),
            ..it.clone()
        })
        .collect()
}

/// Why a dormant grant does not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotConfirmed {
    /// It is not dormant.
    #[error("there is nothing to confirm")]
    NotDormant,
    /// It has ended by its date.
    #[error("this grant has ended")]
    Ended,
    /// It is still above what the role may hold.
    #[error("this is above what the role may hold")]
    AboveCeiling,
}

impl Override {
    /// The override as it stands once `by` has confirmed it; whether they may is for
    /// [`crate::authority::Authority::may_override`] to say.
    ///
    /// # Errors
    /// [`NotConfirmed`] says why not.
    pub fn confirm(
        &self,
        role: &Role,
        catalogues: &[impl Borrow<Catalogue>],
        (by, now): (&str, Timestamp),
    ) -> Result<Self, NotConfirmed> {
        if !self.dormant {
            return Err(NotConfirmed::NotDormant);
        }
        if self.has_ended(now) {
            return Err(NotConfirmed::Ended);
        }
        if is_above_ceiling(&self.permission, role, catalogues) {
            return Err(NotConfirmed::AboveCeiling);
        }
        Ok(Self {
            dormant: false,
            by: Some(by.to_owned()),
            at: now,
            ..self.clone()
        })
    }
}

/// What no catalogue has is above every ceiling: nobody knows what it would give.
fn is_above_ceiling(
    permission: &QualifiedPermission,
    role: &Role,
    catalogues: &[impl Borrow<Catalogue>],
) -> bool {
    let found = catalogues.iter().find_map(|it| it.borrow().qualified(permission));
    found.is_none_or(|it| !role.ceiling_allows(it.class))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Subject, permissions};
    use crate::examples::{NOW, acme, crm, member, permission, role};
    use crate::role::BuiltInRole;

    fn grant(text: &str) -> Override {
        Override {
            permission: permission(text),
            effect: Effect::Grant,
            note: None,
            by: Some("Ana Lima".to_owned()),
            at: Timestamp(0),
            expires_at: None,
            dormant: false,
        }
    }

    fn can_purge(role_now: BuiltInRole, overrides: &[Override]) -> bool {
        let (account, member, role) = (acme(), member("m1", "standard"), role(role_now));
        let subject = Subject {
            account: &account,
            member: &member,
            role: &role,
            application_enabled: true,
            system_account: false,
            direct_sets: &[],
            group_sets: &[],
            overrides,
        };
        permissions(&subject, &crm(), NOW).contains(&permission("crm/contacts:purge").permission)
    }

    #[test]
    fn a_grant_cut_by_a_lower_role_stays_cut_until_it_is_confirmed() {
        let catalogues = [crm()];
        let granted = vec![grant("crm/contacts:purge")];
        assert!(can_purge(BuiltInRole::Standard, &granted));

        let lowered = after_role_change(&granted, &role(BuiltInRole::ReadOnly), &catalogues);
        assert!(lowered[0].dormant);
        assert!(!can_purge(BuiltInRole::ReadOnly, &lowered));

        let raised = after_role_change(&lowered, &role(BuiltInRole::Standard), &catalogues);
        assert!(
            !can_purge(BuiltInRole::Standard, &raised),
            "nothing comes back by itself"
        );

        let confirmed = raised[0]
            .confirm(&role(BuiltInRole::Standard), &catalogues, ("Olivia", NOW))
            .unwrap();
        assert_eq!(confirmed.by.as_deref(), Some("Olivia"));
        assert!(can_purge(BuiltInRole::Standard, &[confirmed]));
    }

    #[test]
    fn a_grant_within_the_new_ceiling_and_a_deny_stay_in_force() {
        let deny = Override {
            effect: Effect::Deny,
            ..grant("crm/contacts:purge")
        };
        let all = [grant("crm/contacts:view"), deny];
        let after = after_role_change(&all, &role(BuiltInRole::ReadOnly), &[crm()]);
        assert!(after.iter().all(|it| !it.dormant));
    }

    #[test]
    fn what_is_still_above_or_has_ended_is_not_confirmed() {
        let catalogues = [crm()];
        let cut = Override {
            dormant: true,
            ..grant("crm/contacts:purge")
        };
        let by = ("Olivia", NOW);
        let read_only = role(BuiltInRole::ReadOnly);
        assert_eq!(
            cut.confirm(&read_only, &catalogues, by),
            Err(NotConfirmed::AboveCeiling)
        );
        let standard = role(BuiltInRole::Standard);
        let ended = Override {
            expires_at: Some(NOW),
            ..cut
        };
        assert_eq!(
            ended.confirm(&standard, &catalogues, by),
            Err(NotConfirmed::Ended)
        );
        let in_force = grant("crm/contacts:view");
        assert_eq!(
            in_force.confirm(&standard, &catalogues, by),
            Err(NotConfirmed::NotDormant)
        );
    }
}
