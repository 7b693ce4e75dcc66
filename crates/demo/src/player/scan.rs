//! Finds what changes from run to run in a text: words that are tokens, ids or times, and dates.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Replaces words (runs of letters, digits, `-`, `_` and `.`) for which `name` has another.
/// A word with dots that is not replaced as a whole is looked at piece by piece.
pub(super) fn words(text: &str, mut name: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        match name(word) {
            Some(other) => out.push_str(&other),
            None => {
                let piece = |it: &str| name(it).unwrap_or_else(|| it.to_owned());
                let pieces: Vec<String> = word.split('.').map(piece).collect();
                out.push_str(&pieces.join("."));
            }
        }
        let gap = behind.find(is_of_word).unwrap_or(behind.len());
        let (between, behind) = behind.split_at(gap);
        out.push_str(between);
        rest = behind;
    }
    out
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.'
}

/// A JWS in compact form (RFC 7515 section 3.1).
pub(super) fn is_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() == 2 && word.len() > 40
}

/// A UUID (RFC 9562 section 4).
pub(super) fn is_uuid(word: &str) -> bool {
    let is_right = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    word.len() == 36 && word.chars().enumerate().all(is_right)
}

/// Long, and of all kinds of characters: no word of any language.
pub(super) fn is_opaque(word: &str) -> bool {
    let has = |kind: fn(&char) -> bool| word.chars().any(|c| kind(&c));
    word.len() >= 32
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
}

/// Seconds or milliseconds since 1970, of this century's first half.
pub(super) fn is_unix_time(word: &str) -> bool {
    let is_digits = word.chars().all(|c| c.is_ascii_digit());
    is_digits && (word.len() == 10 || word.len() == 13) && word.starts_with(['1', '2'])
}

/// Replaces what stands in `<time>` elements.
pub(super) fn without_time_elements(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, element)) = rest.split_once("<time ") {
        let Some((_, behind)) = element.split_once("</time>") else {
            break;
        };
        out.push_str(before);
        out.push_str("<time>{time}</time>");
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Replaces times as RFC 3339 writes them, and dates as people do ("24 November 2026, 20:19 UTC").
pub(super) fn without_dates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_inside = out.ends_with(|c: char| c.is_ascii_alphanumeric());
        let length = if first.is_ascii_digit() && !is_inside {
            stamp(rest).or_else(|| date(rest))
        } else {
            None
        };
        let (taken, written) = match length {
            Some(length) => (length, Some("{time}")),
            None => (first.len_utf8(), None),
        };
        let (taken, behind) = rest.split_at(taken);
        out.push_str(written.unwrap_or(taken));
        rest = behind;
    }
    out
}

/// The length of `2026-11-24T20:19:43.123Z` at the start of a text. Colons may be encoded.
fn stamp(text: &str) -> Option<usize> {
    let day = text.get(..11)?;
    let fits = day.chars().enumerate().all(|(at, c)| match at {
        4 | 7 => c == '-',
        10 => c == 'T',
        _ => c.is_ascii_digit(),
    });
    let is_of_time = |c: char| c.is_ascii_digit() || ":.Z%+".contains(c) || c == 'A';
    let tail = text.get(11..)?;
    let length = tail.find(|c| !is_of_time(c)).unwrap_or(tail.len());
    let digits = tail.get(..length)?.matches(|c: char| c.is_ascii_digit());
    (fits && digits.count() >= 4).then_some(11 + length)
}

/// The length of `24 November 2026` with or without `, 20:19 UTC` at the start of a text.
fn date(text: &str) -> Option<usize> {
    let (day, rest) = text.split_once(' ')?;
    let (month, rest) = rest.split_once(' ')?;
    let year = rest.get(..4)?;
    let is_digits = |it: &str| it.chars().all(|c| c.is_ascii_digit());
    let fits = day.len() <= 2 && is_digits(day) && MONTHS.contains(&month) && is_digits(year);
    let length = day.len() + month.len() + 6;
    let tail = text.get(length..)?;
    let clock = tail
        .strip_prefix(", ")
        .and_then(|it| it.get(..5))
        .filter(|it| it.get(2..3) == Some(":"));
    let zone = clock.and_then(|_| tail.get(7..)?.strip_prefix(" UTC"));
    let more = match (clock, zone) {
        (Some(_), Some(_)) => 11,
        (Some(_), None) => 7,
        _ => 0,
    };
    fits.then_some(length + more)
}
