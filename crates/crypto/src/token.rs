//! Opaque tokens: 256 bits, handed out as text, kept as a digest (RFC 6749 §10.10).

use crate::encoding::{base64url, equal, from_base64url, sha256_base64url};
use crate::mac::MacKey;
use crate::secret::Secret;

const SUCCESSOR: &[u8] = b"latchkey refresh successor 1";

/// An opaque token on its way to whoever will hold it: a prefix that says what it is (so that
/// secret scanners and people recognise it) and 32 bytes as base64url.
#[derive(Clone, Debug)]
pub struct OpaqueToken(Secret);

impl OpaqueToken {
    /// A token without a prefix from 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self::with_prefix("", bytes)
    }

    /// A token such as `lkr_…` from its prefix and 32 random bytes.
    pub fn with_prefix(prefix: &str, bytes: [u8; 32]) -> Self {
        Self(Secret::new(format!("{prefix}{}", base64url(bytes))))
    }

    /// The text to hand out. It is shown or sent once and never stored.
    pub fn text(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored and searched by: see [`digest`].
    pub fn digest(&self) -> String {
        digest(self.text())
    }
}

/// The stored form of a token: SHA-256 as base64url, 43 characters. A fast hash is right for
/// 256-bit secrets, which can't be guessed.
pub fn digest(text: &str) -> String {
    sha256_base64url(text)
}

/// Whether the text has the shape of a token with this prefix. A cheap look before a query.
pub fn is_well_formed(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .filter(|rest| rest.len() == 43)
        .and_then(from_base64url)
        .is_some_and(|bytes| bytes.len() == 32)
}

/// Whether a presented token is the one whose digest was stored, in constant time.
pub fn matches(stored_digest: &str, presented: &str) -> bool {
    equal(stored_digest, digest(presented))
}

/// The one successor of a refresh token: asked for again it is the same token, so an answer that
/// was lost on the way can be given a second time (RFC 6749 §6, RFC 9700 §4.14).
pub fn derive_successor(key: &MacKey, prefix: &str, predecessor: &str) -> OpaqueToken {
    OpaqueToken::with_prefix(prefix, key.sign(&[SUCCESSOR, predecessor.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_digest_alone() {
        let token = OpaqueToken::with_prefix("lkr_", [5; 32]);
        assert!(token.text().starts_with("lkr_"));
        assert_eq!(token.digest().len(), 43);
        assert!(matches(&token.digest(), token.text()));
        assert!(!matches(&token.digest(), OpaqueToken::from_bytes([5; 32]).text()));
        assert!(!format!("{token:?}").contains("lkr_"));
    }

    #[test]
    fn only_the_right_shape_reaches_the_database() {
        let token = OpaqueToken::with_prefix("lkr_", [5; 32]);
        assert!(is_well_formed("lkr_", token.text()));
        assert!(!is_well_formed("lkc_", token.text()));
        assert!(!is_well_formed("lkr_", &token.text()[..46]));
        assert!(!is_well_formed("lkr_", "lkr_' OR 1=1 --"));
        assert!(!is_well_formed("lkr_", &format!("{}A", token.text())));
    }

    #[test]
    fn a_successor_is_the_same_each_time_and_bound_to_its_key() {
        let key = MacKey::new(&[1; 32]);
        let token = OpaqueToken::from_bytes([5; 32]);
        let next = derive_successor(&key, "lkr_", token.text());
        assert_eq!(next.text(), derive_successor(&key, "lkr_", token.text()).text());
        assert_ne!(next.text(), derive_successor(&key, "lkr_", next.text()).text());
        assert_ne!(
            next.text(),
            derive_successor(&MacKey::new(&[2; 32]), "lkr_", token.text()).text()
        );
    }
}
