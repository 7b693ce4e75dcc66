//! The hosted pages.

pub mod error;
pub mod onward;
mod routes;
pub mod views;

pub use onward::{form_origin, onward};
pub use routes::routes;
