//! The hosted pages.

pub mod error;
pub mod views;
