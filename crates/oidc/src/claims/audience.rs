//! The `aud` claim (RFC 7519 §4.1.3).

use serde::{Deserialize, Serialize, Serializer};

/// Whom a token is for: one string on the wire where there is one, else an array.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct Audience(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// A single audience.
    pub fn one(audience: impl Into<String>) -> Self {
        Self(vec![audience.into()])
    }

    /// Whether it is one of them, compared exactly.
    #[must_use]
    pub fn contains(&self, audience: &str) -> bool {
        self.0.iter().any(|known| known == audience)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<Vec<String>> for Audience {
    fn from(audiences: Vec<String>) -> Self {
        Self(audiences)
    }
}

impl From<Wire> for Audience {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::One(one) => Self(vec![one]),
            Wire::Many(many) => Self(many),
        }
    }
}

impl Serialize for Audience {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            all => all.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_audience_is_a_string_and_several_are_an_array() {
        for (text, count) in [("\"a\"", 1), ("[\"a\",\"b\"]", 2), ("[]", 0)] {
            let audience: Audience = serde_json::from_str(text).unwrap();
            assert_eq!(audience.iter().count(), count);
            assert_eq!(serde_json::to_string(&audience).unwrap(), text);
        }
        assert!(serde_json::from_str::<Audience>("1").is_err());
    }

    #[test]
    fn audiences_are_compared_exactly() {
        let audience = Audience::one("https://crm.example/api");
        assert!(audience.contains("https://crm.example/api"));
        assert!(!audience.contains("https://crm.example/api/"));
    }
}
