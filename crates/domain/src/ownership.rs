//! Ownership: exactly one owner per account, moved by transfer only. Docs: "Roles".
//!
//! Who owns an account stands in [`Account::owner`] and nowhere else; a swap names the new value
//! of that one place, so there can be neither two owners nor none.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::account::{Account, AccountStatus};
use crate::id::{AccountId, MemberId, TransferId};
use crate::member::{Member, MemberKind};
use crate::role::{BuiltInRole, RoleKey};
use crate::time::Timestamp;

/// How old a sign-in may be for starting or accepting a transfer.
pub const FRESH_FOR: Duration = Duration::from_secs(10 * 60);
/// How long a transfer can be accepted.
pub const TRANSFER_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long the old owner and the managers have to object to a recovery.
pub const RECOVERY_DELAY: Duration = Duration::from_secs(72 * 60 * 60);

/// Whose doing a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// The owner's.
    Transfer,
    /// The operator's, for an owner who is lost.
    Recovery,
}

impl TransferKind {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Recovery => "recovery",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Transfer, Self::Recovery]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// Waiting for the new owner.
    Pending,
    /// Done.
    Accepted,
    /// Taken back, or declined.
    Cancelled,
    /// Not accepted in time.
    Expired,
}

impl TransferState {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Cancelled, Self::Expired]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// A transfer of ownership under way or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The account.
    pub account: AccountId,
    /// Its id.
    pub id: TransferId,
    /// The owner when it was started.
    pub from: MemberId,
    /// The member who is to become owner.
    pub to: MemberId,
    /// Whose doing it is.
    pub kind: TransferKind,
    /// Where it stands, as stored.
    pub state: TransferState,
    /// The operator's reason, for a recovery.
    pub reason: Option<String>,
    /// Before this it can't be completed.
    pub not_before: Timestamp,
    /// From when on it can't be completed.
    pub expires_at: Timestamp,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// When the person at the other end last proved who they are, and what time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authenticated {
    /// The `auth_time` of the session (OpenID Connect Core section 2).
    pub auth_time: Timestamp,
    /// Now.
    pub now: Timestamp,
}

impl Authenticated {
    /// Whether the sign-in is recent enough, and not in the future.
    pub fn is_fresh(self) -> bool {
        self.auth_time <= self.now && self.now.since(self.auth_time) <= FRESH_FOR
    }
}

/// Why ownership does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnershipRefusal {
    /// Whoever asks is not the owner.
    #[error("only the owner can do this")]
    NotOwner,
    /// The sign-in is too old.
    #[error("this needs a fresh sign-in")]
    NotFresh,
    /// The member named is not an active person of this account, or is the owner already.
    #[error("ownership can go to another active member of this account only")]
    NotEligible,
    /// Whoever accepts is not the member named.
    #[error("only the member named can accept")]
    NotNamed,
    /// A transfer is pending already.
    #[error("a transfer is pending already; cancel it first")]
    AlreadyPending,
    /// The transfer has ended: accepted, cancelled or expired.
    #[error("this transfer has ended")]
    Ended,
    /// The owner has changed since the transfer was started.
    #[error("the owner has changed since this was started")]
    Overtaken,
    /// The delay of a recovery has not passed.
    #[error("this can't be completed yet")]
    TooEarly,
    /// A recovery needs a reason.
    #[error("a reason is needed")]
    NoReason,
    /// The account is closed.
    #[error("this account is closed")]
    AccountClosed,
    /// The owner has accepted: the address is theirs now.
    #[error("the owner has accepted already; the address can't be corrected any more")]
    OwnerHasAccepted,
}

/// What is written, in one transaction, when ownership moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Swap {
    /// The new value of the ownership row.
    pub owner: MemberId,
    /// The former owner, a manager from now on.
    pub former: MemberId,
    /// The role stored for both: the former's from now on, the new owner's for when they cease
    /// to be it.
    pub role: RoleKey,
}

impl Transfer {
    /// Where it stands at this time: a pending one that was not accepted in time has expired.
    pub fn state_at(&self, now: Timestamp) -> TransferState {
        if self.state == TransferState::Pending && now >= self.expires_at {
            TransferState::Expired
        } else {
            self.state
        }
    }

    /// The owner names an active member, freshly authenticated.
    ///
    /// # Errors
    /// [`OwnershipRefusal`] says which condition is not met.
    pub fn start(
        account: &Account,
        (from, to): (&Member, &Member),
        pending: Option<&Self>,
        authenticated: Authenticated,
        id: TransferId,
    ) -> Result<Self, OwnershipRefusal> {
        if !from.is_owner(account) || !from.is_active() {
            return Err(OwnershipRefusal::NotOwner);
        }
        if !authenticated.is_fresh() {
            return Err(OwnershipRefusal::NotFresh);
        }
        let now = authenticated.now;
        check_new_owner(account, to)?;
        check_none_pending(pending, now)?;
        Ok(Self {
            account: account.id.clone(),
            id,
            from: from.id.clone(),
            to: to.id.clone(),
            kind: TransferKind::Transfer,
            state: TransferState::Pending,
            reason: None,
            not_before: now,
            expires_at: now.plus(TRANSFER_LIFETIME),
            created_at: now,
            ended_at: None,
        })
    }

    /// The operator replaces a lost owner, with a reason and a delay. A pending transfer by the
    /// owner is in the way: it shows that the owner is not lost.
    ///
    /// # Errors
    /// [`OwnershipRefusal`] says which condition is not met.
    pub fn recover(
        account: &Account,
        to: &Member,
        pending: Option<&Self>,
        (reason, now): (&str, Timestamp),
        id: TransferId,
    ) -> Result<Self, OwnershipRefusal> {
        if reason.trim().is_empty() {
            return Err(OwnershipRefusal::NoReason);
        }
        check_new_owner(account, to)?;
        check_none_pending(pending, now)?;
        let not_before = now.plus(RECOVERY_DELAY);
        Ok(Self {
            account: account.id.clone(),
            id,
            from: account.owner.clone(),
            to: to.id.clone(),
            kind: TransferKind::Recovery,
            state: TransferState::Pending,
            reason: Some(reason.trim().to_owned()),
            not_before,
            expires_at: not_before.plus(TRANSFER_LIFETIME),
            created_at: now,
            ended_at: None,
        })
    }

    /// The member named accepts, freshly authenticated: the two swap.
    ///
    /// # Errors
    /// [`OwnershipRefusal`] says which condition is not met.
    pub fn accept(
        &self,
        account: &Account,
        by: &Member,
        authenticated: Authenticated,
    ) -> Result<Swap, OwnershipRefusal> {
        let now = authenticated.now;
        if self.account != account.id || self.to != by.id {
            return Err(OwnershipRefusal::NotNamed);
        }
        if self.state_at(now) != TransferState::Pending {
            return Err(OwnershipRefusal::Ended);
        }
        if now < self.not_before {
            return Err(OwnershipRefusal::TooEarly);
        }
        if self.from != account.owner {
            return Err(OwnershipRefusal::Overtaken);
        }
        check_new_owner(account, by)?;
        if !authenticated.is_fresh() {
            return Err(OwnershipRefusal::NotFresh);
        }
        Ok(Swap {
            owner: by.id.clone(),
            former: account.owner.clone(),
            role: BuiltInRole::Manager.key(),
        })
    }

    /// The owner takes it back (a recovery too: then the owner is not lost), or the member named
    /// declines; the operator may end a recovery by passing no member.
    ///
    /// # Errors
    /// [`OwnershipRefusal::NotOwner`] for anyone else, [`OwnershipRefusal::Ended`].
    pub fn cancel(&self, by: Option<&MemberId>, now: Timestamp) -> Result<(), OwnershipRefusal> {
        let allowed = match by {
            Some(member) => *member == self.from || *member == self.to,
            None => self.kind == TransferKind::Recovery,
        };
        if !allowed {
            return Err(OwnershipRefusal::NotOwner);
        }
        if self.state_at(now) != TransferState::Pending {
            return Err(OwnershipRefusal::Ended);
        }
        Ok(())
    }
}

/// Whether the operator may still correct the first owner's address.
///
/// # Errors
/// [`OwnershipRefusal::NotOwner`] for another member, [`OwnershipRefusal::OwnerHasAccepted`].
pub fn may_correct_address(account: &Account, owner: &Member) -> Result<(), OwnershipRefusal> {
    if !owner.is_owner(account) {
        return Err(OwnershipRefusal::NotOwner);
    }
    if owner.standing.accepted_at.is_some() {
        return Err(OwnershipRefusal::OwnerHasAccepted);
    }
    Ok(())
}

fn check_new_owner(account: &Account, to: &Member) -> Result<(), OwnershipRefusal> {
    if account.status == AccountStatus::Closed {
        return Err(OwnershipRefusal::AccountClosed);
    }
    let eligible =
        to.account == account.id && to.kind == MemberKind::Person && to.is_active() && !to.is_owner(account);
    if eligible {
        Ok(())
    } else {
        Err(OwnershipRefusal::NotEligible)
    }
}

fn check_none_pending(pending: Option<&Transfer>, now: Timestamp) -> Result<(), OwnershipRefusal> {
    match pending {
        Some(it) if it.state_at(now) == TransferState::Pending => Err(OwnershipRefusal::AlreadyPending),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
