//! A transaction on a pooled connection that is never given back half open.
//!
//! A use case is dropped wherever it waits when its client goes away. The driver's own guard does
//! nothing while BEGIN is under way, so that the next user of the connection would work inside the
//! abandoned transaction. Here a connection whose state is not known is closed.

use sqlx::postgres::PgTransactionManager;
use sqlx::{Error, PgConnection, SqlSafeStr as _};
use sqlx_core::transaction::TransactionManager as _;

use super::pool::{Connection, Pool};

/// An open transaction, undone when it is dropped.
pub(crate) struct Transaction {
    connection: Connection,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// BEGIN or COMMIT is under way: whoever drops it now can't know what the server did.
    Unknown,
    /// Statements may run.
    Open,
    /// Committed.
    Ended,
}

impl Transaction {
    /// Takes a connection and opens a transaction with these words.
    pub(super) async fn begin(pool: &Pool, words: &'static str) -> Result<Self, Error> {
        let connection = pool.acquire().await?;
        let mut transaction = Self {
            connection,
            state: State::Unknown,
        };
        PgTransactionManager::begin(transaction.connection.work()?, Some(words.into_sql_str())).await?;
        transaction.state = State::Open;
        Ok(transaction)
    }

    /// Commits. After an error of the COMMIT the server has undone it.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        self.state = State::Unknown;
        let outcome = PgTransactionManager::commit(self.connection.work()?).await;
        if outcome.is_ok() {
            self.state = State::Ended;
            self.connection.rests();
        } else {
            // The driver still counts it as open, and its ROLLBACK is the only way to say otherwise.
            self.state = State::Open;
        }
        outcome
    }

    /// The connection, for statements.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.connection.work()
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        match self.state {
            State::Unknown => self.connection.close_on_drop(),
            // ROLLBACK is sent while nobody waits for the answer.
            State::Open => {
                if let Ok(connection) = self.connection.work() {
                    PgTransactionManager::start_rollback(connection);
                }
            }
            State::Ended => {}
        }
    }
}
