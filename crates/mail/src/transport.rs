//! Sending a [`Message`], or keeping it in memory for tests.

mod memory;
mod smtp;

use crate::{Message, Settings, SettingsError};

pub use memory::Memory;
pub use smtp::Smtp;

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{server_said}")]
pub struct SendError {
    /// Whether another attempt with the same message is pointless (RFC 5321 §4.2.1).
    pub permanent: bool,
    /// The server's code and words, or what kept it from saying any; one line, no secrets.
    pub server_said: String,
}

/// Where messages are handed to. The development mail box is a table that the
/// caller writes to; it is no transport.
#[derive(Debug, Clone)]
pub enum Transport {
    /// An SMTP server.
    Smtp(Smtp),
    /// A list in memory.
    Memory(Memory),
}

impl Transport {
    /// The SMTP server that the settings name. Reads `password_file` and `ca_file`; connects to nothing yet.
    ///
    /// # Errors
    /// [`SettingsError`] naming the setting to change.
    pub fn smtp(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self::Smtp(Smtp::new(settings)?))
    }

    /// Hands over one message. `Ok` means that the server has taken responsibility for it.
    ///
    /// # Errors
    /// [`SendError`]; a message that is malformed in itself fails permanently.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Memory(memory) => memory.send(message),
        }
    }

    /// Connects, secures and authenticates, and sends nothing: what `doctor` asks.
    ///
    /// # Errors
    /// [`SendError`], as for sending.
    pub async fn probe(&self) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.probe().await,
            Self::Memory(_) => Ok(()),
        }
    }
}
