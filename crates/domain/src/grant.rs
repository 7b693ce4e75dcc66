//! Refresh tokens: rotate, repeat a lost answer, or recognize re-use (RFC 9700 section 4.14.2).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long after its first use a refresh token still gets the same successor, for an answer
/// that was lost on the way.
pub const GRACE: Duration = Duration::from_secs(30);

/// What is known of the refresh token that was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshToken {
    /// From when on it can't be used.
    pub expires_at: Timestamp,
    /// When it was first used.
    pub used_at: Option<Timestamp>,
    /// Whether its successor exists and has not been used.
    pub successor_unused: bool,
    /// Whether the client's tokens rotate: public clients' do (RFC 9700 section 2.2.2).
    pub rotates: bool,
    /// When the grant was revoked.
    pub grant_revoked_at: Option<Timestamp>,
    /// From when on the grant gives nothing more.
    pub grant_expires_at: Timestamp,
}

/// What is done with a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refresh {
    /// Mark it used and give its successor.
    Rotate,
    /// Give an access token and leave the refresh token as it is.
    Keep,
    /// Give the same successor again: the first answer may have been lost.
    RepeatSuccessor,
    /// It was used before: end the whole family.
    Reuse,
    /// It has expired, or its grant has: `invalid_grant` and nothing else.
    Expired,
    /// Its grant was revoked: `invalid_grant` and nothing else.
    Revoked,
}

impl RefreshToken {
    /// What to do with it now.
    pub fn decide(&self, now: Timestamp) -> Refresh {
        if self.grant_revoked_at.is_some() {
            return Refresh::Revoked;
        }
        if now >= self.grant_expires_at {
            return Refresh::Expired;
        }
        // A used token is judged before its expiry: re-use is a sign of theft at any age.
        match self.used_at {
            Some(used) if self.successor_unused && is_within_grace(used, now) => Refresh::RepeatSuccessor,
            Some(_) => Refresh::Reuse,
            None if now >= self.expires_at => Refresh::Expired,
            None if self.rotates => Refresh::Rotate,
            None => Refresh::Keep,
        }
    }
}

fn is_within_grace(used: Timestamp, now: Timestamp) -> bool {
    now.since(used) <= GRACE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> RefreshToken {
        RefreshToken {
            expires_at: Timestamp(1_000_000),
            used_at: None,
            successor_unused: false,
            rotates: true,
            grant_revoked_at: None,
            grant_expires_at: Timestamp(2_000_000),
        }
    }

    #[test]
    fn an_unused_token_of_a_public_client_rotates() {
        assert_eq!(token().decide(Timestamp(1)), Refresh::Rotate);
    }

    #[test]
    fn a_confidential_clients_token_stays() {
        let token = RefreshToken {
            rotates: false,
            ..token()
        };
        assert_eq!(token.decide(Timestamp(1)), Refresh::Keep);
    }

    #[test]
    fn a_lost_answer_is_repeated_for_half_a_minute() {
        let used = RefreshToken {
            used_at: Some(Timestamp(1_000)),
            successor_unused: true,
            ..token()
        };
        assert_eq!(used.decide(Timestamp(31_000)), Refresh::RepeatSuccessor);
        assert_eq!(used.decide(Timestamp(31_001)), Refresh::Reuse);
    }

    #[test]
    fn a_token_whose_successor_was_used_is_re_used_even_within_grace() {
        let used = RefreshToken {
            used_at: Some(Timestamp(1_000)),
            ..token()
        };
        assert_eq!(used.decide(Timestamp(1_001)), Refresh::Reuse);
    }

    #[test]
    fn re_use_is_recognized_after_expiry_too() {
        let used = RefreshToken {
            used_at: Some(Timestamp(1_000)),
            ..token()
        };
        assert_eq!(used.decide(Timestamp(1_500_000)), Refresh::Reuse);
    }

    #[test]
    fn expired_and_revoked_give_nothing() {
        assert_eq!(token().decide(Timestamp(1_000_000)), Refresh::Expired);
        assert_eq!(token().decide(Timestamp(2_000_000)), Refresh::Expired);
        let revoked = RefreshToken {
            grant_revoked_at: Some(Timestamp(1)),
            ..token()
        };
        assert_eq!(revoked.decide(Timestamp(2)), Refresh::Revoked);
    }
}
