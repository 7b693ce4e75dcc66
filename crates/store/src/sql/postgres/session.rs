//! Running statements on a connection or in a transaction.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres};

use super::classify;
use super::pool::Connection;
use super::transaction::Transaction;
use crate::sql::{Columns, DbError, Row, Statement, Value};

/// A connection that statements run on.
pub(crate) enum Session {
    /// Each statement is a transaction.
    Plain(Connection),
    /// All statements are one transaction, undone when it is dropped.
    Transaction(Transaction),
}

impl Session {
    pub(crate) async fn execute(&mut self, mut statement: Statement) -> Result<u64, DbError> {
        let done = query(&mut statement)
            .execute(self.connection()?)
            .await
            .map_err(classify)?;
        self.rests();
        Ok(done.rows_affected())
    }

    pub(crate) async fn optional<R: Row>(&mut self, mut statement: Statement) -> Result<Option<R>, DbError> {
        let row = query(&mut statement)
            .fetch_optional(self.connection()?)
            .await
            .map_err(classify)?;
        self.rests();
        row.map(|row| read(&statement, &row)).transpose()
    }

    pub(crate) async fn all<R: Row>(&mut self, mut statement: Statement) -> Result<Vec<R>, DbError> {
        let rows = query(&mut statement)
            .fetch_all(self.connection()?)
            .await
            .map_err(classify)?;
        self.rests();
        rows.iter().map(|row| read(&statement, row)).collect()
    }

    /// Ends the transaction; an error of its COMMIT counts as much as any other.
    pub(crate) async fn settle(self, keep: bool) -> Result<(), DbError> {
        match self {
            Self::Transaction(transaction) if keep => transaction.commit().await.map_err(classify),
            // Dropping it has ROLLBACK sent while nobody waits for the answer.
            Self::Transaction(_) | Self::Plain(_) => Ok(()),
        }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, DbError> {
        match self {
            Self::Plain(connection) => connection.work(),
            Self::Transaction(transaction) => transaction.connection(),
        }
        .map_err(classify)
    }

    /// After a statement that succeeded nothing is under way, but for the transaction.
    fn rests(&mut self) {
        if let Self::Plain(connection) = self {
            connection.rests();
        }
    }
}

fn read<R: Row>(statement: &Statement, row: &PgRow) -> Result<R, DbError> {
    Columns::postgres(row, statement.known()).read()
}

/// The text is a literal, or the filter compiler's, which writes placeholders for all it is given.
fn query(statement: &mut Statement) -> Query<'static, Postgres, PgArguments> {
    let (text, values) = statement.take_parts();
    values
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::Bool(boolean) => query.bind(boolean),
        })
}
