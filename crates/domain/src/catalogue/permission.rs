//! What a permission is called and which class it has.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::ApplicationId;

/// The class of a permission; roles give and may hold permissions by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Sees.
    View,
    /// Changes the everyday things.
    Edit,
    /// Changes how things are set up, or what is dangerous.
    Manage,
    /// The account's own and billing information: the owner's alone.
    Billing,
}

impl Class {
    /// All of them, mildest first.
    pub const ALL: [Self; 4] = [Self::View, Self::Edit, Self::Manage, Self::Billing];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
            Self::Manage => "manage",
            Self::Billing => "billing",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is not a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPermission {
    /// Not `area:action`.
    #[error("a permission is written area:action, in lower-case letters, digits, _, - and .")]
    Form,
    /// Not `application/area:action`.
    #[error("a permission of an application is written application/area:action")]
    Application,
}

/// A permission's id within its application: `area:action`, each part 1 to 64 of `a-z`, `0-9`,
/// `_`, `-` and `.`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PermissionId(String);

impl PermissionId {
    /// Checks and takes the id.
    ///
    /// # Errors
    /// [`NotAPermission::Form`] for any other text.
    pub fn new(id: impl Into<String>) -> Result<Self, NotAPermission> {
        let id = id.into();
        match id.split_once(':') {
            Some((area, action)) if is_name(area) && is_name(action) => Ok(Self(id)),
            _ => Err(NotAPermission::Form),
        }
    }

    /// `area:action`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the colon.
    pub fn area(&self) -> &str {
        self.0.split_once(':').map_or("", |(area, _)| area)
    }

    /// The part after the colon.
    pub fn action(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, action)| action)
    }
}

/// Whether the text may name an area, an action or an application.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
    text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(allowed)
}

impl fmt::Display for PermissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PermissionId {
    type Err = NotAPermission;

    fn from_str(text: &str) -> Result<Self, NotAPermission> {
        Self::new(text)
    }
}

impl TryFrom<String> for PermissionId {
    type Error = NotAPermission;

    fn try_from(id: String) -> Result<Self, NotAPermission> {
        Self::new(id)
    }
}

impl From<PermissionId> for String {
    fn from(id: PermissionId) -> Self {
        id.0
    }
}

/// A permission with its application, written `application/area:action`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QualifiedPermission {
    /// The application that owns the permission.
    pub application: ApplicationId,
    /// The permission within it.
    pub permission: PermissionId,
}

impl QualifiedPermission {
    /// Puts the two together.
    pub fn new(application: ApplicationId, permission: PermissionId) -> Self {
        Self {
            application,
            permission,
        }
    }
}

impl fmt::Display for QualifiedPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.application, self.permission)
    }
}

impl FromStr for QualifiedPermission {
    type Err = NotAPermission;

    fn from_str(text: &str) -> Result<Self, NotAPermission> {
        let (application, permission) = text.split_once('/').ok_or(NotAPermission::Application)?;
        if !is_name(application) {
            return Err(NotAPermission::Application);
        }
        Ok(Self {
            application: ApplicationId::new(application),
            permission: PermissionId::new(permission)?,
        })
    }
}

impl TryFrom<String> for QualifiedPermission {
    type Error = NotAPermission;

    fn try_from(text: String) -> Result<Self, NotAPermission> {
        text.parse()
    }
}

impl From<QualifiedPermission> for String {
    fn from(permission: QualifiedPermission) -> Self {
        permission.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_an_area_and_an_action() {
        let id = PermissionId::new("contacts:view").unwrap();
        assert_eq!((id.area(), id.action()), ("contacts", "view"));
        for text in [
            "",
            "contacts",
            ":view",
            "contacts:",
            "Contacts:view",
            "a:b:c",
            "a/b:c",
            "1a:b",
        ] {
            assert_eq!(PermissionId::new(text), Err(NotAPermission::Form), "{text}");
        }
    }

    #[test]
    fn a_qualified_permission_is_read_as_it_is_written() {
        let text = "crm/contacts:view";
        let permission: QualifiedPermission = text.parse().unwrap();
        assert_eq!(permission.application.as_str(), "crm");
        assert_eq!(permission.to_string(), text);
        for text in [
            "contacts:view",
            "/contacts:view",
            "crm/contacts",
            "c r m/contacts:view",
        ] {
            assert!(text.parse::<QualifiedPermission>().is_err(), "{text}");
        }
    }
}
