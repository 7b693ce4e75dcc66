//! HMAC-SHA256 (RFC 2104) under a key prepared once.

use std::fmt;

use aws_lc_rs::hmac;

/// A prepared HMAC-SHA256 key. Cheap to clone, not printable.
#[derive(Clone)]
pub struct MacKey(hmac::Key);

impl MacKey {
    /// Prepares a key from its bytes (32 are the right number; RFC 2104 §3).
    pub fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The code over the parts, one after another. The caller sees to it that the parts can't
    /// be shifted against each other (fixed lengths or length prefixes).
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }

    /// Whether `code` is the code over the parts, compared in constant time.
    pub fn verify(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        crate::encoding::equal(self.sign(parts), code)
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_case_2_of_rfc_4231_comes_out() {
        let code = MacKey::new(b"Jefe").sign(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(code[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(code[28..], [0x64, 0xec, 0x38, 0x43]);
    }

    #[test]
    fn an_altered_or_shortened_code_is_refused() {
        let key = MacKey::new(&[1; 32]);
        let mut code = key.sign(&[b"data"]);
        assert!(key.verify(&[b"data"], &code));
        assert!(!key.verify(&[b"data"], &code[..31]));
        code[0] ^= 1;
        assert!(!key.verify(&[b"data"], &code));
    }
}
