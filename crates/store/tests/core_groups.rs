//! Use cases that share one commit (`SQLite`), and use cases that conflict (PostgreSQL).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use latchkey_store::db::{Db, Settings};
use latchkey_store::sql::{DbError, Tx, sql};
use latchkey_testkit::database::{Database, Kind, run_empty};
use tokio::sync::{Barrier, Notify, oneshot};

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

/// A second handle whose groups never run out of time, and two tables.
async fn patient(database: &Database) -> Db {
    let settings = Settings {
        group_ms: 600_000,
        ..database.settings().clone()
    };
    let db = Db::open(&settings).await.unwrap();
    db.write(async |tx| {
        tx.execute(sql("CREATE TABLE parent (id TEXT PRIMARY KEY)"))
            .await?;
        tx.execute(sql("CREATE TABLE child (id TEXT PRIMARY KEY, \
             parent_id TEXT NOT NULL REFERENCES parent (id))"))
            .await
    })
    .await
    .unwrap();
    db
}

async fn insert_child(tx: &mut Tx, id: &str) -> Result<u64, DbError> {
    tx.execute(sql("INSERT INTO child VALUES ($1, 'p')").bind(id))
        .await
}

async fn children(tx: &mut Tx) -> Result<i64, DbError> {
    tx.one(sql("SELECT COUNT(*) FROM child")).await
}

/// Runs `first` and `second` in one group: `second` waits for its turn while `first` has it.
async fn in_one_group<A, B>(
    first: impl AsyncFnOnce(oneshot::Sender<()>, oneshot::Receiver<()>) -> A,
    second: impl Future<Output = B>,
) -> (A, B) {
    let (begin, begun) = oneshot::channel();
    let (go_on, goes_on) = oneshot::channel();
    let mut second = pin!(second);
    tokio::join!(first(begin, goes_on), async {
        begun.await.unwrap();
        // The first poll puts it in the queue.
        let queued = std::future::poll_fn(|context| Poll::Ready(second.as_mut().poll(context).is_pending()));
        assert!(queued.await);
        go_on.send(()).unwrap();
        second.await
    })
}

/// A use case that breaks a foreign key in a way only the commit finds.
async fn break_the_commit(
    db: &Db,
    begin: oneshot::Sender<()>,
    goes_on: oneshot::Receiver<()>,
) -> Result<u64, DbError> {
    let channels = Arc::new(std::sync::Mutex::new(Some((begin, goes_on))));
    db.write(async |tx| {
        tx.execute(sql("PRAGMA defer_foreign_keys = ON")).await?;
        let written = insert_child(tx, "orphan").await;
        let (begin, goes_on) = channels.lock().unwrap().take().unwrap();
        begin.send(()).unwrap();
        goes_on.await.unwrap();
        written
    })
    .await
}

#[test]
fn a_commit_that_fails_fails_the_whole_group() {
    run_empty(Kind::Sqlite, async |database| {
        let db = patient(database).await;
        let (first, second) = in_one_group(
            async |begin, goes_on| break_the_commit(&db, begin, goes_on).await,
            db.write(async |tx| {
                assert_eq!(children(tx).await?, 1);
                tx.execute(sql("INSERT INTO parent VALUES ('q')")).await
            }),
        )
        .await;
        assert_eq!(first, Err(DbError::ForeignKey));
        assert_eq!(second, Err(DbError::ForeignKey));
        let left = db
            .read(async |tx| {
                let parents: i64 = tx.one(sql("SELECT COUNT(*) FROM parent")).await?;
                Ok::<_, DbError>((parents, children(tx).await?))
            })
            .await;
        assert_eq!(left, Ok((0, 0)));
        // The next group is well.
        db.write(async |tx| tx.execute(sql("INSERT INTO parent VALUES ('p')")).await)
            .await
            .unwrap();
        db.close().await;
    });
}

#[test]
fn a_refusal_is_answered_after_the_commit_it_may_rest_on() {
    run_empty(Kind::Sqlite, async |database| {
        let db = patient(database).await;
        let (first, second) = in_one_group(
            async |begin, goes_on| break_the_commit(&db, begin, goes_on).await,
            db.write(async |tx| match children(tx).await? {
                0 => Ok(()),
                _ => Err(Refusal::Refused),
            }),
        )
        .await;
        assert_eq!(first, Err(DbError::ForeignKey));
        assert_eq!(second, Err(Refusal::Db(DbError::ForeignKey)));
        db.close().await;
    });
}

#[test]
fn a_use_case_that_changes_thousands_of_pages_is_kept_or_undone() {
    run_empty(Kind::Sqlite, async |db| {
        db.write(async |tx| {
            tx.execute(sql(
                "CREATE TABLE filler (id BIGINT PRIMARY KEY, body TEXT NOT NULL)",
            ))
            .await?;
            tx.execute(sql(
                "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3000)
                 INSERT INTO filler SELECT n, hex(zeroblob(1500)) FROM number",
            ))
            .await
        })
        .await
        .unwrap();
        let change = async |tx: &mut Tx, word: &'static str| {
            tx.execute(sql("UPDATE filler SET body = $1 || substr(body, 2)").bind(word))
                .await
        };
        let undone: Result<(), Refusal> = db
            .write(async |tx| {
                change(tx, "x").await?;
                Err(Refusal::Refused)
            })
            .await;
        assert_eq!(undone, Err(Refusal::Refused));
        assert_eq!(db.write(async |tx| change(tx, "y").await).await, Ok(3000));
        let starts = db
            .look_up(async |tx| {
                tx.all::<String>(sql("SELECT DISTINCT substr(body, 1, 2) FROM filler"))
                    .await
            })
            .await;
        assert_eq!(starts, Ok(vec!["y0".to_owned()]));
    });
}

#[test]
fn sqlite_is_compiled_as_configured() {
    run_empty(Kind::Sqlite, async |db| {
        for option in [
            "DEFAULT_MEMSTATUS=0",
            "STMTJRNL_SPILL=-1",
            "OMIT_SHARED_CACHE",
            "DQS=0",
        ] {
            let used = db
                .look_up(async |tx| {
                    tx.one::<bool>(sql("SELECT sqlite_compileoption_used($1)").bind(option))
                        .await
                })
                .await;
            assert_eq!(used, Ok(true), "{option}: see .cargo/config.toml");
        }
    });
}

#[test]
fn write_skew_is_found_and_the_loser_runs_again() {
    run_empty(Kind::Postgres, async |db| {
        db.write(async |tx| {
            tx.execute(sql(
                "CREATE TABLE duty (name TEXT PRIMARY KEY, is_on BOOLEAN NOT NULL)",
            ))
            .await?;
            tx.execute(sql("INSERT INTO duty VALUES ('a', TRUE), ('b', TRUE)"))
                .await
        })
        .await
        .unwrap();
        let runs = AtomicU32::new(0);
        let both_have_read = Barrier::new(2);
        // One of two may go off duty. Each sees two on duty at first.
        let go_off = async |name: &str| {
            db.write(async |tx| {
                let on_duty: i64 = tx.one(sql("SELECT COUNT(*) FROM duty WHERE is_on")).await?;
                if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                    both_have_read.wait().await;
                }
                if on_duty < 2 {
                    return Err(Refusal::Refused);
                }
                tx.execute(sql("UPDATE duty SET is_on = FALSE WHERE name = $1").bind(name))
                    .await
                    // The use case's own error does not hide the conflict.
                    .map_err(|_| Refusal::Refused)
            })
            .await
        };
        let (a, b) = tokio::join!(go_off("a"), go_off("b"));
        assert!(
            matches!(
                (&a, &b),
                (Ok(1), Err(Refusal::Refused)) | (Err(Refusal::Refused), Ok(1))
            ),
            "{a:?} {b:?}"
        );
        assert_eq!(runs.load(Ordering::Relaxed), 3);
    });
}

#[test]
fn a_use_case_that_conflicts_every_time_gives_up() {
    run_empty(Kind::Postgres, async |db| {
        let runs = AtomicU32::new(0);
        let answer = db
            .write(async |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                let raise = "DO $body$ BEGIN RAISE SQLSTATE '40001'; END $body$";
                tx.execute(sql(raise)).await
            })
            .await;
        assert_eq!(answer, Err(DbError::Serialization));
        assert_eq!(runs.load(Ordering::Relaxed), 12);
    });
}

#[test]
fn stale_connections_are_passed_over() {
    run_empty(Kind::Postgres, async |db| {
        let admin = db.open_again().await;
        db.ping().await.unwrap();
        let terminate = "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) \
             FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid() AND backend_type = 'client backend') AS ended";
        for _ in 0..2 {
            let ended: i64 = admin
                .look_up(async |tx| tx.one(sql(terminate)).await)
                .await
                .unwrap();
            assert!(ended > 0);
            db.ping().await.unwrap();
            admin
                .look_up(async |tx| tx.one::<i64>(sql(terminate)).await)
                .await
                .unwrap();
            let written = db.write(async |tx| tx.notify("x").await).await;
            assert_eq!(written, Ok(()));
        }
        admin.close().await;
    });
}

/// A second handle with a single connection.
async fn with_one_connection(database: &Database, wait_ms: u64) -> Db {
    let settings = Settings {
        connections: 1,
        wait_ms,
        ..database.settings().clone()
    };
    Db::open(&settings).await.unwrap()
}

async fn backend(tx: &mut Tx) -> Result<i64, DbError> {
    tx.one(sql("SELECT CAST(pg_backend_pid() AS BIGINT)")).await
}

#[test]
fn a_connection_is_used_by_one_use_case_after_another() {
    run_empty(Kind::Postgres, async |database| {
        let db = with_one_connection(database, 60_000).await;
        let first: Result<i64, DbError> = db.look_up(backend).await;
        let (second, third, fourth) = tokio::join!(db.look_up(backend), db.write(backend), db.read(backend));
        assert_eq!([&second, &third, &fourth], [&first; 3]);
        assert!(first.is_ok());
        db.close().await;
        assert!(matches!(db.look_up(backend).await, Err(DbError::Unavailable(_))));
    });
}

#[test]
fn a_use_case_waits_for_a_connection_only_so_long() {
    run_empty(Kind::Postgres, async |database| {
        let db = with_one_connection(database, 20).await;
        let enough = Notify::new();
        let (held, late) = tokio::join!(
            db.look_up(async |_| {
                enough.notified().await;
                Ok::<_, DbError>(())
            }),
            async {
                let late = db.look_up(backend).await;
                enough.notify_one();
                late
            }
        );
        assert_eq!(held, Ok(()));
        assert!(matches!(late, Err(DbError::Unavailable(_))), "{late:?}");
        let then: Result<i64, DbError> = db.look_up(backend).await;
        assert!(then.is_ok());
        db.close().await;
    });
}

#[test]
fn what_a_cancelled_look_up_would_have_read_is_nobody_elses_answer() {
    run_empty(Kind::Postgres, async |database| {
        let db = with_one_connection(database, 60_000).await;
        for number in 0..20_i64 {
            {
                let mut cancelled = pin!(db.look_up(async |tx| {
                    tx.one::<i64>(sql("SELECT CAST($1 AS BIGINT) FROM pg_sleep(0.01)").bind(-1_i64))
                        .await
                }));
                // So many polls get as far as sending the statement, or waiting for its answer.
                for _ in 0..=(number % 4) {
                    let polled =
                        std::future::poll_fn(|context| Poll::Ready(cancelled.as_mut().poll(context)));
                    if polled.await.is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            let answer = db
                .look_up(async |tx| tx.one::<i64>(sql("SELECT CAST($1 AS BIGINT)").bind(number)).await)
                .await;
            assert_eq!(answer, Ok(number));
        }
        db.close().await;
    });
}

#[test]
fn handlers_may_write_and_read() {
    fn assert_send<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
        future
    }
    run_empty(Kind::Sqlite, async |database| {
        let db: &Db = database;
        let name = String::from("x");
        let handler = assert_send(async {
            db.write(async |tx| {
                tx.execute(sql("CREATE TABLE a (name TEXT)")).await?;
                tx.execute(sql("INSERT INTO a VALUES ($1)").bind(&name)).await
            })
            .await?;
            db.read(async |tx| tx.all::<String>(sql("SELECT name FROM a")).await)
                .await
        });
        assert_eq!(handler.await, Ok::<_, DbError>(vec!["x".to_owned()]));
    });
}
