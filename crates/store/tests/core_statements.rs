//! Statements, values and rows, alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use latchkey_domain::id::MemberId;
use latchkey_domain::time::Timestamp;
use latchkey_store::db::Db;
use latchkey_store::row;
use latchkey_store::sql::{DbError, Tx, sql};
use latchkey_testkit::on_both_databases;

const CREATE_KINDS: &str = "CREATE TABLE kinds (id TEXT PRIMARY KEY, number BIGINT, \
     flag BOOLEAN, at BIGINT, text TEXT)";

/// A table with one row.
async fn create_step(db: &Db) {
    db.write(async |tx| {
        tx.execute(sql("CREATE TABLE step (number BIGINT PRIMARY KEY, name TEXT)"))
            .await?;
        tx.execute(sql("INSERT INTO step (number, name) VALUES (1, 'first')"))
            .await
    })
    .await
    .unwrap();
}

#[derive(Debug, PartialEq)]
struct Kinds {
    id: MemberId,
    number: Option<i64>,
    flag: Option<bool>,
    at: Option<Timestamp>,
    text: Option<String>,
}

row!(Kinds {
    id,
    number,
    flag,
    at,
    text
});

async fn insert(tx: &mut Tx, kinds: &Kinds) -> Result<u64, DbError> {
    tx.execute(
        sql("INSERT INTO kinds (id, number, flag, at, text) VALUES ($1, $2, $3, $4, $5)")
            .bind(&kinds.id)
            .bind(kinds.number)
            .bind(kinds.flag)
            .bind(kinds.at)
            .bind(&kinds.text),
    )
    .await
}

on_both_databases!(
    values_and_missing_values_come_back_as_they_were,
    empty,
    async |db| {
        let full = Kinds {
            id: MemberId::new("a"),
            number: Some(i64::MIN),
            flag: Some(true),
            at: Some(Timestamp(1_767_225_600_000)),
            text: Some("ä \"'$1".to_owned()),
        };
        let empty = Kinds {
            id: MemberId::new("b"),
            number: None,
            flag: None,
            at: None,
            text: None,
        };
        db.write(async |tx| {
            tx.execute(sql(CREATE_KINDS)).await?;
            assert_eq!(insert(tx, &full).await?, 1);
            insert(tx, &empty).await
        })
        .await
        .unwrap();
        let found: Vec<Kinds> = db
            .read(async |tx| tx.all(sql("SELECT * FROM kinds ORDER BY id")).await)
            .await
            .unwrap();
        assert_eq!(found, [full, empty]);
    }
);

on_both_databases!(
    placeholders_may_come_in_any_order_and_more_than_once,
    empty,
    async |db| {
        // The second time by what the first has found out about the text.
        for (number, name) in [(7_i64, "x"), (8, "y")] {
            let (first, second): (String, i64) = db
                .look_up(async |tx| {
                    let text = "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT) WHERE CAST($2 AS TEXT) = $3";
                    tx.one(sql(text).bind(number).bind(name).bind(name)).await
                })
                .await
                .unwrap();
            assert_eq!((first.as_str(), second), (name, number));
        }
    }
);

#[derive(Debug, PartialEq)]
struct Step {
    number: i64,
    name: String,
}

row!(Step { number, name });

/// The same columns, asked for in another order.
#[derive(Debug, PartialEq)]
struct NamedStep {
    name: String,
    number: i64,
}

row!(NamedStep { name, number });

on_both_databases!(one_text_may_be_read_as_rows_of_several_types, empty, async |db| {
    create_step(db).await;
    let text = "SELECT name, number FROM step";
    for _ in 0..2 {
        let step: Step = db.look_up(async |tx| tx.one(sql(text)).await).await.unwrap();
        assert_eq!((step.number, step.name.as_str()), (1, "first"));
        let step: NamedStep = db.look_up(async |tx| tx.one(sql(text)).await).await.unwrap();
        assert_eq!((step.name.as_str(), step.number), ("first", 1));
        let name: String = db.look_up(async |tx| tx.one(sql(text)).await).await.unwrap();
        assert_eq!(name, "first");
    }
    let missing = db
        .look_up(async |tx| tx.one::<Kinds>(sql(text)).await)
        .await
        .unwrap_err();
    assert_eq!(missing, DbError::Mismatch("no column id".to_owned()));
});

on_both_databases!(columns_are_found_after_the_table_has_changed, empty, async |db| {
    create_step(db).await;
    // A text of its own, so that no other test's table has been read with it.
    let text = "SELECT * FROM step WHERE number = 1";
    let read = async || {
        let other = db.open_again().await;
        let step: Step = other.look_up(async |tx| tx.one(sql(text)).await).await.unwrap();
        other.close().await;
        step
    };
    assert_eq!(read().await.name, "first");
    db.write(async |tx| {
        tx.execute(sql("DROP TABLE step")).await?;
        tx.execute(sql(
            "CREATE TABLE step (other TEXT, name TEXT, number BIGINT PRIMARY KEY)",
        ))
        .await?;
        tx.execute(sql("INSERT INTO step VALUES ('x', 'second', 1)"))
            .await
    })
    .await
    .unwrap();
    assert_eq!(read().await.name, "second");
});

on_both_databases!(a_statement_with_too_few_values_is_refused, empty, async |db| {
    let missing = db
        .look_up(async |tx| tx.one::<String>(sql("SELECT CAST($1 AS TEXT)")).await)
        .await;
    assert!(matches!(missing, Err(DbError::Mismatch(_))), "{missing:?}");
    let surplus = db
        .look_up(async |tx| tx.one::<i64>(sql("SELECT CAST(1 AS BIGINT)").bind("x")).await)
        .await;
    assert!(matches!(surplus, Err(DbError::Mismatch(_))), "{surplus:?}");
});

on_both_databases!(a_missing_value_read_as_present_is_a_mismatch, empty, async |db| {
    let text = "SELECT CAST(NULL AS TEXT) AS name";
    let read = db.look_up(async |tx| tx.one::<String>(sql(text)).await).await;
    assert!(matches!(read, Err(DbError::Mismatch(_))), "{read:?}");
    let read = db
        .look_up(async |tx| tx.one::<Option<String>>(sql(text)).await)
        .await;
    assert_eq!(read, Ok(None));
});

on_both_databases!(text_with_a_nul_character_is_refused, empty, async |db| {
    let read = db
        .look_up(async |tx| tx.one::<String>(sql("SELECT CAST($1 AS TEXT)").bind("\0")).await)
        .await;
    assert_eq!(read, Err(DbError::NulCharacter));
});

on_both_databases!(broken_constraints_are_told_alike, empty, async |db| {
    db.write(async |tx| {
        tx.execute(sql(
            "CREATE TABLE parent (account_id TEXT NOT NULL, id TEXT NOT NULL, \
             name_folded TEXT, PRIMARY KEY (account_id, id))",
        ))
        .await?;
        tx.execute(sql(
            "CREATE UNIQUE INDEX parent_name ON parent (account_id, name_folded) \
             WHERE name_folded IS NOT NULL",
        ))
        .await?;
        tx.execute(sql(
            "CREATE TABLE child (id TEXT PRIMARY KEY, account_id TEXT NOT NULL, \
             parent_id TEXT NOT NULL, state TEXT NOT NULL \
             CONSTRAINT child_state CHECK (state IN ('on', 'off')), \
             FOREIGN KEY (account_id, parent_id) REFERENCES parent (account_id, id))",
        ))
        .await?;
        tx.execute(sql("INSERT INTO parent VALUES ('a', 'p', 'name')"))
            .await
    })
    .await
    .unwrap();
    let unique = |columns: [&str; 2]| DbError::UniqueViolation {
        table: "parent".into(),
        columns: columns.map(Into::into).to_vec(),
    };
    let expected = [
        (
            "INSERT INTO parent VALUES ('a', 'p', NULL)",
            unique(["account_id", "id"]),
        ),
        (
            "INSERT INTO parent VALUES ('a', 'q', 'name')",
            unique(["account_id", "name_folded"]),
        ),
        (
            "INSERT INTO child VALUES ('c', 'a', 'q', 'on')",
            DbError::ForeignKey,
        ),
        (
            "INSERT INTO child VALUES ('c', 'a', 'p', 'x')",
            DbError::Check("child_state".into()),
        ),
        (
            "INSERT INTO child VALUES ('c', 'a', 'p', NULL)",
            DbError::Check("child.state".into()),
        ),
    ];
    for (text, error) in expected {
        let answer = db.write(async |tx| tx.execute(sql(text)).await).await;
        assert_eq!(answer, Err(error), "{text}");
    }
    db.write(async |tx| {
        tx.execute(sql("INSERT INTO child VALUES ('c', 'a', 'p', 'on')"))
            .await
    })
    .await
    .unwrap();
    let removed = db
        .write(async |tx| tx.execute(sql("DELETE FROM parent")).await)
        .await;
    assert_eq!(removed, Err(DbError::ForeignKey));
});

on_both_databases!(
    a_row_that_is_not_there_does_not_end_the_transaction,
    empty,
    async |db| {
        create_step(db).await;
        let read = db
            .read(async |tx| {
                let text = "SELECT name FROM step WHERE number = $1";
                let none = tx.one::<String>(sql(text).bind(-1_i64)).await;
                assert_eq!(none, Err(DbError::NotFound));
                tx.one::<i64>(sql("SELECT COUNT(*) FROM step")).await
            })
            .await;
        assert!(read.unwrap() > 0);
    }
);

on_both_databases!(a_reading_transaction_cannot_write, empty, async |db| {
    create_step(db).await;
    let text = "DELETE FROM step";
    let executed = db.read(async |tx| tx.execute(sql(text)).await).await;
    assert_eq!(executed, Err(DbError::ReadOnly));
    let returned = db
        .read(async |tx| tx.all::<i64>(sql("DELETE FROM step RETURNING number")).await)
        .await;
    assert_eq!(returned, Err(DbError::ReadOnly));
    let told = db.read(async |tx| tx.notify("anything").await).await;
    assert_eq!(told, Err(DbError::ReadOnly));
});

on_both_databases!(a_long_list_is_read_whole, empty, async |db| {
    let numbers: Vec<i64> = db
        .read(async |tx| {
            tx.all(sql("WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) \
                 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n ORDER BY i"))
                .await
        })
        .await
        .unwrap();
    assert_eq!(numbers, (1..=1000).collect::<Vec<_>>());
});

on_both_databases!(a_plan_shows_a_full_scan_and_an_index, empty, async |db| {
    create_step(db).await;
    let plans = db
        .plans(async |tx| {
            tx.all::<i64>(sql("SELECT number FROM step WHERE name = $1").bind("x"))
                .await?;
            tx.all::<i64>(sql("SELECT number FROM step WHERE number = $1").bind(1_i64))
                .await
        })
        .await
        .unwrap();
    let [scan, index] = &plans[..] else {
        panic!("{plans:?}");
    };
    assert_eq!(scan.full_scans().len(), 1, "{scan:?}");
    assert!(index.full_scans().is_empty(), "{index:?}");
});
