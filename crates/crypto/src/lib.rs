//! Secrets: password hashing, signing keys and JOSE, opaque tokens and their digests, sealing.
//!
//! What it answers: is this the password behind that hash ([`password`]), what is this person's
//! password worth ([`strength`]), how is a token made and stored ([`token`]), how is a value kept
//! or handed out so that nobody can read or change it ([`seal`]), how is a JWT signed ([`signing`])
//! and whose is one that came in ([`verify`]), was a record of the trail altered ([`chain`]).
//!
//! What it never does: read a clock (callers pass `now`), draw randomness (callers pass salts,
//! nonces and token bytes; only making a signing key asks the system), print or log a secret,
//! or know what a secret is for beyond the name of its purpose.

pub mod algorithm;
pub mod chain;
pub mod encoding;
pub mod mac;
pub mod password;
mod phc;
pub mod seal;
pub mod secret;
pub mod signing;
pub mod strength;
pub mod token;
pub mod verify;
