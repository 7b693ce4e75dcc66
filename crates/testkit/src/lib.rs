//! What tests stand on: a database for each, and a whole installation in this process, with the
//! people, machines and browsers that use it.
//!
//! `database` gives a test its own copy of a migrated (or already declared) database on both
//! kinds; `installation` puts the service on it, with a clock that is moved and mail that stays
//! in memory; `actors` are those who use it, over requests that never leave the process.
//!
//! Never here: sleeps, or a rule of the product. Sockets: the databases', and `smtp`'s. Nothing but tests depends on it.

#[cfg(feature = "app")]
pub mod actors;
#[cfg(feature = "app")]
pub mod answer;
pub mod database;
pub mod digest;
#[cfg(feature = "app")]
pub mod html;
#[cfg(feature = "app")]
pub mod installation;

#[cfg(feature = "smtp")]
pub mod smtp;

#[cfg(feature = "app")]
pub use actors::{Browser, Client, ScimClient};
#[cfg(feature = "app")]
pub use answer::Answer;
#[cfg(feature = "app")]
pub use installation::TestApp;
