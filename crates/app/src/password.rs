//! Passwords: what may be one, hashing it, and setting a new one through a link in a mail.

mod link;
mod reset;

pub use link::{Link, SentTo};
pub(crate) use reset::ResetAsked;
pub use reset::{ResetError, ResetFor, find_reset, send_reset, set_through_link};

use latchkey_crypto::secret::Secret;
use latchkey_crypto::strength::strength;
use latchkey_domain::password::{self as rules, Context};
use unicode_normalization::UnicodeNormalization as _;

use crate::{App, Result};

/// The least score of zxcvbn (0 to 4) that is taken.
const LEAST_SCORE: u8 = 3;

/// Why a password is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// It breaks a rule.
    #[error(transparent)]
    Rule(#[from] rules::PasswordFault),
    /// It would be guessed soon (NIST SP 800-63B-4 §3.1.1.2).
    #[error("this password is easy to guess")]
    Guessable,
}

/// The password as it is judged and hashed: in Unicode's NFC, so that it is the same from every
/// keyboard (NIST SP 800-63B-4 §3.1.1.2, RFC 8265 §4.2).
pub fn normalized(password: &Secret) -> Secret {
    Secret::new(password.expose_secret().nfc().collect::<String>())
}

/// Whether a password may be set; `person` are the person's names and addresses.
///
/// # Errors
/// [`PasswordFault`] says why not.
pub fn check(app: &App, password: &Secret, person: &[&str]) -> Result<(), PasswordFault> {
    let host = app.issuer.as_str().split("://").nth(1).unwrap_or_default();
    judge(password, person, &["Latchkey", host])
}

fn judge(password: &Secret, person: &[&str], service: &[&str]) -> Result<(), PasswordFault> {
    let password = normalized(password);
    rules::check(
        password.expose_secret(),
        &Context {
            second_factor: false,
            person,
            service,
        },
    )?;
    let words: Vec<&str> = person.iter().chain(service).copied().collect();
    if strength(password.expose_secret(), &words).score < LEAST_SCORE {
        return Err(PasswordFault::Guessable);
    }
    Ok(())
}

/// Hashes a password on the bounded pool; answers the PHC string to keep.
///
/// # Errors
/// [`crate::Error::Unavailable`] where the pool's queue is full.
pub async fn hash(app: &App, password: &Secret) -> Result<String> {
    Ok(app.passwords.hash(normalized(password), app.rng.bytes()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(password: &str) -> Result<(), PasswordFault> {
        judge(
            &password.into(),
            &["Ana", "Lima", "ana.lima@acme.example"],
            &["Latchkey", "login.example"],
        )
    }

    #[test]
    fn one_password_is_the_same_from_every_keyboard() {
        let composed = normalized(&"caf\u{e9} am see".into());
        let decomposed = normalized(&"cafe\u{301} am see".into());
        assert_eq!(composed.expose_secret(), decomposed.expose_secret());
    }

    #[test]
    fn length_is_counted_after_normalization() {
        // 14 letters that are 15 code points before they are composed.
        let typed = "e\u{301}lan by tramway";
        assert_eq!(typed.chars().count(), 16);
        assert_eq!(of(typed), Ok(()));
        assert_eq!(
            of("e\u{301}lan by a tram"),
            Err(PasswordFault::Rule(rules::PasswordFault::TooShort {
                least: 15,
                has: 14
            }))
        );
    }

    #[test]
    fn a_long_password_that_is_guessed_soon_is_refused() {
        assert!(of("1112223334445556").is_err());
        assert_eq!(of("violin-drawer-comet-eleven"), Ok(()));
    }
}
