//! What a password must be (NIST SP 800-63B-4 section 3.1.1): long enough, not one that others
//! would try; no rules about kinds of characters. Passwords come in already in NFC.

mod common;

use serde::Serialize;

use common::{is_common, normal};

/// The least characters of a password that is the only factor.
pub const LEAST: usize = 15;
/// The least characters of a password beside a second factor.
pub const LEAST_WITH_SECOND_FACTOR: usize = 8;
/// The most characters.
pub const MOST: usize = 256;

/// Why a password can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PasswordFault {
    /// Too few characters.
    #[error("a password has at least {least} characters; this one has {has}")]
    TooShort {
        /// The least characters.
        least: usize,
        /// How many this one has.
        has: usize,
    },
    /// Too many characters.
    #[error("a password has at most {most} characters")]
    TooLong {
        /// The most characters.
        most: usize,
    },
    /// A character that can't be typed: NUL or another control character.
    #[error("a password has no control characters")]
    Control,
    /// One that many people choose.
    #[error("this password is one of those that are tried first")]
    Common,
    /// Made of the person's own name or address.
    #[error("a password is not made of one's own name or address")]
    OwnWords,
    /// Made of the name of the service, the account or an application.
    #[error("a password is not made of the name of the service or the account")]
    ServiceWords,
}

/// What a password is judged by besides itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Whether the person has a second factor.
    pub second_factor: bool,
    /// The person's address and names.
    pub person: &'a [&'a str],
    /// The names of the service, the account and its applications.
    pub service: &'a [&'a str],
}

/// Whether the password can be taken.
///
/// # Errors
/// The first [`PasswordFault`] found.
pub fn check(password: &str, context: &Context<'_>) -> Result<(), PasswordFault> {
    let has = password.chars().count();
    let least = if context.second_factor {
        LEAST_WITH_SECOND_FACTOR
    } else {
        LEAST
    };
    if has < least {
        return Err(PasswordFault::TooShort { least, has });
    }
    if has > MOST {
        return Err(PasswordFault::TooLong { most: MOST });
    }
    if password.chars().any(char::is_control) {
        return Err(PasswordFault::Control);
    }
    if is_common(password) {
        return Err(PasswordFault::Common);
    }
    if is_made_of(password, context.person) {
        return Err(PasswordFault::OwnWords);
    }
    // The service's own name is among its words, whoever calls.
    let service: Vec<&str> = context.service.iter().copied().chain(["latchkey"]).collect();
    if is_made_of(password, &service) {
        return Err(PasswordFault::ServiceWords);
    }
    Ok(())
}

/// Whether a long word stands in the password, or what is left without the words is short.
fn is_made_of(password: &str, texts: &[&str]) -> bool {
    let mut words: Vec<String> = texts.iter().flat_map(|it| words_of(it)).collect();
    words.sort_by_key(|it| std::cmp::Reverse(it.chars().count()));
    words.dedup();
    let password = normal(password);
    let mut rest = password.clone();
    for word in &words {
        // A short word may stand in an honest phrase: "Ana" in "banana".
        if word.chars().count() >= 6 && password.contains(word.as_str()) {
            return true;
        }
        rest = rest.replace(word.as_str(), " ");
    }
    let left = rest.chars().filter(|c| *c != ' ').count();
    rest != password && left < 8
}

/// The whole text and its parts, without those too short to tell.
fn words_of(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts
        .chain([text])
        .map(normal)
        .filter(|it| it.chars().count() >= 3)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(password: &str) -> Result<(), PasswordFault> {
        let context = Context {
            second_factor: false,
            person: &["stan.dard@acme.example", "Stan", "Dardenne"],
            service: &["Latchkey", "Acme Widgets", "Sample CRM"],
        };
        check(password, &context)
    }

    #[test]
    fn a_phrase_of_ones_own_is_taken() {
        for password in [
            "seven green lamps hum",
            "my banana is standing still",
            "Zug fährt um halb acht ab",
            "汉字也可以作为密码使用没有问题的吧",
            "x9#kLw2!pQz7&vB",
            "   spaces   are   characters   ",
            "tall-ferry-under-cloud-42",
        ] {
            assert_eq!(of(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(
            of("ünïcödé-wörtér"),
            Err(PasswordFault::TooShort { least: 15, has: 14 })
        );
        assert_eq!(of("ünïcödé-wörtérs"), Ok(()));
        let long: String = ('\u{4E00}'..).take(256).collect();
        assert_eq!(of(&long), Ok(()));
        assert_eq!(of(&format!("{long}x")), Err(PasswordFault::TooLong { most: 256 }));
    }

    #[test]
    fn eight_characters_do_beside_a_second_factor() {
        let context = Context {
            second_factor: true,
            ..Context::default()
        };
        assert_eq!(check("hq7-flit", &context), Ok(()));
        assert_eq!(
            check("hq7-fli", &context),
            Err(PasswordFault::TooShort { least: 8, has: 7 })
        );
        assert_eq!(check("password", &context), Err(PasswordFault::Common));
        assert_eq!(check("P@ssw0rd!", &context), Err(PasswordFault::Common));
        assert_eq!(check("12345678", &context), Err(PasswordFault::Common));
    }

    #[test]
    fn what_many_choose_is_refused_in_every_disguise() {
        for password in [
            "passwordpassword",
            "Password1234567",
            "P@ssw0rdP@ssw0rd",
            "password-password-1",
            "qwertyuiopasdfgh",
            "abcdefghijklmno",
            "ponmlkjihgfedcba",
            "123456789012345",
            "aaaaaaaaaaaaaaa",
            "abababababababab",
            "iloveyouprincess",
            "WelcomeSummer2026!",
            "correct horse battery staple",
            "1q2w3e4r5t6y7u8i",
            "sunshine-dragon-monkey",
        ] {
            assert_eq!(of(password), Err(PasswordFault::Common), "{password}");
        }
    }

    #[test]
    fn ones_own_words_are_refused() {
        for password in [
            "stan.dard@acme.example",
            "Stan.Dard.Stan.Dard",
            "stanstanstan2026",
            "d4rd3nn3 walks by the sea",
        ] {
            let refused = of(password);
            assert!(
                matches!(refused, Err(PasswordFault::OwnWords | PasswordFault::Common)),
                "{password}: {refused:?}"
            );
        }
        assert_eq!(of("stan.dard@acme.example"), Err(PasswordFault::OwnWords));
    }

    #[test]
    fn the_services_words_are_refused() {
        assert_eq!(of("open the latchkey please"), Err(PasswordFault::ServiceWords));
        assert_eq!(of("ACME acme crm 123-456"), Err(PasswordFault::ServiceWords));
        assert_eq!(of("W1dget5 for everyone"), Err(PasswordFault::ServiceWords));
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(of("seven green\0lamps hum"), Err(PasswordFault::Control));
    }
}
