//! Statements, rows and transactions, and everything in which the two databases differ.
//!
//! A repository function writes `sql("… $1 …").bind(value)` and hands it to one of the four
//! calls of [`Tx`]. Which database answers is decided once, inside `Tx`.

mod error;
pub(crate) mod many;
mod names;
pub(crate) mod postgres;
mod row;
pub(crate) mod scan;
pub(crate) mod sqlite;
pub(crate) mod statement;
mod text;
mod tx;
mod value;

pub use error::DbError;
pub use row::{Cell, Columns, FromColumn, Row};
pub(crate) use statement::sql_dynamic;
pub use statement::{Statement, sql};
pub use tx::{Plan, Tx};
pub(crate) use tx::{Session, Settled};
pub use value::{IntoValue, Value};
