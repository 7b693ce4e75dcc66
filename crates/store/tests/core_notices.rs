//! Notices of changes, here and in other processes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use latchkey_store::db::{Kind, Notice};
use latchkey_store::sql::{DbError, sql};
use latchkey_testkit::database::run_empty;
use latchkey_testkit::on_both_databases;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// The next notice. It comes within a second; a busy machine is given more.
async fn next(notices: &mut Receiver<Notice>) -> Notice {
    tokio::time::timeout(Duration::from_secs(20), notices.recv())
        .await
        .expect("a notice")
        .unwrap()
}

on_both_databases!(this_process_is_told_before_the_answer, empty, async |db| {
    let mut notices = db.listen();
    db.write(async |tx| tx.notify("client").await).await.unwrap();
    assert_eq!(notices.try_recv(), Ok(Notice::Changed("client".into())));
});

on_both_databases!(another_process_is_told, empty, async |db| {
    let other = db.open_again().await;
    let mut notices = other.listen();
    db.write(async |tx| {
        tx.execute(sql("CREATE TABLE a (name TEXT)")).await?;
        tx.notify("client").await
    })
    .await
    .unwrap();
    let expected = match db.kind() {
        Kind::Postgres => Notice::Changed("client".into()),
        // The file says that it has changed, and not where.
        Kind::Sqlite => Notice::Resync,
    };
    assert_eq!(next(&mut notices).await, expected);
    other.close().await;
});

on_both_databases!(what_is_undone_is_not_told, empty, async |db| {
    let mut notices = db.listen();
    let refused = db
        .write(async |tx| {
            tx.notify("undone").await?;
            Err::<(), _>(DbError::NotFound)
        })
        .await;
    assert_eq!(refused, Err(DbError::NotFound));
    assert_eq!(notices.try_recv(), Err(TryRecvError::Empty));
    db.write(async |tx| tx.notify("done").await).await.unwrap();
    assert_eq!(next(&mut notices).await, Notice::Changed("done".into()));
});

#[test]
fn commits_of_this_process_ask_for_no_resync() {
    run_empty(Kind::Sqlite, async |db| {
        let (mut here, other) = (db.listen(), db.open_again().await);
        let mut there = other.listen();
        db.write(async |tx| tx.execute(sql("CREATE TABLE a (name TEXT)")).await)
            .await
            .unwrap();
        // When the other has looked, this one has had as long to look.
        assert_eq!(next(&mut there).await, Notice::Resync);
        other
            .write(async |tx| {
                tx.notify("there").await?;
                tx.execute(sql("INSERT INTO a VALUES ('x')")).await
            })
            .await
            .unwrap();
        assert_eq!(next(&mut there).await, Notice::Changed("there".into()));
        assert_eq!(next(&mut here).await, Notice::Resync);
        assert_eq!(here.try_recv(), Err(TryRecvError::Empty));
        other.close().await;
    });
}

#[test]
fn after_a_lost_connection_everything_is_to_be_read_again() {
    run_empty(Kind::Postgres, async |db| {
        let mut notices = db.listen();
        let terminate = "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) \
             FROM pg_stat_activity WHERE datname = current_database() \
             AND query LIKE 'LISTEN%') AS ended";
        let ended: i64 = db.look_up(async |tx| tx.one(sql(terminate)).await).await.unwrap();
        assert_eq!(ended, 1);
        assert_eq!(next(&mut notices).await, Notice::Resync);
        let other = db.open_again().await;
        other.write(async |tx| tx.notify("client").await).await.unwrap();
        assert_eq!(next(&mut notices).await, Notice::Changed("client".into()));
        other.close().await;
    });
}
