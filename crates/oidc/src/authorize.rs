//! The authorization endpoint (RFC 6749 §3.1, §4.1; OpenID Connect Core 1.0 §3.1.2).
//!
//! A request is read in two stages. [`UnprovenRequest`] knows the client's id and the redirect URI that is
//! asked for; whatever is wrong here is a [`ShownError`], told to the person. [`UnprovenRequest::prove`] finds
//! the redirect URI among the client's and gives a [`ProvenRedirect`], the one thing that a
//! [`RedirectedError`] or an answer can be made from; whatever is wrong from here on is told to the client.

mod claims_request;
mod error;
mod proven;
mod read;
mod request;
mod response;

#[cfg(test)]
mod tests;

pub use claims_request::{ClaimRequest, ClaimsRequest};
pub use error::{AuthorizeError, AuthorizeErrorCode, RedirectedError, ShownError};
pub use proven::{MAX_CLIENT_ID, ProvenRedirect, UnprovenRequest};
pub use request::{AuthorizationRequest, MAX_REQUEST, Prompt, ResponseMode, ResponseType};
pub use response::AuthorizationResponse;

pub(crate) use read::read_locales;
pub(crate) use response::with_query;
