//! PostgreSQL: a pool of connections, serializable transactions, and notices over
//! LISTEN and NOTIFY.

mod error;
mod listen;
mod pool;
mod session;
mod transaction;

use std::str::FromStr as _;

use pool::Pool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::{Mutex, broadcast};
use tokio::task::JoinHandle;

pub(crate) use error::classify;
pub(crate) use session::Session;

use super::{DbError, Statement, sql};
use crate::db::{Notice, Settings};

/// The channel of all notices.
const CHANNEL: &str = "latchkey";
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 256;

const WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const WRITE_SETTLED: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";
const MIGRATE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Open pools of a PostgreSQL database.
pub(crate) struct Engine {
    pool: Pool,
    replica: Option<Pool>,
    listener: Mutex<JoinHandle<()>>,
}

/// What keeps transactions that write out of each other's way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// The database: as if one came after the other.
    Serializable,
    /// The use case: what it relies on is unique, or compared when it is set.
    Settled,
}

/// What a reading transaction may be content with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Each statement for itself.
    Plain,
    /// All statements see one state.
    Snapshot,
    /// All statements see one state, which may be a little old.
    Replica,
}

impl Engine {
    /// Connects, and starts listening for notices.
    pub(crate) async fn open(
        settings: &Settings,
        notices: broadcast::Sender<Notice>,
    ) -> Result<Self, DbError> {
        let options = options(&settings.url)?;
        let pool = driver(settings)
            .connect_with(options.clone())
            .await
            .map_err(classify)?;
        let pool = Pool::new(pool, settings.wait());
        let replica = match &settings.read_url {
            Some(url) => Some(pool_lazily(settings, url)?),
            None => None,
        };
        let listener = listen::start(options, notices).await;
        Ok(Self {
            pool,
            replica,
            listener: Mutex::new(listener),
        })
    }

    /// Opens a transaction that writes.
    pub(crate) async fn write(&self, isolation: Isolation) -> Result<Box<Session>, DbError> {
        let words = match isolation {
            Isolation::Serializable => WRITE,
            Isolation::Settled => WRITE_SETTLED,
        };
        begin(&self.pool, words).await
    }

    /// Opens what reading needs.
    pub(crate) async fn read(&self, reading: Reading) -> Result<Box<Session>, DbError> {
        match (reading, &self.replica) {
            (Reading::Plain, _) => {
                let connection = self.pool.acquire().await.map_err(classify)?;
                Ok(Box::new(Session::Plain(connection)))
            }
            (Reading::Replica, Some(replica)) => begin(replica, SNAPSHOT).await,
            _ => begin(&self.pool, SNAPSHOT).await,
        }
    }

    /// Opens a transaction whose statements see what was committed before each of them: after
    /// waiting for another node's migration, that migration.
    pub(crate) async fn migrate(&self) -> Result<Box<Session>, DbError> {
        begin(&self.pool, MIGRATE).await
    }

    /// How many connections may be stale at once, and so how often a read tries again.
    pub(crate) fn connections(&self) -> u32 {
        self.pool.size()
    }

    pub(crate) async fn close(&self) {
        let mut listener = self.listener.lock().await;
        if !listener.is_finished() {
            listener.abort();
            // The error says that it was aborted.
            (&mut *listener).await.unwrap_or_default();
        }
        self.pool.close().await;
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.listener.get_mut().abort();
    }
}

/// Reads an address, without reaching for the database there.
pub(crate) fn check_address(url: &str) -> Result<(), DbError> {
    options(url).map(drop)
}

fn options(url: &str) -> Result<PgConnectOptions, DbError> {
    // The driver's own error may repeat the address, which holds a password.
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        DbError::Address(
            "database.url (or read_url) is not postgres://USER:PASSWORD@HOST/NAME as it should be",
        )
    })?;
    Ok(options
        .application_name("latchkey")
        .statement_cache_capacity(STATEMENTS))
}

fn driver(settings: &Settings) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(settings.connections.max(1))
        .acquire_timeout(settings.wait())
        // A round trip for each use case; `begin` tries another connection instead.
        .test_before_acquire(false)
}

fn pool_lazily(settings: &Settings, url: &str) -> Result<Pool, DbError> {
    let lazily = driver(settings).connect_lazy_with(options(url)?);
    Ok(Pool::new(lazily, settings.wait()))
}

/// Opens a transaction. After a restart of the database every pooled connection is stale and
/// fails here, where nothing has happened yet, so another one is tried.
async fn begin(pool: &Pool, words: &'static str) -> Result<Box<Session>, DbError> {
    let mut attempts = pool.size();
    loop {
        match transaction::Transaction::begin(pool, words).await {
            Ok(transaction) => return Ok(Box::new(Session::Transaction(transaction))),
            Err(error) => {
                let exhausted = matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
                match classify(error) {
                    DbError::Unavailable(_) if attempts > 0 && !exhausted => attempts -= 1,
                    other => return Err(other),
                }
            }
        }
    }
}

/// A statement that tells every listener about `subject` once its transaction commits.
pub(crate) fn notify(subject: &str) -> Statement {
    sql("SELECT CAST(pg_notify('latchkey', $1) AS TEXT)").bind(subject)
}

/// Waits until no other node migrates, until the end of the transaction. The number is only
/// this program's.
pub(crate) fn lock_for_migrations() -> Statement {
    sql("SELECT pg_advisory_xact_lock(7523094288207667809)")
}

/// Counts the tables of this name.
pub(crate) fn has_table(name: &str) -> Statement {
    sql("SELECT COUNT(*) FROM pg_catalog.pg_tables \
         WHERE schemaname = current_schema() AND tablename = $1")
    .bind(name)
}

/// Asks how `statement` would be run.
pub(crate) fn explain(statement: &Statement) -> Statement {
    statement.prefixed("EXPLAIN (COSTS OFF) ")
}

/// Has the rest of the transaction read a whole table only where no index will do, however small
/// the table is.
pub(crate) fn prefer_indexes() -> Statement {
    sql("SET LOCAL enable_seqscan = off")
}
