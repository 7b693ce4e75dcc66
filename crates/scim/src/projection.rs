//! Which attributes an answer has (RFC 7644 section 3.9; RFC 7643 section 7, `returned`).

use crate::error::ScimError;
use crate::name::AttributePath;
use crate::resource::Resource;
use crate::schema::{Attribute, ResourceType, Returned, Schema, Target};
use serde_json::{Map, Value};

/// How many names `attributes` and `excludedAttributes` may have.
pub const MAX_NAMES: usize = 200;

/// What the client asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    /// `attributes`: these and what is always there.
    pub attributes: Vec<AttributePath>,
    /// `excludedAttributes`: all but these; what is always there stays.
    pub excluded: Vec<AttributePath>,
}

impl Projection {
    /// Reads the two query parameters: names with commas between. Empty names are passed over.
    ///
    /// # Errors
    /// 400 `invalidValue` for what is no attribute name, or more than [`MAX_NAMES`].
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>) -> Result<Self, ScimError> {
        Ok(Self {
            attributes: names("attributes", attributes)?,
            excluded: names("excludedAttributes", excluded)?,
        })
    }

    /// The resource as the answer has it. `schemas` lists what is left.
    #[must_use]
    pub fn apply(&self, resource: &Resource, resource_type: &ResourceType) -> Resource {
        let asked = resolved(&self.attributes, resource_type);
        let excluded = resolved(&self.excluded, resource_type);
        let all = self.attributes.is_empty();
        let mut result = Resource::new();
        for (extension, attribute) in resource_type.attributes() {
            let Some(value) = resource.value(extension, attribute) else {
                continue;
            };
            let chooser = Chooser {
                asked: &asked,
                excluded: &excluded,
                all,
                extension,
                attribute,
            };
            if let Some(value) = chooser.value(value) {
                result.set_value(extension, attribute, value);
            }
        }
        result.set_schemas(resource_type);
        result
    }
}

fn names(parameter: &str, text: Option<&str>) -> Result<Vec<AttributePath>, ScimError> {
    let names = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            AttributePath::parse(name)
                .map_err(|error| ScimError::value(format!("{parameter}: {}", error.detail)))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if names.len() > MAX_NAMES {
        return Err(ScimError::value(format!(
            "{parameter} may have at most {MAX_NAMES} names."
        )));
    }
    Ok(names)
}

fn resolved(names: &[AttributePath], resource_type: &ResourceType) -> Vec<Target<'static>> {
    names
        .iter()
        .filter_map(|name| resource_type.resolve(name))
        .collect()
}

/// How a list of names speaks of an attribute.
#[derive(PartialEq)]
enum Named<'a> {
    Not,
    Whole,
    Parts(Vec<&'a str>),
}

struct Chooser<'a> {
    asked: &'a [Target<'static>],
    excluded: &'a [Target<'static>],
    all: bool,
    extension: Option<&'static Schema>,
    attribute: &'static Attribute,
}

impl Chooser<'_> {
    fn named(&self, targets: &[Target<'static>]) -> Named<'static> {
        let mut parts = Vec::new();
        for target in targets {
            match target {
                Target::Extension(schema) => {
                    if self.extension.is_some_and(|own| own.id == schema.id) {
                        return Named::Whole;
                    }
                }
                Target::Attribute(found) => {
                    let is_this = std::ptr::eq(found.attribute, self.attribute);
                    match found.sub {
                        None if is_this => return Named::Whole,
                        Some(sub) if is_this => parts.push(sub.name.as_str()),
                        _ => {}
                    }
                }
            }
        }
        if parts.is_empty() {
            Named::Not
        } else {
            Named::Parts(parts)
        }
    }

    fn value(&self, value: &Value) -> Option<Value> {
        let asked = self.named(self.asked);
        let wanted = match self.attribute.returned {
            Returned::Never => return None,
            Returned::Always => return Some(value.clone()),
            Returned::Default => self.all || asked != Named::Not,
            Returned::Request => asked != Named::Not,
        };
        let excluded = self.named(self.excluded);
        if !wanted || excluded == Named::Whole {
            return None;
        }
        let keep = |sub: &Attribute| {
            let name = sub.name.as_str();
            let is_asked = match &asked {
                Named::Parts(parts) => parts.contains(&name),
                Named::Whole => true,
                Named::Not => self.all,
            };
            let is_excluded = matches!(&excluded, Named::Parts(parts) if parts.contains(&name));
            match sub.returned {
                Returned::Never => false,
                Returned::Always => true,
                Returned::Request => matches!(&asked, Named::Parts(p) if p.contains(&name)),
                Returned::Default => is_asked && !is_excluded,
            }
        };
        reduced(value, self.attribute, &keep)
    }
}

fn reduced(value: &Value, attribute: &Attribute, keep: &dyn Fn(&Attribute) -> bool) -> Option<Value> {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .filter_map(|item| reduced(item, attribute, keep))
                .collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(map) => {
            let parts: Map<String, Value> = map
                .iter()
                .filter(|(name, _)| attribute.sub(name).is_some_and(keep))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            (!parts.is_empty()).then_some(Value::Object(parts))
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ACCESS, INVITATION, USERS};
    use serde_json::json;

    fn projected(attributes: Option<&str>, excluded: Option<&str>) -> Value {
        let resource = json!({
            "id": "42", "userName": "ana", "title": "Clerk",
            "name": {"givenName": "Ana", "familyName": "Lima"},
            "emails": [{"value": "a@x.example", "type": "work"}],
            ACCESS: {"effectivePermissions": ["crm/a:b"], "status": "active"},
            INVITATION: {"send": true, "message": "Hi"},
        });
        let resource = Resource::from(resource.as_object().unwrap().clone());
        Projection::parse(attributes, excluded)
            .unwrap()
            .apply(&resource, &USERS)
            .to_json()
    }

    #[test]
    fn without_parameters_all_is_there_but_what_is_never_or_only_on_request() {
        let all = projected(None, None);
        assert_eq!(all[INVITATION], json!({"message": "Hi"}));
        assert_eq!(all[ACCESS], json!({"status": "active"}));
        assert_eq!(all["schemas"], json!([USERS.core, ACCESS, INVITATION]));
    }

    #[test]
    fn only_what_is_asked_for_and_what_is_always_there() {
        let some = projected(Some("USERNAME, name.givenname"), None);
        assert_eq!(
            some,
            json!({"schemas": [USERS.core], "id": "42", "userName": "ana",
                "name": {"givenName": "Ana"}})
        );
    }

    #[test]
    fn what_is_only_on_request_comes_when_asked_for_with_its_urn() {
        let name = format!("{ACCESS}:effectivePermissions");
        let some = projected(Some(&name), None);
        assert_eq!(some[ACCESS], json!({"effectivePermissions": ["crm/a:b"]}));
        let never = projected(Some(&format!("{INVITATION}:send")), None);
        assert_eq!(never.get(INVITATION), None);
    }

    #[test]
    fn exclusion_takes_attributes_parts_and_extensions_but_never_the_id() {
        let excluded = format!("id,title,emails.type,{ACCESS}");
        let rest = projected(None, Some(&excluded));
        assert_eq!(rest["id"], "42");
        assert_eq!(rest.get("title"), None);
        assert_eq!(rest.get(ACCESS), None);
        assert_eq!(rest["emails"], json!([{"value": "a@x.example"}]));
    }

    #[test]
    fn unknown_names_select_nothing_and_bad_names_are_refused() {
        assert_eq!(
            projected(Some("nothing"), None),
            json!({"schemas": [USERS.core], "id": "42"})
        );
        assert!(Projection::parse(Some("a b"), None).is_err());
    }
}
