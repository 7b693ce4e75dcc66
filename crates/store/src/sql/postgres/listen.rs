//! Hearing what other nodes have changed.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Error, Executor as _};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{CHANNEL, classify};
use crate::db::Notice;

/// Between two attempts to connect again.
const PAUSE: Duration = Duration::from_millis(500);
/// After so long a silence the connection is tried: a dead one is silent, too.
const SILENCE: Duration = Duration::from_secs(15);

/// Starts listening. It listens already on return, unless the database does not know LISTEN or
/// cannot be reached: then it tries on.
pub(super) async fn start(options: PgConnectOptions, notices: broadcast::Sender<Notice>) -> JoinHandle<()> {
    let listener = connect(&options).await;
    spawn(run(options, listener.ok(), notices))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the listener is a part of the open database and ends with it"
)]
fn spawn(task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(task)
}

async fn run(
    options: PgConnectOptions,
    mut listening: Option<PgListener>,
    notices: broadcast::Sender<Notice>,
) {
    loop {
        if let Some(listener) = listening.take() {
            let error = classify(follow(listener, &notices).await);
            tracing::warn!(%error, "notices from other nodes are missed");
        }
        match connect(&options).await {
            Ok(listener) => {
                listening = Some(listener);
                // Whatever was told meanwhile was not heard. Without receivers nobody minds.
                drop(notices.send(Notice::Resync));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgListener, Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(SILENCE)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options.clone())
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Passes notices on until the connection is lost.
async fn follow(mut listener: PgListener, notices: &broadcast::Sender<Notice>) -> Error {
    loop {
        let notice = match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => Notice::Changed(notification.payload().to_owned()),
            Ok(Ok(None)) => {
                return std::io::Error::from(std::io::ErrorKind::ConnectionReset).into();
            }
            Ok(Err(error)) => return error,
            Err(_) => match timeout(SILENCE, listener.execute("SELECT 1")).await {
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => return error,
                Err(_) => return std::io::Error::from(std::io::ErrorKind::TimedOut).into(),
            },
        };
        // Without receivers nobody minds.
        drop(notices.send(notice));
    }
}
