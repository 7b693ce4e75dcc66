//! The `path` of a PATCH operation (RFC 7644 section 3.5.2).

use crate::error::{ScimError, ScimType};
use crate::filter::{Filter, parse_inner};
use crate::name::AttributePath;
use std::fmt;

/// How many bytes a path may have.
pub const MAX_LENGTH: usize = 2048;

/// `userName`, `name.givenName`, `emails[type eq "work"]`, `emails[type eq "work"].value`, each
/// with or without a URN, or the URN of an extension alone.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPath {
    /// The attribute, with the sub-attribute (also one that follows the brackets).
    pub name: AttributePath,
    /// What stands between the brackets.
    pub filter: Option<Filter>,
}

impl PatchPath {
    /// Reads a path.
    ///
    /// # Errors
    /// 400 `invalidPath`; `invalidFilter` for what is wrong between the brackets.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            let detail = format!("A path may have at most {MAX_LENGTH} bytes.");
            return Err(ScimError::path(detail));
        }
        let Some((name, rest)) = text.split_once('[') else {
            return Ok(Self {
                name: AttributePath::parse(text)?,
                filter: None,
            });
        };
        let mut name = AttributePath::parse(name)?;
        let (inside, after) = rest
            .rsplit_once(']')
            .ok_or_else(|| ScimError::path(format!("The path {text:?} has no closing bracket.")))?;
        if name.sub.is_some() {
            let detail = format!("In the path {text:?} brackets can't follow a sub-attribute.");
            return Err(ScimError::path(detail));
        }
        if !after.is_empty() {
            let sub = after.strip_prefix('.').map(AttributePath::parse);
            match sub {
                Some(Ok(sub)) if sub.schema.is_none() && sub.sub.is_none() => {
                    name.sub = Some(sub.attribute);
                }
                _ => {
                    return Err(ScimError::of(
                        ScimType::InvalidPath,
                        format!("In the path {text:?} only .subAttribute can follow the brackets."),
                    ));
                }
            }
        }
        Ok(Self {
            name,
            filter: Some(parse_inner(inside)?),
        })
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(filter) = &self.filter else {
            return self.name.fmt(formatter);
        };
        let bare = AttributePath {
            sub: None,
            ..self.name.clone()
        };
        write!(formatter, "{bare}[{filter}]")?;
        match &self.name.sub {
            Some(sub) => write!(formatter, ".{sub}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_path_reads_and_prints_the_same() {
        for text in [
            "userName",
            "name.givenName",
            "emails[type eq \"work\"]",
            "emails[type eq \"work\" and value co \"]x[\"].value",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            "members[value eq \"2819c223\"]",
        ] {
            assert_eq!(PatchPath::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_no_path_can_be_is_refused() {
        for text in [
            "",
            "[",
            "emails[",
            "emails]",
            "emails[]",
            "emails[type]",
            "emails[type eq \"x\"]value",
            "emails[type eq \"x\"].a.b",
            "emails.value[type eq \"x\"]",
            "a b",
            "emails[addresses[type eq \"x\"]]",
        ] {
            assert!(PatchPath::parse(text).is_err(), "{text:?}");
        }
    }
}
