//! What a use case of an endpoint answers when it does not do what it was asked.

use latchkey_oidc::authorize::{AuthorizeError, RedirectedError, ShownError};
use latchkey_oidc::bearer::BearerError;
use latchkey_oidc::logout::LogoutError;
use latchkey_oidc::token::TokenError;

use crate::Error;

/// Refused by the specification's own words, or not answered at all.
#[derive(Debug)]
pub enum Refusal<E> {
    /// Refused, as the specification says it.
    Refused(E),
    /// Not answered: the service's own trouble.
    Failed(Error),
}

impl<E> From<Error> for Refusal<E> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

macro_rules! refused {
    ($($error:ty => $into:ty),+ $(,)?) => {$(
        impl From<$error> for Refusal<$into> {
            fn from(error: $error) -> Self {
                Self::Refused(error.into())
            }
        }
    )+};
}

refused! {
    TokenError => TokenError,
    BearerError => BearerError,
    LogoutError => LogoutError,
    ShownError => ShownError,
    ShownError => AuthorizeError,
    RedirectedError => AuthorizeError,
}
