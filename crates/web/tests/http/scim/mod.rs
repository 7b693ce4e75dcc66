//! SCIM 2.0.

mod discovery;
mod habits;
mod users;
