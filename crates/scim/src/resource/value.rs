//! One value against its attribute: the right type, canonical names, nothing else.

use super::{Policy, Unknown};
use crate::error::ScimError;
use crate::json::kind;
use crate::quirks;
use crate::schema::{Attribute, AttributeType};
use serde_json::{Map, Value};

/// How many values an attribute may have.
pub const MAX_VALUES: usize = 200;
/// How many bytes one string may have.
pub const MAX_STRING: usize = 8192;

/// Reads values and remembers what it left out.
pub(crate) struct Canon<'p> {
    policy: &'p Policy,
    /// Unknown attributes that were left out.
    pub(crate) ignored: Vec<String>,
}

impl<'p> Canon<'p> {
    pub(crate) fn new(policy: &'p Policy) -> Self {
        Self {
            policy,
            ignored: Vec::new(),
        }
    }

    /// Notes an unknown attribute, or refuses it as the setting says.
    pub(crate) fn unknown(&mut self, path: String) -> Result<(), ScimError> {
        match self.policy.unknown {
            Unknown::Refuse => Err(ScimError::syntax(format!(
                "{path:?} is no attribute of this resource; /Schemas lists what there is."
            ))),
            Unknown::Ignore => {
                self.ignored.push(path);
                Ok(())
            }
        }
    }

    /// The value as the attribute has it, a list where it is multi-valued. None for null, `[]`
    /// and objects without anything: no value (RFC 7643 section 2.5). An item of a list of which
    /// only unknown and read-only parts are told is refused where a part is required.
    pub(crate) fn attribute(
        &mut self,
        path: &str,
        attribute: &Attribute,
        value: Value,
    ) -> Result<Option<Value>, ScimError> {
        if value.is_null() {
            return Ok(None);
        }
        if !attribute.multi_valued {
            return self.single(path, attribute, value);
        }
        let Value::Array(items) = value else {
            return Err(wrong(path, "an array", &value));
        };
        if items.len() > MAX_VALUES {
            let detail = format!("{path}: at most {MAX_VALUES} values are taken.");
            return Err(ScimError::value(detail));
        }
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.extend(self.single(path, attribute, item)?);
        }
        quirks::one_primary(&mut values);
        Ok((!values.is_empty()).then_some(Value::Array(values)))
    }

    /// One value, of a multi-valued attribute or the only one.
    pub(crate) fn single(
        &mut self,
        path: &str,
        attribute: &Attribute,
        value: Value,
    ) -> Result<Option<Value>, ScimError> {
        if value.is_null() || quirks::is_empty_reference(attribute, &value) {
            return Ok(None);
        }
        let value = match attribute.kind {
            AttributeType::Complex => {
                return match quirks::bare_value(attribute, value) {
                    Value::Object(map) => self.complex(path, attribute, map),
                    other => Err(wrong(path, "an object", &other)),
                };
            }
            AttributeType::Boolean => boolean(path, value)?,
            AttributeType::Integer => match value {
                Value::Number(number) if number.is_i64() || number.is_u64() => Value::Number(number),
                other => return Err(wrong(path, "a whole number", &other)),
            },
            AttributeType::Decimal => match value {
                Value::Number(number) => Value::Number(number),
                other => return Err(wrong(path, "a number", &other)),
            },
            AttributeType::DateTime => {
                let text = string(path, value)?;
                if text.parse::<jiff::Timestamp>().is_err() {
                    return Err(ScimError::value(format!(
                        "{path} must be a date such as \"2026-11-24T08:00:00Z\"."
                    )));
                }
                Value::String(text)
            }
            AttributeType::String | AttributeType::Reference | AttributeType::Binary => {
                Value::String(canonical_word(attribute, string(path, value)?))
            }
        };
        Ok(Some(value))
    }

    fn complex(
        &mut self,
        path: &str,
        attribute: &Attribute,
        map: Map<String, Value>,
    ) -> Result<Option<Value>, ScimError> {
        let is_taken_away = |(name, value): (&String, &Value)| {
            value.is_null() && attribute.sub(name).is_some_and(|sub| sub.required)
        };
        let is_told = map.values().any(|value| !value.is_null()) && !map.iter().any(is_taken_away);
        let mut parts = Map::new();
        let mut seen = Vec::new();
        for (name, value) in map {
            let Some(sub) = attribute.sub(&name) else {
                self.unknown(format!("{path}.{name}"))?;
                continue;
            };
            let path = format!("{path}.{}", sub.name);
            once(&mut seen, &sub.name, &path)?;
            if sub.is_read_only() {
                continue;
            }
            if let Some(value) = self.attribute(&path, sub, value)? {
                parts.insert(sub.name.clone(), value);
            }
        }
        // One of several that says something, of which nothing is left, was meant: leaving it out
        // would set or clear what nobody asked for.
        if parts.is_empty() && !(attribute.multi_valued && is_told) {
            return Ok(None);
        }
        if let Some(missing) = missing_part(attribute, &parts) {
            return Err(ScimError::value(format!("{path}.{missing} is required.")));
        }
        Ok((!parts.is_empty()).then_some(Value::Object(parts)))
    }
}

/// Refuses a name that was there before in another case.
pub(super) fn once<'a>(seen: &mut Vec<&'a str>, name: &'a str, path: &str) -> Result<(), ScimError> {
    if seen.contains(&name) {
        return Err(ScimError::syntax(format!(
            "{path} is given twice; upper and lower case make no difference in names."
        )));
    }
    seen.push(name);
    Ok(())
}

/// The required sub-attribute that a value lacks.
pub(crate) fn missing_part<'a>(attribute: &'a Attribute, parts: &Map<String, Value>) -> Option<&'a str> {
    attribute
        .sub_attributes
        .iter()
        .filter(|sub| sub.required && !sub.is_read_only())
        .map(|sub| sub.name.as_str())
        .find(|name| !parts.contains_key(*name))
}

fn wrong(path: &str, wanted: &str, value: &Value) -> ScimError {
    ScimError::value(format!("{path} must be {wanted}, not {}.", kind(value)))
}

fn boolean(path: &str, value: Value) -> Result<Value, ScimError> {
    match &value {
        Value::Bool(_) => Ok(value),
        Value::String(text) => quirks::boolean_word(text)
            .map(Value::Bool)
            .ok_or_else(|| ScimError::value(format!("{path} must be true or false."))),
        other => Err(wrong(path, "true or false", other)),
    }
}

fn string(path: &str, value: Value) -> Result<String, ScimError> {
    let Value::String(text) = value else {
        return Err(wrong(path, "a string", &value));
    };
    if text.contains('\0') {
        return Err(ScimError::value(format!("{path} contains NUL.")));
    }
    if text.len() > MAX_STRING {
        let detail = format!("{path}: at most {MAX_STRING} bytes are taken.");
        return Err(ScimError::value(detail));
    }
    Ok(text)
}

/// A canonical value in its canonical case; any other text as it is.
fn canonical_word(attribute: &Attribute, text: String) -> String {
    if attribute.case_exact {
        return text;
    }
    let known = attribute
        .canonical_values
        .iter()
        .find(|word| word.eq_ignore_ascii_case(&text));
    known.cloned().unwrap_or(text)
}
