//! A schema of its own in a PostgreSQL database, for trying things beside what is there.

use super::{Db, Settings};
use crate::sql::{DbError, Statement, sql, sql_dynamic};

/// A schema made for a trial.
#[derive(Debug)]
pub struct OwnSchema {
    /// The address of the database as seen from within the schema.
    pub url: String,
    outside: String,
    name: String,
}

impl OwnSchema {
    /// Makes a schema in the database at an address.
    ///
    /// # Errors
    /// [`DbError::Mismatch`] for a name other than lower-case letters, digits and underscores, or
    /// what the database answers.
    pub async fn create(url: &str, name: &str) -> Result<Self, DbError> {
        check(name)?;
        execute(url, || sql_dynamic(format!("CREATE SCHEMA {name}"))).await?;
        let separator = if url.contains('?') { '&' } else { '?' };
        Ok(Self {
            url: format!("{url}{separator}options[search_path]={name}"),
            outside: url.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Puts one text in the place of another in the values that audit records keep, behind the
    /// service's back, as somebody could who has the database but not the keys: `audit verify`
    /// has to notice. Answers in how many records the text was.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn forge_audit_value(&self, text: &str, other: &str) -> Result<u64, DbError> {
        let statement = "UPDATE audit_record SET value_list = replace(value_list, $1, $2) \
                         WHERE strpos(value_list, $1) > 0";
        execute(&self.url, || {
            sql(statement).bind(text.to_owned()).bind(other.to_owned())
        })
        .await
    }

    /// Drops the schema with all that is in it.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn remove(&self) -> Result<(), DbError> {
        let statement = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name);
        execute(&self.outside, || sql_dynamic(statement.clone())).await?;
        Ok(())
    }
}

fn check(name: &str) -> Result<(), DbError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed);
    if is_name && name.len() <= 60 {
        Ok(())
    } else {
        Err(DbError::Mismatch(
            "a schema's name has lower-case letters, digits and underscores".to_owned(),
        ))
    }
}

async fn execute(url: &str, statement: impl Fn() -> Statement) -> Result<u64, DbError> {
    let db = Db::open(&Settings {
        connections: 1,
        ..Settings::at(url)
    })
    .await?;
    let outcome = db.write(async |tx| tx.execute(statement()).await).await;
    db.close().await;
    outcome
}
