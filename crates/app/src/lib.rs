//! The use cases of Latchkey, one function each: who is asking and may they, read what is needed,
//! let the domain decide, save, audit, post what must leave.
//!
//! Slow work (hashing, composing) is done outside any transaction; a use case that writes opens
//! exactly one. Mail and other messages leave through the outbox, after commit.
//!
//! Never here: HTTP, SQL, wire formats. `web` speaks those, `store` keeps, `domain` decides.

pub mod access;
pub mod administration;
pub mod apply;
pub mod audit;
mod batch;
pub mod cache;
pub mod caller;
pub mod client;
pub mod clock;
pub mod dev_mail;
pub mod error;
pub mod grant;
pub mod health;
pub mod invitation;
pub mod jobs;
pub mod keys;
pub mod known;
pub mod oauth;
pub mod outbox;
pub mod password;
pub mod person;
pub mod provisioning;
pub mod rng;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod sign_out;
pub mod step;
pub mod terms;
pub mod throttle;

use std::sync::Arc;

use latchkey_crypto::password::{PasswordPool, PoolSettings};
use latchkey_crypto::seal::{MasterKey, Sealer};
use latchkey_domain::time::Timestamp;
use latchkey_mail::compose::Composer;
use latchkey_store::db::Db;

pub use crate::caller::Caller;
pub use crate::clock::Clock;
pub use crate::error::{Error, Result};
pub use crate::rng::Rng;
pub use crate::settings::Settings;

pub use latchkey_crypto::{self as crypto, secret::Secret};
pub use latchkey_domain as domain;
pub use latchkey_fetch as fetch;
pub use latchkey_mail::texts;

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Mailbox {
    /// Over SMTP, or into memory for tests.
    Transport(latchkey_mail::transport::Transport),
    /// Into the development mail box, a table of the database.
    Development,
}

/// What an [`App`] is made of, beside its settings.
pub struct Parts {
    /// The database, migrated.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// The key under which secrets are sealed, and older ones that still open.
    pub master_key: MasterKey,
    /// Older master keys.
    pub older_keys: Vec<MasterKey>,
    /// How mail leaves.
    pub mailbox: Mailbox,
    /// How passwords are hashed.
    pub passwords: PoolSettings,
}

/// Everything a use case needs. One per process, shared.
pub struct App {
    /// What the operator set.
    pub settings: Settings,
    /// The issuer, checked.
    pub issuer: latchkey_oidc::issuer::Issuer,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// The bounded pool that hashes passwords.
    pub passwords: PasswordPool,
    /// Seals what is kept or handed out.
    pub sealer: Sealer,
    /// Signing keys.
    pub keys: keys::KeyRing,
    /// What this node remembers.
    pub cache: cache::Cache,
    /// How mail leaves.
    pub mailbox: Mailbox,
    /// Composes mail in the reader's language.
    pub composer: Composer,
    /// Wakes the outbox.
    pub outbox: outbox::Bell,
    /// Codes being redeemed.
    redemptions: batch::Batch<oauth::Redeeming>,
    /// Refresh tokens being exchanged.
    refreshes: batch::Batch<oauth::Refreshing>,
}

impl App {
    /// Puts an installation together and makes its signing keys on the first start.
    ///
    /// # Errors
    /// [`Error::Invalid`] for settings that cannot be used, [`Error::Unavailable`] without the
    /// database.
    pub async fn new(settings: Settings, parts: Parts) -> Result<Arc<Self>> {
        let app = Self::put_together(settings, parts)?;
        keys::ensure(&app).await?;
        Ok(app)
    }

    /// Puts an installation together to look at it as it stands: no signing keys are made.
    ///
    /// # Errors
    /// As [`App::new`].
    pub async fn as_it_stands(settings: Settings, parts: Parts) -> Result<Arc<Self>> {
        let app = Self::put_together(settings, parts)?;
        keys::load(&app).await?;
        Ok(app)
    }

    fn put_together(settings: Settings, parts: Parts) -> Result<Arc<Self>> {
        let issuer = latchkey_oidc::issuer::Issuer::parse(&settings.issuer)
            .map_err(|fault| Error::invalid("issuer", fault.to_string()))?;
        Ok(Arc::new(Self {
            cache: cache::Cache::new(),
            composer: Composer::new().map_err(|fault| Error::bug(fault.to_string()))?,
            passwords: PasswordPool::new(parts.passwords)?,
            sealer: Sealer::new(parts.master_key, parts.older_keys),
            keys: keys::KeyRing::default(),
            outbox: outbox::Bell::default(),
            redemptions: batch::Batch::default(),
            refreshes: batch::Batch::default(),
            db: parts.db,
            clock: parts.clock,
            rng: parts.rng,
            mailbox: parts.mailbox,
            issuer,
            settings,
        }))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id: UUIDv7 text, as any of the domain's id types.
    pub fn new_id<T: From<String>>(&self) -> T {
        T::from(self.rng.uuid(self.now()))
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("issuer", &self.issuer.as_str())
            .finish_non_exhaustive()
    }
}
