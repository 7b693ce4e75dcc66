//! Why an answer could not be had.

use std::error::Error;

/// Why a request failed. The texts are safe to show to whoever named the URL: they say nothing
/// about what stands behind a refused address.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an absolute http or https URL with a host, or one with a user name or password.
    #[error("not a URL that can be fetched")]
    Url,
    /// Plain http to an address that the operator has not allowed.
    #[error("only https is allowed there")]
    Insecure,
    /// The host is, or resolves to, addresses that must not be called.
    #[error("the address is not public")]
    Refused,
    /// The host has no address.
    #[error("the host name can't be resolved")]
    Unresolved,
    /// No connection, or the certificate is not good.
    #[error("no connection")]
    Connect(#[source] reqwest::Error),
    /// The time was over before the answer was complete.
    #[error("no complete answer in time")]
    Timeout,
    /// The body is longer than allowed.
    #[error("the answer is too long")]
    TooLarge,
    /// The connection or the answer broke off.
    #[error("the exchange failed")]
    Broken(#[source] reqwest::Error),
    /// The file of extra certificates can't be read or holds none.
    #[error("the file of CA certificates can't be used: {0}")]
    CaFile(String),
    /// The client can't be set up.
    #[error("the client can't be set up")]
    Setup(#[source] reqwest::Error),
}

/// Why the resolver gave no address; travels through the client's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreachable {
    #[error("no permitted address")]
    Refused,
    #[error("no address")]
    Unresolved,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        match unreachable(&error) {
            Some(Unreachable::Refused) => Self::Refused,
            Some(Unreachable::Unresolved) => Self::Unresolved,
            None if error.is_timeout() => Self::Timeout,
            None if error.is_connect() => Self::Connect(error),
            None => Self::Broken(error),
        }
    }
}

fn unreachable(error: &reqwest::Error) -> Option<Unreachable> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(found) = cause.downcast_ref::<Unreachable>() {
            return Some(*found);
        }
        source = cause.source();
    }
    None
}
