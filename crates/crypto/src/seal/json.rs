//! Sealed JSON with an expiry inside.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{NONCE, SealError, Sealer};

/// A value and the moment at which it stops being good, in Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed<T> {
    /// From this moment on the value is refused.
    #[serde(rename = "exp")]
    pub expires_at_ms: i64,
    /// The value.
    #[serde(rename = "val")]
    pub value: T,
}

impl Sealer {
    /// Seals a value as JSON together with its expiry.
    ///
    /// # Errors
    /// [`SealError::Unsealable`] if the value is not JSON or the cipher fails.
    pub fn seal_json<T: Serialize>(
        &self,
        purpose: &str,
        context: &[u8],
        sealed: &Sealed<T>,
        nonce: [u8; NONCE],
    ) -> Result<String, SealError> {
        let plaintext = serde_json::to_vec(sealed).map_err(|_| SealError::Unsealable)?;
        self.seal(purpose, context, &plaintext, nonce)
    }

    /// Opens what [`Self::seal_json`] sealed, unless it has expired at `now_ms`.
    ///
    /// # Errors
    /// Those of [`Self::open`], and [`SealError::Expired`].
    pub fn open_json<T: DeserializeOwned>(
        &self,
        purpose: &str,
        context: &[u8],
        text: &str,
        now_ms: i64,
    ) -> Result<T, SealError> {
        let plaintext = self.open(purpose, context, text)?;
        let sealed: Sealed<T> =
            serde_json::from_slice(plaintext.expose_secret()).map_err(|_| SealError::Malformed)?;
        if now_ms >= sealed.expires_at_ms {
            return Err(SealError::Expired);
        }
        Ok(sealed.value)
    }
}
