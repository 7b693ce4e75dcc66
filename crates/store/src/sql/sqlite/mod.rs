//! `SQLite`: one writer whose transactions many use cases share, and a few reading connections.

mod error;
mod lease;
mod readers;
mod run;
mod writer;

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::broadcast;

pub(super) use error::classify;
pub(crate) use lease::Lease;
use readers::Readers;
use writer::{Requests, Writer};

use super::{DbError, Statement, sql};
use crate::db::{Notice, Settings};

/// How long a connection waits for another process that is writing.
const BUSY: Duration = Duration::from_secs(5);
/// Prepared statements kept by each connection: more than the program has.
const STATEMENTS: usize = 512;
/// Pages of the write-ahead log after which a commit writes them back. Each page goes back once,
/// however often it was written, so rarer costs less: as rare as one block of the log's index
/// holds (4062 pages; 16 MiB of the file), within which a page is found at one look.
const LOG_PAGES: u32 = 4000;
/// What the writer keeps of the file in memory, in KiB. It stays valid from commit to commit,
/// unlike what the readers keep.
const WRITER_CACHE: u32 = 8192;

/// An open `SQLite` database.
pub(crate) struct Engine {
    requests: Requests,
    readers: Readers,
}

impl Engine {
    /// Opens the file, creating it when it is missing, and starts the writer.
    pub(crate) async fn open(
        path: &Path,
        settings: &Settings,
        notices: broadcast::Sender<Notice>,
    ) -> Result<Self, DbError> {
        let path = path.to_owned();
        let (for_opening, count) = (path.clone(), settings.readers.max(1));
        let (writing, reading) = tokio::task::spawn_blocking(move || {
            let writing = open(&for_opening)?;
            let reading = (0..count)
                .map(|_| open_to_read(&for_opening))
                .collect::<Result<Vec<_>, _>>()?;
            Ok::<_, DbError>((writing, reading))
        })
        .await
        .map_err(|error| DbError::Other(error.to_string()))??;
        Ok(Self {
            requests: Writer::start(writing, settings, notices),
            readers: Readers::new(path, reading, settings.wait()),
        })
    }

    /// A turn at writing.
    pub(crate) async fn write(&self) -> Result<Lease, DbError> {
        self.requests.lease().await.map(Lease::Write)
    }

    /// A reading connection; with `snapshot` all of its reads see one state.
    pub(crate) async fn read(&self, snapshot: bool) -> Result<Lease, DbError> {
        self.readers.lease(snapshot).await.map(Lease::Read)
    }

    /// Ends the writer, once all that waits is answered, and closes every connection.
    pub(crate) async fn close(&self) {
        self.readers.close();
        self.requests.close().await;
    }
}

/// Opens a connection that may write.
fn open(path: &Path) -> Result<Connection, DbError> {
    create(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(classify)?;
    connection.busy_timeout(BUSY).map_err(classify)?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = {LOG_PAGES}; \
             PRAGMA cache_size = -{WRITER_CACHE}"
        ))
        .map_err(classify)?;
    keep_plans(&connection)?;
    Ok(connection)
}

fn open_to_read(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(classify)?;
    connection.busy_timeout(BUSY).map_err(classify)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")
        .map_err(classify)?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// Keeps prepared statements, and their plans whatever values are bound. Without that promise
/// `SQLite` prepares a kept statement again each time it is used, in case other values would be
/// looked up better in another way.
fn keep_plans(connection: &Connection) -> Result<(), DbError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
        .map_err(classify)
}

/// Creates the file, so that only its owner can read what it will hold. `SQLite` gives the files
/// beside it the same permissions.
fn create(path: &Path) -> Result<(), DbError> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| DbError::Unavailable(format!("{}: {error}", path.display())))
}

/// Asks how `statement` would be run.
pub(crate) fn explain(statement: &Statement) -> Statement {
    statement.prefixed("EXPLAIN QUERY PLAN ")
}

/// Counts the tables of this name.
pub(crate) fn has_table(name: &str) -> Statement {
    sql("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1").bind(name)
}

/// A statement that answers when the database does.
pub(crate) fn ping() -> Statement {
    sql("SELECT CAST(1 AS BIGINT)")
}
