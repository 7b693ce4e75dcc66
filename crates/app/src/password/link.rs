//! What travels through the pages of a reset, sealed for one browser.

use latchkey_crypto::seal::{SealError, Sealed};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::settings::seconds;
use crate::{App, Error, Result};

/// The secret of a link that was opened, so that it leaves the address of the page.
#[derive(Clone, Serialize, Deserialize)]
pub struct Link {
    secret: String,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(***)")
    }
}

impl Link {
    /// The link with this secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self {
            secret: secret.into(),
        }
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// Seals the link for a browser.
    ///
    /// # Errors
    /// A [bug](Error::Bug) where the cipher fails.
    pub fn seal(&self, app: &App, browser: &str) -> Result<String> {
        seal(app, "password link", browser, self)
    }

    /// Opens a link that was sealed for this browser.
    ///
    /// # Errors
    /// [`Error::Stale`] for one that has expired, was altered or belongs to another browser.
    pub fn open(app: &App, browser: &str, text: &str) -> Result<Self> {
        open(app, "password link", browser, text)
    }
}

/// The address that a link was asked for, so that it stands in no address of a page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SentTo {
    /// The address, as typed.
    pub address: String,
}

impl SentTo {
    /// Seals the address for a browser.
    ///
    /// # Errors
    /// A [bug](Error::Bug) where the cipher fails.
    pub fn seal(&self, app: &App, browser: &str) -> Result<String> {
        seal(app, "password link sent", browser, self)
    }

    /// Opens an address that was sealed for this browser.
    ///
    /// # Errors
    /// [`Error::Stale`] for one that has expired, was altered or belongs to another browser.
    pub fn open(app: &App, browser: &str, text: &str) -> Result<Self> {
        open(app, "password link sent", browser, text)
    }
}

fn seal<T: Serialize>(app: &App, purpose: &str, browser: &str, value: &T) -> Result<String> {
    let expires_at = app.now().plus(seconds(app.settings.security.step_seconds));
    let sealed = Sealed {
        expires_at_ms: expires_at.millis(),
        value,
    };
    Ok(app
        .sealer
        .seal_json(purpose, browser.as_bytes(), &sealed, app.rng.bytes())?)
}

fn open<T: DeserializeOwned>(app: &App, purpose: &str, browser: &str, text: &str) -> Result<T> {
    match app
        .sealer
        .open_json(purpose, browser.as_bytes(), text, app.now().millis())
    {
        Ok(value) => Ok(value),
        Err(SealError::Unsealable) => Err(Error::bug("a sealed value cannot be opened")),
        Err(_) => Err(Error::Stale),
    }
}
