//! How a member's standing changes, and what follows from it. Docs: "Member status", "Roles".

use serde::Serialize;

use super::{Hold, Member, MemberStatus, Standing};
use crate::account::Account;
use crate::time::Timestamp;

/// Why a member's standing can't change so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemberRefusal {
    /// The member is the owner; only transferring the ownership changes that.
    #[error("the owner can't be suspended, removed or limited; ownership has to be transferred first")]
    Owner,
    /// The member was removed; hiring again makes a new member.
    #[error("this member was removed")]
    Removed,
    /// The member is suspended and can't accept.
    #[error("this member is suspended")]
    Suspended,
    /// The member has accepted already.
    #[error("this member has accepted already")]
    AlreadyAccepted,
    /// There is a hold already.
    #[error("this member is on hold already")]
    AlreadyHeld,
    /// There is no hold to lift.
    #[error("this member is not on hold")]
    NotHeld,
}

/// A new standing, and what the use case has to do besides storing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// The standing from now on.
    pub standing: Standing,
    /// The status before.
    pub from: MemberStatus,
    /// The status from now on.
    pub to: MemberStatus,
    /// Whether anything changes at all.
    pub changes: bool,
    /// Whether a pending invitation is to be revoked.
    pub revokes_invitation: bool,
    /// Whether a new invitation is due, unless one is pending.
    pub invites_anew: bool,
    /// Whether what the account gave (its sign-ins, grants, refresh tokens) ends at once. The end
    /// of a suspension ends it again: what was given at the very moment of the suspension must not
    /// come back with it.
    pub ends_access: bool,
}

impl Member {
    /// The HR system's `active`: false suspends, true lifts that suspension and no other.
    ///
    /// # Errors
    /// [`MemberRefusal::Owner`] when false is said of the owner, [`MemberRefusal::Removed`].
    pub fn hr_says(&self, account: &Account, active: bool) -> Result<Transition, MemberRefusal> {
        self.refuse_removed()?;
        if !active {
            self.refuse_owner(account)?;
        }
        let standing = Standing {
            hr_active: active,
            ..self.standing.clone()
        };
        let mut transition = self.transition(standing);
        transition.revokes_invitation = !active && self.standing.accepted_at.is_none();
        Ok(transition)
    }

    /// An administrator's hold.
    ///
    /// # Errors
    /// [`MemberRefusal::Owner`], [`MemberRefusal::Removed`], [`MemberRefusal::AlreadyHeld`].
    pub fn hold(&self, account: &Account, hold: Hold) -> Result<Transition, MemberRefusal> {
        self.refuse_removed()?;
        self.refuse_owner(account)?;
        if self.standing.hold.is_some() {
            return Err(MemberRefusal::AlreadyHeld);
        }
        Ok(self.transition(Standing {
            hold: Some(hold),
            ..self.standing.clone()
        }))
    }

    /// Lifting the hold; the HR system's suspension stays.
    ///
    /// # Errors
    /// [`MemberRefusal::Removed`], [`MemberRefusal::NotHeld`].
    pub fn release(&self) -> Result<Transition, MemberRefusal> {
        self.refuse_removed()?;
        if self.standing.hold.is_none() {
            return Err(MemberRefusal::NotHeld);
        }
        Ok(self.transition(Standing {
            hold: None,
            ..self.standing.clone()
        }))
    }

    /// The invited person accepts.
    ///
    /// # Errors
    /// [`MemberRefusal::Removed`], [`MemberRefusal::Suspended`],
    /// [`MemberRefusal::AlreadyAccepted`].
    pub fn accept(&self, now: Timestamp) -> Result<Transition, MemberRefusal> {
        match self.status() {
            MemberStatus::Removed => Err(MemberRefusal::Removed),
            MemberStatus::Suspended => Err(MemberRefusal::Suspended),
            MemberStatus::Active => Err(MemberRefusal::AlreadyAccepted),
            MemberStatus::Invited => Ok(self.transition(Standing {
                accepted_at: Some(now),
                ..self.standing.clone()
            })),
        }
    }

    /// Removing the member for good.
    ///
    /// # Errors
    /// [`MemberRefusal::Owner`], [`MemberRefusal::Removed`].
    pub fn remove(&self, account: &Account, now: Timestamp) -> Result<Transition, MemberRefusal> {
        self.refuse_removed()?;
        self.refuse_owner(account)?;
        let mut transition = self.transition(Standing {
            removed_at: Some(now),
            ..self.standing.clone()
        });
        transition.revokes_invitation = self.standing.accepted_at.is_none();
        Ok(transition)
    }

    fn refuse_owner(&self, account: &Account) -> Result<(), MemberRefusal> {
        if self.is_owner(account) {
            Err(MemberRefusal::Owner)
        } else {
            Ok(())
        }
    }

    fn refuse_removed(&self) -> Result<(), MemberRefusal> {
        if self.status() == MemberStatus::Removed {
            Err(MemberRefusal::Removed)
        } else {
            Ok(())
        }
    }

    fn transition(&self, standing: Standing) -> Transition {
        let (from, to) = (self.status(), standing.status());
        Transition {
            from,
            to,
            changes: standing != self.standing,
            revokes_invitation: false,
            invites_anew: from == MemberStatus::Suspended && to == MemberStatus::Invited,
            ends_access: from != to
                && (matches!(to, MemberStatus::Suspended | MemberStatus::Removed)
                    || from == MemberStatus::Suspended),
            standing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{NOW, acme, member};
    use crate::member::SuspendedBy;

    fn hold() -> Hold {
        Hold {
            reason: "lost laptop".to_owned(),
            by: "Ana Lima".to_owned(),
            at: NOW,
        }
    }

    fn invited() -> Member {
        Member {
            standing: Standing::invited(),
            ..member("m1", "standard")
        }
    }

    fn after(member: &Member, transition: &Transition) -> Member {
        Member {
            standing: transition.standing.clone(),
            ..member.clone()
        }
    }

    #[test]
    fn hr_suspends_and_ends_access_at_once() {
        let active = member("m1", "standard");
        let suspended = active.hr_says(&acme(), false).unwrap();
        assert_eq!(suspended.to, MemberStatus::Suspended);
        assert!(suspended.ends_access && !suspended.revokes_invitation);
        let suspended = after(&active, &suspended);
        assert_eq!(suspended.standing.suspended_by(), Some(SuspendedBy::Hr));
        let again = suspended.hr_says(&acme(), true).unwrap();
        assert_eq!(again.to, MemberStatus::Active);
        assert!(!again.invites_anew && again.ends_access);
    }

    #[test]
    fn hrs_routine_word_changes_nothing() {
        let said = member("m1", "standard").hr_says(&acme(), true).unwrap();
        assert!(!said.changes && !said.ends_access && !said.invites_anew);
    }

    #[test]
    fn each_side_lifts_its_own_suspension_only() {
        let active = member("m1", "standard");
        let held = after(&active, &active.hold(&acme(), hold()).unwrap());
        let hr = held.hr_says(&acme(), true).unwrap();
        assert_eq!(hr.to, MemberStatus::Suspended, "HR never lifts a hold");
        let both = after(&held, &held.hr_says(&acme(), false).unwrap());
        assert_eq!(both.standing.suspended_by(), Some(SuspendedBy::Both));
        let released = after(&both, &both.release().unwrap());
        assert_eq!(released.standing.suspended_by(), Some(SuspendedBy::Hr));
        assert_eq!(released.release(), Err(MemberRefusal::NotHeld));
        assert_eq!(held.hold(&acme(), hold()), Err(MemberRefusal::AlreadyHeld));
    }

    #[test]
    fn hrs_word_on_someone_invited_revokes_and_invites_anew() {
        let said = invited().hr_says(&acme(), false).unwrap();
        assert_eq!(said.to, MemberStatus::Suspended);
        assert!(said.revokes_invitation);
        let suspended = after(&invited(), &said);
        assert_eq!(suspended.accept(NOW), Err(MemberRefusal::Suspended));
        let again = suspended.hr_says(&acme(), true).unwrap();
        assert_eq!(again.to, MemberStatus::Invited);
        assert!(again.invites_anew);
    }

    #[test]
    fn accepting_twice_is_refused() {
        let accepted = after(&invited(), &invited().accept(NOW).unwrap());
        assert_eq!(accepted.status(), MemberStatus::Active);
        assert_eq!(accepted.accept(NOW), Err(MemberRefusal::AlreadyAccepted));
    }

    #[test]
    fn a_removed_member_never_comes_back() {
        let active = member("m1", "standard");
        let removed = after(&active, &active.remove(&acme(), NOW).unwrap());
        assert_eq!(removed.status(), MemberStatus::Removed);
        assert_eq!(removed.hr_says(&acme(), true), Err(MemberRefusal::Removed));
        assert_eq!(removed.hold(&acme(), hold()), Err(MemberRefusal::Removed));
        assert_eq!(removed.release(), Err(MemberRefusal::Removed));
        assert_eq!(removed.accept(NOW), Err(MemberRefusal::Removed));
        assert_eq!(removed.remove(&acme(), NOW), Err(MemberRefusal::Removed));
        assert!(invited().remove(&acme(), NOW).unwrap().revokes_invitation);
    }

    #[test]
    fn the_owner_is_neither_suspended_nor_removed() {
        let owner = member("owner", "manager");
        assert_eq!(owner.hr_says(&acme(), false), Err(MemberRefusal::Owner));
        assert_eq!(owner.hold(&acme(), hold()), Err(MemberRefusal::Owner));
        assert_eq!(owner.remove(&acme(), NOW), Err(MemberRefusal::Owner));
        assert!(!owner.hr_says(&acme(), true).unwrap().changes);
    }

    #[test]
    fn the_first_owner_accepts_like_anyone() {
        let owner = Member {
            standing: Standing::invited(),
            ..member("owner", "manager")
        };
        assert_eq!(owner.accept(NOW).unwrap().to, MemberStatus::Active);
    }
}
