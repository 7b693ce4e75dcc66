//! Latchkey testkit.

pub mod database;
