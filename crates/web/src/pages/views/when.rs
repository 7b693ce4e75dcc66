use super::Say;

/// A moment as shown and as machines read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// In the person's language.
    pub text: String,
    /// In RFC 3339, UTC.
    pub iso: String,
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9",
    "month-10", "month-11", "month-12",
];

impl When {
    /// The day of a moment given in Unix milliseconds, in UTC.
    pub fn day(texts: &dyn Say, unix_millis: i64) -> Self {
        let (year, month, day) = civil(unix_millis.div_euclid(86_400_000));
        let name = texts.say(MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default());
        let text = texts.say_with(
            "date",
            &[
                ("day", &day.to_string()),
                ("month", &name),
                ("year", &year.to_string()),
            ],
        );
        Self {
            text,
            iso: format!("{year:04}-{month:02}-{day:02}"),
        }
    }

    /// The day and minute of a moment given in Unix milliseconds, in UTC and saying so.
    pub fn minute(texts: &dyn Say, unix_millis: i64) -> Self {
        let day = Self::day(texts, unix_millis);
        let minutes = unix_millis.rem_euclid(86_400_000) / 60_000;
        let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let text = texts.say_with("date-time", &[("date", &day.text), ("time", &time)]);
        Self {
            text,
            iso: format!("{}T{time}Z", day.iso),
        }
    }
}

/// A wait in words that need no plural: seconds below two minutes, minutes above (rounded up).
pub fn wait(texts: &dyn Say, seconds: u32) -> String {
    if seconds < 120 {
        texts.say_with("wait-seconds", &[("count", &seconds.to_string())])
    } else {
        texts.say_with("wait-minutes", &[("count", &seconds.div_ceil(60).to_string())])
    }
}

/// Year, month and day of a day counted from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant's
/// `civil_from_days`).
fn civil(days: i64) -> (i64, usize, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, usize::try_from(month).unwrap_or(1), day)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates_of_the_gregorian_calendar() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_781), (2026, 11, 24));
    }
}
