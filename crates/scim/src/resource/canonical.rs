//! A whole resource as a client sends it, made canonical.

use super::Resource;
use super::value::{Canon, once};
use crate::error::ScimError;
use crate::json::kind;
use crate::quirks;
use crate::schema::{Attribute, ResourceType, Schema, spelled};
use serde_json::{Map, Value};

/// What becomes of attributes that no schema has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// They are left out and reported in [`Incoming::ignored`], to be logged.
    #[default]
    Ignore,
    /// 400 `invalidSyntax`.
    Refuse,
}

/// How requests of one token are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// What becomes of unknown attributes.
    pub unknown: Unknown,
}

/// What a client sent, canonical.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incoming {
    /// The attributes given a value, without read-only ones; `schemas` says what is there.
    pub resource: Resource,
    /// The attributes given as null or `[]`, as spelled by the schemas, with an extension's URN.
    pub cleared: Vec<String>,
    /// Unknown attributes that were left out, for the log.
    pub ignored: Vec<String>,
}

/// Reads the body of a POST or PUT against the schemas. Read-only attributes are left out
/// (RFC 7644 section 3.3); names are taken in any case.
///
/// # Errors
/// 400 `invalidSyntax` or `invalidValue`, naming the attribute and what would be right.
pub fn canonicalize(
    body: Map<String, Value>,
    resource_type: &ResourceType,
    policy: &Policy,
) -> Result<Incoming, ScimError> {
    let mut reader = Reader {
        canon: Canon::new(policy),
        incoming: Incoming::default(),
    };
    let mut seen = Vec::new();
    for (name, value) in body {
        if name.eq_ignore_ascii_case("schemas") {
            once(&mut seen, "schemas", "schemas")?;
            check_schemas(&value, resource_type)?;
        } else if let Some(schema) = resource_type.extension(&name) {
            once(&mut seen, &schema.id, &schema.id)?;
            reader.extension(schema, value)?;
        } else if let Some(attribute) = resource_type.core_attribute(&name) {
            once(&mut seen, &attribute.name, &attribute.name)?;
            reader.attribute(None, attribute, value)?;
        } else {
            reader.canon.unknown(name)?;
        }
    }
    let mut incoming = reader.incoming;
    incoming.ignored = reader.canon.ignored;
    incoming.resource.set_schemas(resource_type);
    Ok(incoming)
}

struct Reader<'p> {
    canon: Canon<'p>,
    incoming: Incoming,
}

impl Reader<'_> {
    fn extension(&mut self, schema: &'static Schema, value: Value) -> Result<(), ScimError> {
        let map = match value {
            Value::Object(map) => map,
            Value::Null => {
                for attribute in &schema.attributes {
                    self.attribute(Some(schema), attribute, Value::Null)?;
                }
                return Ok(());
            }
            other => {
                let detail = format!("{} must be an object, not {}.", schema.id, kind(&other));
                return Err(ScimError::value(detail));
            }
        };
        let mut seen = Vec::new();
        for (name, value) in map {
            let Some(attribute) = schema.attribute(&name) else {
                self.canon.unknown(format!("{}:{name}", schema.id))?;
                continue;
            };
            once(&mut seen, &attribute.name, &spelled(Some(schema), attribute))?;
            self.attribute(Some(schema), attribute, value)?;
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        extension: Option<&Schema>,
        attribute: &Attribute,
        value: Value,
    ) -> Result<(), ScimError> {
        if attribute.is_read_only() {
            return Ok(());
        }
        let path = spelled(extension, attribute);
        match self.canon.attribute(&path, attribute, value)? {
            Some(value) => self.incoming.resource.set_value(extension, attribute, value),
            None => self.incoming.cleared.push(path),
        }
        Ok(())
    }
}

fn check_schemas(value: &Value, resource_type: &ResourceType) -> Result<(), ScimError> {
    let refused = || {
        Err(ScimError::value(format!(
            "schemas must be an array of URNs with {:?} among them.",
            resource_type.core
        )))
    };
    let Value::Array(urns) = value else {
        return if value.is_null() && quirks::SCHEMAS_MAY_BE_MISSING {
            Ok(())
        } else {
            refused()
        };
    };
    let Some(urns) = urns.iter().map(Value::as_str).collect::<Option<Vec<_>>>() else {
        return refused();
    };
    let is_core = |urn: &&str| urn.eq_ignore_ascii_case(resource_type.core);
    if urns.is_empty() && quirks::SCHEMAS_MAY_BE_MISSING || urns.iter().any(is_core) {
        Ok(())
    } else {
        refused()
    }
}

/// Whether everything required is there and not blank.
///
/// # Errors
/// 400 `invalidValue`, naming the first attribute that lacks.
pub fn check_required(resource: &Resource, resource_type: &ResourceType) -> Result<(), ScimError> {
    for (extension, attribute) in resource_type.attributes() {
        if !attribute.required || attribute.is_read_only() {
            continue;
        }
        let blank = match resource.value(extension, attribute) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        };
        if blank {
            let path = spelled(extension, attribute);
            return Err(ScimError::value(format!("{path} is required.")));
        }
    }
    Ok(())
}
