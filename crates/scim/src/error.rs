//! What goes wrong, and its body on the wire (RFC 7644 section 3.12).

use serde_json::{Value, json};

/// The URN of error bodies.
pub const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The `scimType` words of RFC 7644 table 9 and RFC 9865 section 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter can't be read or compares what can't be compared.
    InvalidFilter,
    /// The answer would be larger than the service gives.
    TooMany,
    /// The value is taken.
    Uniqueness,
    /// The attribute can't be changed (so).
    Mutability,
    /// The body is no such request.
    InvalidSyntax,
    /// The path of a PATCH operation can't be read or names nothing.
    InvalidPath,
    /// The path names nothing that is there.
    NoTarget,
    /// A value is missing or of the wrong kind.
    InvalidValue,
    /// The version of the protocol is not supported.
    InvalidVers,
    /// The request shows in its URI what it must not.
    Sensitive,
    /// The cursor is none of ours (RFC 9865).
    InvalidCursor,
    /// The cursor is too old (RFC 9865).
    ExpiredCursor,
    /// The count is not one that the cursor allows (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// The word as it stands in the body.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// One refusal: the HTTP status, the word for programs and the text for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct ScimError {
    /// The HTTP status code.
    pub status: u16,
    /// The `scimType`, where RFC 7644 table 9 has one.
    pub scim_type: Option<ScimType>,
    /// Names the attribute and says what would be right.
    pub detail: String,
}

impl ScimError {
    /// A refusal with no `scimType`.
    pub fn status(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
        }
    }

    /// A refusal with the status that RFC 7644 table 9 gives the word: 409 for `uniqueness`,
    /// 403 for `sensitive`, 400 for the others.
    pub fn of(scim_type: ScimType, detail: impl Into<String>) -> Self {
        let status = match scim_type {
            ScimType::Uniqueness => 409,
            ScimType::Sensitive => 403,
            _ => 400,
        };
        Self {
            status,
            scim_type: Some(scim_type),
            detail: detail.into(),
        }
    }

    /// The same refusal with another status, such as 403 with `mutability` for the owner's role.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// 404 for an id that names nothing.
    #[must_use]
    pub fn not_found(resource_type: &str, id: &str) -> Self {
        Self::status(404, format!("There is no {resource_type} with id {id:?}."))
    }

    /// 412 for an `If-Match` that the resource's version is not in (RFC 7644 section 3.14).
    #[must_use]
    pub fn precondition_failed(current: &str) -> Self {
        Self::status(
            412,
            format!("The resource has changed: its version is now {current}. Read it again."),
        )
    }

    /// The body.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "schemas": [ERROR_SCHEMA],
            "status": self.status.to_string(),
            "detail": self.detail,
        });
        if let (Some(word), Some(map)) = (self.scim_type, body.as_object_mut()) {
            map.insert("scimType".to_owned(), word.as_str().into());
        }
        body
    }

    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidSyntax, detail)
    }

    pub(crate) fn value(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidValue, detail)
    }

    pub(crate) fn filter(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidFilter, detail)
    }

    pub(crate) fn path(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidPath, detail)
    }

    pub(crate) fn mutability(detail: impl Into<String>) -> Self {
        Self::of(ScimType::Mutability, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_refusal_has_its_body() {
        let all = [
            ScimType::InvalidFilter,
            ScimType::TooMany,
            ScimType::Uniqueness,
            ScimType::Mutability,
            ScimType::InvalidSyntax,
            ScimType::InvalidPath,
            ScimType::NoTarget,
            ScimType::InvalidValue,
            ScimType::InvalidVers,
            ScimType::Sensitive,
            ScimType::InvalidCursor,
            ScimType::ExpiredCursor,
            ScimType::InvalidCount,
        ];
        let mut bodies: Vec<Value> = all
            .into_iter()
            .map(|word| ScimError::of(word, "why").to_json())
            .collect();
        bodies.push(ScimError::not_found("User", "42").to_json());
        bodies.push(ScimError::precondition_failed("W/\"3\"").to_json());
        bodies.push(
            ScimError::mutability("roles: moves by ownership transfer only.")
                .with_status(403)
                .to_json(),
        );
        insta::with_settings!({sort_maps => true}, {
            insta::assert_json_snapshot!(bodies);
        });
    }
}
