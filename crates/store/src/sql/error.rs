//! What can go wrong, told alike for both databases.

/// An answer of the database other than the one hoped for.
///
/// The texts are for the log: they name tables and columns, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A row with the same values in these columns is there already.
    #[error("{table} has a row with the same {}", columns.join(", "))]
    UniqueViolation {
        /// The table.
        table: String,
        /// The columns of the unique constraint or index, in its order.
        columns: Vec<String>,
    },
    /// A row is named that is not there, or is removed while others still name it.
    #[error("a foreign key is broken")]
    ForeignKey,
    /// A CHECK or NOT NULL constraint is broken; the text names it as the database does.
    #[error("a constraint is broken: {0}")]
    Check(String),
    /// Another transaction was first, and all attempts are used up. Trying again later helps.
    #[error("the transaction met another one in each of its attempts")]
    Serialization,
    /// No row, where one was asked for.
    #[error("no such row")]
    NotFound,
    /// The database cannot be reached, is overloaded or full. Trying again later may help.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A transaction was opened inside another one: a fault in the program.
    #[error("a transaction was opened inside a transaction")]
    Nested,
    /// An earlier statement of this transaction failed, so it can only be undone.
    #[error("the transaction has failed before")]
    Dead,
    /// Something was to be written where only reading is allowed: a fault in the program.
    #[error("nothing can be written here")]
    ReadOnly,
    /// Text with a NUL character, which PostgreSQL cannot hold.
    #[error("text must not contain a NUL character")]
    NulCharacter,
    /// The address of the database can't be used; the text names the setting, never the address,
    /// which may hold a password.
    #[error("{0}")]
    Address(&'static str),
    /// A statement does not fit its values, or a column what it is read as: a fault in the
    /// program.
    #[error("statement, values and columns do not fit: {0}")]
    Mismatch(String),
    /// Anything else: a fault in the program or in the database.
    #[error("the database answered: {0}")]
    Other(String),
}

impl DbError {
    /// Whether a row of `table` with the same value in `column` (perhaps with others) stood in
    /// the way.
    #[must_use]
    pub fn is_unique_violation(&self, table: &str, column: &str) -> bool {
        matches!(self, Self::UniqueViolation { table: t, columns }
            if t == table && columns.iter().any(|c| c == column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_recognized_by_table_and_column() {
        let error = DbError::UniqueViolation {
            table: "member".into(),
            columns: vec!["account_id".into(), "user_id".into()],
        };
        assert!(error.is_unique_violation("member", "user_id"));
        assert!(!error.is_unique_violation("member", "id"));
        assert!(!error.is_unique_violation("account", "user_id"));
        assert!(!DbError::ForeignKey.is_unique_violation("member", "user_id"));
    }
}
