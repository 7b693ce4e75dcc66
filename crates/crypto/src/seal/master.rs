//! The master key and what is derived from it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::encoding::base64url;
use crate::mac::MacKey;

const SALT: &[u8] = b"latchkey master key 1";
const SHORTEST_TEXT: usize = 32;

/// Why a configured master key is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Neither 32 bytes as base64 or hex, nor a text of at least 32 characters.
    #[error("the master key must be 32 bytes as base64 or hex, or a text of at least 32 characters")]
    TooShort,
}

/// A master key, kept as the HKDF extract of what was configured. Not printable.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    extract: MacKey,
}

impl MasterKey {
    /// A key from 32 random bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self::from_material(bytes)
    }

    /// A key from the configuration: 32 bytes as base64 (either alphabet) or hex, or any other
    /// text of at least 32 characters, which must be as hard to guess as a random key.
    ///
    /// # Errors
    /// [`MasterKeyError::TooShort`].
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        if let Some(bytes) = decode(text) {
            return Ok(Self::from_bytes(&bytes));
        }
        if text.chars().count() < SHORTEST_TEXT {
            return Err(MasterKeyError::TooShort);
        }
        Ok(Self::from_material(text.as_bytes()))
    }

    /// The key's id: 11 characters derived from the key, which say nothing about it.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn from_material(material: &[u8]) -> Self {
        let extract = Zeroizing::new(MacKey::new(SALT).sign(&[material]));
        let mut key = Self {
            id: String::new(),
            extract: MacKey::new(extract.as_slice()),
        };
        let id = key.derive("id", "", b"");
        key.id = base64url(id.first_chunk::<8>().unwrap_or(&[0; 8]));
        key
    }

    /// HKDF-Expand to 32 bytes, which is one HMAC (RFC 5869 §2.3).
    pub(super) fn derive(&self, kind: &str, purpose: &str, nonce: &[u8]) -> [u8; 32] {
        self.extract.sign(&[
            &[u8::try_from(kind.len()).unwrap_or(u8::MAX)],
            kind.as_bytes(),
            &(purpose.len() as u64).to_be_bytes(),
            purpose.as_bytes(),
            nonce,
            &[1],
        ])
    }

    pub(super) fn mac_key(&self, purpose: &str) -> MacKey {
        MacKey::new(Zeroizing::new(self.derive("mac", purpose, b"")).as_slice())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = decode_hex(text).or_else(|| {
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
            .iter()
            .find_map(|alphabet| alphabet.decode(text).ok())
    });
    let bytes = Zeroizing::new(bytes?);
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 {
        return None;
    }
    let nibbles: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    nibbles?
        .chunks(2)
        .map(|pair| {
            let value = pair.iter().fold(0, |sum, nibble| sum * 16 + nibble);
            u8::try_from(value).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_32_bytes_are_one_key_in_every_writing() {
        let bytes: [u8; 32] = std::array::from_fn(|place| (place as u8).wrapping_mul(37) | 0xc0);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let key = MasterKey::from_bytes(&bytes);
        for text in [
            hex.to_uppercase(),
            hex,
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE.encode(bytes),
            format!("{}\n", URL_SAFE_NO_PAD.encode(bytes)),
        ] {
            assert_eq!(MasterKey::parse(&text).unwrap().id(), key.id(), "{text}");
        }
    }

    #[test]
    fn a_long_text_is_a_key_and_a_short_one_is_refused() {
        let key = MasterKey::parse("a long text with spaces that nobody can guess").unwrap();
        assert_eq!(key.id().len(), 11);
        for short in ["", "secret", "c2hvcnQ", "0123456789abcdef0123456789abcde"] {
            assert_eq!(
                MasterKey::parse(short).err(),
                Some(MasterKeyError::TooShort),
                "{short}"
            );
        }
    }

    #[test]
    fn derivation_is_hkdf_of_rfc_5869() {
        use aws_lc_rs::hkdf;
        let key = MasterKey::from_bytes(&[3; 32]);
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT);
        let info: [&[u8]; 3] = [b"\x03mac", b"\0\0\0\0\0\0\0\x05", b"audit"];
        let mut expected = [0; 32];
        salt.extract(&[3; 32])
            .expand(&info, hkdf::HKDF_SHA256)
            .unwrap()
            .fill(&mut expected)
            .unwrap();
        assert_eq!(key.derive("mac", "audit", b""), expected);
    }

    #[test]
    fn a_master_key_prints_its_id_alone() {
        let key = MasterKey::from_bytes(&[3; 32]);
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
    }
}
