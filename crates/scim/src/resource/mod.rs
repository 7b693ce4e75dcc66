//! Resources as JSON objects with canonical attribute names.

mod canonical;
mod value;

pub use canonical::{Incoming, Policy, Unknown, canonicalize, check_required};
pub(crate) use value::{Canon, missing_part};
pub use value::{MAX_STRING, MAX_VALUES};

use crate::json::{get, take};
use crate::schema::{Attribute, ResourceType, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A resource: core attributes at the top, each extension's in an object named by its URN
/// (RFC 7643 section 3.3). Reading is by names in any case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resource(Map<String, Value>);

/// What `meta` says of a resource (RFC 7643 section 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// When it was made.
    pub created: jiff::Timestamp,
    /// When it last changed.
    pub last_modified: jiff::Timestamp,
    /// Its absolute URL.
    pub location: String,
    /// Its version, which the entity tag shows.
    pub version: i64,
}

impl Resource {
    /// An empty resource.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The members, names as they are.
    #[must_use]
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The members.
    #[must_use]
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The JSON document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// A core or common attribute, or an extension's object by its URN.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        get(&self.0, name)
    }

    /// A core or common attribute that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The object of an extension.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Map<String, Value>> {
        self.get(urn).and_then(Value::as_object)
    }

    /// The value of a top-level attribute of the core schema or an extension.
    #[must_use]
    pub fn value(&self, extension: Option<&Schema>, attribute: &Attribute) -> Option<&Value> {
        match extension {
            None => self.get(&attribute.name),
            Some(schema) => get(self.extension(&schema.id)?, &attribute.name),
        }
    }

    /// Sets a member by its canonical name; null takes it away.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        take(&mut self.0, name);
        match value.into() {
            Value::Null => {}
            value => {
                self.0.insert(name.to_owned(), value);
            }
        }
    }

    /// Sets an attribute of an extension; null takes it away, and with the last one the extension.
    pub fn set_in(&mut self, urn: &str, name: &str, value: impl Into<Value>) {
        let mut map = match take(&mut self.0, urn) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        take(&mut map, name);
        match value.into() {
            Value::Null => {}
            value => {
                map.insert(name.to_owned(), value);
            }
        }
        if !map.is_empty() {
            self.0.insert(urn.to_owned(), Value::Object(map));
        }
    }

    /// Sets a top-level attribute of the core schema or an extension; null takes it away.
    pub fn set_value(&mut self, extension: Option<&Schema>, attribute: &Attribute, value: Value) {
        match extension {
            None => self.set(&attribute.name, value),
            Some(schema) => self.set_in(&schema.id, &attribute.name, value),
        }
    }

    /// Sets `meta`.
    pub fn set_meta(&mut self, resource_type: &ResourceType, meta: &Meta) {
        let value = serde_json::json!({
            "resourceType": resource_type.name,
            "created": meta.created.to_string(),
            "lastModified": meta.last_modified.to_string(),
            "location": meta.location,
            "version": crate::etag::weak(meta.version),
        });
        self.set("meta", value);
    }

    /// Sets `schemas` to the core schema and the extensions that the resource has.
    pub fn set_schemas(&mut self, resource_type: &ResourceType) {
        let mut schemas = vec![Value::from(resource_type.core)];
        for schema in resource_type.extension_schemas() {
            if self.extension(&schema.id).is_some() {
                schemas.push(Value::from(schema.id.clone()));
            }
        }
        self.set("schemas", Value::Array(schemas));
    }
}

impl From<Map<String, Value>> for Resource {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

#[cfg(test)]
pub(crate) mod tests;
