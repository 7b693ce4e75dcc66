//! The reading connections.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::lease::ReadLease;
use crate::sql::DbError;

/// The reading connections, of which each use case borrows one.
pub(super) struct Readers {
    idle: Idle,
    permits: Arc<Semaphore>,
    wait: Duration,
}

/// The connections nobody uses just now.
#[derive(Clone)]
pub(super) struct Idle(Arc<Mutex<Pool>>);

struct Pool {
    path: PathBuf,
    #[expect(clippy::vec_box, reason = "they are lent boxed and come back boxed")]
    connections: Vec<Box<Connection>>,
    closed: bool,
}

impl Idle {
    pub(super) fn put_back(&self, connection: Box<Connection>) {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !pool.closed {
            pool.connections.push(connection);
        }
    }

    /// An idle connection; a new one in place of one that was lost.
    fn take(&self) -> Result<Box<Connection>, DbError> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match pool.connections.pop() {
            Some(connection) => Ok(connection),
            None => super::open_to_read(&pool.path).map(Box::new),
        }
    }
}

impl Readers {
    pub(super) fn new(path: PathBuf, connections: Vec<Connection>, wait: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        let pool = Pool {
            path,
            connections: connections.into_iter().map(Box::new).collect(),
            closed: false,
        };
        Self {
            idle: Idle(Arc::new(Mutex::new(pool))),
            permits,
            wait,
        }
    }

    /// Borrows a connection, waiting for one to come back when all are in use.
    pub(super) async fn lease(&self, snapshot: bool) -> Result<ReadLease, DbError> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.wait, Arc::clone(&self.permits).acquire_owned())
                .await
                .map_err(|_| DbError::Unavailable("all readers are busy".to_owned()))?
                .map_err(|_| DbError::Unavailable("the database is closed".to_owned()))?,
        };
        ReadLease::new(self.idle.take()?, self.idle.clone(), permit, snapshot)
    }

    pub(super) fn close(&self) {
        self.permits.close();
        let mut pool = self.idle.0.lock().unwrap_or_else(PoisonError::into_inner);
        pool.closed = true;
        pool.connections.clear();
    }
}
