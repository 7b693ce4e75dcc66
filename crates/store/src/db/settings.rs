//! The `[database]` part of the configuration.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::sql::{DbError, postgres};

/// Where the database is, and how much of it is used at once.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    pub url: String,
    /// PostgreSQL only: a replica for reads that may be a little old (lists, searches, audit).
    pub read_url: Option<String>,
    /// PostgreSQL only: connections of each pool.
    pub connections: u32,
    /// `SQLite` only: reading connections.
    pub readers: u32,
    /// `SQLite` only: use cases that share one commit, at most.
    pub group_size: u32,
    /// `SQLite` only: milliseconds after which a group takes in no more use cases.
    pub group_ms: u64,
    /// Milliseconds a use case waits for its turn before it is answered that the database is
    /// overloaded.
    pub wait_ms: u64,
    /// `SQLite` only: milliseconds between two looks for changes by other processes.
    pub poll_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: "sqlite:latchkey.db".to_owned(),
            read_url: None,
            connections: 16,
            readers: 4,
            group_size: 256,
            group_ms: 10,
            wait_ms: 5000,
            poll_ms: 250,
        }
    }
}

impl Settings {
    /// The defaults, for the database at this address.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    /// Checks the addresses, without reaching for any database.
    ///
    /// # Errors
    ///
    /// [`DbError::Address`].
    pub fn check(&self) -> Result<(), DbError> {
        match self.url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() && path != ":memory:" => Ok(()),
            Some(("postgres" | "postgresql", _)) => {
                postgres::check_address(&self.url)?;
                self.read_url.as_deref().map_or(Ok(()), postgres::check_address)
            }
            _ => Err(DbError::Address(
                "database.url is neither sqlite:PATH nor postgres://USER:PASSWORD@HOST/NAME",
            )),
        }
    }

    pub(crate) fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms.max(1))
    }

    pub(crate) fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms.max(1))
    }

    pub(crate) fn group_time(&self) -> Duration {
        Duration::from_millis(self.group_ms)
    }
}

/// Without the addresses, which may hold passwords.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("connections", &self.connections)
            .field("readers", &self.readers)
            .field("group_size", &self.group_size)
            .field("group_ms", &self.group_ms)
            .field("wait_ms", &self.wait_ms)
            .field("poll_ms", &self.poll_ms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_no_known_database_is_refused_in_words() {
        for url in ["mysql://x", "sqlite:", "sqlite::memory:", "latchkey.db", ""] {
            let refused = Settings::at(url).check().unwrap_err().to_string();
            assert!(refused.starts_with("database.url is neither"), "{url}: {refused}");
        }
        for url in ["sqlite:./data/latchkey.db", "postgres://latchkey:x@db/latchkey"] {
            assert_eq!(Settings::at(url).check(), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let settings = Settings::at("postgres://latchkey:verysecret@db/latchkey");
        assert!(!format!("{settings:?}").contains("verysecret"));
    }
}
