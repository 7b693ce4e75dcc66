//! Claims about the person (OpenID Connect Core 1.0 §5.1).

use serde::{Deserialize, Serialize};

use super::Selection;
use super::selection::keep;

/// Name, address and language. `email` is the verified address, never what an account's directory says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonClaims {
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// How the person likes to be referred to; not to be keyed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// The time zone, such as `Europe/Berlin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// The language, such as `de-CH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The verified address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the address is verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
}

impl PersonClaims {
    /// What is asked for of all that is known.
    #[must_use]
    pub fn select(mut self, selection: &Selection<'_>) -> Self {
        keep(selection, "name", &mut self.name);
        keep(selection, "given_name", &mut self.given_name);
        keep(selection, "family_name", &mut self.family_name);
        keep(selection, "preferred_username", &mut self.preferred_username);
        keep(selection, "zoneinfo", &mut self.zoneinfo);
        keep(selection, "locale", &mut self.locale);
        keep(selection, "email", &mut self.email);
        keep(selection, "email_verified", &mut self.email_verified);
        self
    }
}
