//! HTTP: a URL is a file. `oauth/`, `scim/`, `pages/` mirror the paths they answer; each handler
//! extracts, calls one use case of `app`, and renders the answer in its wire format.
//!
//! [`router`] puts all routes together, each with its [guard](routes::Guard), and stands in front of
//! them; [`serve`] answers connections. Never here: rules, SQL, secrets in URLs or logs.

pub mod assets;
pub mod cookies;
pub mod form;
pub mod health;
pub mod layers;
pub mod oauth;
pub mod pages;
pub mod retry;
pub mod routes;
pub mod scim;
pub mod serve;
pub mod state;
pub mod visit;

pub use routes::router;
pub use state::Web;
