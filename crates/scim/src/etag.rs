//! Weak entity tags from versions, and the conditions on them (RFC 7644 section 3.14, RFC 9110
//! section 13.1).

/// The entity tag of a version: `W/"7"`.
#[must_use]
pub fn weak(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// What an `If-Match` or `If-None-Match` header lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `*`: any version.
    Any,
    /// These opaque tags, without `W/` and quotes.
    Tags(Vec<String>),
}

impl Condition {
    /// Reads the header. What is no entity tag in it is left out, so a header of nothing but
    /// nonsense matches nothing.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let header = header.trim();
        if header == "*" {
            return Self::Any;
        }
        Self::Tags(header.split(',').filter_map(opaque).collect())
    }

    /// Whether the version is among those listed, by weak comparison: SCIM's tags are weak
    /// (RFC 7644 section 3.14), so the strong comparison of RFC 9110 could never hold.
    #[must_use]
    pub fn matches(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| *tag == version.to_string()),
        }
    }
}

fn opaque(tag: &str) -> Option<String> {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_and_strong_forms_of_a_version_match() {
        assert!(Condition::parse("W/\"7\"").matches(7));
        assert!(Condition::parse("\"7\"").matches(7));
        assert!(Condition::parse("\"6\", W/\"7\"").matches(7));
        assert!(Condition::parse(&weak(7)).matches(7));
    }

    #[test]
    fn another_version_and_nonsense_do_not_match() {
        assert!(!Condition::parse("W/\"6\"").matches(7));
        assert!(!Condition::parse("7").matches(7));
        assert!(!Condition::parse("\"").matches(7));
        assert!(!Condition::parse("").matches(7));
    }

    #[test]
    fn a_star_matches_every_version() {
        assert!(Condition::parse(" * ").matches(1));
    }
}
