//! Whether a resource matches a filter.
//!
//! An attribute with several values matches if one of them does. An absent attribute counts as one
//! null: `ne "x"` and `eq null` match it, and nothing else does. An attribute that doesn't exist
//! matches no comparison at all.

use super::check::compared;
use super::{Comparison, Filter, Literal, Operator};
use crate::name::AttributePath;
use crate::quirks;
use crate::resource::Resource;
use crate::schema::{Attribute, AttributeType, ResourceType, Returned, Target};
use serde_json::Value;
use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;

/// Text as it is compared where upper and lower case don't differ: in lower case and NFC.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.to_lowercase().nfc().collect()
}

/// Whether the resource matches the filter.
#[must_use]
pub fn matches(filter: &Filter, resource: &Resource, resource_type: &ResourceType) -> bool {
    Scope::Resource(resource, resource_type).matches(filter)
}

/// Whether one value of the attribute matches the filter between a value path's brackets.
#[must_use]
pub fn matches_value(filter: &Filter, value: &Value, attribute: &Attribute) -> bool {
    Scope::Value(value, attribute).matches(filter)
}

enum Scope<'a> {
    Resource(&'a Resource, &'a ResourceType),
    Value(&'a Value, &'a Attribute),
}

impl<'a> Scope<'a> {
    fn matches(&self, filter: &Filter) -> bool {
        match filter {
            Filter::Compare(comparison) => self.compares(comparison),
            Filter::Present(path) => self.is_present(path),
            Filter::And(parts) => parts.iter().all(|part| self.matches(part)),
            Filter::Or(parts) => parts.iter().any(|part| self.matches(part)),
            Filter::Not(inner) => !self.matches(inner),
            Filter::ValuePath(path, inner) => match self.find(path) {
                Some((attribute, values)) => values
                    .into_iter()
                    .any(|value| matches_value(inner, value, attribute)),
                None => false,
            },
        }
    }

    /// The attribute that the name means, and its values.
    fn find(&self, path: &AttributePath) -> Option<(&'a Attribute, Vec<&'a Value>)> {
        match self {
            Self::Resource(resource, resource_type) => {
                let found = resource_type.attribute(path)?;
                let holder = resource.value(found.extension, found.attribute);
                let values = flat(holder);
                match found.sub {
                    Some(sub) => Some((sub, parts(values, sub))),
                    None => Some((found.attribute, values)),
                }
            }
            Self::Value(value, attribute) => match attribute.sub(&path.attribute) {
                Some(sub) => Some((sub, parts(vec![value], sub))),
                // RFC 7644 section 3.5.2: `value` names the value itself where it has no parts.
                None if path.attribute.eq_ignore_ascii_case("value") => Some((attribute, vec![value])),
                None => None,
            },
        }
    }

    fn is_present(&self, path: &AttributePath) -> bool {
        if let Self::Resource(resource, resource_type) = self
            && let Some(Target::Extension(schema)) = resource_type.resolve(path)
        {
            return resource.extension(&schema.id).is_some_and(|map| !map.is_empty());
        }
        self.find(path).is_some_and(|(attribute, values)| {
            attribute.returned != Returned::Never && values.into_iter().any(is_something)
        })
    }

    fn compares(&self, comparison: &Comparison) -> bool {
        let Some((attribute, mut values)) = self.find(&comparison.path) else {
            return false;
        };
        let Some(leaf) = compared(attribute) else {
            return false;
        };
        if attribute.kind == AttributeType::Complex {
            values = parts(values, leaf);
        }
        if values.is_empty() {
            return holds(&Value::Null, leaf, comparison);
        }
        values.into_iter().any(|value| holds(value, leaf, comparison))
    }
}

fn flat(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
    }
}

fn parts<'a>(values: Vec<&'a Value>, sub: &Attribute) -> Vec<&'a Value> {
    values
        .into_iter()
        .filter_map(|value| crate::json::get(value.as_object()?, &sub.name))
        .flat_map(|value| flat(Some(value)))
        .collect()
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(is_something),
        Value::Object(map) => map.values().any(is_something),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn holds(value: &Value, attribute: &Attribute, comparison: &Comparison) -> bool {
    let operator = comparison.operator;
    if value.is_null() || comparison.value == Literal::Null {
        let equal = value.is_null() && comparison.value == Literal::Null;
        return match operator {
            Operator::Eq => equal,
            Operator::Ne => !equal,
            _ => false,
        };
    }
    match (attribute.kind, value, &comparison.value) {
        (AttributeType::Boolean, Value::Bool(value), literal) => {
            let wanted = match literal {
                Literal::Boolean(wanted) => Some(*wanted),
                Literal::String(text) => quirks::boolean_word(text),
                _ => None,
            };
            wanted.is_some_and(|wanted| match operator {
                Operator::Eq => *value == wanted,
                Operator::Ne => *value != wanted,
                _ => false,
            })
        }
        (AttributeType::DateTime, Value::String(value), Literal::String(wanted)) => {
            match (
                value.parse::<jiff::Timestamp>(),
                wanted.parse::<jiff::Timestamp>(),
            ) {
                (Ok(value), Ok(wanted)) if !searches(operator) => ordered(value.cmp(&wanted), operator),
                _ => text_holds(value, wanted, operator),
            }
        }
        (_, Value::String(value), Literal::String(wanted)) if attribute.case_exact => {
            text_holds(value, wanted, operator)
        }
        (_, Value::String(value), Literal::String(wanted)) => {
            text_holds(&fold(value), &fold(wanted), operator)
        }
        (_, Value::Number(value), Literal::Number(wanted)) => {
            let order = match (value.as_i64(), wanted.as_i64()) {
                (Some(value), Some(wanted)) => Some(value.cmp(&wanted)),
                _ => value
                    .as_f64()
                    .zip(wanted.as_f64())
                    .and_then(|(a, b)| a.partial_cmp(&b)),
            };
            order.is_some_and(|order| !searches(operator) && ordered(order, operator))
        }
        _ => false,
    }
}

fn searches(operator: Operator) -> bool {
    matches!(operator, Operator::Co | Operator::Sw | Operator::Ew)
}

fn text_holds(value: &str, wanted: &str, operator: Operator) -> bool {
    match operator {
        Operator::Co => value.contains(wanted),
        Operator::Sw => value.starts_with(wanted),
        Operator::Ew => value.ends_with(wanted),
        _ => ordered(value.cmp(wanted), operator),
    }
}

fn ordered(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        Operator::Co | Operator::Sw | Operator::Ew => false,
    }
}
