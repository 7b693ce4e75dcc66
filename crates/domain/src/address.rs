//! E-mail addresses as this service takes them. Docs: "Addresses", "Invitations" rule 2.

mod hints;

pub use hints::{Hint, hints};

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::text::is_hidden;

/// The longest address, in bytes (RFC 5321 section 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;
/// The longest part before the `@`, in bytes (RFC 5321 section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// An e-mail address: what is before the `@` as it was given, composed (NFC, RFC 6532 section 3.1),
/// the domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Longer than 254 bytes, or 64 before the `@`.
    #[error("this address is too long")]
    TooLong,
    /// Not exactly one `@` with something on either side.
    #[error("an address has one @, such as ana@example.com")]
    Form,
    /// A space, a control character, or another that no address has.
    #[error("this address has a character in it that addresses don't have")]
    Character,
    /// What follows the `@` is no domain.
    #[error("what follows the @ is not a domain")]
    Domain,
}

impl EmailAddress {
    /// Reads an address; spaces around it are let go. Quoted local parts and address literals
    /// (RFC 5321 section 4.1.2) are not taken: no person has one, and they hide much.
    ///
    /// # Errors
    /// [`AddressFault`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(AddressFault::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressFault::Form)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(AddressFault::Form);
        }
        if local.len() > LONGEST_LOCAL {
            return Err(AddressFault::TooLong);
        }
        let composed: String = local.nfc().collect();
        if !local.chars().all(is_of_local_part) || is_look_alike(local, &composed) {
            return Err(AddressFault::Character);
        }
        let local = composed;
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(AddressFault::Form);
        }
        let domain = one_form_of(domain)
            .filter(|it| is_domain(it))
            .ok_or(AddressFault::Domain)?;
        let address = format!("{local}@{domain}");
        // Composed, a text may be longer than it was.
        if local.len() > LONGEST_LOCAL || address.len() > LONGEST {
            return Err(AddressFault::TooLong);
        }
        Ok(Self(address))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key by which addresses are the same: all in lower case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase().nfc().collect()
    }

    /// What is before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// What follows the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

/// `atext` (RFC 5322 section 3.2.3), the dot, and characters beyond ASCII (RFC 6531).
fn is_of_local_part(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
    } else {
        !c.is_control() && !c.is_whitespace() && !is_hidden(c)
    }
}

/// Whether there is a character that a change of case or of form turns into another one, as the
/// Kelvin sign into a plain `k`, the long s into an `s` or a wide letter into a plain one: somebody
/// has that address beside the plain one, and would pass for its owner. RFC 8264 section 9.17
/// leaves such characters out of names too.
fn is_look_alike(local: &str, composed: &str) -> bool {
    let gives_ascii = |c: char| !c.is_ascii() && c.to_lowercase().any(|it| it.is_ascii());
    let has_other_form = local.nfkc().ne(composed.chars());
    let turns_plain = local
        .chars()
        .any(|c| !c.is_ascii() && c.nfc().any(|it| it.is_ascii()));
    has_other_form || turns_plain || composed.chars().any(gives_ascii)
}

/// A domain in the one form that it has for us, whichever of those that mean it was written: mapped
/// (UTS 46), in lower case, in its own letters rather than as `xn--…`.
fn one_form_of(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let (unicode, read) = idna::domain_to_unicode(&ascii);
    read.is_ok().then_some(unicode)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let ends = |it: Option<char>| it.is_some_and(|c| c != '-');
        (1..=63).contains(&label.len())
            && ends(label.chars().next())
            && ends(label.chars().last())
            && label.chars().all(|c| match c {
                _ if c.is_ascii() => c.is_ascii_alphanumeric() || c == '-',
                _ => c.is_alphanumeric() && !is_hidden(c),
            })
    };
    domain.len() <= 253 && domain.split('.').all(is_label)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = AddressFault;

    fn from_str(text: &str) -> Result<Self, AddressFault> {
        Self::parse(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AddressFault;

    fn try_from(text: String) -> Result<Self, AddressFault> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_taken() {
        for text in [
            "ana@example.com",
            "a.b+c@ex-ample.co.uk",
            "o'brien@example.com",
            "müller@bücher.example",
            "root@localhost",
        ] {
            assert!(EmailAddress::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn only_the_domain_is_folded_in_the_address_and_all_of_it_in_the_key() {
        let address = EmailAddress::parse("  Ana.Lima@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "Ana.Lima@example.com");
        assert_eq!(address.folded(), "ana.lima@example.com");
        assert_eq!(address.domain(), "example.com");
        assert_eq!(address.local_part(), "Ana.Lima");
    }

    #[test]
    fn one_address_written_in_two_forms_is_one_address() {
        let composed = EmailAddress::parse("jos\u{e9}@x.example").unwrap();
        let decomposed = EmailAddress::parse("jose\u{301}@x.example").unwrap();
        assert_eq!(composed, decomposed);
        let capital = EmailAddress::parse("JOSE\u{301}@x.example").unwrap();
        assert_eq!(capital.folded(), composed.folded());
    }

    #[test]
    fn one_domain_written_in_two_forms_is_one_domain() {
        for (text, same) in [
            ("ana@xn--bcher-kva.example", "ana@b\u{fc}cher.example"),
            ("ana@BU\u{308}CHER.example", "ana@b\u{fc}cher.example"),
            ("ana@\u{ff41}cme.example", "ana@acme.example"),
            ("ana@acme\u{17f}.example", "ana@acmes.example"),
            ("ana@\u{212a}iosk.example", "ana@kiosk.example"),
        ] {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(address, EmailAddress::parse(same).unwrap(), "{text:?}");
            assert_eq!(address.as_str(), same);
        }
    }

    #[test]
    fn what_grows_when_composed_is_measured_as_it_is_kept() {
        let local = "\u{958}".repeat(21);
        let fault = EmailAddress::parse(&format!("{local}@x.example")).unwrap_err();
        assert_eq!(fault, AddressFault::TooLong);
    }

    #[test]
    fn look_alikes_of_plain_letters_are_refused() {
        for text in [
            "\u{212a}im@acme.example",
            "\u{17f}am@acme.example",
            "\u{ff41}da@acme.example",
            "\u{130}da@acme.example",
            "I\u{307}da@acme.example",
            "\u{fb01}n@acme.example",
            "a\u{37e}b@acme.example",
        ] {
            let fault = EmailAddress::parse(text).unwrap_err();
            assert_eq!(fault, AddressFault::Character, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, fault) in [
            ("", AddressFault::Form),
            ("ana", AddressFault::Form),
            ("ana@", AddressFault::Form),
            ("@example.com", AddressFault::Form),
            ("ana@b@c", AddressFault::Form),
            (".ana@example.com", AddressFault::Form),
            ("a..b@example.com", AddressFault::Form),
            ("ana lima@example.com", AddressFault::Character),
            ("ana\r\nbcc:x@example.com", AddressFault::Character),
            ("ana\0@example.com", AddressFault::Character),
            ("\"ana\"@example.com", AddressFault::Character),
            ("ana\u{202E}@example.com", AddressFault::Character),
            ("ana@-example.com", AddressFault::Domain),
            ("ana@example..com", AddressFault::Domain),
            ("ana@exam ple.com", AddressFault::Domain),
            ("ana@[127.0.0.1]", AddressFault::Domain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn overlong_addresses_are_refused() {
        let local = format!("{}@example.com", "a".repeat(65));
        assert_eq!(EmailAddress::parse(&local), Err(AddressFault::TooLong));
        let whole = format!("ana@{}", "a.".repeat(130));
        assert_eq!(EmailAddress::parse(&whole), Err(AddressFault::TooLong));
    }
}
