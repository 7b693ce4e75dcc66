//! The connections, of which each use case borrows one.
//!
//! The driver's pool asks the server about a connection each time it comes back: a round trip for
//! every use case, and for a look-up as many as it needs itself. A connection known to be at rest is
//! kept here instead, and goes through the driver's pool, which also ends old ones, once a minute.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Error, PgConnection, PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a connection is kept here before the driver tries it.
const UNTRIED: Duration = Duration::from_secs(60);

/// The connections to one server.
#[derive(Clone)]
pub(super) struct Pool {
    driver: PgPool,
    idle: Arc<Idle>,
    permits: Arc<Semaphore>,
    wait: Duration,
}

/// The connections nobody uses just now; `None` once the pool is closed.
struct Idle(Mutex<Option<Vec<Kept>>>);

struct Kept {
    connection: PoolConnection<Postgres>,
    tried: Instant,
}

impl Pool {
    pub(super) fn new(driver: PgPool, wait: Duration) -> Self {
        let permits = Semaphore::new(driver.options().get_max_connections() as usize);
        Self {
            driver,
            idle: Arc::new(Idle(Mutex::new(Some(Vec::new())))),
            permits: Arc::new(permits),
            wait,
        }
    }

    /// How many connections there are at most.
    pub(super) fn size(&self) -> u32 {
        self.driver.options().get_max_connections()
    }

    /// Borrows a connection, waiting for one to come back when all are in use.
    pub(super) async fn acquire(&self) -> Result<Connection, Error> {
        // Whoever holds one of as many permits finds a connection here or room in the driver's pool.
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.wait, Arc::clone(&self.permits).acquire_owned())
                .await
                .map_err(|_| Error::PoolTimedOut)?
                .map_err(|_| Error::PoolClosed)?,
        };
        let kept = self.idle.lock().as_mut().and_then(Vec::pop);
        let kept = match kept.filter(|kept| kept.tried.elapsed() < UNTRIED) {
            Some(kept) => kept,
            None => Kept {
                connection: self.driver.acquire().await?,
                tried: Instant::now(),
            },
        };
        Ok(Connection {
            kept: Some(kept),
            at_rest: true,
            idle: Arc::clone(&self.idle),
            _permit: permit,
        })
    }

    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = self.idle.lock().take();
        drop(idle);
        self.driver.close().await;
    }
}

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection, or gives it back when the pool is closed.
    fn put_back(&self, kept: Kept) -> Option<Kept> {
        match &mut *self.lock() {
            Some(connections) => {
                connections.push(kept);
                None
            }
            None => Some(kept),
        }
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        // Perhaps after the end of its runtime, without which the driver cannot take one back.
        let idle = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        for kept in idle.unwrap_or_default() {
            drop(kept.connection.detach());
        }
    }
}

/// A borrowed connection.
pub(crate) struct Connection {
    kept: Option<Kept>,
    at_rest: bool,
    idle: Arc<Idle>,
    // Released after the connection is back, since fields are dropped after `drop` has run.
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    /// The connection, for work after which it is known to be at rest only when
    /// [`rests`](Self::rests) says so.
    pub(super) fn work(&mut self) -> Result<&mut PgConnection, Error> {
        self.at_rest = false;
        self.kept
            .as_mut()
            .map(|kept| &mut *kept.connection)
            .ok_or(Error::PoolClosed)
    }

    /// Says that nothing is under way and no transaction is open.
    pub(super) fn rests(&mut self) {
        self.at_rest = true;
    }

    /// Has the connection closed when it is given back.
    pub(super) fn close_on_drop(&mut self) {
        self.at_rest = false;
        if let Some(kept) = &mut self.kept {
            kept.connection.close_on_drop();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(kept) = self.kept.take() {
            // The driver's pool waits until what is under way has ended.
            drop(if self.at_rest {
                self.idle.put_back(kept)
            } else {
                Some(kept)
            });
        }
    }
}
