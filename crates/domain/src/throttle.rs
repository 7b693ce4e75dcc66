//! Throttling: growing delays after failed tries, never a lock that lasts.
//!
//! A failure blocks its key for a while that doubles with each further one, up to 15 minutes, and
//! is forgotten little by little. The person's known devices have a budget of their own, so that a
//! stranger who fails on purpose can't keep the person out (NIST SP 800-63B-4 section 3.2.2).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What failures are counted by; each has its own budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// A name that someone tries to sign in as, from devices not known to be the person's.
    User,
    /// The block of network addresses tries come from.
    AddressBlock,
    /// A device on which the person has signed in before.
    KnownDevice,
    /// An OAuth client that authenticates.
    Client,
}

impl KeyKind {
    /// The word before the key in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::AddressBlock => "address",
            Self::KnownDevice => "device",
            Self::Client => "client",
        }
    }

    /// How many failures are free.
    const fn free(self) -> u32 {
        match self {
            Self::User | Self::KnownDevice => 5,
            Self::Client => 10,
            // Many people may share one address block.
            Self::AddressBlock => 50,
        }
    }
}

/// The longest that a key is blocked at a time.
pub const LONGEST_BLOCK: Duration = Duration::from_secs(15 * 60);
/// The time after which one failure is forgotten.
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);
/// More failures than this are not told apart, so that everything is forgotten in finite time.
const MOST_FAILURES: u32 = 200;

/// The failures of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Throttle {
    /// Failures that are not forgotten, as of `last_at`.
    pub failures: u32,
    /// When it last failed.
    pub last_at: Timestamp,
    /// Until when the key is blocked.
    pub blocked_until: Timestamp,
}

impl Throttle {
    /// How long one has to wait; `None` when one may try.
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        // After a clock that jumped back nobody waits longer than the longest block.
        let wait = self.blocked_until.since(now).min(LONGEST_BLOCK);
        (!wait.is_zero()).then_some(wait)
    }

    /// The failures that are not forgotten at this time.
    pub fn remembered(&self, now: Timestamp) -> u32 {
        let forgotten = now.since(self.last_at).as_secs() / FORGOTTEN_AFTER.as_secs();
        self.failures
            .saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX))
    }

    /// After one more failure.
    #[must_use]
    pub fn failed(&self, kind: KeyKind, now: Timestamp) -> Self {
        let failures = self.remembered(now).saturating_add(1).min(MOST_FAILURES);
        Self {
            failures,
            last_at: now,
            blocked_until: now.plus(delay(kind, failures)),
        }
    }

    /// After a success: all is forgotten for the person, nothing for the address block, or one
    /// success of their own would pay for an attacker's thousand tries on others.
    #[must_use]
    pub fn succeeded(&self, kind: KeyKind) -> Self {
        match kind {
            KeyKind::AddressBlock => *self,
            KeyKind::User | KeyKind::KnownDevice | KeyKind::Client => Self::default(),
        }
    }
}

/// How long a key is blocked after so many failures: nothing while they are free, then 1 s,
/// doubling, at most 15 minutes.
pub fn delay(kind: KeyKind, failures: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(kind.free()).filter(|it| *it > 0) else {
        return Duration::ZERO;
    };
    let seconds = 1_u64.checked_shl(beyond - 1).filter(|_| beyond <= 32);
    seconds.map_or(LONGEST_BLOCK, |it| Duration::from_secs(it).min(LONGEST_BLOCK))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(kind: KeyKind, failures: u32, now: Timestamp) -> Throttle {
        (0..failures).fold(Throttle::default(), |state, _| state.failed(kind, now))
    }

    #[test]
    fn the_first_failures_are_free() {
        let now = Timestamp(1_000_000);
        assert_eq!(after(KeyKind::User, 5, now).wait(now), None);
        assert_eq!(
            after(KeyKind::User, 6, now).wait(now),
            Some(Duration::from_secs(1))
        );
    }

    #[test]
    fn each_further_failure_doubles_the_wait() {
        let now = Timestamp(1_000_000);
        assert_eq!(
            after(KeyKind::User, 7, now).wait(now),
            Some(Duration::from_secs(2))
        );
        assert_eq!(
            after(KeyKind::User, 9, now).wait(now),
            Some(Duration::from_secs(8))
        );
    }

    #[test]
    fn nobody_is_ever_locked_out_for_longer_than_a_quarter_of_an_hour() {
        let now = Timestamp(1_000_000);
        for failures in [16, 40, 100, 1000] {
            assert_eq!(after(KeyKind::User, failures, now).wait(now), Some(LONGEST_BLOCK));
        }
        let block = after(KeyKind::User, 1000, now);
        assert_eq!(block.wait(now.plus(LONGEST_BLOCK)), None);
        assert_eq!(block.wait(Timestamp(-1_000_000_000)), Some(LONGEST_BLOCK));
    }

    #[test]
    fn failures_are_forgotten_little_by_little() {
        let now = Timestamp(1_000_000);
        let state = after(KeyKind::User, 8, now);
        assert_eq!(state.remembered(now.plus(FORGOTTEN_AFTER)), 7);
        assert_eq!(state.remembered(now.plus(FORGOTTEN_AFTER * 8)), 0);
        let later = state.failed(KeyKind::User, now.plus(FORGOTTEN_AFTER * 8));
        assert_eq!(later.failures, 1);
    }

    #[test]
    fn an_address_block_has_a_larger_budget_and_keeps_it_through_a_success() {
        let now = Timestamp(1_000_000);
        let block = after(KeyKind::AddressBlock, 50, now);
        assert_eq!(block.wait(now), None);
        assert_eq!(block.succeeded(KeyKind::AddressBlock), block);
        let user = after(KeyKind::User, 9, now);
        assert_eq!(user.succeeded(KeyKind::User), Throttle::default());
    }
}
