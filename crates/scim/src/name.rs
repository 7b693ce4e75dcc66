//! Attribute names as filters, paths and query parameters write them (RFC 7644 section 3.10).

use crate::error::ScimError;
use std::fmt;

/// A name such as `userName`, `name.givenName`, or either with a schema URN before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttributePath {
    /// The URN before the name, as written.
    pub schema: Option<String>,
    /// The attribute, as written.
    pub attribute: String,
    /// The sub-attribute after the dot, as written.
    pub sub: Option<String>,
}

impl AttributePath {
    /// Reads a whole name. It says nothing about whether there is such an attribute.
    ///
    /// # Errors
    /// 400 `invalidPath` for what no attribute name can be.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        let (schema, rest) = match text.rsplit_once(':') {
            Some((schema, rest)) => (Some(schema), rest),
            None => (None, text),
        };
        if let Some(schema) = schema
            && !is_urn(schema)
        {
            return Err(bad(text));
        }
        // Of `...:enterprise:2.0:User` the last part reads as a name; `resolve` knows better.
        let (attribute, sub) = match rest.split_once('.') {
            Some((attribute, sub)) => (attribute, Some(sub)),
            None => (rest, None),
        };
        if !is_name(attribute) || !sub.is_none_or(is_name) {
            return Err(bad(text));
        }
        Ok(Self {
            schema: schema.map(str::to_owned),
            attribute: attribute.to_owned(),
            sub: sub.map(str::to_owned),
        })
    }

    /// The URN of the schema that the whole path would be, if it is the root of an extension.
    pub(crate) fn as_urn(&self) -> Option<String> {
        match (&self.schema, &self.sub) {
            (Some(schema), None) => Some(format!("{schema}:{}", self.attribute)),
            _ => None,
        }
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(formatter, "{schema}:")?;
        }
        formatter.write_str(&self.attribute)?;
        if let Some(sub) = &self.sub {
            write!(formatter, ".{sub}")?;
        }
        Ok(())
    }
}

fn bad(text: &str) -> ScimError {
    let shown: String = text.chars().take(100).collect();
    ScimError::path(format!(
        "{shown:?} is not an attribute name such as userName or name.givenName."
    ))
}

/// `ATTRNAME` of RFC 7643 section 2.1, and `$ref`.
fn is_name(text: &str) -> bool {
    let rest = text.strip_prefix('$').unwrap_or(text);
    let mut characters = rest.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn is_urn(text: &str) -> bool {
    text.get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"))
        && text.len() > 4
        && text.chars().all(is_name_character)
}

/// What may stand in a name with its URN.
pub(crate) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_sub_attribute_and_urn_are_read() {
        let path = AttributePath::parse("name.givenName").unwrap();
        assert_eq!(
            (path.attribute.as_str(), path.sub.as_deref()),
            ("name", Some("givenName"))
        );
        let urn = "urn:ietf:params:scim:schemas:core:2.0:User";
        let path = AttributePath::parse(&format!("{urn}:emails.$ref")).unwrap();
        assert_eq!(path.schema.as_deref(), Some(urn));
        assert_eq!(path.sub.as_deref(), Some("$ref"));
        assert_eq!(path.to_string(), format!("{urn}:emails.$ref"));
    }

    #[test]
    fn what_no_name_can_be_is_refused() {
        for text in [
            "", ".", "a.", ".b", "a.b.c", "1a", "a b", "a:b", "urn::", "ü", "a[", "$",
        ] {
            assert!(AttributePath::parse(text).is_err(), "{text:?}");
        }
    }
}
