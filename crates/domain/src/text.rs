//! What people may write in names and messages. Docs: "Invitations", rule 8.
//!
//! These texts end up in mails and pages that carry the service's name: they hold no links, no
//! control characters, and nothing that turns or hides what stands beside it.

/// Why a text can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but spaces.
    #[error("this is empty")]
    Empty,
    /// Longer than allowed.
    #[error("this is longer than {most} characters")]
    TooLong {
        /// The most characters.
        most: usize,
    },
    /// A line break, a tab, NUL or another control character.
    #[error("this has a control character in it")]
    Control,
    /// A character that turns the direction of text or is not to be seen.
    #[error("this has a character in it that can't be seen or that turns the direction of text")]
    Hidden,
    /// Something that a mail program would make a link of.
    #[error("this must not have a link in it")]
    Link,
}

/// The longest first or last name, in characters.
pub const LONGEST_NAME: usize = 100;
/// The longest personal message, in characters.
pub const LONGEST_MESSAGE: usize = 1_000;
/// The longest note or reason, in characters.
pub const LONGEST_NOTE: usize = 500;

/// A person's first, last or display name.
///
/// # Errors
/// The first [`TextFault`] found.
pub fn check_person_name(name: &str) -> Result<(), TextFault> {
    check_line(name, LONGEST_NAME)?;
    refuse_links(name)
}

/// The name of an account, a permission set, a group, a role: one visible line.
///
/// # Errors
/// The first [`TextFault`] found.
pub fn check_title(title: &str) -> Result<(), TextFault> {
    check_line(title, LONGEST_NAME)
}

/// An administrator's note or reason: one visible line.
///
/// # Errors
/// The first [`TextFault`] found.
pub fn check_note(note: &str) -> Result<(), TextFault> {
    check_line(note, LONGEST_NOTE)
}

/// An inviter's personal message: several lines, no links.
///
/// # Errors
/// The first [`TextFault`] found.
pub fn check_message(message: &str) -> Result<(), TextFault> {
    check_length(message, LONGEST_MESSAGE)?;
    check_characters(message, |c| c == '\n' || c == '\r')?;
    refuse_links(message)
}

/// Whether a text has the form of a language tag (RFC 5646 §2.1), such as `de` or `pt-BR`.
#[must_use]
pub fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let is_part = |part: &str| matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    matches!(language.len(), 2..=8) && language.bytes().all(|b| b.is_ascii_alphabetic()) && parts.all(is_part)
}

fn check_line(text: &str, most: usize) -> Result<(), TextFault> {
    check_length(text, most)?;
    check_characters(text, |_| false)
}

fn check_length(text: &str, most: usize) -> Result<(), TextFault> {
    if text.trim().is_empty() {
        return Err(TextFault::Empty);
    }
    if text.chars().count() > most {
        return Err(TextFault::TooLong { most });
    }
    Ok(())
}

fn check_characters(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), TextFault> {
    for c in text.chars() {
        if c.is_control() && !allowed(c) {
            return Err(TextFault::Control);
        }
        if is_hidden(c) {
            return Err(TextFault::Hidden);
        }
    }
    Ok(())
}

/// Characters that turn the direction of text (Unicode Standard Annex 9) or that show nothing.
/// The joiners U+200C and U+200D stay: Persian and Indic names need them.
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

/// Top-level domains that stand-alone host names in a message are recognized by. A mail program
/// links `example.com` without any scheme; `Dr.Smith` and `e.g.this` it does not.
const LINKED_TOP_LEVEL: [&str; 40] = [
    "app", "at", "au", "be", "biz", "ca", "ch", "click", "cn", "co", "com", "de", "dev", "es", "eu", "fr",
    "gov", "in", "info", "io", "it", "jp", "link", "me", "net", "nl", "online", "org", "page", "pl", "ru",
    "shop", "site", "top", "uk", "us", "vip", "xyz", "zip", "edu",
];

fn refuse_links(text: &str) -> Result<(), TextFault> {
    let folded = text.to_lowercase();
    let has_scheme = folded.contains("://")
        || ["mailto:", "javascript:", "data:", "tel:", "href="]
            .iter()
            .any(|it| folded.contains(it));
    // Full-width and ideographic stops are read as dots in host names (RFC 3490 section 3.1).
    let dotted = folded.replace(['\u{3002}', '\u{FF0E}', '\u{FF61}'], ".");
    let is_host = |word: &str| {
        let host = word.split(['/', '?', '#', ':']).next().unwrap_or(word);
        let labels: Vec<&str> = host.split('.').collect();
        let named = labels.iter().all(|label| !label.is_empty());
        let top = labels.last().copied().unwrap_or("");
        named && labels.len() > 1 && (labels.first() == Some(&"www") || LINKED_TOP_LEVEL.contains(&top))
    };
    let has_host = dotted
        .split(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    ',' | ';' | '(' | ')' | '<' | '>' | '"' | '\'' | '[' | ']' | '@' | '!'
                )
        })
        .map(|word| word.trim_matches('.'))
        .any(is_host);
    if has_scheme || has_host {
        Err(TextFault::Link)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_told_by_their_form() {
        for good in [
            "de",
            "EN",
            "pt-BR",
            "zh-Hant-TW",
            "gsw",
            "de-DE-1996",
            "en-x-plain",
        ] {
            assert!(is_language_tag(good), "{good}");
        }
        for bad in [
            "",
            "d",
            "German please",
            "de_DE",
            "de-",
            "-de",
            "12",
            "49820c7c-af83",
            "de-toolongapart",
            "dé",
        ] {
            assert!(!is_language_tag(bad), "{bad}");
        }
    }

    #[test]
    fn names_of_all_the_world_are_taken() {
        for name in [
            "Ana",
            "José María",
            "O'Brien",
            "d'Arc-Núñez",
            "李",
            "Ольга",
            "نگار‌ین",
            "Dr. A. B. Smith Jr.",
            "Dr.Smith",
        ] {
            assert_eq!(check_person_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_name_carries_no_link() {
        for name in [
            "http://evil.example",
            "Win now evil.com",
            "www.evil",
            "Ana evil.com/claim",
            "evil。com",
            "ana@evil.com",
            "JAVASCRIPT:alert(1)",
        ] {
            assert_eq!(check_person_name(name), Err(TextFault::Link), "{name}");
        }
    }

    #[test]
    fn a_name_turns_and_hides_nothing() {
        assert_eq!(check_person_name("Ana\u{202E}nimdA"), Err(TextFault::Hidden));
        assert_eq!(check_person_name("A\u{200B}na"), Err(TextFault::Hidden));
        assert_eq!(check_person_name("Ana\r\nBcc: all"), Err(TextFault::Control));
        assert_eq!(check_person_name("Ana\0"), Err(TextFault::Control));
    }

    #[test]
    fn empty_and_overlong_names_are_refused() {
        assert_eq!(check_person_name("  "), Err(TextFault::Empty));
        assert_eq!(
            check_person_name(&"a".repeat(101)),
            Err(TextFault::TooLong { most: 100 })
        );
        assert_eq!(check_person_name(&"ä".repeat(100)), Ok(()));
    }

    #[test]
    fn a_message_has_lines_and_no_links() {
        assert_eq!(
            check_message("Hi Ana,\r\nsee you on Monday. We start at 9.30!\n"),
            Ok(())
        );
        assert_eq!(check_message("see evil.com"), Err(TextFault::Link));
        assert_eq!(check_message("a\tb"), Err(TextFault::Control));
    }

    #[test]
    fn a_title_may_look_like_a_host() {
        assert_eq!(check_title("Booking.com team"), Ok(()));
    }
}
