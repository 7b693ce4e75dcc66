//! What real provisioning clients do that RFC 7644 does not allow, and what is made of it.
//!
//! Each habit has its function or constant here and a test. Being liberal never guesses: a value
//! is read in one way only or refused.

use crate::filter::{Comparison, Filter, Literal, Operator};
use crate::json::{get, kind};
use crate::name::AttributePath;
use crate::schema::{Attribute, AttributeType};
use serde_json::{Map, Value};

/// **Entra ID** sends booleans as the strings `"True"` and `"False"`, in values and in filters.
#[must_use]
pub fn boolean_word(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// **Entra ID** writes `op` as `Add`, `Replace`, `Remove`.
#[must_use]
pub fn is_op(text: &str, op: &str) -> bool {
    text.eq_ignore_ascii_case(op)
}

/// **Entra ID** searches with `emails[type eq "work"].value eq "x"`, which the grammar of RFC 7644
/// lacks. It means one value for which both hold.
#[must_use]
pub(crate) fn compared_value_path(path: AttributePath, inside: Filter, compared: Filter) -> Filter {
    let mut parts = match inside {
        Filter::And(parts) => parts,
        other => vec![other],
    };
    parts.push(compared);
    Filter::ValuePath(path, Box::new(Filter::And(parts)))
}

/// **Entra ID** sends `manager` as the bare id, and some clients send `emails` or `roles` as bare
/// strings: the string stands for the `value` sub-attribute.
pub(crate) fn bare_value(attribute: &Attribute, value: Value) -> Value {
    if attribute.kind != AttributeType::Complex || !value.is_string() {
        return value;
    }
    match attribute.sub("value") {
        Some(sub) => {
            let mut map = Map::new();
            map.insert(sub.name.clone(), value);
            Value::Object(map)
        }
        None => value,
    }
}

/// **Entra ID** adds to a multi-valued attribute with one object where RFC 7644 section 3.5.2.1
/// has an array. In a PATCH either is taken.
pub(crate) fn one_or_many(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::Array(_) | Value::Null => value,
        one if attribute.multi_valued => Value::Array(vec![one]),
        one => one,
    }
}

/// **Entra ID** clears `manager` by replacing it with `""` or with `{"value": ""}`: what has an
/// empty `value` is no value.
pub(crate) fn is_empty_reference(attribute: &Attribute, value: &Value) -> bool {
    let holds_reference = attribute
        .sub("$ref")
        .is_some_and(|_| attribute.sub("value").is_some());
    if !holds_reference || attribute.multi_valued {
        return false;
    }
    let held = value.as_object().and_then(|map| get(map, "value"));
    matches!(held.unwrap_or(value), Value::String(text) if text.is_empty())
        || matches!(held, Some(Value::Null))
}

/// **Entra ID** replaces `emails[type eq "work"].value` on a user who has no such address and
/// expects it to be created, where RFC 7644 section 3.5.2.3 has `noTarget`. Only a filter of
/// equalities says what to create; its sub-attributes are given here. One that names the `value`
/// asks for a value that is not there, and creates none; but there is always one role.
pub(crate) fn created_by(filter: &Filter, attribute: &Attribute) -> Option<Map<String, Value>> {
    fixed_by(filter, attribute).filter(|fixed| is_single_role(attribute) || !fixed.contains_key("value"))
}

/// The sub-attributes that every value selected by the filter has, where it is one of equalities.
pub(crate) fn fixed_by(filter: &Filter, attribute: &Attribute) -> Option<Map<String, Value>> {
    let mut fixed = Map::new();
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    for part in parts {
        let Filter::Compare(Comparison {
            path,
            operator: Operator::Eq,
            value,
        }) = part
        else {
            return None;
        };
        let sub = attribute.sub(&path.attribute)?;
        let value = match (sub.kind, value) {
            (AttributeType::Boolean, Literal::String(text)) => Value::Bool(boolean_word(text)?),
            (_, Literal::String(text)) => Value::String(text.clone()),
            (_, Literal::Boolean(value)) => Value::Bool(*value),
            (_, Literal::Number(number)) => Value::Number(number.clone()),
            (_, Literal::Null) => return None,
        };
        // One name compared with two values can be satisfied by nothing.
        if fixed.insert(sub.name.clone(), value).is_some() {
            return None;
        }
    }
    Some(fixed)
}

/// **Entra ID** removes members with `path: "members"` and the members in `value`, where RFC 7644
/// section 3.5.2.2 has no value. Read as the RFC has it, the operation would remove everyone.
/// Gives the `value`s to remove; none if the operation has no such value.
pub(crate) fn removed_values(value: Option<&Value>) -> Result<Option<Vec<&str>>, String> {
    let items = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    items
        .iter()
        .map(|item| match item {
            Value::String(text) => Ok(text.as_str()),
            Value::Object(map) => get(map, "value")
                .and_then(Value::as_str)
                .ok_or_else(|| "each value to remove must have a string as its value".to_owned()),
            other => Err(format!(
                "each value to remove must be an object, not {}",
                kind(other)
            )),
        })
        .collect::<Result<Vec<_>, _>>()
        .map(Some)
}

/// HR systems know permission sets by name: it is taken for the id where a set is given, so it
/// selects the set to change or take away, too. The service alone sets these names (`display`).
pub(crate) fn goes_by_name(attribute: &Attribute) -> bool {
    attribute.multi_valued && attribute.name == "permissionSets"
}

/// The text that the filter compares `value` with, where it does nothing else.
pub(crate) fn selected_value(filter: &Filter) -> Option<&str> {
    match filter {
        Filter::Compare(Comparison {
            path,
            operator: Operator::Eq,
            value: Literal::String(text),
        }) if path.attribute.eq_ignore_ascii_case("value") && path.sub.is_none() => Some(text),
        _ => None,
    }
}

/// **OneLogin** and others mark several values as primary. The first stays so; at most one may be
/// (RFC 7643 section 2.4).
pub(crate) fn one_primary(values: &mut [Value]) {
    let mut seen = false;
    for map in values.iter_mut().filter_map(Value::as_object_mut) {
        if map.get("primary") == Some(&Value::Bool(true)) {
            if seen {
                map.insert("primary".to_owned(), Value::Bool(false));
            }
            seen = true;
        }
    }
}

/// **Entra ID** adds the new role and removes the old one afterwards, or never. A member has
/// exactly one role, so an added role takes the place of the one there is.
pub(crate) fn is_single_role(attribute: &Attribute) -> bool {
    attribute.multi_valued && attribute.name == "roles"
}

/// **Okta** sends the `id` and other read-only attributes along in a PATCH without `path`; they
/// are left out there. Named by a `path`, a read-only attribute is refused with `mutability`.
pub(crate) const READ_ONLY_IS_LEFT_OUT_WITHOUT_PATH: bool = true;

/// **JumpCloud**, **Rippling** and others leave out `schemas`; its absence is no error.
pub(crate) const SCHEMAS_MAY_BE_MISSING: bool = true;
