//! Steps of the schema: made once, in order, and never edited.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use latchkey_store::db::Db;
use latchkey_store::migrate::{MIGRATIONS, MigrateError, Migration, SchemaState};
use latchkey_store::sql::{DbError, sql};
use latchkey_testkit::on_both_databases;

const FIRST: Migration = Migration {
    number: 1,
    name: "notes",
    text: "-- Notes; what people write.\nCREATE TABLE note (id TEXT PRIMARY KEY, text TEXT);\n\
           INSERT INTO note (id, text) VALUES ('a', 'one; two -- three');",
};
const SECOND: Migration = Migration {
    number: 2,
    name: "written",
    text: "ALTER TABLE note ADD COLUMN written_at BIGINT;\nCREATE INDEX note_written ON note (written_at);\n",
};
const FAILING: Migration = Migration {
    number: 2,
    name: "failing",
    text: "CREATE TABLE half (id TEXT PRIMARY KEY); INSERT INTO missing VALUES ('x');",
};

async fn notes(db: &Db) -> Vec<(String, String)> {
    db.read(async |tx| tx.all(sql("SELECT id, text FROM note")).await)
        .await
        .unwrap()
}

on_both_databases!(missing_steps_are_made_once, empty, async |db| {
    let both = [FIRST, SECOND];
    assert_eq!(db.schema_state_of(&both).await, Ok(SchemaState::Missing));
    assert_eq!(db.migrate_with(&[FIRST], 7).await, Ok(1));
    assert_eq!(db.schema_state_of(&both).await, Ok(SchemaState::Behind(1)));
    assert_eq!(db.migrate_with(&both, 8).await, Ok(1));
    assert_eq!(db.migrate_with(&both, 9).await, Ok(0));
    assert_eq!(db.schema_state_of(&both).await, Ok(SchemaState::Current));
    assert_eq!(
        notes(db).await,
        [("a".to_owned(), "one; two -- three".to_owned())]
    );
    let text = "SELECT number, name, applied_at FROM schema_migration ORDER BY number";
    let made: Vec<(i64, String, i64)> = db.read(async |tx| tx.all(sql(text)).await).await.unwrap();
    assert_eq!(made, [(1, "notes".to_owned(), 7), (2, "written".to_owned(), 8)]);
});

on_both_databases!(
    a_later_versions_steps_are_told_and_left_alone,
    empty,
    async |db| {
        db.migrate_with(&[FIRST, SECOND], 7).await.unwrap();
        assert_eq!(db.schema_state_of(&[FIRST]).await, Ok(SchemaState::Ahead(2)));
        assert_eq!(db.migrate_with(&[FIRST], 8).await, Err(MigrateError::Ahead(2)));
        assert_eq!(notes(db).await.len(), 1);
    }
);

on_both_databases!(an_edited_step_is_refused, empty, async |db| {
    db.migrate_with(&[FIRST], 7).await.unwrap();
    let edited = Migration {
        text: "CREATE TABLE note (id TEXT PRIMARY KEY)",
        ..FIRST
    };
    let steps = [edited, SECOND];
    assert_eq!(db.schema_state_of(&steps).await, Ok(SchemaState::Changed(1)));
    assert_eq!(db.migrate_with(&steps, 8).await, Err(MigrateError::Changed(1)));
    let second = db
        .look_up(async |tx| {
            tx.optional::<Option<i64>>(sql("SELECT written_at FROM note"))
                .await
        })
        .await;
    assert!(matches!(second, Err(DbError::Other(_))), "{second:?}");
});

on_both_databases!(
    a_failing_step_is_undone_and_the_ones_before_it_stay,
    empty,
    async |db| {
        let answer = db.migrate_with(&[FIRST, FAILING], 7).await;
        let Err(MigrateError::Failed {
            number, statement, ..
        }) = answer
        else {
            panic!("{answer:?}");
        };
        assert_eq!(
            (number, statement.as_str()),
            (2, "INSERT INTO missing VALUES ('x')")
        );
        assert_eq!(notes(db).await.len(), 1);
        // The table it made before it failed is not there, so it can be made now.
        let half = Migration {
            text: "CREATE TABLE half (id TEXT PRIMARY KEY)",
            ..FAILING
        };
        assert_eq!(db.migrate_with(&[FIRST, half], 8).await, Ok(1));
    }
);

on_both_databases!(nodes_that_start_at_once_make_each_step_once, empty, async |db| {
    let nodes = [db.open_again().await, db.open_again().await, db.db()];
    let [a, b, c] = nodes
        .each_ref()
        .map(|node| node.migrate_with(&[FIRST, SECOND], 7));
    let (a, b, c) = tokio::join!(a, b, c);
    assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 2);
    assert_eq!(notes(db).await.len(), 1);
});

on_both_databases!(the_programs_own_schema_is_current, async |db| {
    assert_eq!(db.schema_state().await, Ok(SchemaState::Current));
    assert_eq!(db.migrate(9).await, Ok(0));
});

#[test]
fn the_programs_steps_are_numbered_without_gaps() {
    assert!(!MIGRATIONS.is_empty());
    for (number, migration) in (1..).zip(MIGRATIONS) {
        assert_eq!(migration.number, number);
    }
}
