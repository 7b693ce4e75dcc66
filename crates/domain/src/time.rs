//! Points in time as Unix milliseconds.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, negative before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A text that is neither an RFC 3339 date and time nor a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date (2026-11-02) or an RFC 3339 date and time (2026-11-02T09:30:00Z)")]
pub struct NotATime;

impl Timestamp {
    /// From Unix milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From Unix seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Unix milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Unix seconds, rounded down; the unit of JWT's NumericDate (RFC 7519 section 2).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This much later; stops at the end of time.
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(by)))
    }

    /// This much earlier; stops at the beginning of time.
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(by)))
    }

    /// How long after `other` this is; zero when it is not after it (a clock may jump back).
    pub fn since(self, other: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(other.0)).unwrap_or(0))
    }

    /// The RFC 3339 text in UTC, with milliseconds only where there are some.
    pub fn rfc3339(self) -> String {
        // Outside years -9999 to 9999 no such text exists; the number is then the honest answer.
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| self.0.to_string(), |at| at.to_string())
    }

    /// The date in UTC, such as `2026-11-02`.
    pub fn date(self) -> String {
        let text = self.rfc3339();
        text.split_once('T')
            .map_or(text.clone(), |(date, _)| date.to_owned())
    }

    /// Reads an RFC 3339 date and time (RFC 3339 section 5.6), or a date, which means its
    /// beginning in UTC.
    ///
    /// # Errors
    /// [`NotATime`] for any other text.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(at.as_millisecond()));
        }
        let date_alone = text.len() == 10;
        if !date_alone {
            return Err(NotATime);
        }
        format!("{text}T00:00:00Z")
            .parse::<jiff::Timestamp>()
            .map(|at| Self(at.as_millisecond()))
            .map_err(|_| NotATime)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

fn whole_millis(by: Duration) -> i64 {
    i64::try_from(by.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_its_beginning_in_utc() {
        assert_eq!(
            Timestamp::parse("2026-11-02"),
            Timestamp::parse("2026-11-02T00:00:00Z")
        );
        assert_eq!(Timestamp::parse("2026-11-02").unwrap().date(), "2026-11-02");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for millis in [0, 1, -1, 1_793_577_600_123] {
            let at = Timestamp(millis);
            assert_eq!(Timestamp::parse(&at.rfc3339()), Ok(at));
        }
    }

    #[test]
    fn an_offset_is_counted_in() {
        assert_eq!(Timestamp::parse("1970-01-01T01:00:00+01:00"), Ok(Timestamp(0)));
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in ["", "tomorrow", "2026-13-01", "2026-11-02T09:30", "02.11.2026"] {
            assert_eq!(Timestamp::parse(text), Err(NotATime), "{text}");
        }
    }

    #[test]
    fn time_between_is_never_negative() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), Duration::ZERO);
        assert_eq!(Timestamp(9).since(Timestamp(5)), Duration::from_millis(4));
        assert_eq!(Timestamp(i64::MAX).plus(Duration::MAX), Timestamp(i64::MAX));
    }

    #[test]
    fn seconds_round_down_before_1970_too() {
        assert_eq!(Timestamp(-1).seconds(), -1);
        assert_eq!(Timestamp(1999).seconds(), 1);
    }
}
