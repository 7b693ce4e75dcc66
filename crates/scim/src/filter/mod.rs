//! Filters (RFC 7644 section 3.4.2.2): the tree, its parser, its text form, what it may ask, and
//! its evaluation in memory. The store compiles the same tree into SQL.

mod check;
mod display;
mod evaluate;
mod lexer;
mod parser;

pub use evaluate::{fold, matches, matches_value};
pub(crate) use parser::{Parser, parse_inner};

use crate::error::ScimError;
use crate::name::AttributePath;
use serde_json::Number;

/// How many bytes a filter may have.
pub const MAX_LENGTH: usize = 4096;
/// How deep parentheses, `not` and value paths may nest.
pub const MAX_DEPTH: usize = 16;

/// An attribute operator but `pr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text; dates and references are text too.
    String(String),
    /// A number.
    Number(Number),
    /// True or false.
    Boolean(bool),
    /// Null: no value (RFC 7644 erratum 4690).
    Null,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub path: AttributePath,
    /// How.
    pub operator: Operator,
    /// With what.
    pub value: Literal,
}

/// A filter as a tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// `userName eq "x"`.
    Compare(Comparison),
    /// `title pr`.
    Present(AttributePath),
    /// `a and b and c`: two or more.
    And(Vec<Filter>),
    /// `a or b or c`: two or more.
    Or(Vec<Filter>),
    /// `not (a)`.
    Not(Box<Filter>),
    /// `emails[type eq "work"]`: one value for which all of the filter holds. Its names are those
    /// of sub-attributes.
    ValuePath(AttributePath, Box<Filter>),
}

impl Filter {
    /// Reads a filter. Whether its attributes exist is left to [`Filter::check`].
    ///
    /// # Errors
    /// 400 `invalidFilter`, saying where and what was expected.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        Parser::new(text)?.whole()
    }
}

#[cfg(test)]
mod tests;
