//! Text that must not reach a log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A token, code, secret or verifier. Printing it shows a placeholder; [`Secret::expose`] is the one way to
/// its text. It has no equality: secrets are compared in constant time, by digest, elsewhere.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for hashing, comparing or sending to whom it belongs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn a_secret_travels_as_plain_text() {
        assert_eq!(serde_json::to_string(&Secret::new("abc")).unwrap(), "\"abc\"");
    }
}
