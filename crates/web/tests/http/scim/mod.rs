//! SCIM 2.0.

mod care;
mod discovery;
mod habits;
mod users;
