//! `SQLite`'s result codes as [`DbError`].

use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_NOTNULL,
    SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE,
};

use crate::sql::DbError;

/// Says what an error of the driver means.
#[expect(clippy::needless_pass_by_value, reason = "used as a function of map_err")]
pub(crate) fn classify(error: rusqlite::Error) -> DbError {
    let rusqlite::Error::SqliteFailure(code, message) = &error else {
        return DbError::Other(error.to_string());
    };
    let message = message.as_deref().unwrap_or_default();
    match (code.code, code.extended_code) {
        (_, SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_ROWID) => {
            unique(message)
        }
        (_, SQLITE_CONSTRAINT_FOREIGNKEY) => DbError::ForeignKey,
        (_, SQLITE_CONSTRAINT_CHECK | SQLITE_CONSTRAINT_NOTNULL) => {
            DbError::Check(after_colon(message).to_owned())
        }
        (ErrorCode::ReadOnly, _) => DbError::ReadOnly,
        (
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen
            | ErrorCode::FileLockingProtocolFailed,
            _,
        ) => DbError::Unavailable(error.to_string()),
        _ => DbError::Other(error.to_string()),
    }
}

/// `UNIQUE constraint failed: member.account_id, member.user_id`.
fn unique(message: &str) -> DbError {
    let names = || {
        after_colon(message)
            .split(", ")
            .filter_map(|name| name.split_once('.'))
    };
    DbError::UniqueViolation {
        table: names()
            .next()
            .map(|(table, _)| table.to_owned())
            .unwrap_or_default(),
        columns: names().map(|(_, column)| column.to_owned()).collect(),
    }
}

fn after_colon(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(_, names)| names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_violation_names_table_and_columns() {
        assert_eq!(
            unique("UNIQUE constraint failed: member.account_id, member.user_id"),
            DbError::UniqueViolation {
                table: "member".into(),
                columns: vec!["account_id".into(), "user_id".into()]
            }
        );
    }
}
