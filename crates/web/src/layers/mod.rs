//! What stands around every route.

pub mod around;
pub mod front;
pub mod headers;
pub mod limits;
pub mod request;
pub mod trust;
