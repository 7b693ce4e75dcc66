//! The hosted pages.

pub mod error;
mod routes;
pub mod views;
pub use routes::routes;
