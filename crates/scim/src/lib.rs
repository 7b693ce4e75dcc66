//! SCIM 2.0 on the wire (RFC 7643, RFC 7644): schemas, discovery documents, resources, filters,
//! PATCH, PUT, projections, list queries, entity tags and error bodies.
//!
//! It answers what a SCIM request means and what a SCIM answer looks like. What attributes there
//! are and how each behaves is read from the JSON files in `scim-schemas/`.
//! It never decides who may do what, never stores anything, reads no clock and does no I/O.

pub mod address;
pub mod discovery;
pub mod error;
pub mod etag;
pub mod filter;
pub mod json;
pub mod list;
pub mod name;
pub mod patch;
pub mod path;
pub mod projection;
pub mod put;
pub mod quirks;
pub mod resource;
pub mod schema;
pub mod sort;
pub mod user;

pub use error::{ScimError, ScimType};
pub use filter::Filter;
pub use name::AttributePath;
pub use resource::Resource;
pub use schema::ResourceType;

/// The media type of SCIM requests and answers (RFC 7644 section 3.1).
pub const MEDIA_TYPE: &str = "application/scim+json";
