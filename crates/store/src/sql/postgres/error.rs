//! PostgreSQL's SQLSTATE codes as [`DbError`].

use sqlx::postgres::PgDatabaseError;

use crate::sql::DbError;

/// Says what an error of the driver means. Details are left out where they repeat values.
#[expect(clippy::needless_pass_by_value, reason = "used as a function of map_err")]
pub(crate) fn classify(error: sqlx::Error) -> DbError {
    match &error {
        sqlx::Error::RowNotFound => DbError::NotFound,
        sqlx::Error::Database(answer) => match answer.try_downcast_ref::<PgDatabaseError>() {
            Some(answer) => by_code(answer),
            None => DbError::Other(error.to_string()),
        },
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => DbError::Unavailable(error.to_string()),
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::Encode(_) => DbError::Mismatch(error.to_string()),
        _ => DbError::Other(error.to_string()),
    }
}

/// PostgreSQL's documentation, appendix A.
fn by_code(answer: &PgDatabaseError) -> DbError {
    let code = answer.code();
    let text = || format!("{code} {}", answer.message());
    match code {
        "23505" => DbError::UniqueViolation {
            table: answer.table().unwrap_or_default().to_owned(),
            columns: key_columns(answer.detail().unwrap_or_default()),
        },
        "23503" | "23001" => DbError::ForeignKey,
        "23514" => DbError::Check(answer.constraint().unwrap_or_default().to_owned()),
        "23502" => DbError::Check(format!(
            "{}.{}",
            answer.table().unwrap_or_default(),
            answer.column().unwrap_or_default()
        )),
        "40001" | "40P01" => DbError::Serialization,
        "25006" => DbError::ReadOnly,
        _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
            DbError::Unavailable(text())
        }
        _ => DbError::Other(text()),
    }
}

/// The columns in `Key (account_id, user_id)=(…) already exists.`, in whatever language.
fn key_columns(detail: &str) -> Vec<String> {
    let names = detail
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(")=("))
        .map_or("", |(names, _)| names);
    names
        .split(", ")
        .filter(|name| !name.is_empty())
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_a_key_are_read_in_any_language() {
        let names = ["account_id", "user_id"];
        assert_eq!(
            key_columns("Key (account_id, user_id)=(a, b) already exists."),
            names
        );
        assert_eq!(
            key_columns("Schlüssel »(account_id, user_id)=(a, b)« existiert."),
            names
        );
        assert!(key_columns("").is_empty());
    }
}
