//! Multi-valued attributes: adding, replacing and removing values, all or those a filter selects.

use super::Op;
use super::edit::no_target;
use crate::error::ScimError;
use crate::filter::{Filter, fold, matches_value};
use crate::json::kind;
use crate::quirks;
use crate::resource::{Canon, MAX_VALUES, missing_part};
use crate::schema::{Attribute, AttributeType, Resolved};
use serde_json::{Map, Value};

/// Which values an operation is about.
#[derive(Clone, Copy)]
pub(super) struct Selection<'f> {
    pub(super) found: Resolved<'static>,
    pub(super) filter: Option<&'f Filter>,
}

/// The values after the operation; none if there are none.
pub(super) fn edited(
    canon: &mut Canon<'_>,
    op: Op,
    selection: Selection<'_>,
    items: Vec<Value>,
    value: Option<Value>,
) -> Result<Option<Value>, ScimError> {
    let attribute = selection.found.attribute;
    if let Some(filter) = selection.filter {
        filter.check_value(attribute)?;
    }
    let mut items = match (selection.filter, selection.found.sub, op) {
        (None, None, Op::Remove) => removed(selection.found, items, value.as_ref())?,
        (None, None, _) => set(canon, op, selection.found, items, value)?,
        _ => selected(canon, op, selection, items, value)?,
    };
    // A value that lost what it must have is no value any more.
    items.retain(|item| match item {
        Value::Object(parts) => !parts.is_empty() && missing_part(attribute, parts).is_none(),
        _ => true,
    });
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

fn removed(
    found: Resolved<'static>,
    mut items: Vec<Value>,
    value: Option<&Value>,
) -> Result<Vec<Value>, ScimError> {
    let values =
        quirks::removed_values(value).map_err(|why| ScimError::value(format!("{}: {why}.", found.path())))?;
    let Some(values) = values else {
        return Ok(Vec::new());
    };
    let attribute = found.attribute;
    items.retain(|item| {
        let held = held(item);
        let is_held = held.is_some_and(|held| values.iter().any(|v| same_text(attribute, held, v)));
        !is_held && !values.iter().any(|v| is_called(attribute, item, v))
    });
    Ok(items)
}

/// Whether this is the name of a value that goes by its name as well as by its id.
fn is_called(attribute: &Attribute, item: &Value, name: &str) -> bool {
    let display = item.get("display").and_then(Value::as_str);
    quirks::goes_by_name(attribute) && display.is_some_and(|display| fold(display) == fold(name.trim()))
}

fn is_selected(filter: &Filter, item: &Value, attribute: &Attribute) -> bool {
    matches_value(filter, item, attribute)
        || quirks::selected_value(filter).is_some_and(|name| is_called(attribute, item, name))
}

/// Add or replace without a filter.
fn set(
    canon: &mut Canon<'_>,
    op: Op,
    found: Resolved<'static>,
    mut items: Vec<Value>,
    value: Option<Value>,
) -> Result<Vec<Value>, ScimError> {
    let attribute = found.attribute;
    let value = quirks::one_or_many(attribute, value.unwrap_or_default());
    let new = match canon.attribute(&found.path(), attribute, value)? {
        Some(Value::Array(new)) => new,
        _ => Vec::new(),
    };
    if op == Op::Replace || (quirks::is_single_role(attribute) && !new.is_empty()) {
        return Ok(new);
    }
    let mut touched = Vec::new();
    for value in new {
        match items.iter_mut().position(|item| is_same(attribute, item, &value)) {
            Some(index) => {
                merge(items.get_mut(index), value);
                touched.push(index);
            }
            None => {
                touched.push(items.len());
                items.push(value);
            }
        }
    }
    // Else a PATCH could add without end, an operation at a time.
    if items.len() > MAX_VALUES {
        let detail = format!("{}: at most {MAX_VALUES} values are taken.", found.path());
        return Err(ScimError::value(detail));
    }
    unset_other_primaries(&mut items, &touched);
    Ok(items)
}

/// Any operation on selected values or a sub-attribute of them.
fn selected(
    canon: &mut Canon<'_>,
    op: Op,
    selection: Selection<'_>,
    mut items: Vec<Value>,
    value: Option<Value>,
) -> Result<Vec<Value>, ScimError> {
    let Selection { found, filter } = selection;
    let attribute = found.attribute;
    let chosen: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| filter.is_none_or(|f| is_selected(f, item, attribute)))
        .map(|(index, _)| index)
        .collect();
    if filter.is_none() && chosen.len() > 1 {
        return Err(ScimError::path(format!(
            "{} is ambiguous with several values; select one, as in {}[type eq \"work\"].",
            found.path(),
            attribute.name
        )));
    }
    if op == Op::Remove && found.sub.is_none() {
        let mut index = 0;
        items.retain(|_| {
            index += 1;
            !chosen.contains(&(index - 1))
        });
        return Ok(items);
    }
    let is_told = value.as_ref().is_some_and(says_something);
    let parts = parts(canon, op, found, value)?;
    if chosen.is_empty() {
        let new = match filter {
            Some(filter) => quirks::created_by(filter, attribute),
            None => Some(Map::new()),
        };
        return match op {
            // What is not there need not be removed.
            Op::Remove => Ok(items),
            _ => created(found, items, new, parts),
        };
    }
    let fixed = filter.and_then(|it| quirks::fixed_by(it, attribute));
    for index in &chosen {
        let Some(Value::Object(item)) = items.get_mut(*index) else {
            continue;
        };
        if op == Op::Replace && found.sub.is_none() {
            // RFC 7644 section 3.5.2.3: the whole value is replaced; what selected it stays.
            *item = fixed.clone().unwrap_or_default();
        }
        for (name, part) in &parts {
            match part {
                Value::Null => item.remove(name),
                part => item.insert(name.clone(), part.clone()),
            };
        }
        // Else it would be taken away, which nobody asked for who did not say null.
        if is_told
            && found.sub.is_none()
            && let Some(missing) = missing_part(attribute, item)
            && parts.get(missing) != Some(&Value::Null)
        {
            return Err(ScimError::value(format!(
                "{}.{missing} is required.",
                found.path()
            )));
        }
    }
    unset_other_primaries(&mut items, &chosen);
    Ok(items)
}

/// Whether a value is more than null, `{}`, `[]` and parts that are null.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(parts) => parts.values().any(|part| !part.is_null()),
        Value::Array(items) => items.iter().any(says_something),
        _ => true,
    }
}

/// The parts to set in each selected value; null takes one away.
fn parts(
    canon: &mut Canon<'_>,
    op: Op,
    found: Resolved<'static>,
    value: Option<Value>,
) -> Result<Map<String, Value>, ScimError> {
    let mut parts = Map::new();
    let value = value.filter(|_| op != Op::Remove).unwrap_or_default();
    if let Some(sub) = found.sub {
        let value = canon.attribute(&found.path(), sub, value)?;
        parts.insert(sub.name.clone(), value.unwrap_or_default());
        return Ok(parts);
    }
    let attribute = found.attribute;
    let one = match value {
        Value::Array(mut items) if items.len() == 1 => items.pop().unwrap_or_default(),
        value => value,
    };
    let Value::Object(given) = quirks::bare_value(attribute, one) else {
        let detail = format!("{}: the selected value must be one object.", found.path());
        return Err(ScimError::value(detail));
    };
    for (name, value) in given {
        let Some(sub) = attribute.sub(&name) else {
            canon.unknown(format!("{}.{name}", found.path()))?;
            continue;
        };
        if sub.is_read_only() {
            continue;
        }
        let path = format!("{}.{}", found.path(), sub.name);
        let value = canon.attribute(&path, sub, value)?;
        parts.insert(sub.name.clone(), value.unwrap_or_default());
    }
    Ok(parts)
}

/// A new value, of what the filter and the operation say.
fn created(
    found: Resolved<'static>,
    mut items: Vec<Value>,
    fixed: Option<Map<String, Value>>,
    parts: Map<String, Value>,
) -> Result<Vec<Value>, ScimError> {
    let attribute = found.attribute;
    let is_nothing = parts.values().all(Value::is_null);
    let mut new = fixed.ok_or_else(|| no_target(&found.path()))?;
    new.extend(parts.into_iter().filter(|(_, part)| !part.is_null()));
    if attribute.kind != AttributeType::Complex {
        let detail = format!(
            "{} has no parts, not even {}.",
            found.path(),
            kind(&Value::Object(new))
        );
        return Err(ScimError::path(detail));
    }
    if is_nothing {
        return Ok(items);
    }
    if missing_part(attribute, &new).is_some() {
        return Err(no_target(&found.path()));
    }
    if quirks::is_single_role(attribute) {
        return Ok(vec![Value::Object(new)]);
    }
    if items.len() >= MAX_VALUES {
        let detail = format!("{}: at most {MAX_VALUES} values are taken.", found.path());
        return Err(ScimError::value(detail));
    }
    items.push(Value::Object(new));
    let last = items.len().saturating_sub(1);
    unset_other_primaries(&mut items, &[last]);
    Ok(items)
}

fn held(item: &Value) -> Option<&str> {
    match item {
        Value::Object(map) => map.get("value")?.as_str(),
        other => other.as_str(),
    }
}

fn same_text(attribute: &Attribute, a: &str, b: &str) -> bool {
    let exact = attribute.sub("value").unwrap_or(attribute).case_exact;
    if exact || (a.is_ascii() && b.is_ascii()) {
        return a == b || (!exact && a.eq_ignore_ascii_case(b));
    }
    fold(a) == fold(b)
}

/// Whether adding the second would only repeat the first: the same value for the same use.
fn is_same(attribute: &Attribute, old: &Value, new: &Value) -> bool {
    match (held(old), held(new)) {
        (Some(a), Some(b)) => same_text(attribute, a, b) && old.get("type") == new.get("type"),
        _ => old == new,
    }
}

fn merge(old: Option<&mut Value>, new: Value) {
    if let (Some(Value::Object(old)), Value::Object(new)) = (old, new) {
        old.extend(new);
    }
}

/// RFC 7644 section 3.5.2: a value newly primary makes the others not primary.
fn unset_other_primaries(items: &mut [Value], touched: &[usize]) {
    let is_primary = |item: &Value| item.get("primary") == Some(&Value::Bool(true));
    let newly = touched
        .iter()
        .find(|index| items.get(**index).is_some_and(is_primary));
    let Some(newly) = newly.copied() else {
        return;
    };
    for (index, item) in items.iter_mut().enumerate() {
        if index != newly
            && is_primary(item)
            && let Some(map) = item.as_object_mut()
        {
            map.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}
