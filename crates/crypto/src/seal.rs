//! Sealing: values that only this installation can read or have made, at rest (keys, secrets) or
//! handed out (codes, steps in progress). AES-256-GCM (NIST SP 800-38D) under a key of its own
//! for each purpose and nonce, derived from the master key by HKDF-SHA256 (RFC 5869).
//!
//! The text is `v1.KEYID.base64url(nonce | ciphertext | tag)`; version, key id, purpose and the
//! caller's context are authenticated, so a value can't be moved to another use or row.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroize;

use crate::encoding::{base64url, from_base64url};
use crate::mac::MacKey;
use crate::secret::SecretBytes;

mod json;
mod master;

pub use json::Sealed;
pub use master::{MasterKey, MasterKeyError};

const VERSION: &str = "v1";
/// Longer than any sealed value that is made here; what is longer is not looked at.
const MAX_TEXT: usize = 256 * 1024;
const NONCE: usize = 24;

/// Why a sealed value was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not in the form of a sealed value, or its content is not what was expected.
    #[error("not a sealed value")]
    Malformed,
    /// Sealed under a master key that is not configured (any more).
    #[error("sealed under an unknown master key")]
    UnknownKey,
    /// Altered, or sealed for another purpose or context.
    #[error("the sealed value is not genuine here")]
    Forged,
    /// Genuine, but its time is over.
    #[error("the sealed value has expired")]
    Expired,
    /// The value can't be sealed (not JSON, or the cipher failed).
    #[error("the value can't be sealed")]
    Unsealable,
}

/// Seals with the current master key and opens with it and the older ones.
#[derive(Clone, Debug)]
pub struct Sealer {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl Sealer {
    /// Seals with `current`; opens what `older` keys sealed too.
    pub fn new(current: MasterKey, older: Vec<MasterKey>) -> Self {
        Self { current, older }
    }

    /// The id of the key that seals now: 11 characters that say nothing about the key.
    pub fn current_key_id(&self) -> &str {
        self.current.id()
    }

    /// Seals `plaintext` with 24 random bytes. `context` is what the value belongs to (a row's
    /// id, a cookie's value) and must be given again to open it.
    ///
    /// # Errors
    /// [`SealError::Unsealable`] if the cipher fails.
    pub fn seal(
        &self,
        purpose: &str,
        context: &[u8],
        plaintext: &[u8],
        nonce: [u8; NONCE],
    ) -> Result<String, SealError> {
        let key_id = self.current.id();
        let (for_key, for_cipher) = split(&nonce);
        let mut sealed = plaintext.to_vec();
        cipher(&self.current, purpose, for_key)
            .ok_or(SealError::Unsealable)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(for_cipher),
                Aad::from(bound(key_id, purpose, context)),
                &mut sealed,
            )
            .map_err(|_| SealError::Unsealable)?;
        sealed.splice(0..0, nonce);
        Ok(format!("{VERSION}.{key_id}.{}", base64url(sealed)))
    }

    /// Opens a sealed value for the same purpose and context.
    ///
    /// # Errors
    /// [`SealError::Malformed`], [`SealError::UnknownKey`] or [`SealError::Forged`].
    pub fn open(&self, purpose: &str, context: &[u8], text: &str) -> Result<SecretBytes, SealError> {
        let (key_id, body) = parts(text).ok_or(SealError::Malformed)?;
        let key = self.key(key_id).ok_or(SealError::UnknownKey)?;
        let mut body = from_base64url(body).ok_or(SealError::Malformed)?;
        let (nonce, sealed) = body
            .split_first_chunk_mut::<NONCE>()
            .ok_or(SealError::Malformed)?;
        let (for_key, for_cipher) = split(nonce);
        let opened = cipher(key, purpose, for_key)
            .ok_or(SealError::Forged)?
            .open_in_place(
                Nonce::assume_unique_for_key(for_cipher),
                Aad::from(bound(key_id, purpose, context)),
                sealed,
            )
            .map(|plaintext| SecretBytes::new(&*plaintext))
            .map_err(|_| SealError::Forged);
        body.zeroize();
        opened
    }

    /// Whether a value is sealed under an older key and should be [re-wrapped](Self::rewrap).
    pub fn is_outdated(&self, text: &str) -> bool {
        parts(text).is_none_or(|(key_id, _)| key_id != self.current.id())
    }

    /// Opens a value and seals it under the current key.
    ///
    /// # Errors
    /// Those of [`Self::open`] and [`Self::seal`].
    pub fn rewrap(
        &self,
        purpose: &str,
        context: &[u8],
        text: &str,
        nonce: [u8; NONCE],
    ) -> Result<String, SealError> {
        let plaintext = self.open(purpose, context, text)?;
        self.seal(purpose, context, plaintext.expose_secret(), nonce)
    }

    /// The current master key's HMAC key for a purpose. Keep it where it is used often.
    pub fn mac_key(&self, purpose: &str) -> MacKey {
        self.current.mac_key(purpose)
    }

    /// The HMAC key for a purpose under the master key with this id, current or older.
    pub fn mac_key_of(&self, key_id: &str, purpose: &str) -> Option<MacKey> {
        self.key(key_id).map(|key| key.mac_key(purpose))
    }

    /// HMAC-SHA256 over `data` for a purpose, under the current master key.
    pub fn hmac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        self.mac_key(purpose).sign(&[data])
    }

    fn key(&self, id: &str) -> Option<&MasterKey> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id() == id)
    }
}

/// Twelve bytes go into the key and twelve are the cipher's nonce: with 96 random bits alone one
/// key would be worn out after 2^32 values, which a busy installation makes in days.
fn split(nonce: &[u8; NONCE]) -> ([u8; 12], [u8; 12]) {
    let mut halves = ([0; 12], [0; 12]);
    let (left, right) = nonce.split_at(12);
    halves.0.copy_from_slice(left);
    halves.1.copy_from_slice(right);
    halves
}

fn cipher(key: &MasterKey, purpose: &str, nonce: [u8; 12]) -> Option<LessSafeKey> {
    let mut bytes = key.derive("seal", purpose, &nonce);
    let unbound = UnboundKey::new(&AES_256_GCM, &bytes).ok();
    bytes.zeroize();
    unbound.map(LessSafeKey::new)
}

fn bound(key_id: &str, purpose: &str, context: &[u8]) -> Vec<u8> {
    let mut aad = Vec::with_capacity(64 + context.len());
    for part in [VERSION.as_bytes(), key_id.as_bytes(), purpose.as_bytes(), context] {
        aad.extend_from_slice(&(part.len() as u64).to_be_bytes());
        aad.extend_from_slice(part);
    }
    aad
}

fn parts(text: &str) -> Option<(&str, &str)> {
    if text.len() > MAX_TEXT {
        return None;
    }
    text.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')
}

#[cfg(test)]
mod tests;
