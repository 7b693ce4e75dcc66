//! base64url without padding (RFC 4648 §5, RFC 7515 §2) and SHA-256.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// base64url without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes base64url without padding; strict: padding, other alphabets, white space and left-over
/// bits make it `None`, so that each value has one text only.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Appends base64url to a text that is being built.
pub(crate) fn push_base64url(text: &mut String, bytes: impl AsRef<[u8]>) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes.as_ref()).as_ref());
    out
}

/// base64url of the SHA-256: PKCE's S256 (RFC 7636 §4.2) and the stored form of tokens.
pub fn sha256_base64url(bytes: impl AsRef<[u8]>) -> String {
    base64url(sha256(bytes))
}

/// Compares in time that depends on the lengths alone.
pub fn equal(left: impl AsRef<[u8]>, right: impl AsRef<[u8]>) -> bool {
    left.as_ref().ct_eq(right.as_ref()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pkce_example_of_rfc_7636_comes_out() {
        assert_eq!(
            sha256_base64url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn decoding_takes_one_text_for_one_value() {
        assert_eq!(from_base64url("aGk"), Some(b"hi".to_vec()));
        for other in ["aGk=", "aGl", "a Gk", "aG+k", "aGk\n"] {
            assert!(
                from_base64url(other).is_none_or(|bytes| bytes != b"hi"),
                "{other:?}"
            );
        }
    }

    #[test]
    fn equality_needs_every_byte_and_the_length() {
        assert!(equal("abc", "abc"));
        assert!(!equal("abc", "abd"));
        assert!(!equal("abc", "abcd"));
    }
}
