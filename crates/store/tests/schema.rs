//! One migration history gives the same schema on both databases, in portable words.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use latchkey_store::db::Kind;
use latchkey_store::sql::sql;
use latchkey_testkit::database::Database;

/// Tables, columns and indexes in one normal form, a line each.
async fn dump(kind: Kind) -> Vec<String> {
    let database = Database::new(kind).await;
    let (columns, indexes) = match kind {
        Kind::Sqlite => (
            "SELECT m.name, p.name, lower(p.type), CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN 'required' ELSE 'optional' END
             FROM sqlite_master m JOIN pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
            "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'",
        ),
        Kind::Postgres => (
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT),
                 CASE WHEN is_nullable = 'NO' THEN 'required' ELSE 'optional' END
             FROM information_schema.columns WHERE table_schema = current_schema()",
            "SELECT CAST(tablename AS TEXT), CAST(indexname AS TEXT) FROM pg_indexes
             WHERE schemaname = current_schema() AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        ),
    };
    let columns: Vec<(String, String, String, String)> = database
        .read(async |tx| tx.all(sql(columns)).await)
        .await
        .unwrap();
    let indexes: Vec<(String, String)> = database
        .read(async |tx| tx.all(sql(indexes)).await)
        .await
        .unwrap();
    let mut lines: Vec<String> = columns
        .into_iter()
        .map(|(table, column, kind, required)| format!("{table}.{column} {kind} {required}"))
        .chain(
            indexes
                .into_iter()
                .map(|(table, index)| format!("{table} index {index}")),
        )
        .collect();
    lines.sort();
    database.remove().await;
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let (sqlite, postgres) = (dump(Kind::Sqlite).await, dump(Kind::Postgres).await);
    assert!(
        sqlite.iter().any(|line| line == "member.role text required"),
        "{sqlite:#?}"
    );
    assert_eq!(sqlite, postgres);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_text_bigint_or_boolean() {
    for line in dump(Kind::Postgres).await {
        if let Some((column, rest)) = line.split_once(' ')
            && column.contains('.')
        {
            let kind = rest.split(' ').next().unwrap();
            assert!(["text", "bigint", "boolean"].contains(&kind), "{line}");
        }
    }
}
