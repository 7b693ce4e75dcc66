//! How many invitations may leave. Docs: "Invitations", rule 8.

use serde::{Deserialize, Serialize};

/// The most invitations in 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLimits {
    /// By one inviter.
    pub per_inviter: u32,
    /// In one account.
    pub per_account: u32,
    /// From one account to one address: nobody's mailbox is to be flooded. Accounts count apart, or
    /// one could keep another's invitations from leaving, and learn of them.
    pub per_recipient: u32,
}

impl InvitationLimits {
    /// For a person who invites.
    pub const fn for_people() -> Self {
        Self {
            per_inviter: 200,
            per_account: 1_000,
            per_recipient: 10,
        }
    }

    /// For HR systems and the operator, who bring whole companies.
    pub const fn for_provisioning() -> Self {
        Self {
            per_inviter: 50_000,
            per_account: 50_000,
            per_recipient: 10,
        }
    }
}

/// How many invitations left in the last 24 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentSoFar {
    /// By this inviter.
    pub by_inviter: u32,
    /// In this account.
    pub in_account: u32,
    /// From this account to this address.
    pub to_recipient: u32,
}

/// Which limit is reached. The inviter is told only that some limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("too many invitations were sent today; try again tomorrow")]
pub enum LimitRefusal {
    /// The inviter's.
    Inviter,
    /// The account's.
    Account,
    /// The recipient's.
    Recipient,
}

impl InvitationLimits {
    /// Whether one more may leave.
    ///
    /// # Errors
    /// [`LimitRefusal`] says which limit is reached.
    pub fn check(&self, sent: SentSoFar) -> Result<(), LimitRefusal> {
        if sent.by_inviter >= self.per_inviter {
            Err(LimitRefusal::Inviter)
        } else if sent.in_account >= self.per_account {
            Err(LimitRefusal::Account)
        } else if sent.to_recipient >= self.per_recipient {
            Err(LimitRefusal::Recipient)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_stops_the_next_invitation() {
        let limits = InvitationLimits {
            per_inviter: 2,
            per_account: 3,
            per_recipient: 1,
        };
        let sent = |by_inviter, in_account, to_recipient| SentSoFar {
            by_inviter,
            in_account,
            to_recipient,
        };
        assert_eq!(limits.check(sent(1, 2, 0)), Ok(()));
        assert_eq!(limits.check(sent(2, 2, 0)), Err(LimitRefusal::Inviter));
        assert_eq!(limits.check(sent(1, 3, 0)), Err(LimitRefusal::Account));
        assert_eq!(limits.check(sent(1, 2, 1)), Err(LimitRefusal::Recipient));
    }

    #[test]
    fn an_hr_system_may_bring_a_whole_company() {
        let sent = SentSoFar {
            by_inviter: 10_000,
            in_account: 10_000,
            to_recipient: 0,
        };
        assert_eq!(InvitationLimits::for_provisioning().check(sent), Ok(()));
        assert!(InvitationLimits::for_people().check(sent).is_err());
    }
}
