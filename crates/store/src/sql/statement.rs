//! A statement: its text and what is bound to it.

use std::borrow::Cow;

use super::text::{Known, Text};
use super::{DbError, IntoValue, Value};

/// SQL text with `$1`, `$2`, … and a value for each.
#[derive(Clone, Debug)]
pub struct Statement {
    text: Text,
    values: Vec<Value>,
}

/// A statement with this text. The text is a literal, so nothing a caller sent can be in it.
#[must_use]
pub fn sql(text: &'static str) -> Statement {
    Statement::new(Text::literal(text))
}

/// A statement whose text was composed at run time: for the SCIM filter compiler, which writes
/// column names of its own and placeholders only (RFC 7644 section 3.4.2.2).
#[must_use]
pub(crate) fn sql_dynamic(text: String) -> Statement {
    Statement::new(Text::composed(text))
}

impl Statement {
    fn new(text: Text) -> Self {
        Self {
            values: Vec::with_capacity(text.placeholders()),
            text,
        }
    }

    /// Binds the next placeholder: the first call is `$1`.
    #[must_use]
    pub fn bind(mut self, value: impl IntoValue) -> Self {
        self.values.push(value.into_value());
        self
    }

    /// The text, with placeholders.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.text()
    }

    /// What is bound, `$1` first.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The same statement with words before it, for EXPLAIN.
    pub(crate) fn prefixed(&self, words: &str) -> Self {
        Self {
            text: Text::composed(format!("{words}{}", self.text())),
            values: self.values.clone(),
        }
    }

    /// What is known of the text.
    pub(super) fn known(&self) -> &Known {
        &self.text
    }

    /// The text, and the values, which leave the statement.
    pub(super) fn take_parts(&mut self) -> (Cow<'static, str>, Vec<Value>) {
        (self.text.text().clone(), std::mem::take(&mut self.values))
    }

    /// What `SQLite` would take silently and PostgreSQL would not: too few values, or text with
    /// a NUL character.
    ///
    /// # Errors
    ///
    /// [`DbError::Mismatch`] when the highest `$n` is not the number of values,
    /// [`DbError::NulCharacter`] for text that PostgreSQL cannot hold.
    pub(crate) fn check(&self) -> Result<(), DbError> {
        let highest = self.text.placeholders();
        if highest != self.values.len() {
            return Err(DbError::Mismatch(format!(
                "the highest placeholder is ${highest} and {} values are bound: {}",
                self.values.len(),
                self.text()
            )));
        }
        let has_nul = |value: &Value| matches!(value, Value::Text(Some(text)) if text.contains('\0'));
        if self.values.iter().any(has_nul) {
            return Err(DbError::NulCharacter);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_values_as_the_highest_placeholder_are_needed() {
        let text = "SELECT a FROM t WHERE b = $1 AND (c = $2 OR d = $1)";
        assert!(sql(text).bind("x").bind(1_i64).check().is_ok());
        assert!(matches!(sql(text).bind("x").check(), Err(DbError::Mismatch(_))));
        let three = sql(text).bind("x").bind(1_i64).bind(true);
        assert!(matches!(three.check(), Err(DbError::Mismatch(_))));
    }

    #[test]
    fn text_with_a_nul_character_is_refused() {
        let statement = sql_dynamic("SELECT a FROM t WHERE b = $1".to_owned()).bind("x\0y");
        assert_eq!(statement.check(), Err(DbError::NulCharacter));
    }
}
