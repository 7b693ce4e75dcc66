//! The endpoints of OAuth 2.0 and OpenID Connect as use cases: who is asked what at the
//! authorization endpoint, and what is issued, told and ended for a client.

pub mod access_token;
pub mod authorize;
pub(crate) mod claims;
pub mod client_auth;
pub(crate) mod client_credentials;
mod code;
mod eligible;
pub mod end_session;
pub mod introspect;
mod issue;
pub mod metadata;
mod place;
mod redeem;
mod refresh;
mod refusal;
pub mod revoke;
pub mod token;
pub mod userinfo;

pub(crate) use redeem::Redeeming;
pub(crate) use refresh::Refreshing;
pub use refusal::Refusal;
