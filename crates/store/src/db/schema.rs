//! A schema of its own in a PostgreSQL database, for trying things beside what is there.

use super::{Db, Settings};
use crate::sql::{DbError, sql_dynamic};

/// Makes a schema and answers the address of the database as seen from within it.
///
/// # Errors
/// [`DbError::Mismatch`] for a name other than lower-case letters, digits and underscores, or what
/// the database answers.
pub async fn create(url: &str, name: &str) -> Result<String, DbError> {
    execute(url, format!("CREATE SCHEMA {}", checked(name)?)).await?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{separator}options[search_path]={name}"))
}

/// Drops a schema with all that is in it.
///
/// # Errors
/// As [`create`].
pub async fn drop(url: &str, name: &str) -> Result<(), DbError> {
    execute(url, format!("DROP SCHEMA IF EXISTS {} CASCADE", checked(name)?)).await
}

fn checked(name: &str) -> Result<&str, DbError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed);
    if is_name && name.len() <= 60 {
        Ok(name)
    } else {
        Err(DbError::Mismatch(
            "a schema's name has lower-case letters, digits and underscores".to_owned(),
        ))
    }
}

async fn execute(url: &str, text: String) -> Result<(), DbError> {
    let db = Db::open(&Settings {
        connections: 1,
        ..Settings::at(url)
    })
    .await?;
    let outcome = db
        .write(async |tx| tx.execute(sql_dynamic(text.clone())).await)
        .await;
    db.close().await;
    outcome.map(|_| ())
}
