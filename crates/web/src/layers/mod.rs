//! What stands around every route.

pub mod headers;
pub mod limits;
pub mod request;
pub mod trust;
