//! A connection lent to one use case, which it leaves however the use case ends.

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::readers::Idle;
use super::{classify, run};
use crate::sql::{DbError, Row, Statement};

/// A connection lent to one use case.
pub(crate) enum Lease {
    /// The writer's, for one turn.
    Write(WriteLease),
    /// One of the readers'.
    Read(ReadLease),
}

impl Lease {
    pub(crate) fn execute(&self, statement: &Statement) -> Result<u64, DbError> {
        run::execute(self.connection()?, statement)
    }

    pub(crate) fn optional<R: Row>(&self, statement: &Statement) -> Result<Option<R>, DbError> {
        run::optional(self.connection()?, statement)
    }

    pub(crate) fn all<R: Row>(&self, statement: &Statement) -> Result<Vec<R>, DbError> {
        run::all(self.connection()?, statement)
    }

    /// Gives the connection back and waits until the group is durable. A use case that refused
    /// waits as well, since its refusal may rest on what another of its group wrote.
    pub(crate) async fn settle(self, keep: bool) -> Result<(), DbError> {
        let Self::Write(mut lease) = self else {
            return Ok(());
        };
        let (answer, answered) = oneshot::channel();
        lease.give_back(keep, Some(answer));
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    fn connection(&self) -> Result<&Connection, DbError> {
        match self {
            Self::Write(lease) => lease.lent.as_ref().map(|lent| &*lent.connection),
            Self::Read(lease) => lease.connection.as_deref(),
        }
        .ok_or_else(gone)
    }
}

fn gone() -> DbError {
    DbError::Unavailable("the writer has ended".to_owned())
}

/// The writer's connection, for one turn. Dropping it (by a panic or a cancellation) gives it
/// back to have the turn's writes undone.
pub(crate) struct WriteLease {
    lent: Option<Lent>,
}

struct Lent {
    connection: Box<Connection>,
    back: oneshot::Sender<Returned>,
}

/// What a use case gives back.
pub(super) struct Returned {
    pub(super) connection: Box<Connection>,
    pub(super) keep: bool,
    pub(super) answer: Option<oneshot::Sender<Result<(), DbError>>>,
}

impl WriteLease {
    pub(super) fn new(connection: Box<Connection>, back: oneshot::Sender<Returned>) -> Self {
        Self {
            lent: Some(Lent { connection, back }),
        }
    }

    fn give_back(&mut self, keep: bool, answer: Option<oneshot::Sender<Result<(), DbError>>>) {
        if let Some(Lent { connection, back }) = self.lent.take() {
            // The writer waits for it, unless the whole runtime is ending.
            drop(back.send(Returned {
                connection,
                keep,
                answer,
            }));
        }
    }
}

impl Drop for WriteLease {
    fn drop(&mut self) {
        self.give_back(false, None);
    }
}

/// A reading connection. Dropping it ends its snapshot and puts it back.
pub(crate) struct ReadLease {
    connection: Option<Box<Connection>>,
    idle: Idle,
    // Released after the connection is back, since fields are dropped after `drop` has run.
    _permit: OwnedSemaphorePermit,
}

impl ReadLease {
    pub(super) fn new(
        connection: Box<Connection>,
        idle: Idle,
        permit: OwnedSemaphorePermit,
        snapshot: bool,
    ) -> Result<Self, DbError> {
        let lease = Self {
            connection: Some(connection),
            idle,
            _permit: permit,
        };
        if let (true, Some(connection)) = (snapshot, &lease.connection) {
            run_cached(connection, "BEGIN").map_err(classify)?;
        }
        Ok(lease)
    }
}

impl Drop for ReadLease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // A connection that cannot end its snapshot would answer from the past for ever.
            if connection.is_autocommit() || run_cached(&connection, "ROLLBACK").is_ok() {
                self.idle.put_back(connection);
            }
        }
    }
}

/// Runs one of the few statements that open and close transactions.
pub(super) fn run_cached(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.execute([]).map(drop)
}
