//! The writer: a task that owns the one connection that writes and lends it to one use case
//! after another inside one transaction, each in a savepoint, and answers them all after one
//! commit.
//!
//! A commit has to reach the disk, which takes far longer than the statements before it. While it
//! does, the next use cases queue up, and they are the next group.

use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::lease::{Returned, WriteLease, run_cached};
use super::{BUSY, classify};
use crate::db::{Notice, Settings};
use crate::sql::DbError;

/// Use cases that may wait before the next ones wait to wait.
const QUEUE: usize = 1024;

enum Request {
    Lend(Lend),
    Close(oneshot::Sender<()>),
}

type Lend = oneshot::Sender<Result<WriteLease, DbError>>;
type Answer = oneshot::Sender<Result<(), DbError>>;

/// The way to the writer.
pub(super) struct Requests {
    queue: mpsc::Sender<Request>,
    wait: Duration,
}

impl Requests {
    /// Waits for a turn at writing.
    pub(super) async fn lease(&self) -> Result<WriteLease, DbError> {
        let closed = || DbError::Unavailable("the database is closed".to_owned());
        let (lend, lent) = oneshot::channel();
        let turn = async {
            let request = Request::Lend(lend);
            self.queue.send(request).await.map_err(|_| closed())?;
            lent.await.map_err(|_| closed())?
        };
        tokio::time::timeout(self.wait, turn)
            .await
            .unwrap_or_else(|_| Err(DbError::Unavailable("too many are writing".to_owned())))
    }

    /// Ends the writer after all that waits.
    pub(super) async fn close(&self) {
        let (done, ended) = oneshot::channel();
        if self.queue.send(Request::Close(done)).await.is_ok() {
            // An error says the same: it has ended.
            ended.await.unwrap_or_default();
        }
    }
}

/// The writer task.
pub(super) struct Writer {
    queue: mpsc::Receiver<Request>,
    notices: broadcast::Sender<Notice>,
    looks: Interval,
    version: Option<i64>,
    most: usize,
    longest: Duration,
    closing: Option<oneshot::Sender<()>>,
}

/// A group of use cases in one transaction.
struct Group {
    connection: Box<Connection>,
    answers: Vec<Answer>,
    turns: usize,
    outcome: Result<(), DbError>,
}

impl Writer {
    /// Starts the task. It ends when the last handle is gone.
    #[expect(
        clippy::disallowed_methods,
        reason = "the writer is a part of the open database and ends with it"
    )]
    pub(super) fn start(
        connection: Connection,
        settings: &Settings,
        notices: broadcast::Sender<Notice>,
    ) -> Requests {
        let (sender, queue) = mpsc::channel(QUEUE);
        let mut looks = tokio::time::interval(settings.poll());
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut writer = Self {
            queue,
            notices,
            looks,
            version: None,
            most: settings.group_size.max(1) as usize,
            longest: settings.group_time(),
            closing: None,
        };
        // What changes from now on is noticed, even before the task first runs.
        writer.look_for_others(&connection);
        tokio::spawn(writer.run(Box::new(connection)));
        Requests {
            queue: sender,
            wait: settings.wait(),
        }
    }

    async fn run(mut self, mut connection: Box<Connection>) {
        while self.closing.is_none() {
            let request = tokio::select! {
                biased;
                _ = self.looks.tick() => {
                    self.look_for_others(&connection);
                    continue;
                }
                request = self.queue.recv() => request,
            };
            let Some(lend) = request.and_then(|request| self.lend(request)) else {
                break;
            };
            match self.group(connection, lend).await {
                Some(again) => connection = again,
                None => {
                    tracing::error!("the writing connection is lost; nothing can be written");
                    return;
                }
            }
        }
        // New requests fail at once, and those still waiting with the receiver's end.
        self.queue.close();
        let closed = tokio::task::spawn_blocking(move || {
            // Leaves a single file behind. Other processes may be reading: then it waits for them.
            if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)") {
                tracing::warn!(%error, "the write-ahead log was not written back");
            }
        });
        if let (Ok(()), Some(done)) = (closed.await, self.closing) {
            // Whoever asked may have gone.
            done.send(()).unwrap_or_default();
        }
    }

    /// The request to lend, or nothing when the writer is to end.
    fn lend(&mut self, request: Request) -> Option<Lend> {
        match request {
            Request::Lend(lend) => Some(lend),
            Request::Close(done) => {
                self.closing = Some(done);
                None
            }
        }
    }

    /// Tells when another process has committed. This connection's own commits do not count.
    fn look_for_others(&mut self, connection: &Connection) {
        let version = connection.pragma_query_value(None, "data_version", |row| row.get(0));
        match version {
            Ok(version) => {
                if self
                    .version
                    .replace(version)
                    .is_some_and(|before| before != version)
                {
                    // Without listeners there is nobody to tell.
                    drop(self.notices.send(Notice::Resync));
                }
            }
            Err(error) => tracing::warn!(%error, "the data version cannot be read"),
        }
    }

    /// Runs one group and gives the connection back, if it is still there.
    async fn group(&mut self, connection: Box<Connection>, first: Lend) -> Option<Box<Connection>> {
        let (connection, begun) = begin(connection).await?;
        if let Err(error) = begun {
            // Whoever asked may have gone.
            drop(first.send(Err(error)));
            return Some(connection);
        }
        let mut group = Group {
            connection,
            answers: Vec::new(),
            turns: 0,
            outcome: Ok(()),
        };
        let started = Instant::now();
        let mut next = Some(first);
        while let Some(lend) = next {
            group = group.turn(lend).await?;
            let full = group.turns >= self.most || started.elapsed() >= self.longest;
            next = if full || group.outcome.is_err() {
                None
            } else {
                self.waiting().await
            };
        }
        let (connection, outcome) = group.commit().await?;
        if outcome.is_err() {
            // What was remembered of these writes never came to be.
            drop(self.notices.send(Notice::Resync));
        }
        Some(connection)
    }

    /// A use case that waits already, or does as soon as the tasks just woken have run.
    async fn waiting(&mut self) -> Option<Lend> {
        if self.closing.is_some() {
            return None;
        }
        if self.queue.is_empty() {
            tokio::task::yield_now().await;
        }
        let request = self.queue.try_recv().ok()?;
        self.lend(request)
    }
}

impl Group {
    /// Lends the connection for one turn. Nothing comes back when it is lost.
    async fn turn(mut self, lend: Lend) -> Option<Self> {
        self.turns += 1;
        if let Err(error) = run_cached(&self.connection, "SAVEPOINT use_case") {
            self.outcome = Err(classify(error));
            drop(lend.send(Err(DbError::Unavailable("no savepoint".to_owned()))));
            return Some(self);
        }
        let (back, returned) = oneshot::channel();
        // When nobody waits any longer, dropping the lease here gives it back.
        drop(lend.send(Ok(WriteLease::new(self.connection, back))));
        let Returned {
            connection,
            keep,
            answer,
        } = returned.await.ok()?;
        self.connection = connection;
        self.answers.extend(answer);
        self.outcome = end_turn(&self.connection, keep);
        Some(self)
    }

    /// Commits where blocking is allowed, then answers every use case of the group.
    async fn commit(self) -> Option<(Box<Connection>, Result<(), DbError>)> {
        let Self {
            connection,
            answers,
            outcome,
            ..
        } = self;
        let (connection, outcome) = blocking(connection, move |connection| {
            let outcome = outcome.and_then(|()| run_cached(connection, "COMMIT").map_err(classify));
            if outcome.is_err() && !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK").map_err(classify)?;
            }
            outcome
        })
        .await?;
        if let Err(error) = &outcome {
            tracing::error!(%error, "a group of transactions was undone");
        }
        for answer in answers {
            // Whoever waited may have gone; its writes are kept all the same.
            drop(answer.send(outcome.clone()));
        }
        Some((connection, outcome))
    }
}

/// Keeps or undoes what one use case wrote. Some errors (a full disk, for one) make `SQLite` undo
/// the whole transaction: then the group has failed.
fn end_turn(connection: &Connection, keep: bool) -> Result<(), DbError> {
    if connection.is_autocommit() {
        return Err(DbError::Unavailable(
            "SQLite has undone the transaction".to_owned(),
        ));
    }
    if !keep {
        run_cached(connection, "ROLLBACK TO use_case").map_err(classify)?;
    }
    run_cached(connection, "RELEASE use_case").map_err(classify)
}

/// Opens a transaction that may write: at once, or where blocking is allowed when another process
/// is writing.
async fn begin(connection: Box<Connection>) -> Option<(Box<Connection>, Result<(), DbError>)> {
    let at_once = connection
        .busy_timeout(Duration::ZERO)
        .and_then(|()| run_cached(&connection, "BEGIN IMMEDIATE"));
    match at_once.map_err(classify) {
        Err(DbError::Unavailable(_)) => {
            blocking(connection, |connection| {
                connection
                    .busy_timeout(BUSY)
                    .and_then(|()| run_cached(connection, "BEGIN IMMEDIATE"))
                    .map_err(classify)
            })
            .await
        }
        other => Some((connection, other)),
    }
}

/// Runs `work` on the connection where blocking is allowed. Nothing comes back from a panic or
/// when the runtime ends.
async fn blocking(
    connection: Box<Connection>,
    work: impl FnOnce(&Connection) -> Result<(), DbError> + Send + 'static,
) -> Option<(Box<Connection>, Result<(), DbError>)> {
    tokio::task::spawn_blocking(move || {
        let outcome = work(&connection);
        (connection, outcome)
    })
    .await
    .ok()
}
