//! Sessions: how long one lasts. Docs: "Security, people".

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    /// Without anything happening.
    pub idle: Duration,
    /// At most, whatever happens.
    pub absolute: Duration,
}

impl Default for Lifetime {
    /// A day without anything happening, 14 days at most (NIST SP 800-63B-4 section 2.1.3 allows
    /// 30 at this level).
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(24 * 60 * 60),
            absolute: Duration::from_secs(14 * 24 * 60 * 60),
        }
    }
}

/// What of a session decides whether it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTimes {
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When it ended before its time.
    pub ended_at: Option<Timestamp>,
}

/// Whether a session can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// It can.
    Open,
    /// It was ended: signed out, password changed, ended by the person.
    Ended,
    /// Nothing happened for too long.
    Idle,
    /// It has lasted as long as any may.
    Expired,
}

impl SessionTimes {
    /// Whether the session can be used at this time.
    pub fn state(&self, lifetime: Lifetime, now: Timestamp) -> SessionState {
        if self.ended_at.is_some() {
            SessionState::Ended
        } else if now.since(self.created_at) >= lifetime.absolute {
            SessionState::Expired
        } else if now.since(self.last_seen_at) >= lifetime.idle {
            SessionState::Idle
        } else {
            SessionState::Open
        }
    }

    /// From when on it can't be used if nothing happens from now on.
    pub fn expires_at(&self, lifetime: Lifetime) -> Timestamp {
        let idle = self.last_seen_at.plus(lifetime.idle);
        idle.min(self.created_at.plus(lifetime.absolute))
    }

    /// Whether the last use is old enough to be written again; a write at every request would
    /// cost more than it tells.
    pub fn is_worth_touching(&self, lifetime: Lifetime, now: Timestamp) -> bool {
        let grain = Duration::from_secs(60).min(lifetime.idle / 10);
        now.since(self.last_seen_at) >= grain
    }

    /// Whether the sign-in is older than a request's `max_age` (OpenID Connect Core section
    /// 3.1.2.1) or an account's policy allows.
    pub fn is_older_than(auth_time: Timestamp, max_age: Duration, now: Timestamp) -> bool {
        now.since(auth_time) > max_age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const LIFETIME: Lifetime = Lifetime {
        idle: HOUR,
        absolute: Duration::from_secs(10 * 3600),
    };

    fn used(hours: u32) -> SessionTimes {
        SessionTimes {
            created_at: Timestamp(0),
            last_seen_at: Timestamp(0).plus(HOUR * hours),
            ended_at: None,
        }
    }

    #[test]
    fn a_session_in_use_stays_open_until_its_absolute_end() {
        let just_before = Timestamp(0).plus(HOUR * 10).minus(Duration::from_millis(1));
        assert_eq!(used(9).state(LIFETIME, just_before), SessionState::Open);
        assert_eq!(
            used(10).state(LIFETIME, Timestamp(0).plus(HOUR * 10)),
            SessionState::Expired
        );
    }

    #[test]
    fn an_idle_session_ends() {
        let now = Timestamp(0).plus(HOUR * 3);
        assert_eq!(used(2).state(LIFETIME, now), SessionState::Idle);
        assert_eq!(used(2).expires_at(LIFETIME), now);
    }

    #[test]
    fn an_ended_session_stays_ended() {
        let ended = SessionTimes {
            ended_at: Some(Timestamp(5)),
            ..used(0)
        };
        assert_eq!(ended.state(LIFETIME, Timestamp(6)), SessionState::Ended);
    }

    #[test]
    fn use_is_written_down_once_a_minute_only() {
        let session = used(0);
        assert!(!session.is_worth_touching(LIFETIME, Timestamp(59_999)));
        assert!(session.is_worth_touching(LIFETIME, Timestamp(60_000)));
    }

    #[test]
    fn a_sign_in_is_too_old_once_max_age_has_passed() {
        let age = Duration::from_secs(60);
        assert!(!SessionTimes::is_older_than(Timestamp(0), age, Timestamp(60_000)));
        assert!(SessionTimes::is_older_than(Timestamp(0), age, Timestamp(60_001)));
    }
}
