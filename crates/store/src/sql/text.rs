//! What is found out about the text of a statement once, however often it is run.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

use super::scan;

/// The text of a statement, and what is known of it.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// A literal of the program: known as long as the program runs.
    Literal(&'static Known),
    /// Composed at run time.
    Composed(Box<Known>),
}

/// What is known of a text. All of it follows from the text alone.
#[derive(Clone, Debug)]
pub(super) struct Known {
    text: Cow<'static, str>,
    /// The highest `n` of its placeholders `$n`.
    placeholders: usize,
    /// `SQLite`'s index for each placeholder, `$1` first: it numbers them by first appearance.
    indexes: OnceLock<Box<[usize]>>,
    /// The names of columns in the order in which its first row was read, and where each stands.
    columns: OnceLock<Order>,
    /// Whether the text names its columns: those of a `*` change with the table.
    names_columns: bool,
}

/// Names of columns in the order they are read, and where each stands.
pub(super) type Order = Box<[(Box<str>, usize)]>;

/// By address and length: a literal is never freed, so that no other text can come in its place.
type Literals = RwLock<HashMap<(usize, usize), &'static Known>>;

static LITERALS: LazyLock<Literals> = LazyLock::new(Literals::default);

impl Text {
    /// What is known of a literal. Only literals are kept, so the program's size is the limit.
    pub(super) fn literal(text: &'static str) -> Self {
        let key = (text.as_ptr().addr(), text.len());
        let kept = LITERALS
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        Self::Literal(kept.unwrap_or_else(|| {
            let mut literals = LITERALS.write().unwrap_or_else(PoisonError::into_inner);
            literals
                .entry(key)
                .or_insert_with(|| Box::leak(Box::new(Known::new(Cow::Borrowed(text)))))
        }))
    }

    pub(super) fn composed(text: String) -> Self {
        Self::Composed(Box::new(Known::new(Cow::Owned(text))))
    }
}

impl Deref for Text {
    type Target = Known;

    fn deref(&self) -> &Known {
        match self {
            Self::Literal(known) => known,
            Self::Composed(known) => known,
        }
    }
}

impl Known {
    fn new(text: Cow<'static, str>) -> Self {
        Self {
            placeholders: scan::highest_placeholder(&text),
            indexes: OnceLock::new(),
            columns: OnceLock::new(),
            names_columns: !text.replace("(*)", "").contains('*'),
            text,
        }
    }

    pub(super) fn text(&self) -> &Cow<'static, str> {
        &self.text
    }

    pub(super) fn placeholders(&self) -> usize {
        self.placeholders
    }

    /// `SQLite`'s index for each placeholder, found by `find` the first time.
    pub(super) fn indexes<E>(&self, find: impl FnOnce() -> Result<Box<[usize]>, E>) -> Result<&[usize], E> {
        match self.indexes.get() {
            Some(indexes) => Ok(indexes),
            None => find().map(|found| &**self.indexes.get_or_init(|| found)),
        }
    }

    /// The order in which columns were read, when it is known.
    pub(super) fn columns(&self) -> Option<&Order> {
        self.columns.get()
    }

    /// Keeps the order in which a row's columns were read.
    pub(super) fn keep_columns(&self, order: Vec<(Box<str>, usize)>) {
        if self.names_columns && !order.is_empty() && self.columns.get().is_none() {
            // Another task may have been faster, with the same.
            drop(self.columns.set(order.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_read_once_and_composed_text_each_time() {
        const TEXT: &str = "SELECT a FROM t WHERE b = $2 AND c = $1";
        let (Text::Literal(first), Text::Literal(second)) = (Text::literal(TEXT), Text::literal(TEXT)) else {
            panic!("a literal is kept");
        };
        assert!(std::ptr::eq(first, second));
        assert_eq!((first.placeholders(), &**first.text()), (2, TEXT));
        assert!(matches!(Text::composed(TEXT.to_owned()), Text::Composed(_)));
    }

    #[test]
    fn a_part_of_a_literal_is_another_text() {
        const TEXT: &str = "SELECT a FROM t WHERE b = $1";
        assert_eq!(Text::literal(TEXT).placeholders(), 1);
        assert_eq!(Text::literal(&TEXT[..15]).placeholders(), 0);
    }

    #[test]
    fn the_columns_of_a_star_are_not_kept() {
        let kept = |text: &str| {
            let known = Known::new(Cow::Owned(text.to_owned()));
            known.keep_columns(vec![("a".into(), 0)]);
            known.columns().is_some()
        };
        assert!(kept("SELECT a, COUNT(*) AS n FROM t GROUP BY a"));
        assert!(!kept("SELECT * FROM t"));
        assert!(!kept("DELETE FROM t RETURNING t.*"));
    }
}
