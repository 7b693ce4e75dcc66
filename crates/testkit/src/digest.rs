//! What a whole database holds, so that a test can prove that nothing in it changed.

#![expect(
    clippy::expect_used,
    reason = "what a test needs and does not get fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use latchkey_store::db::Db;
use latchkey_store::migrate::MIGRATIONS;
use latchkey_store::sql::{DbError, sql};

/// The rows of every table that was looked at, in no order.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(BTreeMap<&'static str, BTreeSet<String>>);

/// The tables in which anything may be written while nothing changes for anybody: the trail, and
/// the counters of failed tries.
pub const RECORDS: [&str; 3] = ["audit_head", "audit_record", "throttle"];

impl Digest {
    /// Everything in the database but what is in these tables.
    pub async fn of(db: &Db, except: &[&str]) -> Self {
        let wanted: Vec<&'static Table> = tables().iter().filter(|it| !except.contains(&it.name)).collect();
        db.read(async |tx| {
            let mut all = BTreeMap::new();
            for table in &wanted {
                let rows: Vec<String> = tx.all(sql(&table.select)).await?;
                all.insert(table.name, rows.into_iter().collect());
            }
            Ok::<_, DbError>(Self(all))
        })
        .await
        .expect("every table is read")
    }

    /// What was there before and is gone (`-`), and what is new (`+`), a line a row.
    #[must_use]
    pub fn difference(&self, later: &Self) -> String {
        let none = BTreeSet::new();
        let mut text = String::new();
        for (table, rows) in &later.0 {
            let before = self.0.get(table).unwrap_or(&none);
            for row in before.difference(rows) {
                text.push_str(&format!("- {table}: {row}\n"));
            }
            for row in rows.difference(before) {
                text.push_str(&format!("+ {table}: {row}\n"));
            }
        }
        text
    }

    /// Whether a text stands anywhere in it.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        self.0.values().flatten().any(|row| row.contains(text))
    }

    /// The tables that differ.
    #[must_use]
    pub fn changed(&self, later: &Self) -> Vec<&'static str> {
        let differs = |table: &&'static str| self.0.get(table) != later.0.get(table);
        later.0.keys().copied().filter(differs).collect()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.iter().map(|(table, rows)| (table, rows.len()));
        f.debug_map().entries(counts).finish()
    }
}

struct Table {
    name: &'static str,
    select: String,
}

/// All tables that the migrations make, each with the statement that reads its rows as text.
fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| MIGRATIONS.iter().flat_map(|it| made_by(it.text)).collect())
}

fn made_by(text: &'static str) -> Vec<Table> {
    let mut found = Vec::new();
    for part in text.split("CREATE TABLE ").skip(1) {
        let (name, rest) = part.split_once(" (").expect("a table has columns");
        let (columns, _) = rest.split_once("\n);").expect("a table ends");
        let columns: Vec<String> = columns
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
            .map(|column| format!("'{column}=' || COALESCE(CAST({column} AS TEXT), '-')"))
            .collect();
        let select = format!("SELECT {} FROM {name}", columns.join(" || ' ' || "));
        found.push(Table { name, select });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both_databases;

    #[test]
    fn every_table_of_the_migrations_is_read() {
        let names: Vec<&str> = tables().iter().map(|it| it.name).collect();
        let made: usize = MIGRATIONS
            .iter()
            .map(|it| it.text.matches("CREATE TABLE").count())
            .sum();
        assert_eq!(names.len(), made);
        assert!(names.contains(&"ownership") && names.contains(&"refresh_token"));
        assert!(RECORDS.iter().all(|it| names.contains(it)));
    }

    on_both_databases!(one_row_more_is_seen_and_named, async |db| {
        let before = Digest::of(db, &[]).await;
        db.write(async |tx| {
            tx.execute(
                sql("INSERT INTO installation (name, value) VALUES ($1, $2)")
                    .bind("x")
                    .bind("y"),
            )
            .await
        })
        .await
        .unwrap();
        let after = Digest::of(db, &[]).await;
        assert_ne!(before, after);
        assert_eq!(before.changed(&after), ["installation"]);
        assert_eq!(before.difference(&after), "+ installation: name=x value=y\n");
        assert_eq!(
            Digest::of(db, &["installation"]).await.changed(&after),
            ["installation"]
        );
    });
}
