//! The order of a list (RFC 7644 section 3.4.2.3).

use crate::error::ScimError;
use crate::filter::fold;
use crate::json::get;
use crate::name::AttributePath;
use crate::resource::Resource;
use crate::schema::{Attribute, AttributeType, Resolved, ResourceType};
use serde_json::Value;
use std::cmp::Ordering;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortOrder {
    /// From small to large; resources without a value come last.
    #[default]
    Ascending,
    /// From large to small; resources without a value come first.
    Descending,
}

/// What a resource is sorted by. Greater than all others: no value.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// False before true.
    Boolean(bool),
    /// Numbers.
    Number(f64),
    /// Text, folded unless upper and lower case differ; dates as UTC.
    Text(String),
    /// There is no value.
    Absent,
}

impl SortKey {
    /// The key of a resource: of a multi-valued attribute the primary value's or else the first's,
    /// of a complex one its `value`.
    #[must_use]
    pub fn of(resource: &Resource, found: Resolved<'_>) -> Self {
        let value = resource.value(found.extension, found.attribute);
        let value = match value {
            Some(Value::Array(items)) => items
                .iter()
                .find(|item| item.get("primary") == Some(&Value::Bool(true)))
                .or_else(|| items.first()),
            other => other,
        };
        let leaf = found.sub.or_else(|| found.attribute.sub("value"));
        match (value, leaf) {
            (Some(Value::Object(map)), Some(leaf)) => {
                get(map, &leaf.name).map_or(Self::Absent, |value| Self::value(value, leaf))
            }
            (Some(value), _) => Self::value(value, found.attribute),
            (None, _) => Self::Absent,
        }
    }

    fn value(value: &Value, attribute: &Attribute) -> Self {
        match value {
            Value::Bool(value) => Self::Boolean(*value),
            Value::Number(number) => number.as_f64().map_or(Self::Absent, Self::Number),
            Value::String(text) => match attribute.kind {
                AttributeType::DateTime => match text.parse::<jiff::Timestamp>() {
                    Ok(time) => Self::Text(format!("{time:.9}")),
                    Err(_) => Self::Text(text.clone()),
                },
                _ if attribute.case_exact => Self::Text(text.clone()),
                _ => Self::Text(fold(text)),
            },
            _ => Self::Absent,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Absent => 3,
        }
    }

    /// The order of two keys.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// What `sortBy` means.
///
/// # Errors
/// 400 `invalidValue` for an attribute that does not exist.
pub fn sort_target(
    sort_by: &AttributePath,
    resource_type: &ResourceType,
) -> Result<Resolved<'static>, ScimError> {
    resource_type
        .attribute(sort_by)
        .ok_or_else(|| ScimError::value(format!("sortBy: {sort_by} is no attribute of this resource.")))
}

/// Sorts in place; resources with equal keys keep their order.
pub fn sort(resources: &mut [Resource], found: Resolved<'_>, order: SortOrder) {
    resources.sort_by(|a, b| {
        let ascending = SortKey::of(a, found).compare(&SortKey::of(b, found));
        match order {
            SortOrder::Ascending => ascending,
            SortOrder::Descending => ascending.reverse(),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::USERS;
    use serde_json::json;

    fn sorted(by: &str, order: SortOrder, resources: &[Value]) -> Vec<String> {
        let mut resources: Vec<Resource> = resources
            .iter()
            .map(|value| Resource::from(value.as_object().unwrap().clone()))
            .collect();
        let found = sort_target(&AttributePath::parse(by).unwrap(), &USERS).unwrap();
        sort(&mut resources, found, order);
        resources
            .iter()
            .map(|resource| resource.text("id").unwrap().to_owned())
            .collect()
    }

    #[test]
    fn case_makes_no_difference_and_the_absent_come_last_or_first() {
        let all = [
            json!({"id": "1"}),
            json!({"id": "2", "name": {"familyName": "b"}}),
            json!({"id": "3", "name": {"familyName": "A"}}),
        ];
        assert_eq!(
            sorted("name.familyName", SortOrder::Ascending, &all),
            ["3", "2", "1"]
        );
        assert_eq!(
            sorted("name.familyName", SortOrder::Descending, &all),
            ["1", "2", "3"]
        );
    }

    #[test]
    fn a_list_is_sorted_by_its_primary_value_or_its_first() {
        let all = [
            json!({"id": "1", "emails": [{"value": "a"}, {"value": "z", "primary": true}]}),
            json!({"id": "2", "emails": [{"value": "m"}, {"value": "a"}]}),
        ];
        assert_eq!(sorted("emails", SortOrder::Ascending, &all), ["2", "1"]);
        assert_eq!(sorted("emails.value", SortOrder::Ascending, &all), ["2", "1"]);
    }

    #[test]
    fn dates_are_sorted_by_the_moment() {
        let all = [
            json!({"id": "1", "meta": {"created": "2026-01-01T01:00:00Z"}}),
            json!({"id": "2", "meta": {"created": "2026-01-01T01:30:00+01:00"}}),
        ];
        assert_eq!(sorted("meta.created", SortOrder::Ascending, &all), ["2", "1"]);
    }

    #[test]
    fn an_unknown_attribute_is_refused() {
        assert!(sort_target(&AttributePath::parse("nothing").unwrap(), &USERS).is_err());
    }
}
