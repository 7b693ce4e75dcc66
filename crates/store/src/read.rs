//! Reading words and documents out of columns.

use latchkey_domain::catalogue::PermissionId;
use latchkey_domain::role::RoleKey;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Result;
use crate::sql::{Cell, Columns, DbError, FromColumn};

/// A word of a fixed list (an enum's stored form).
pub(crate) fn word<T>(
    columns: &Columns<'_>,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let text: String = columns.get(name)?;
    read(&text).ok_or_else(|| unreadable(name))
}

/// A JSON document.
pub(crate) fn json<T: DeserializeOwned>(columns: &Columns<'_>, name: &'static str) -> Result<T> {
    let text: String = columns.get(name)?;
    serde_json::from_str(&text).map_err(|_| unreadable(name))
}

/// The text of a JSON document.
pub(crate) fn json_text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| unreadable("a document"))
}

fn unreadable(what: &str) -> DbError {
    DbError::Mismatch(format!("{what} holds what this version does not know"))
}

impl FromColumn for RoleKey {
    fn from_column(cell: &Cell<'_>) -> Result<Self> {
        Self::new(cell.text()?).map_err(|_| unreadable("a role key"))
    }
}

impl FromColumn for PermissionId {
    fn from_column(cell: &Cell<'_>) -> Result<Self> {
        Self::new(cell.text()?).map_err(|_| unreadable("a permission"))
    }
}
