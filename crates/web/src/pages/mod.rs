//! The hosted pages.

pub mod choose_account;
pub mod error;
pub mod onward;
mod routes;
pub mod sign_in;
pub mod views;
pub mod way;

pub use onward::{form_origin, onward};
pub use routes::routes;
