//! OAuth 2.0 and OpenID Connect on the wire: what a request says, whether it is well formed, and how an
//! answer or a refusal is written. Modules, types and fields carry the names of the specifications.
//!
//! The crate is pure: it takes text and values and returns values. It never reads a clock, makes a random
//! number, signs, stores or sends anything, and it never decides who may have what. Whoever calls it looks
//! up the client, the person and the account, and hands in what was found.
//!
//! Start at [`authorize`] (a request cannot be answered at an address that its client did not register),
//! [`token`] and [`client_auth`], [`bearer`], and [`discovery`].

mod words;

pub mod authorize;
pub mod bearer;
pub mod claims;
pub mod client_auth;
pub mod device;
pub mod discovery;
pub mod error;
pub mod introspection;
pub mod issuer;
pub mod jwk;
pub mod logout;
pub mod metadata;
pub mod params;
pub mod percent;
pub mod pkce;
pub mod redirect;
pub mod resource;
pub mod revocation;
pub mod scope;
pub mod secret;
pub mod token;

#[cfg(test)]
mod any_bytes;
