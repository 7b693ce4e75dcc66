//! The token endpoint (RFC 6749 §3.2, §4.1.3, §4.4.2, §5 and §6).

mod error;
mod request;
mod response;

pub use error::{TokenError, TokenErrorCode};
pub use request::TokenRequest;
pub use response::{TokenResponse, TokenType};
