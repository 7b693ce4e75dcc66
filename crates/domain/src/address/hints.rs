//! What is pointed out of an address before anything is sent to it; nothing here refuses.

use serde::Serialize;

use super::EmailAddress;

/// Something about an address that its writer should look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hint {
    /// The domain is one letter away from a well-known or the account's own one.
    LookAlikeDomain {
        /// The domain that was perhaps meant.
        meant: String,
    },
    /// The address is one letter away from that of someone in the account.
    LookAlikeAddress {
        /// The address that was perhaps meant.
        meant: String,
    },
    /// Letters of several scripts stand together, as in deceptive addresses.
    MixedScripts,
    /// Mail to this domain can't arrive: it has no dot, or is reserved (RFC 2606, RFC 6761).
    Undeliverable,
    /// The address is that of a function, not of a person (RFC 2142).
    RoleAddress,
}

const WELL_KNOWN: [&str; 14] = [
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "t-online.de",
    "web.de",
    "yahoo.com",
];

const RESERVED: [&str; 5] = ["invalid", "test", "example", "localhost", "local"];

const FUNCTIONS: [&str; 12] = [
    "abuse",
    "admin",
    "hostmaster",
    "info",
    "mailer-daemon",
    "no-reply",
    "noreply",
    "postmaster",
    "sales",
    "security",
    "support",
    "webmaster",
];

/// What should be pointed out of this address; `known` are addresses of the account's members.
pub fn hints<'a>(address: &EmailAddress, known: impl IntoIterator<Item = &'a EmailAddress>) -> Vec<Hint> {
    let mut found = Vec::new();
    let domain = address.domain();
    let folded = address.folded();
    let mut meant_domain = WELL_KNOWN
        .iter()
        .find(|it| is_look_alike(domain, it))
        .map(|it| (*it).to_owned());
    let mut meant_address = None;
    for other in known {
        if domain == other.domain() {
            let other_folded = other.folded();
            if is_look_alike(&folded, &other_folded) {
                meant_address = Some(other_folded);
            }
        } else if is_look_alike(domain, other.domain()) {
            meant_domain = Some(other.domain().to_owned());
        }
    }
    if WELL_KNOWN.contains(&domain) {
        meant_domain = None;
    }
    found.extend(meant_domain.map(|meant| Hint::LookAlikeDomain { meant }));
    found.extend(meant_address.map(|meant| Hint::LookAlikeAddress { meant }));
    if mixes_scripts(address.local_part()) || domain.split('.').any(mixes_scripts) {
        found.push(Hint::MixedScripts);
    }
    if is_undeliverable(domain) {
        found.push(Hint::Undeliverable);
    }
    if FUNCTIONS.contains(&address.local_part().to_lowercase().as_str()) {
        found.push(Hint::RoleAddress);
    }
    found
}

fn is_undeliverable(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or(domain);
    let numeric = top.chars().all(|c| c.is_ascii_digit());
    !domain.contains('.') || RESERVED.contains(&top) || numeric
}

/// Different, long enough to tell, and one inserted, left out, changed or swapped letter apart,
/// or the same once letters that look alike are taken for one.
fn is_look_alike(text: &str, other: &str) -> bool {
    if text == other || text.chars().count() < 5 {
        return false;
    }
    skeleton(text) == skeleton(other) || is_one_letter_apart(text, other)
}

fn skeleton(text: &str) -> String {
    text.replace("rn", "m")
        .replace("vv", "w")
        .replace(['1', 'l'], "i")
        .replace('0', "o")
        .replace('\u{0430}', "a")
        .replace('\u{0435}', "e")
        .replace('\u{043E}', "o")
        .replace('\u{0440}', "p")
        .replace('\u{0441}', "c")
        .replace('\u{0456}', "i")
}

fn is_one_letter_apart(text: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (text.chars().collect(), other.chars().collect());
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let same_end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count()
        .min(a.len().min(b.len()) - same_start);
    let (left, right) = (
        a.get(same_start..a.len() - same_end).unwrap_or_default(),
        b.get(same_start..b.len() - same_end).unwrap_or_default(),
    );
    match (left, right) {
        ([], [_]) | ([_], []) | ([_], [_]) => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

fn mixes_scripts(text: &str) -> bool {
    let has = |range: std::ops::RangeInclusive<char>| text.chars().any(|c| range.contains(&c));
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let greek = has('\u{0370}'..='\u{03FF}');
    let cyrillic = has('\u{0400}'..='\u{052F}');
    u8::from(latin) + u8::from(greek) + u8::from(cyrillic) > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn of(text: &str) -> Vec<Hint> {
        hints(&address(text), &[address("stan@acme-widgets.com")])
    }

    #[test]
    fn an_ordinary_address_has_no_hints() {
        assert_eq!(of("ana@acme-widgets.com"), []);
        assert_eq!(of("ana.lima@gmail.com"), []);
        assert_eq!(
            of("ana@mail.com"),
            [Hint::LookAlikeDomain {
                meant: "gmail.com".to_owned()
            }]
        );
    }

    #[test]
    fn a_slip_in_the_domain_is_pointed_out() {
        for (text, meant) in [
            ("ana@gmial.com", "gmail.com"),
            ("ana@hotmai.com", "hotmail.com"),
            ("ana@acrne-widgets.com", "acme-widgets.com"),
            ("ana@acme-widget.com", "acme-widgets.com"),
            ("ana@acme-w1dgets.com", "acme-widgets.com"),
        ] {
            assert_eq!(
                of(text),
                [Hint::LookAlikeDomain {
                    meant: meant.to_owned()
                }],
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_close_to_a_colleagues_is_pointed_out() {
        assert_eq!(
            of("stam@acme-widgets.com"),
            [Hint::LookAlikeAddress {
                meant: "stan@acme-widgets.com".to_owned()
            }]
        );
        assert_eq!(of("stan@acme-widgets.com"), []);
    }

    #[test]
    fn mixed_scripts_are_pointed_out() {
        assert!(of("an\u{0430}@acme-widgets.com").contains(&Hint::MixedScripts));
        assert!(!of("анна@почта.рф").contains(&Hint::MixedScripts));
    }

    #[test]
    fn an_address_where_no_mail_arrives_is_pointed_out() {
        for text in [
            "ana@localhost",
            "ana@acme.example",
            "ana@acme.test",
            "ana@10.0.0.1",
        ] {
            assert!(of(text).contains(&Hint::Undeliverable), "{text}");
        }
    }

    #[test]
    fn an_address_of_a_function_is_pointed_out() {
        assert_eq!(of("Info@acme-widgets.com"), [Hint::RoleAddress]);
    }
}
