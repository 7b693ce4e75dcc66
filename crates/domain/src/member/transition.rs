//! How a member's standing changes, and what follows from it. Docs: "Member status", "Roles".

use serde::Serialize;

use super::{Hold, Member, MemberStatus, Standing};
use crate::account::Account;
use crate::time::Timestamp;

/// Why a member's standing can't change so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemberRefusal {
    /// The member is the owner; only transferring the ownership changes that.
    #[error(
        "the owner can't be suspended, removed or limited; ownership has to be transferred first"
    )]
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
    /// Whether what the account gave (its sign-ins, grants, refresh tokens) ends at once.
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
                && matches!(to, MemberStatus::Suspended | MemberStatus::Removed),
            standing,
        }
    }
}
