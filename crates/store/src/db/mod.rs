//! The open database, and the only way to a transaction.
//!
//! A use case writes `db.write(async |tx| { … }).await`. The closure may be run more than once,
//! so it only works on the transaction; mail and the like leave through the outbox. Captured
//! references are copied, so nothing has to be cloned at the call.

pub mod schema;
mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::broadcast;

pub use settings::Settings;

use crate::sql::postgres::{Isolation, Reading};
use crate::sql::{DbError, Plan, Session, Settled, Tx, postgres, sqlite};

/// Attempts of a use case that meets others again and again.
const ATTEMPTS: u32 = 12;
/// The pause before the second attempt; it doubles up to `LONGEST_PAUSE`.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(64);
/// Notices a receiver may lag behind before it is told that it missed some.
const NOTICES: usize = 1024;

tokio::task_local! {
    /// Set while a use case runs in a transaction. A second one inside would wait for the first.
    static OPEN: ();
}

/// An open database. Clones are the same database.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    notices: broadcast::Sender<Notice>,
}

pub(crate) enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `SQLite`.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// That something has changed which others may remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// What a transaction gave to [`Tx::notify`]. It may come more than once.
    Changed(String),
    /// Anything may have changed: notices were missed, or another process wrote to the file.
    Resync,
}

impl Db {
    /// Opens the database. The schema is brought up to date by [`Db::migrate`].
    ///
    /// # Errors
    ///
    /// [`DbError::Unavailable`] when it cannot be reached, [`DbError::Address`] for an address
    /// that cannot be read.
    pub async fn open(settings: &Settings) -> Result<Self, DbError> {
        let notices = broadcast::Sender::new(NOTICES);
        settings.check()?;
        let engine = match settings.url.split_once(':') {
            Some(("sqlite", path)) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                sqlite::Engine::open(path.as_ref(), settings, notices.clone())
                    .await
                    .map(Engine::Sqlite)
            }
            _ => postgres::Engine::open(settings, notices.clone())
                .await
                .map(Engine::Postgres),
        }?;
        Ok(Self(Arc::new(Inner { engine, notices })))
    }

    /// Which database it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.0.engine {
            Engine::Sqlite(_) => Kind::Sqlite,
            Engine::Postgres(_) => Kind::Postgres,
        }
    }

    /// Runs a use case in a transaction that may write. The answer comes when the transaction is
    /// durable; with an error, nothing of it stays.
    ///
    /// # Errors
    ///
    /// What the use case returns, and any [`DbError`]: an error of the database that the use
    /// case passed over still undoes it, and is the answer.
    pub async fn write<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        self.writing(Isolation::Serializable, use_case).await
    }

    /// The same for a use case whose races are all settled by a unique constraint or by comparing
    /// when setting: what it only reads may change beside it. On PostgreSQL it runs REPEATABLE
    /// READ, because SERIALIZABLE takes any two transactions that read and write neighboring keys
    /// for a conflict; with ids that grow with time those are all that run at the same time.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub async fn write_settled<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        self.writing(Isolation::Settled, use_case).await
    }

    async fn writing<T, E, F>(&self, isolation: Isolation, use_case: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        refuse_nested()?;
        let mut attempt = 1;
        loop {
            let session = match &self.0.engine {
                Engine::Sqlite(engine) => Session::Sqlite(engine.write().await?),
                Engine::Postgres(engine) => Session::Postgres(engine.write(isolation).await?),
            };
            let mut tx = Tx::new(session, true);
            let outcome = OPEN.scope((), use_case.clone()(&mut tx)).await;
            match tx.settle(outcome.is_ok()).await {
                Settled::Stands(notices) => {
                    self.tell(notices);
                    return outcome;
                }
                Settled::Failed(DbError::Serialization) if attempt < ATTEMPTS => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                Settled::Failed(error) => return Err(error.into()),
            }
        }
    }

    /// Runs `reads`, all of which see one state of the database.
    ///
    /// # Errors
    ///
    /// What `reads` returns, and any [`DbError`].
    pub async fn read<T, E, F>(&self, reads: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        self.reading(Reading::Snapshot, reads).await
    }

    /// Runs `reads`, each of which sees the database as it is just then. For one statement, and
    /// for several that need not agree: on PostgreSQL it saves the round trip that opens a
    /// transaction.
    ///
    /// # Errors
    ///
    /// What `reads` returns, and any [`DbError`].
    pub async fn look_up<T, E, F>(&self, reads: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        self.reading(Reading::Plain, reads).await
    }

    /// Runs `reads` on the replica, if there is one: all see one state, which may be a little
    /// old. For lists, searches and audit.
    ///
    /// # Errors
    ///
    /// What `reads` returns, and any [`DbError`].
    pub async fn read_replica<T, E, F>(&self, reads: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        self.reading(Reading::Replica, reads).await
    }

    async fn reading<T, E, F>(&self, reading: Reading, reads: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        refuse_nested()?;
        let (mut conflicts, mut losses) = (0, 0);
        loop {
            let (session, connections) = self.session_to_read(reading).await?;
            let mut tx = Tx::new(session, false);
            let outcome = OPEN.scope((), reads.clone()(&mut tx)).await;
            match tx.failure() {
                // A replica cancels what stands in its way.
                Some(DbError::Serialization) if conflicts + 1 < ATTEMPTS => {
                    conflicts += 1;
                    drop(tx);
                    tokio::time::sleep(pause(conflicts)).await;
                }
                // A stale connection, after a restart of the database.
                Some(DbError::Unavailable(_)) if losses < connections => losses += 1,
                Some(error) if outcome.is_ok() => return Err(error.clone().into()),
                _ => return outcome,
            }
        }
    }

    /// A session to read with, and how many stale ones there may be.
    async fn session_to_read(&self, reading: Reading) -> Result<(Session, u32), DbError> {
        match &self.0.engine {
            Engine::Sqlite(engine) => {
                let lease = engine.read(reading != Reading::Plain).await?;
                Ok((Session::Sqlite(lease), 0))
            }
            Engine::Postgres(engine) => {
                let session = engine.read(reading).await?;
                Ok((Session::Postgres(session), engine.connections()))
            }
        }
    }

    /// Runs a use case, undoes it, and says how the database runs each of its statements: for
    /// tests that no statement reads a whole table.
    ///
    /// # Errors
    ///
    /// What the use case returns, and any [`DbError`].
    pub async fn plans<T, E, F>(&self, use_case: F) -> Result<Vec<Plan>, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<DbError>,
    {
        refuse_nested()?;
        let mut tx = match &self.0.engine {
            Engine::Sqlite(engine) => Tx::new(Session::Sqlite(engine.write().await?), true),
            Engine::Postgres(engine) => {
                let session = engine.write(Isolation::Serializable).await?;
                let mut tx = Tx::new(Session::Postgres(session), true);
                tx.execute(postgres::prefer_indexes()).await?;
                tx
            }
        };
        tx.explain();
        OPEN.scope((), use_case(&mut tx)).await?;
        Ok(tx.plans())
    }

    /// What changes from now on, here and on other nodes. A receiver that lags is told so by the
    /// channel, and takes it as [`Notice::Resync`].
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Notice> {
        self.0.notices.subscribe()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// [`DbError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.look_up(async |tx| tx.one::<i64>(sqlite::ping()).await)
            .await
            .map(drop)
    }

    /// Closes every connection once what runs has ended.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Tells this process at once; other nodes hear it from the database.
    fn tell(&self, notices: Vec<String>) {
        for notice in notices {
            // Without receivers nobody minds.
            drop(self.0.notices.send(Notice::Changed(notice)));
        }
    }
}

fn refuse_nested() -> Result<(), DbError> {
    match OPEN.try_with(|()| ()) {
        Ok(()) => Err(DbError::Nested),
        Err(_) => Ok(()),
    }
}

/// The pause after so many attempts: half to one and a half of a growing time, so that those who
/// met do not meet again.
fn pause(attempt: u32) -> Duration {
    static TURN: AtomicU32 = AtomicU32::new(0);
    // Steps by the golden ratio fall evenly over the range, whatever their number.
    let turn = TURN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9);
    let grown = FIRST_PAUSE
        .saturating_mul(1 << (attempt.saturating_sub(1)).min(8))
        .min(LONGEST_PAUSE);
    grown / 2 + grown.mul_f64(f64::from(turn) / f64::from(u32::MAX))
}
