//! The only source of randomness.

use std::sync::{Arc, Mutex, PoisonError};

use latchkey_domain::time::Timestamp;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng, TryRng as _};

/// Gives random bytes: a generator seeded by the operating system, or by a test.
#[derive(Debug, Clone)]
pub struct Rng(Arc<Mutex<StdRng>>);

impl Rng {
    /// A generator seeded by the operating system.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn system() -> Result<Self, crate::Error> {
        let mut seed = [0_u8; 32];
        SysRng
            .try_fill_bytes(&mut seed)
            .map_err(|e| crate::Error::bug(e.to_string()))?;
        Ok(Self::seeded(seed))
    }

    /// A generator that repeats itself; for tests only.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(StdRng::from_seed(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        bytes
    }

    /// A new UUIDv7 in its hyphenated form (RFC 9562 §5.7).
    pub fn uuid(&self, now: Timestamp) -> String {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>())
            .into_uuid()
            .hyphenated()
            .to_string()
    }
}
