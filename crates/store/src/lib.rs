//! Latchkey's store: keeping what the rules decide, in `SQLite` or PostgreSQL.
//!
//! [`db`] opens transactions, [`sql`] says how a statement is written and a row is read,
//! [`migrate`] brings the schema up to date. Every other module is one noun's repository:
//! plain functions that are handed a transaction.
//!
//! It never decides a rule, never opens a transaction inside a repository function, and never
//! takes the time or randomness from anywhere but its arguments.

pub mod access;
pub mod account;
pub mod application;
pub mod audit;
pub mod client;
pub mod db;
pub mod dev_mail;
pub mod grant;
pub mod installation;
pub mod invitation;
pub mod member;
pub mod migrate;
pub mod outbox;
pub mod provisioning;
mod read;
pub mod session;
pub mod signing_key;
pub mod sql;
pub mod terms;
pub mod throttle;
pub mod user;
pub mod versions;

/// What a repository answers.
pub type Result<T, E = sql::DbError> = std::result::Result<T, E>;
