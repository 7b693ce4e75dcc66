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
    next(statement, &mut prepared.raw_query())
}

/// All rows. The rest of a long list is read where it holds up no other task.
pub(super) fn all<R: Row>(connection: &Connection, statement: &Statement) -> Result<Vec<R>, DbError> {
    let mut prepared = prepare(connection, statement)?;
    let mut rows = prepared.raw_query();
    let mut found = Vec::new();
    while found.len() < SHORT {
        match next(statement, &mut rows)? {
            Some(row) => found.push(row),
            None => return Ok(found),
        }
    }
    let mut rest = || {
        while let Some(row) = next(statement, &mut rows)? {
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

fn next<R: Row>(statement: &Statement, rows: &mut Rows<'_>) -> Result<Option<R>, DbError> {
    rows.next()
        .map_err(classify)?
        .map(|row| Columns::sqlite(row, statement.known()).read())
        .transpose()
}

/// Prepares the statement and binds its values.
fn prepare<'a>(connection: &'a Connection, statement: &Statement) -> Result<CachedStatement<'a>, DbError> {
    let mut prepared = connection.prepare_cached(statement.text()).map_err(classify)?;
    let indexes = statement.known().indexes(|| indexes(&prepared, statement))?;
    for (value, &index) in statement.values().iter().zip(indexes) {
        match value {
            Value::Text(text) => prepared.raw_bind_parameter(index, text),
            Value::Int(number) => prepared.raw_bind_parameter(index, number),
            Value::Bool(boolean) => prepared.raw_bind_parameter(index, boolean),
        }
        .map_err(classify)?;
    }
    Ok(prepared)
}

/// `SQLite`'s index for each of `$1`, `$2`, … It numbers them by first appearance, so each is found
/// by its name.
fn indexes(prepared: &rusqlite::Statement<'_>, statement: &Statement) -> Result<Box<[usize]>, DbError> {
    let index = |n| {
        let name = format!("${n}");
        let unused = || DbError::Mismatch(format!("{name} is unused: {}", statement.text()));
        prepared
            .parameter_index(&name)
            .map_err(classify)?
            .ok_or_else(unused)
    };
    (1..=statement.values().len()).map(index).collect()
}
