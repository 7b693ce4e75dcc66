//! Overrides: one member's own grant or deny of one permission. Docs: "Words".

use serde::{Deserialize, Serialize};

use crate::catalogue::QualifiedPermission;
use crate::time::Timestamp;

/// What an override does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The member has the permission, as far as the role may hold it.
    Grant,
    /// The member does not have the permission, whatever else gives it.
    Deny,
}

impl Effect {
    /// The stored word: `grant` or `deny`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Deny => "deny",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Grant, Self::Deny]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// A member's own grant or deny of one permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The permission it is about; a member has at most one override of each.
    pub permission: QualifiedPermission,
    /// Grant or deny.
    pub effect: Effect,
    /// Why, in the administrator's words.
    pub note: Option<String>,
    /// The name of who set it.
    pub by: Option<String>,
    /// When it was set.
    pub at: Timestamp,
    /// From when on it counts for nothing.
    pub expires_at: Option<Timestamp>,
    /// Cut by a change of role; it counts for nothing until it is confirmed.
    pub dormant: bool,
}

impl Override {
    /// Whether its end, if it has one, has come.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
