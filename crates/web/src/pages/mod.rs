//! The hosted pages.

pub mod account;
pub mod choose_account;
pub mod consent;
pub mod dev_mail;
pub mod error;
pub mod invitation;
pub mod onward;
pub mod password;
mod routes;
pub mod sign_in;
pub mod sign_out;
pub mod terms;
pub mod views;
pub mod way;

pub use onward::{form_origin, onward};
pub use routes::routes;
