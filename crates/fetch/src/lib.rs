//! Calling out: the one guarded HTTP client.
//!
//! What it answers: what does this URL say, for URLs that a client, an account or a stranger may
//! have named. It speaks https to public addresses (and to ranges that the operator allows, there
//! also plain http), looks at the address after resolving and connects to that very address, and
//! stops at a time and at a size.
//!
//! What it never does: follow a redirect, use a proxy, keep cookies, send credentials that a URL
//! carries, try a request twice, decompress, or decide what an answer means.

mod address;
mod cidr;
mod error;
mod fetcher;
mod resolver;

pub use cidr::{Cidr, CidrError};
pub use error::FetchError;
pub use fetcher::{Fetcher, Request, Response, Settings};
