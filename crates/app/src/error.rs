//! The one error of the use cases. It knows no wire format; `web` renders it for each.

use std::time::Duration;

use latchkey_store::sql::DbError;

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not do this; the text says what would be needed, for people.
    #[error("{0}")]
    Denied(String),
    /// There is no such thing, or the caller may not know that there is.
    #[error("not found")]
    NotFound,
    /// It exists already; names what is taken.
    #[error("{0} is taken")]
    Conflict(&'static str),
    /// Somebody else changed it first.
    #[error("changed by somebody else in the meantime")]
    Stale,
    /// The input cannot be taken.
    #[error("{field}: {why}")]
    Invalid {
        /// The field, by its name on the wire.
        field: &'static str,
        /// What is wrong and what would be right, for people.
        why: String,
    },
    /// A rule of the domain forbids it; the text is for people.
    #[error("{0}")]
    Rule(String),
    /// Too many attempts.
    #[error("too many attempts; try again in {} seconds", retry_after.as_secs())]
    RateLimited {
        /// When to come back.
        retry_after: Duration,
    },
    /// The service cannot answer now (the database is away, the hash queue is full).
    #[error("temporarily unavailable")]
    Unavailable,
    /// A defect: shown as a request id only, the source goes to the log.
    #[error("internal error: {0}")]
    Bug(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A defect described in words.
    pub fn bug(text: impl Into<String>) -> Self {
        Self::Bug(text.into().into())
    }

    /// Bad input in a field.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            why: why.into(),
        }
    }

    /// A rule's own words.
    pub fn rule(refusal: impl std::fmt::Display) -> Self {
        Self::Rule(refusal.to_string())
    }

    /// A refusal's own words.
    pub fn denied(refusal: impl std::fmt::Display) -> Self {
        Self::Denied(refusal.to_string())
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::UniqueViolation { .. } => Self::Conflict("this value"),
            DbError::NotFound => Self::NotFound,
            DbError::Serialization => Self::Unavailable,
            DbError::Unavailable(why) => {
                tracing::warn!(%why, "the database can't be used");
                Self::Unavailable
            }
            DbError::NulCharacter => Self::invalid("text", "must not contain a NUL character"),
            other => Self::Bug(other.into()),
        }
    }
}

impl From<latchkey_crypto::password::PoolError> for Error {
    fn from(error: latchkey_crypto::password::PoolError) -> Self {
        match error {
            latchkey_crypto::password::PoolError::Busy => Self::Unavailable,
            other => Self::Bug(other.into()),
        }
    }
}

macro_rules! defects {
    ($($error:ty),+) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Bug(error.into())
            }
        }
    )+};
}

defects!(
    latchkey_crypto::seal::SealError,
    latchkey_crypto::signing::SigningError,
    latchkey_mail::compose::ComposeError
);
