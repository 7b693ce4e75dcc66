//! What tests share with the developer commands: a throw-away PostgreSQL cluster.
//!
//! It never installs anything; it says what is missing and how to get it.

pub mod postgres;
