//! How an invitation moves, and what a link of it is still good for. Docs: "Invitations".

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Invitation, InvitationState, Link};
use crate::time::Timestamp;

/// The least time between two sendings of one invitation.
pub const RESEND_INTERVAL: Duration = Duration::from_secs(60);
/// The most times one invitation is sent again.
pub const RESENDS: u32 = 20;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The invitation can be accepted by it.
    Usable,
    /// The invitation was accepted.
    Used,
    /// The invitation was taken back.
    Revoked,
    /// The time is over.
    Expired,
    /// A later link took its place.
    Replaced,
}

/// Why an invitation does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationRefusal {
    /// It was accepted.
    #[error("this invitation was accepted")]
    Accepted,
    /// It was taken back.
    #[error("this invitation was taken back")]
    Revoked,
    /// It was not accepted in time.
    #[error("this invitation has expired")]
    Expired,
    /// The link is not the newest one.
    #[error("a newer link was sent")]
    Replaced,
    /// It was not sent yet.
    #[error("this invitation was not sent yet")]
    Draft,
    /// Its inviter has lost the right; another administrator has to confirm it.
    #[error("this invitation waits for an administrator's confirmation")]
    AwaitingConfirmation,
    /// There is nothing to confirm.
    #[error("this invitation waits for nobody's confirmation")]
    NothingToConfirm,
    /// It was sent a moment ago.
    #[error("this invitation was sent a moment ago; try again in {} s", .wait.as_secs().max(1))]
    TooSoon {
        /// How long to wait.
        wait: Duration,
    },
    /// It was sent again too often.
    #[error("this invitation was sent too often; delete it and invite anew")]
    TooOften,
}

impl Invitation {
    /// Where it stands at this time: a pending one that was not accepted in time has expired,
    /// whether or not that is written yet.
    pub fn state_at(&self, now: Timestamp) -> InvitationState {
        if self.state == InvitationState::Pending && now >= self.expires_at {
            InvitationState::Expired
        } else {
            self.state
        }
    }

    /// Whether it has ended; an ended one never stands in the way of inviting the address again.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        matches!(
            self.state_at(now),
            InvitationState::Accepted | InvitationState::Revoked | InvitationState::Expired
        )
    }

    /// What one of its links is good for. An ended invitation says so before anything is said of
    /// the link: whoever accepted by a newer link is told "used", not "replaced".
    pub fn link_state(&self, link: &Link, now: Timestamp) -> LinkState {
        match self.state_at(now) {
            InvitationState::Accepted => LinkState::Used,
            InvitationState::Revoked => LinkState::Revoked,
            InvitationState::Expired => LinkState::Expired,
            _ if link.replaced_at.is_some() => LinkState::Replaced,
            _ if now >= link.expires_at => LinkState::Expired,
            InvitationState::Draft => LinkState::Expired,
            InvitationState::Pending => LinkState::Usable,
        }
    }

    /// From draft to pending: the inviter saw the mail and pressed Send.
    ///
    /// # Errors
    /// [`InvitationRefusal`] when it is no draft any more.
    pub fn send(&self, lifetime: Duration, now: Timestamp) -> Result<Self, InvitationRefusal> {
        match self.refusal(now) {
            Some(InvitationRefusal::Draft) => Ok(Self {
                state: InvitationState::Pending,
                sent_at: Some(now),
                expires_at: now.plus(lifetime),
                ..self.clone()
            }),
            Some(refusal) => Err(refusal),
            None => Err(InvitationRefusal::TooSoon {
                wait: RESEND_INTERVAL,
            }),
        }
    }

    /// From pending to pending with a new link and a new end; the caller replaces the old link.
    /// A change of address goes this way too.
    ///
    /// # Errors
    /// [`InvitationRefusal`] when it has ended, or was sent a moment ago or too often.
    pub fn resend(&self, lifetime: Duration, now: Timestamp) -> Result<Self, InvitationRefusal> {
        if let Some(refusal) = self.refusal(now) {
            return Err(refusal);
        }
        if self.resends >= RESENDS {
            return Err(InvitationRefusal::TooOften);
        }
        let since = now.since(self.sent_at.unwrap_or(self.created_at));
        if self.sent_at.is_some() && since < RESEND_INTERVAL {
            return Err(InvitationRefusal::TooSoon {
                wait: RESEND_INTERVAL.saturating_sub(since),
            });
        }
        Ok(Self {
            sent_at: Some(now),
            expires_at: now.plus(lifetime),
            resends: self.resends.saturating_add(1),
            ..self.clone()
        })
    }

    /// From pending to revoked.
    ///
    /// # Errors
    /// [`InvitationRefusal`] when it has ended.
    pub fn revoke(&self, now: Timestamp) -> Result<Self, InvitationRefusal> {
        match self.refusal(now) {
            None | Some(InvitationRefusal::Draft) => Ok(Self {
                state: InvitationState::Revoked,
                revoked_at: Some(now),
                ..self.clone()
            }),
            Some(refusal) => Err(refusal),
        }
    }

    /// From pending to expired, written down once its time is over; `None` when there is nothing
    /// to write.
    pub fn expire(&self, now: Timestamp) -> Option<Self> {
        let due = self.state == InvitationState::Pending && self.state_at(now) == InvitationState::Expired;
        due.then(|| Self {
            state: InvitationState::Expired,
            ..self.clone()
        })
    }

    /// From pending to accepted, by this link.
    ///
    /// # Errors
    /// [`InvitationRefusal`] says which of used, revoked, expired and replaced it is, or that it
    /// waits for a confirmation.
    pub fn accept(&self, link: &Link, now: Timestamp) -> Result<Self, InvitationRefusal> {
        match self.link_state(link, now) {
            LinkState::Used => return Err(InvitationRefusal::Accepted),
            LinkState::Revoked => return Err(InvitationRefusal::Revoked),
            LinkState::Expired => return Err(InvitationRefusal::Expired),
            LinkState::Replaced => return Err(InvitationRefusal::Replaced),
            LinkState::Usable => {}
        }
        if self.awaiting_confirmation {
            return Err(InvitationRefusal::AwaitingConfirmation);
        }
        Ok(Self {
            state: InvitationState::Accepted,
            accepted_at: Some(now),
            ..self.clone()
        })
    }

    /// The invitation as it stands when its inviter no longer has the right to it.
    ///
    /// # Errors
    /// [`InvitationRefusal`] when it is not pending.
    pub fn await_confirmation(&self, now: Timestamp) -> Result<Self, InvitationRefusal> {
        self.refusal(now).map_or_else(
            || {
                Ok(Self {
                    awaiting_confirmation: true,
                    ..self.clone()
                })
            },
            Err,
        )
    }

    /// Another administrator, whose authority suffices, stands in for the inviter.
    ///
    /// # Errors
    /// [`InvitationRefusal`] when it is not pending or waits for nobody.
    pub fn confirm(&self, by: super::Inviter, now: Timestamp) -> Result<Self, InvitationRefusal> {
        if let Some(refusal) = self.refusal(now) {
            return Err(refusal);
        }
        if !self.awaiting_confirmation {
            return Err(InvitationRefusal::NothingToConfirm);
        }
        Ok(Self {
            awaiting_confirmation: false,
            inviter: by,
            ..self.clone()
        })
    }

    /// `None` while pending.
    fn refusal(&self, now: Timestamp) -> Option<InvitationRefusal> {
        match self.state_at(now) {
            InvitationState::Pending => None,
            InvitationState::Draft => Some(InvitationRefusal::Draft),
            InvitationState::Accepted => Some(InvitationRefusal::Accepted),
            InvitationState::Revoked => Some(InvitationRefusal::Revoked),
            InvitationState::Expired => Some(InvitationRefusal::Expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::NOW;
    use crate::id::{AccountId, InvitationId, MemberId};
    use crate::invitation::{DeliveredBy, Inviter};

    const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    fn draft() -> Invitation {
        Invitation {
            account: AccountId::new("acme"),
            id: InvitationId::new("i1"),
            member: MemberId::new("m1"),
            address: "stan@acme.example".to_owned(),
            state: InvitationState::Draft,
            inviter: Inviter::Member {
                id: MemberId::new("m2"),
                name: "Ana Lima".to_owned(),
            },
            message: None,
            language: None,
            application: None,
            created_at: NOW,
            sent_at: None,
            expires_at: NOW,
            accepted_at: None,
            revoked_at: None,
            resends: 0,
            awaiting_confirmation: false,
            version: 1,
        }
    }

    fn pending() -> Invitation {
        draft().send(WEEK, NOW).unwrap()
    }

    fn link() -> Link {
        Link {
            delivered_by: DeliveredBy::Mail,
            expires_at: NOW.plus(WEEK),
            replaced_at: None,
        }
    }

    fn replaced() -> Link {
        Link {
            replaced_at: Some(NOW),
            ..link()
        }
    }

    #[test]
    fn a_sent_invitation_is_good_for_a_week() {
        let sent = pending();
        assert_eq!(sent.state_at(NOW), InvitationState::Pending);
        assert_eq!(sent.expires_at, NOW.plus(WEEK));
        let just_before = NOW.plus(WEEK).minus(Duration::from_millis(1));
        assert_eq!(sent.link_state(&link(), just_before), LinkState::Usable);
        assert_eq!(sent.link_state(&link(), NOW.plus(WEEK)), LinkState::Expired);
    }

    #[test]
    fn accepting_by_the_link_works_once() {
        let accepted = pending().accept(&link(), NOW).unwrap();
        assert_eq!(accepted.accepted_at, Some(NOW));
        assert_eq!(accepted.accept(&link(), NOW), Err(InvitationRefusal::Accepted));
        assert_eq!(accepted.link_state(&link(), NOW), LinkState::Used);
    }

    #[test]
    fn accepting_late_is_refused_and_the_state_stays_expired() {
        let late = NOW.plus(WEEK);
        assert_eq!(pending().accept(&link(), late), Err(InvitationRefusal::Expired));
        let written = pending().expire(late).unwrap();
        assert_eq!(written.state, InvitationState::Expired);
        assert_eq!(written.expire(late), None);
        assert!(written.has_ended(late));
        assert_eq!(written.resend(WEEK, late), Err(InvitationRefusal::Expired));
        assert_eq!(pending().expire(NOW), None);
    }

    #[test]
    fn a_resend_has_a_new_end_and_ends_the_old_link() {
        let later = NOW.plus(RESEND_INTERVAL);
        let again = pending().resend(WEEK, later).unwrap();
        assert_eq!((again.resends, again.expires_at), (1, later.plus(WEEK)));
        assert_eq!(again.accept(&replaced(), later), Err(InvitationRefusal::Replaced));
        assert_eq!(again.link_state(&replaced(), later), LinkState::Replaced);
    }

    #[test]
    fn resending_is_limited() {
        let too_soon = pending().resend(WEEK, NOW.plus(Duration::from_secs(20)));
        let wait = Duration::from_secs(40);
        assert_eq!(too_soon, Err(InvitationRefusal::TooSoon { wait }));
        let often = Invitation {
            resends: RESENDS,
            ..pending()
        };
        let later = NOW.plus(RESEND_INTERVAL);
        assert_eq!(often.resend(WEEK, later), Err(InvitationRefusal::TooOften));
    }

    #[test]
    fn a_revoked_invitation_accepts_nobody() {
        let revoked = pending().revoke(NOW).unwrap();
        assert_eq!(revoked.accept(&link(), NOW), Err(InvitationRefusal::Revoked));
        assert_eq!(revoked.link_state(&link(), NOW), LinkState::Revoked);
        assert_eq!(revoked.revoke(NOW), Err(InvitationRefusal::Revoked));
    }

    #[test]
    fn how_an_invitation_ended_is_said_before_that_the_link_was_replaced() {
        let accepted = pending().accept(&link(), NOW).unwrap();
        assert_eq!(accepted.link_state(&replaced(), NOW), LinkState::Used);
    }

    #[test]
    fn a_draft_has_no_usable_link() {
        assert_eq!(draft().link_state(&link(), NOW), LinkState::Expired);
        assert!(!draft().has_ended(NOW));
    }

    #[test]
    fn an_invitation_whose_inviter_lost_the_right_waits_for_another() {
        let waiting = pending().await_confirmation(NOW).unwrap();
        assert_eq!(
            waiting.accept(&link(), NOW),
            Err(InvitationRefusal::AwaitingConfirmation)
        );
        let operator = Inviter::Operator {
            label: "root".to_owned(),
        };
        let confirmed = waiting.confirm(operator.clone(), NOW).unwrap();
        assert_eq!(confirmed.inviter, operator);
        assert!(confirmed.accept(&link(), NOW).is_ok());
        assert_eq!(
            pending().confirm(operator, NOW),
            Err(InvitationRefusal::NothingToConfirm)
        );
    }
}
