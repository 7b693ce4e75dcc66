//! How a row is read.

use std::cell;

use rusqlite::types::ValueRef;
use sqlx::postgres::PgRow;
use sqlx::{Column, Row as _, ValueRef as _};

use super::DbError;
use super::text::Known;

/// A type that says once how it is read from a row.
///
/// Structs whose fields have the columns' names use [`row!`](crate::row); single values and
/// tuples are read by position.
pub trait Row: Sized {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when a column is missing or holds something else.
    fn read(columns: &Columns<'_>) -> Result<Self, DbError>;
}

/// Implements [`Row`](crate::sql::Row) for a struct whose fields have the columns' names:
/// `row!(Account { id, display_name, created_at });`.
#[macro_export]
macro_rules! row {
    ($row:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::sql::Row for $row {
            fn read(columns: &$crate::sql::Columns<'_>) -> Result<Self, $crate::sql::DbError> {
                Ok(Self { $($field: columns.get(stringify!($field))?),+ })
            }
        }
    };
}

/// The columns of one row.
pub struct Columns<'a> {
    source: Source<'a>,
    known: &'a Known,
    asked: cell::Cell<usize>,
    found: cell::RefCell<Vec<(Box<str>, usize)>>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a PgRow),
}

impl<'a> Columns<'a> {
    pub(super) fn sqlite(row: &'a rusqlite::Row<'a>, known: &'a Known) -> Self {
        Self::of(Source::Sqlite(row), known)
    }

    pub(super) fn postgres(row: &'a PgRow, known: &'a Known) -> Self {
        Self::of(Source::Postgres(row), known)
    }

    fn of(source: Source<'a>, known: &'a Known) -> Self {
        Self {
            source,
            known,
            asked: cell::Cell::new(0),
            found: cell::RefCell::default(),
        }
    }

    /// Reads the row, and keeps in mind where its columns stand.
    pub(super) fn read<R: Row>(self) -> Result<R, DbError> {
        let row = R::read(&self)?;
        if self.known.columns().is_none() {
            self.known.keep_columns(self.found.into_inner());
        }
        Ok(row)
    }

    /// The column of this name.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when there is none or it holds something else.
    pub fn get<T: FromColumn>(&self, name: &str) -> Result<T, DbError> {
        let index = self.position(name)?;
        self.at(index).map_err(|error| match error {
            DbError::Mismatch(why) => DbError::Mismatch(format!("column {name}: {why}")),
            other => other,
        })
    }

    /// The column at this position, from 0.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when there is none or it holds something else.
    pub fn at<T: FromColumn>(&self, index: usize) -> Result<T, DbError> {
        T::from_column(&Cell(match self.source {
            Source::Sqlite(row) => Content::Sqlite(row.get_ref(index).map_err(mismatch)?),
            Source::Postgres(row) => Content::Postgres(row, index),
        }))
    }

    /// Where the column of this name stands. Looking for the name costs more than all else about a
    /// column, and rows of one statement are read alike: the column that was asked for at this
    /// point in an earlier row is tried first.
    fn position(&self, name: &str) -> Result<usize, DbError> {
        if let Some(order) = self.known.columns() {
            let turn = self.asked.replace(self.asked.get() + 1);
            if let Some((_, index)) = order.get(turn).filter(|(known, _)| **known == *name) {
                return Ok(*index);
            }
        }
        let found = match self.source {
            Source::Sqlite(row) => row.as_ref().column_index(name).ok(),
            Source::Postgres(row) => row.try_column(name).ok().map(Column::ordinal),
        };
        let index = found.ok_or_else(|| DbError::Mismatch(format!("no column {name}")))?;
        if self.known.columns().is_none() {
            self.found.borrow_mut().push((name.into(), index));
        }
        Ok(index)
    }
}

/// One column of one row.
pub struct Cell<'a>(Content<'a>);

#[derive(Clone, Copy)]
enum Content<'a> {
    Sqlite(ValueRef<'a>),
    Postgres(&'a PgRow, usize),
}

impl Cell<'_> {
    /// Whether the value is missing.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when there is no such column.
    pub fn is_null(&self) -> Result<bool, DbError> {
        match self.0 {
            Content::Sqlite(value) => Ok(value == ValueRef::Null),
            Content::Postgres(row, index) => {
                row.try_get_raw(index).map(|raw| raw.is_null()).map_err(mismatch)
            }
        }
    }

    /// The value of a `TEXT` column.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when it is missing or not text.
    pub fn text(&self) -> Result<String, DbError> {
        match self.0 {
            Content::Sqlite(value) => value.as_str().map(ToOwned::to_owned).map_err(mismatch),
            Content::Postgres(row, index) => row.try_get(index).map_err(mismatch),
        }
    }

    /// The value of a `BIGINT` column.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when it is missing or not a whole number.
    pub fn int(&self) -> Result<i64, DbError> {
        match self.0 {
            Content::Sqlite(value) => value.as_i64().map_err(mismatch),
            Content::Postgres(row, index) => row.try_get(index).map_err(mismatch),
        }
    }

    /// The value of a `BOOLEAN` column.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when it is missing or not a boolean.
    pub fn boolean(&self) -> Result<bool, DbError> {
        match self.0 {
            Content::Sqlite(ValueRef::Integer(0)) => Ok(false),
            Content::Sqlite(ValueRef::Integer(1)) => Ok(true),
            Content::Sqlite(other) => Err(DbError::Mismatch(format!("{} is no boolean", other.data_type()))),
            Content::Postgres(row, index) => row.try_get(index).map_err(mismatch),
        }
    }
}

fn mismatch(error: impl std::fmt::Display) -> DbError {
    DbError::Mismatch(error.to_string())
}

/// What can be read from one column.
pub trait FromColumn: Sized {
    /// Reads the column.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when it holds something else.
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError>;
}

impl FromColumn for String {
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
        cell.text()
    }
}

impl FromColumn for i64 {
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
        cell.int()
    }
}

impl FromColumn for u32 {
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
        Self::try_from(cell.int()?).map_err(mismatch)
    }
}

impl FromColumn for bool {
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
        cell.boolean()
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
        if cell.is_null()? {
            Ok(None)
        } else {
            T::from_column(cell).map(Some)
        }
    }
}

impl<T: FromColumn> Row for T {
    fn read(columns: &Columns<'_>) -> Result<Self, DbError> {
        columns.at(0)
    }
}

macro_rules! tuple {
    ($($name:ident $index:literal),+) => {
        impl<$($name: FromColumn),+> Row for ($($name,)+) {
            fn read(columns: &Columns<'_>) -> Result<Self, DbError> {
                Ok(($(columns.at::<$name>($index)?,)+))
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
