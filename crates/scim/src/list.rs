//! List requests and answers (RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865).

use crate::error::ScimError;
use crate::filter::Filter;
use crate::json::get;
use crate::name::AttributePath;
use crate::projection::Projection;
use crate::resource::Resource;
use crate::sort::SortOrder;
use serde_json::{Map, Value, json};

/// The URN of list answers.
pub const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The URN of `.search` bodies.
pub const SEARCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// A list request.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Which resources; none for all.
    pub filter: Option<Filter>,
    /// The first resource's number, from 1.
    pub start_index: u64,
    /// How many, where the client says so.
    pub count: Option<u64>,
    /// What to sort by.
    pub sort_by: Option<AttributePath>,
    /// Which way.
    pub sort_order: SortOrder,
    /// `cursor` as given; the empty one asks for the first page (RFC 9865 section 2.1).
    pub cursor: Option<String>,
    /// Which attributes.
    pub projection: Projection,
}

impl ListQuery {
    /// Reads the query's parameters, percent-decoded, `+` as a space. Names are taken in any case;
    /// unknown ones are passed over.
    ///
    /// # Errors
    /// 400 `invalidFilter` or `invalidValue`; 400 `invalidSyntax` for a parameter given twice.
    pub fn parse<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ScimError> {
        let mut given = Map::new();
        for (name, value) in parameters {
            let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(name));
            if let Some(known) = known
                && given.insert((*known).to_owned(), value.into()).is_some()
            {
                return Err(ScimError::syntax(format!("{known} is given twice.")));
            }
        }
        Self::read(&given)
    }

    /// Reads the body of a `.search`.
    ///
    /// # Errors
    /// As [`ListQuery::parse`]; 400 `invalidValue` for members of the wrong type.
    pub fn from_search(body: &Map<String, Value>) -> Result<Self, ScimError> {
        Self::read(body)
    }

    fn read(given: &Map<String, Value>) -> Result<Self, ScimError> {
        let filter = match text(given, "filter")? {
            Some(text) if text.trim().is_empty() => None,
            Some(text) => Some(Filter::parse(&text)?),
            None => None,
        };
        let sort_by = match text(given, "sortBy")?.filter(|name| !name.trim().is_empty()) {
            Some(name) => Some(
                AttributePath::parse(name.trim())
                    .map_err(|error| ScimError::value(format!("sortBy: {}", error.detail)))?,
            ),
            None => None,
        };
        let sort_order = match text(given, "sortOrder")?.as_deref() {
            None | Some("") => SortOrder::Ascending,
            Some(word) if word.eq_ignore_ascii_case("ascending") => SortOrder::Ascending,
            Some(word) if word.eq_ignore_ascii_case("descending") => SortOrder::Descending,
            Some(_) => {
                return Err(ScimError::value("sortOrder must be ascending or descending."));
            }
        };
        Ok(Self {
            filter,
            start_index: number(given, "startIndex")?.map_or(1, |index| index.max(1)),
            count: number(given, "count")?,
            sort_by,
            sort_order,
            cursor: text(given, "cursor")?,
            projection: Projection::parse(
                names(given, "attributes")?.as_deref(),
                names(given, "excludedAttributes")?.as_deref(),
            )?,
        })
    }

    /// How many resources to give: the client's wish, or `default`, at most `max`.
    #[must_use]
    pub fn limit(&self, default: u64, max: u64) -> u64 {
        self.count.unwrap_or(default).min(max)
    }

    /// How many resources come before the first one to give.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.start_index.saturating_sub(1)
    }
}

const KNOWN: [&str; 8] = [
    "filter",
    "startIndex",
    "count",
    "sortBy",
    "sortOrder",
    "cursor",
    "attributes",
    "excludedAttributes",
];

fn text(given: &Map<String, Value>, name: &str) -> Result<Option<String>, ScimError> {
    match get(given, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ScimError::value(format!("{name} must be a string."))),
    }
}

/// A list of names: with commas between in a query, an array in a body.
fn names(given: &Map<String, Value>, name: &str) -> Result<Option<String>, ScimError> {
    let Some(Value::Array(items)) = get(given, name) else {
        return text(given, name);
    };
    let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    items
        .map(|items| Some(items.join(",")))
        .ok_or_else(|| ScimError::value(format!("{name} must be an array of strings.")))
}

/// A whole number; below 0 it counts as 0.
fn number(given: &Map<String, Value>, name: &str) -> Result<Option<u64>, ScimError> {
    let parsed = match get(given, name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(Value::String(text)) => text.trim().parse::<i64>().ok(),
        Some(_) => None,
    };
    parsed
        .map(|number| Some(u64::try_from(number).unwrap_or(0)))
        .ok_or_else(|| ScimError::value(format!("{name} must be a whole number.")))
}

/// A list answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListResponse {
    /// How many resources match in all.
    pub total_results: u64,
    /// The number of the first one given, from 1; none on pages by cursor.
    pub start_index: Option<u64>,
    /// The resources of this page.
    pub resources: Vec<Value>,
    /// Where the next page begins (RFC 9865).
    pub next_cursor: Option<String>,
    /// Where the previous page begins (RFC 9865).
    pub previous_cursor: Option<String>,
}

impl ListResponse {
    /// A page by index.
    #[must_use]
    pub fn page(query: &ListQuery, total_results: u64, resources: Vec<Resource>) -> Self {
        Self {
            total_results,
            start_index: Some(query.start_index),
            resources: resources
                .into_iter()
                .map(|resource| Value::Object(resource.into_map()))
                .collect(),
            ..Self::default()
        }
    }

    /// The body. `Resources` is there also when empty, which Okta expects.
    #[must_use]
    pub fn into_json(self) -> Value {
        let mut body = json!({
            "schemas": [LIST_SCHEMA],
            "totalResults": self.total_results,
            "itemsPerPage": self.resources.len(),
        });
        if let Some(map) = body.as_object_mut() {
            map.insert("Resources".to_owned(), Value::Array(self.resources));
            if let Some(index) = self.start_index {
                map.insert("startIndex".to_owned(), index.into());
            }
            for (name, cursor) in [
                ("nextCursor", self.next_cursor),
                ("previousCursor", self.previous_cursor),
            ] {
                if let Some(cursor) = cursor {
                    map.insert(name.to_owned(), cursor.into());
                }
            }
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(parameters: &[(&str, &str)]) -> Result<ListQuery, ScimError> {
        ListQuery::parse(parameters.iter().copied())
    }

    #[test]
    fn an_index_below_one_means_one() {
        for given in ["0", "-7", "1"] {
            assert_eq!(query(&[("startIndex", given)]).unwrap().start_index, 1);
        }
        assert_eq!(query(&[("startindex", "11")]).unwrap().offset(), 10);
    }

    #[test]
    fn a_count_below_zero_means_zero_and_above_the_maximum_is_lowered() {
        assert_eq!(query(&[("count", "-1")]).unwrap().limit(100, 200), 0);
        assert_eq!(query(&[("count", "0")]).unwrap().limit(100, 200), 0);
        assert_eq!(query(&[("count", "5000")]).unwrap().limit(100, 200), 200);
        assert_eq!(query(&[]).unwrap().limit(100, 200), 100);
        assert_eq!(query(&[("count", "x")]).unwrap_err().status, 400);
    }

    #[test]
    fn a_parameter_given_twice_is_refused_and_unknown_ones_are_passed_over() {
        assert!(query(&[("count", "1"), ("COUNT", "2")]).is_err());
        assert!(query(&[("other", "1"), ("other", "2")]).is_ok());
    }

    #[test]
    fn sorting_and_cursor_are_read() {
        let query = query(&[
            ("sortBy", "name.familyName"),
            ("sortOrder", "Descending"),
            ("cursor", ""),
        ]);
        let query = query.unwrap();
        assert_eq!(query.sort_by.unwrap().to_string(), "name.familyName");
        assert_eq!(query.sort_order, SortOrder::Descending);
        assert_eq!(query.cursor.as_deref(), Some(""));
    }

    #[test]
    fn a_search_body_says_the_same_as_a_query() {
        let body = json!({"schemas": [SEARCH_SCHEMA], "filter": "userName eq \"x\"",
            "count": 10, "startIndex": 2, "attributes": ["userName", "name"]});
        let searched = ListQuery::from_search(body.as_object().unwrap()).unwrap();
        let asked = query(&[
            ("filter", "userName eq \"x\""),
            ("count", "10"),
            ("startIndex", "2"),
            ("attributes", "userName,name"),
        ]);
        assert_eq!(searched, asked.unwrap());
    }

    #[test]
    fn an_empty_list_still_has_its_resources() {
        let body = ListResponse::page(&query(&[]).unwrap(), 0, Vec::new()).into_json();
        assert_eq!(body["Resources"], json!([]));
        assert_eq!(
            (&body["totalResults"], &body["startIndex"]),
            (&json!(0), &json!(1))
        );
    }
}
