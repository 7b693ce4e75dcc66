//! Statements about several rows at once: on PostgreSQL each statement is a round trip.

use std::iter;

use super::{Statement, sql};

/// One statement's texts for 32, 16, 8, 4, 2 and 1 rows. So few, that all of them stay prepared.
pub(crate) struct Many([String; 6]);

impl Many {
    /// Writes the texts. `text` is handed the placeholders of the rows, as `($1, $2), ($3, $4)`
    /// (or `$1, $2` where a row is one value), of which the first is `$1`.
    pub(crate) fn new(width: usize, text: impl Fn(&str) -> String) -> Self {
        Self(std::array::from_fn(|halved| {
            text(&placeholders(32 >> halved, width))
        }))
    }

    /// The statements for so many rows, each with the rows to bind.
    pub(crate) fn of<'r, T>(&'static self, rows: &'r [T]) -> impl Iterator<Item = (Statement, &'r [T])> {
        let mut rest = rows;
        let mut texts = self.0.iter().enumerate().peekable();
        iter::from_fn(move || {
            loop {
                let &(halved, text) = texts.peek()?;
                match rest.split_at_checked(32 >> halved) {
                    Some((some, others)) => {
                        rest = others;
                        return Some((sql(text), some));
                    }
                    None => texts.next(),
                };
            }
        })
    }
}

fn placeholders(rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let all: Vec<_> = (1..=width)
            .map(|column| format!("${}", row * width + column))
            .collect();
        match width {
            1 => all.concat(),
            _ => format!("({})", all.join(", ")),
        }
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static PAIRS: LazyLock<Many> =
        LazyLock::new(|| Many::new(2, |rows| format!("INSERT INTO t VALUES {rows}")));
    static ONES: LazyLock<Many> =
        LazyLock::new(|| Many::new(1, |rows| format!("DELETE FROM t WHERE a IN ({rows})")));

    #[test]
    fn rows_are_split_into_as_few_statements_as_there_are_texts_for() {
        let rows: Vec<u8> = (0..71).collect();
        let parts: Vec<_> = PAIRS.of(&rows).map(|(_, some)| some.len()).collect();
        assert_eq!(parts, [32, 32, 4, 2, 1]);
        let in_order: Vec<u8> = PAIRS.of(&rows).flat_map(|(_, some)| some).copied().collect();
        assert_eq!(in_order, rows);
        assert_eq!(PAIRS.of(&[] as &[u8]).count(), 0);
    }

    #[test]
    fn placeholders_are_numbered_through() {
        let (pair, _) = PAIRS.of(&[1, 2]).next().unwrap();
        assert_eq!(pair.text(), "INSERT INTO t VALUES ($1, $2), ($3, $4)");
        let (ones, _) = ONES.of(&[1, 2]).next().unwrap();
        assert_eq!(ones.text(), "DELETE FROM t WHERE a IN ($1, $2)");
    }
}
