//! Schemas, attributes and resource types (RFC 7643 sections 2, 6 and 7), read from the JSON
//! files that are also what the Schemas endpoint serves.

mod registry;
mod resource_type;

pub(crate) use registry::common;
pub use registry::{ACCESS, ENTERPRISE_USER, GROUP, INVITATION, PERMISSION_SET, USER, by_id, document};
pub(crate) use resource_type::spelled;
pub use resource_type::{GROUPS, PERMISSION_SETS, Resolved, ResourceType, Target, USERS};

use serde::Deserialize;

/// The data type of an attribute (RFC 7643 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// A date with time and offset (RFC 3339).
    DateTime,
    /// Base64 text.
    Binary,
    /// A URI.
    Reference,
    /// Sub-attributes.
    Complex,
}

/// When clients can write an attribute (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Never.
    ReadOnly,
    /// Always.
    ReadWrite,
    /// Once.
    Immutable,
    /// Always, and nobody reads it.
    WriteOnly,
}

/// When answers have an attribute (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// Whatever the client asks for.
    Always,
    /// Never.
    Never,
    /// Unless the client excludes it.
    Default,
    /// Only if the client asks for it.
    Request,
}

/// Among which resources a value is unique (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// None.
    None,
    /// Those that the token can reach.
    Server,
    /// All there are.
    Global,
}

/// One attribute or sub-attribute (RFC 7643 section 7).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// The name in its canonical case.
    pub name: String,
    /// The data type.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// Whether it holds a list.
    pub multi_valued: bool,
    /// What it is for.
    pub description: String,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether upper and lower case differ.
    #[serde(default)]
    pub case_exact: bool,
    /// When clients can write it.
    pub mutability: Mutability,
    /// When answers have it.
    pub returned: Returned,
    /// Among which resources it is unique.
    pub uniqueness: Uniqueness,
    /// Usual values; others are taken too (RFC 7643 section 7).
    #[serde(default)]
    pub canonical_values: Vec<String>,
    /// What a reference may point to.
    #[serde(default)]
    pub reference_types: Vec<String>,
    /// The parts of a complex attribute.
    #[serde(default)]
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// The sub-attribute of that name, in any case.
    #[must_use]
    pub fn sub(&self, name: &str) -> Option<&Self> {
        find(&self.sub_attributes, name)
    }

    /// Whether clients can write it at all.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }
}

/// A schema: a URN and its attributes.
#[derive(Debug, Clone, Deserialize)]
pub struct Schema {
    /// The URN.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The attributes at its top level.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The attribute of that name, in any case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes
        .iter()
        .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
