//! Running a statement on a connection. All of it is synchronous: a point read takes
//! microseconds, less than handing it to another thread would.

use rusqlite::{CachedStatement, Connection, Rows};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::classify;
use crate::sql::{Columns, DbError, Row, Statement, Value};

/// Rows read before a list counts as long.
const SHORT: usize = 128;

/// Runs a statement; the number of rows it wrote.
pub(super) fn execute(connection: &Connection, statement: &Statement) -> Result<u64, DbError> {
    let mut prepared = prepare(connection, statement)?;
    let mut rows = prepared.raw_query();
    let mut returned = 0;
    while rows.next().map_err(classify)?.is_some() {
        returned += 1;
    }
    drop(rows);
    if prepared.readonly() {
        Ok(returned)
    } else {
        Ok(connection.changes())
    }
}

/// The first row, if there is one.
pub(super) fn optional<R: Row>(connection: &Connection, statement: &Statement) -> Result<Option<R>, DbError> {
    let mut prepared = prepare(connection, statement)?;
    next(&mut prepared.raw_query())
}

/// All rows. The rest of a long list is read where it holds up no other task.
pub(super) fn all<R: Row>(connection: &Connection, statement: &Statement) -> Result<Vec<R>, DbError> {
    let mut prepared = prepare(connection, statement)?;
    let mut rows = prepared.raw_query();
    let mut found = Vec::new();
    while found.len() < SHORT {
        match next(&mut rows)? {
            Some(row) => found.push(row),
            None => return Ok(found),
        }
    }
    let mut rest = || {
        while let Some(row) = next(&mut rows)? {
            found.push(row);
        }
        Ok(())
    };
    // The current-thread runtime has no other thread to go on with.
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(rest),
        _ => rest(),
    }?;
    Ok(found)
}

fn next<R: Row>(rows: &mut Rows<'_>) -> Result<Option<R>, DbError> {
    rows.next()
        .map_err(classify)?
        .map(|row| R::read(&Columns::sqlite(row)))
        .transpose()
}

/// Prepares the statement and binds its values. `SQLite` numbers `$n` by first appearance, so
/// each is found by its name.
fn prepare<'a>(connection: &'a Connection, statement: &Statement) -> Result<CachedStatement<'a>, DbError> {
    let mut prepared = connection.prepare_cached(statement.text()).map_err(classify)?;
    for (value, name) in statement.values().iter().zip(names()) {
        let index = prepared.parameter_index(&name).map_err(classify)?;
        let Some(index) = index else {
            return Err(DbError::Mismatch(format!(
                "{name} is unused: {}",
                statement.text()
            )));
        };
        match value {
            Value::Text(text) => prepared.raw_bind_parameter(index, text),
            Value::Int(number) => prepared.raw_bind_parameter(index, number),
            Value::Bool(boolean) => prepared.raw_bind_parameter(index, boolean),
        }
        .map_err(classify)?;
    }
    Ok(prepared)
}

/// `$1`, `$2`, …
fn names() -> impl Iterator<Item = String> {
    (1_u32..).map(|n| format!("${n}"))
}
