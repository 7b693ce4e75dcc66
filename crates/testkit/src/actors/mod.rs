//! Who uses an installation: a browser with a person before it, an application's client, an HR
//! system. Each speaks to the service in this process, as the real ones would over the network.

pub mod administrator;
mod browser;
mod client;
mod scim;

pub use browser::{Browser, password_of};
pub use client::{Authorization, Client, EVERYTHING, Returned, Tokens, claims_of, header_of};
pub use scim::{ScimClient, user};
