//! Bringing the schema up to date: numbered steps, each in one transaction, each remembered with
//! its digest in `schema_migration`.
//!
//! Steps only go forward, and expand before they contract, so a node of the previous version
//! works on while the next one starts.

use sha2::{Digest as _, Sha256};

use crate::db::{Db, Engine, Kind};
use crate::sql::{DbError, Session, Settled, Statement, Tx, postgres, scan, sql, sqlite};

/// A numbered step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its number, from 1 without gaps.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    /// Its statements, in words both databases know.
    pub text: &'static str,
}

/// All steps this program knows, in order.
pub const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// How the schema stands to the steps this program knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// Every step has been made, and no other.
    Current,
    /// Nothing is there yet.
    Missing,
    /// So many steps are still to be made.
    Behind(usize),
    /// A later version of the program has made steps of its own; the highest has this number.
    Ahead(i64),
    /// The step of this number was made with another text than the one known here.
    Changed(i64),
}

/// Why the schema was not brought up to date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// The database was migrated by a later version; the caller may go on or not.
    #[error("the database has migration {0}, which is later than this program knows")]
    Ahead(i64),
    /// A released step was edited.
    #[error("migration {0} was applied with another text")]
    Changed(i64),
    /// A step failed and was undone.
    #[error("migration {number} ({name}) failed at `{statement}`: {source}")]
    Failed {
        /// The number of the step.
        number: i64,
        /// Its name.
        name: &'static str,
        /// The beginning of the statement.
        statement: String,
        /// What the database answered.
        source: DbError,
    },
    /// The database failed outside of a step.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A step that has been made.
struct Applied {
    number: i64,
    digest: String,
}

crate::row!(Applied { number, digest });

impl Db {
    /// Makes the missing steps of [`MIGRATIONS`] at `now_ms` (Unix milliseconds), and says how
    /// many there were. Several nodes may start at once: one of them does it.
    ///
    /// # Errors
    ///
    /// [`MigrateError`].
    pub async fn migrate(&self, now_ms: i64) -> Result<usize, MigrateError> {
        self.migrate_with(MIGRATIONS, now_ms).await
    }

    /// Makes the missing ones of these steps.
    ///
    /// # Errors
    ///
    /// [`MigrateError`].
    pub async fn migrate_with(&self, migrations: &[Migration], now_ms: i64) -> Result<usize, MigrateError> {
        let mut made = 0;
        loop {
            let mut tx = begin(self).await?;
            let step = next_step(&mut tx, migrations, now_ms).await;
            match (tx.settle(step.is_ok()).await, step?) {
                (Settled::Failed(error), _) => return Err(error.into()),
                (Settled::Stands(_), true) => made += 1,
                (Settled::Stands(_), false) => return Ok(made),
            }
        }
    }

    /// How the schema stands to [`MIGRATIONS`].
    ///
    /// # Errors
    ///
    /// What the database answers.
    pub async fn schema_state(&self) -> Result<SchemaState, DbError> {
        self.schema_state_of(MIGRATIONS).await
    }

    /// How the schema stands to these steps.
    ///
    /// # Errors
    ///
    /// What the database answers.
    pub async fn schema_state_of(&self, migrations: &[Migration]) -> Result<SchemaState, DbError> {
        let known = match self.kind() {
            Kind::Sqlite => sqlite::has_table("schema_migration"),
            Kind::Postgres => postgres::has_table("schema_migration"),
        };
        self.look_up(async |tx| {
            if tx.one::<i64>(known.clone()).await? == 0 {
                return Ok(SchemaState::Missing);
            }
            Ok(compare(&applied(tx).await?, migrations))
        })
        .await
    }
}

/// Opens a transaction in which no other node migrates.
async fn begin(db: &Db) -> Result<Tx, DbError> {
    match db.engine() {
        Engine::Sqlite(engine) => Ok(Tx::new(Session::Sqlite(engine.write().await?), true)),
        Engine::Postgres(engine) => {
            let mut tx = Tx::new(Session::Postgres(engine.migrate().await?), true);
            tx.execute(postgres::lock_for_migrations()).await?;
            Ok(tx)
        }
    }
}

/// Makes the next missing step, if there is one.
async fn next_step(tx: &mut Tx, migrations: &[Migration], now_ms: i64) -> Result<bool, MigrateError> {
    tx.execute(sql("CREATE TABLE IF NOT EXISTS schema_migration (\
         number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, \
         applied_at BIGINT NOT NULL)"))
        .await?;
    let applied = applied(tx).await?;
    match compare(&applied, migrations) {
        SchemaState::Ahead(number) => return Err(MigrateError::Ahead(number)),
        SchemaState::Changed(number) => return Err(MigrateError::Changed(number)),
        SchemaState::Current | SchemaState::Missing | SchemaState::Behind(_) => {}
    }
    let is_missing = |m: &&Migration| applied.iter().all(|a| a.number != m.number);
    let Some(migration) = migrations.iter().find(is_missing) else {
        return Ok(false);
    };
    for statement in scan::statements(migration.text) {
        tx.execute(sql(statement))
            .await
            .map_err(|source| MigrateError::Failed {
                number: migration.number,
                name: migration.name,
                statement: statement.chars().take(80).collect(),
                source,
            })?;
    }
    tx.execute(record(migration, now_ms)).await?;
    tracing::info!(number = migration.number, name = migration.name, "migrated");
    Ok(true)
}

fn record(migration: &Migration, now_ms: i64) -> Statement {
    sql("INSERT INTO schema_migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)")
        .bind(migration.number)
        .bind(migration.name)
        .bind(digest(migration.text))
        .bind(now_ms)
}

async fn applied(tx: &mut Tx) -> Result<Vec<Applied>, DbError> {
    tx.all(sql("SELECT number, digest FROM schema_migration ORDER BY number"))
        .await
}

fn compare(applied: &[Applied], migrations: &[Migration]) -> SchemaState {
    for made in applied {
        match migrations.iter().find(|m| m.number == made.number) {
            Some(known) if digest(known.text) == made.digest => {}
            Some(known) => return SchemaState::Changed(known.number),
            None => {
                let highest = applied.iter().map(|a| a.number).max();
                return SchemaState::Ahead(highest.unwrap_or(made.number));
            }
        }
    }
    match migrations.len() - applied.len() {
        0 => SchemaState::Current,
        missing => SchemaState::Behind(missing),
    }
}

/// SHA-256 in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
