//! One operation on the copy: finding what its path or names mean, and single-valued attributes.

use super::values::{self, Selection};
use super::{Op, Operation};
use crate::error::{ScimError, ScimType};
use crate::filter::Filter;
use crate::json::kind;
use crate::name::AttributePath;
use crate::path::PatchPath;
use crate::quirks;
use crate::resource::{Canon, Policy, Resource, Unknown};
use crate::schema::{Attribute, AttributeType, Mutability, Resolved, ResourceType, Schema, Target, spelled};
use serde_json::{Map, Value};

pub(super) struct Editor<'a> {
    resource: Resource,
    resource_type: &'a ResourceType,
    policy: &'a Policy,
    canon: Canon<'a>,
}

/// How a name came to be edited.
#[derive(Clone, Copy)]
struct How {
    op: Op,
    /// Named by `path`, not by a name within the value.
    by_path: bool,
}

impl<'a> Editor<'a> {
    pub(super) fn new(resource: Resource, resource_type: &'a ResourceType, policy: &'a Policy) -> Self {
        Self {
            resource,
            resource_type,
            policy,
            canon: Canon::new(policy),
        }
    }

    pub(super) fn done(self) -> (Resource, Vec<String>) {
        (self.resource, self.canon.ignored)
    }

    pub(super) fn operation(&mut self, operation: &Operation) -> Result<(), ScimError> {
        let how = How {
            op: operation.op,
            by_path: operation.path.is_some(),
        };
        let value = operation.value.clone();
        match (&operation.path, value) {
            (Some(path), value) => self.at(how, path, value),
            (None, Some(Value::Object(map))) => self.names(how, map),
            (None, _) => Err(ScimError::value("value must be an object of attributes.")),
        }
    }

    /// **Entra ID**: names in the value may be dotted, have brackets or a URN.
    fn names(&mut self, how: How, map: Map<String, Value>) -> Result<(), ScimError> {
        for (name, value) in map {
            if name.eq_ignore_ascii_case("schemas") {
                continue;
            }
            match value {
                Value::Object(inner) if name.eq_ignore_ascii_case(self.resource_type.core) => {
                    self.names(how, inner)?;
                }
                value => match PatchPath::parse(&name) {
                    Ok(path) => self.at(how, &path, Some(value))?,
                    Err(_) => self.canon.unknown(name)?,
                },
            }
        }
        Ok(())
    }

    fn at(&mut self, how: How, path: &PatchPath, value: Option<Value>) -> Result<(), ScimError> {
        match self.resource_type.resolve(&path.name) {
            Some(Target::Extension(schema)) if path.filter.is_none() => self.extension(how, schema, value),
            Some(Target::Attribute(found)) => self.attribute(how, found, path.filter.as_ref(), value),
            _ => self.unknown(how, path),
        }
    }

    fn unknown(&mut self, how: How, path: &PatchPath) -> Result<(), ScimError> {
        if how.by_path && self.policy.unknown == Unknown::Refuse {
            return Err(ScimError::path(format!(
                "{path} is no attribute of this resource; /Schemas lists what there is."
            )));
        }
        self.canon.unknown(path.to_string())
    }

    fn extension(
        &mut self,
        how: How,
        schema: &'static Schema,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        let within = How {
            by_path: false,
            ..how
        };
        match value {
            Some(Value::Object(map)) if how.op != Op::Remove => {
                for (name, value) in map {
                    // A name that has its own URN says already where it belongs.
                    let path = PatchPath::parse(&name).ok().map(|mut path| {
                        path.name.schema.get_or_insert_with(|| schema.id.clone());
                        path
                    });
                    match path {
                        Some(path) => self.at(within, &path, Some(value))?,
                        None => self.canon.unknown(format!("{}:{name}", schema.id))?,
                    }
                }
                Ok(())
            }
            Some(other) if how.op != Op::Remove && !other.is_null() => Err(ScimError::value(format!(
                "{} must be an object, not {}.",
                schema.id,
                kind(&other)
            ))),
            _ => {
                let remove = How {
                    op: Op::Remove,
                    ..within
                };
                schema.attributes.iter().try_for_each(|attribute| {
                    let found = Resolved {
                        extension: Some(schema),
                        attribute,
                        sub: None,
                    };
                    self.attribute(remove, found, None, None)
                })
            }
        }
    }

    fn attribute(
        &mut self,
        how: How,
        found: Resolved<'static>,
        filter: Option<&Filter>,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        let Resolved {
            extension,
            attribute,
            sub,
        } = found;
        if attribute.is_read_only() || sub.is_some_and(Attribute::is_read_only) {
            return match how.by_path || !quirks::READ_ONLY_IS_LEFT_OUT_WITHOUT_PATH {
                true => Err(ScimError::mutability(format!("{} is read-only.", found.path()))),
                false => Ok(()),
            };
        }
        let old = self.resource.value(extension, attribute).cloned();
        let new = if attribute.multi_valued {
            let items = match &old {
                Some(Value::Array(items)) => items.clone(),
                _ => Vec::new(),
            };
            let selection = Selection { found, filter };
            values::edited(&mut self.canon, how.op, selection, items, value)?
        } else if filter.is_some() {
            return Err(ScimError::path(format!(
                "{} has one value only, so brackets can't follow it.",
                found.path()
            )));
        } else if let Some(sub) = sub {
            let mut parts = Map::new();
            parts.insert(
                sub.name.clone(),
                value.filter(|_| how.op != Op::Remove).unwrap_or_default(),
            );
            self.merged(how, found, old.clone(), parts)?
        } else {
            self.single(how, found, old.clone(), value)?
        };
        self.store(found, old.as_ref(), new)
    }

    /// The new value of a single-valued attribute.
    fn single(
        &mut self,
        how: How,
        found: Resolved<'static>,
        old: Option<Value>,
        value: Option<Value>,
    ) -> Result<Option<Value>, ScimError> {
        let Some(value) = value.filter(|_| how.op != Op::Remove) else {
            return Ok(None);
        };
        let attribute = found.attribute;
        if attribute.kind == AttributeType::Complex && !quirks::is_empty_reference(attribute, &value) {
            // RFC 7644 section 3.5.2.3: what the value does not name is left as it is.
            return match quirks::bare_value(attribute, value) {
                Value::Object(parts) => self.merged(how, found, old, parts),
                value => self.canon.single(&found.path(), attribute, value),
            };
        }
        self.canon.single(&found.path(), attribute, value)
    }

    /// A single-valued complex attribute with these parts set; null takes one away.
    fn merged(
        &mut self,
        how: How,
        found: Resolved<'static>,
        old: Option<Value>,
        parts: Map<String, Value>,
    ) -> Result<Option<Value>, ScimError> {
        let attribute = found.attribute;
        let mut map = match old {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let path = spelled(found.extension, attribute);
        for (name, value) in parts {
            let Some(sub) = attribute.sub(&name) else {
                let name = AttributePath {
                    schema: found.extension.map(|schema| schema.id.clone()),
                    attribute: attribute.name.clone(),
                    sub: Some(name),
                };
                self.unknown(how, &PatchPath { name, filter: None })?;
                continue;
            };
            if sub.is_read_only() {
                continue;
            }
            let path = format!("{path}.{}", sub.name);
            match self.canon.attribute(&path, sub, value)? {
                Some(value) => map.insert(sub.name.clone(), value),
                None => map.remove(&sub.name),
            };
        }
        let value = Value::Object(map);
        let is_nothing =
            quirks::is_empty_reference(attribute, &value) || value.as_object().is_some_and(Map::is_empty);
        Ok((!is_nothing).then_some(value))
    }

    fn store(
        &mut self,
        found: Resolved<'static>,
        old: Option<&Value>,
        new: Option<Value>,
    ) -> Result<(), ScimError> {
        let attribute = found.attribute;
        let path = spelled(found.extension, attribute);
        if new.is_none() && attribute.required {
            // RFC 7644 section 3.5.2.2.
            let detail = format!("{path} is required and can't be removed.");
            return Err(ScimError::mutability(detail));
        }
        if attribute.mutability == Mutability::Immutable && old.is_some() && old != new.as_ref() {
            return Err(ScimError::mutability(format!("{path} can't be changed.")));
        }
        self.resource
            .set_value(found.extension, attribute, new.unwrap_or(Value::Null));
        Ok(())
    }
}

pub(super) fn no_target(path: &str) -> ScimError {
    ScimError::of(
        ScimType::NoTarget,
        format!("{path}: no value matches the filter, and it does not say what to create."),
    )
}
