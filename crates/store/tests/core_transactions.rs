//! What a transaction keeps, what it undoes, and when it answers.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests spawn their own tasks and fail by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use latchkey_store::db::Db;
use latchkey_store::sql::{DbError, Tx, sql};
use latchkey_testkit::on_both_databases;
use tokio::sync::{Barrier, Semaphore, oneshot};
use tokio::task::JoinSet;

/// A use case's own error, as `app` has one.
#[derive(Debug, PartialEq)]
enum Refusal {
    Refused,
    Db(DbError),
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

async fn create(db: &Db) {
    db.write(async |tx| {
        tx.execute(sql(
            "CREATE TABLE note (id TEXT PRIMARY KEY, counted BIGINT NOT NULL)",
        ))
        .await
    })
    .await
    .unwrap();
}

async fn insert(tx: &mut Tx, id: &str) -> Result<u64, DbError> {
    let text = "INSERT INTO note (id, counted) VALUES ($1, CAST(0 AS BIGINT))";
    tx.execute(sql(text).bind(id)).await
}

async fn ids(db: &Db) -> Vec<String> {
    db.read(async |tx| tx.all(sql("SELECT id FROM note ORDER BY id")).await)
        .await
        .unwrap()
}

on_both_databases!(two_hundred_writers_at_once_are_all_kept, empty, async |db| {
    create(db).await;
    let mut writers = JoinSet::new();
    for number in 0..200 {
        let db = db.db();
        writers.spawn(async move {
            let id = format!("{number:03}");
            db.write(async |tx| {
                insert(tx, &id).await?;
                // Every third refuses after it has written.
                if number % 3 == 0 {
                    Err(Refusal::Refused)
                } else {
                    Ok(())
                }
            })
            .await
        });
    }
    let answers = writers.join_all().await;
    let refused = answers.iter().filter(|a| **a == Err(Refusal::Refused)).count();
    assert_eq!(refused, 67);
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 133);
    let kept: Vec<String> = (0..200)
        .filter(|n| n % 3 != 0)
        .map(|n| format!("{n:03}"))
        .collect();
    assert_eq!(ids(db).await, kept);
});

on_both_databases!(what_is_answered_is_seen_by_everyone_at_once, empty, async |db| {
    create(db).await;
    let other = db.open_again().await;
    for id in ["a", "b", "c"] {
        db.write(async |tx| insert(tx, id).await).await.unwrap();
        assert_eq!(ids(&other).await.last().map(String::as_str), Some(id));
    }
    other.close().await;
});

on_both_databases!(a_panic_undoes_only_its_own_writes, empty, async |db| {
    create(db).await;
    let both = Arc::new(Barrier::new(2));
    let (panicking, kept) = (db.db(), db.db());
    let (first, second) = (both.clone(), both);
    let panicked = tokio::spawn(async move {
        first.wait().await;
        panicking
            .write(async |tx| {
                insert(tx, "lost").await?;
                if ids_inside(tx).await?.contains(&"lost".to_owned()) {
                    panic!("as intended");
                }
                Ok::<_, DbError>(())
            })
            .await
    });
    let written = tokio::spawn(async move {
        second.wait().await;
        kept.write(async |tx| insert(tx, "kept").await).await
    });
    assert!(panicked.await.unwrap_err().is_panic());
    assert_eq!(written.await.unwrap(), Ok(1));
    db.write(async |tx| insert(tx, "later").await).await.unwrap();
    assert_eq!(ids(db).await, ["kept", "later"]);
});

async fn ids_inside(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    tx.all(sql("SELECT id FROM note ORDER BY id")).await
}

on_both_databases!(
    a_cancelled_use_case_undoes_only_its_own_writes,
    empty,
    async |db| {
        create(db).await;
        let (inside, is_inside) = oneshot::channel::<()>();
        let inside = Arc::new(std::sync::Mutex::new(Some(inside)));
        let never = Arc::new(Semaphore::new(0));
        let cancelled = tokio::spawn({
            let db = db.db();
            async move {
                db.write(async |tx| {
                    insert(tx, "lost").await?;
                    inside.lock().unwrap().take().unwrap().send(()).unwrap();
                    drop(never.acquire().await);
                    Ok::<_, DbError>(())
                })
                .await
            }
        });
        is_inside.await.unwrap();
        let waiting = tokio::spawn({
            let db = db.db();
            async move { db.write(async |tx| insert(tx, "kept").await).await }
        });
        cancelled.abort();
        assert!(cancelled.await.unwrap_err().is_cancelled());
        assert_eq!(waiting.await.unwrap(), Ok(1));
        assert_eq!(ids(db).await, ["kept"]);
    }
);

on_both_databases!(
    a_swallowed_violation_undoes_the_use_case_all_the_same,
    empty,
    async |db| {
        create(db).await;
        db.write(async |tx| insert(tx, "a").await).await.unwrap();
        let violation = DbError::UniqueViolation {
            table: "note".into(),
            columns: vec!["id".into()],
        };
        let answer = db
            .write(async |tx| {
                insert(tx, "b").await?;
                assert_eq!(insert(tx, "a").await, Err(violation.clone()));
                assert_eq!(insert(tx, "c").await, Err(DbError::Dead));
                assert_eq!(ids_inside(tx).await, Err(DbError::Dead));
                Ok::<_, DbError>(())
            })
            .await;
        assert_eq!(answer, Err(violation));
        assert_eq!(ids(db).await, ["a"]);
    }
);

on_both_databases!(
    the_use_cases_own_error_stands_after_a_violation,
    empty,
    async |db| {
        create(db).await;
        db.write(async |tx| insert(tx, "a").await).await.unwrap();
        let answer = db
            .write(async |tx| insert(tx, "a").await.map_err(|_| Refusal::Refused))
            .await;
        assert_eq!(answer, Err(Refusal::Refused));
    }
);

on_both_databases!(a_transaction_inside_a_transaction_is_refused, empty, async |db| {
    create(db).await;
    let nested = db
        .write(async |tx| {
            insert(tx, "a").await?;
            db.write(async |tx| insert(tx, "b").await).await
        })
        .await;
    assert_eq!(nested, Err(DbError::Nested));
    let nested = db
        .read(async |_| db.read(async |tx| ids_inside(tx).await).await)
        .await;
    assert_eq!(nested, Err(DbError::Nested));
    assert!(ids(db).await.is_empty());
    // Another task's transaction is not inside this one.
    let beside = db
        .read(async |_| {
            let other = db.db();
            tokio::spawn(async move { other.write(async |tx| insert(tx, "c").await).await })
                .await
                .unwrap()
        })
        .await;
    assert_eq!(beside, Ok(1));
});

on_both_databases!(increments_from_a_stale_read_are_never_lost, empty, async |db| {
    create(db).await;
    db.write(async |tx| insert(tx, "a").await).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..6 {
        let (db, runs) = (db.db(), runs.clone());
        writers.spawn(async move {
            for _ in 0..5 {
                db.write(async |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    increment(tx).await
                })
                .await
                .unwrap();
            }
        });
    }
    writers.join_all().await;
    let counted: i64 = db
        .read(async |tx| tx.one(sql("SELECT counted FROM note")).await)
        .await
        .unwrap();
    assert_eq!(counted, 30);
    assert!(runs.load(Ordering::Relaxed) >= 30);
});

async fn increment(tx: &mut Tx) -> Result<u64, DbError> {
    let counted: i64 = tx.one(sql("SELECT counted FROM note")).await?;
    tokio::task::yield_now().await;
    tx.execute(sql("UPDATE note SET counted = $1").bind(counted + 1))
        .await
}

on_both_databases!(
    a_snapshot_does_not_see_what_is_committed_meanwhile,
    empty,
    async |db| {
        create(db).await;
        db.read(async |tx| {
            assert!(ids_inside(tx).await?.is_empty());
            let other = db.db();
            let written = tokio::spawn(async move { other.write(async |tx| insert(tx, "a").await).await });
            written.await.unwrap()?;
            assert!(ids_inside(tx).await?.is_empty());
            Ok::<_, DbError>(())
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, ["a"]);
    }
);

on_both_databases!(after_closing_everything_is_unavailable, empty, async |db| {
    let other = db.open_again().await;
    other.ping().await.unwrap();
    other.close().await;
    assert!(matches!(other.ping().await, Err(DbError::Unavailable(_))));
    let written = other.write(async |tx| tx.notify("x").await).await;
    assert!(matches!(written, Err(DbError::Unavailable(_))));
    db.ping().await.unwrap();
});
