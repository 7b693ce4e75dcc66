//! Answers connections until told to stop, then finishes what is under way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::Service as _;
use tracing::{debug, warn};

mod opening;
mod timer;

use crate::layers::front::Front;
use opening::Opening;
use timer::OneAlarm;

/// How long a request's head may take to arrive (a slow one holds nothing else up).
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests under way may take once the service is told to stop.
const FINISH_TIMEOUT: Duration = Duration::from_secs(20);

/// The largest head of a request, in bytes; larger ones are answered 431.
const MAX_HEAD: u16 = 32 * 1024;
/// Requests under way in one HTTP/2 connection.
const STREAMS: u32 = 128;
/// After such a silence an HTTP/2 connection is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);

/// Serves until `stop` resolves, so many connections at once; further ones wait to be taken.
///
/// # Errors
/// Never for a single connection; those are logged.
pub async fn serve(
    listener: TcpListener,
    front: impl Into<Front>,
    most: usize,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let front = front.into();
    let room = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = next(&listener, &room) => match accepted {
                Ok(accepted) => accepted,
                Err(fault) => {
                    warn!(%fault, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            () = &mut stop => break,
        };
        begin(&mut connections, &graceful, &front, accepted);
    }
    drop(listener);
    if tokio::time::timeout(FINISH_TIMEOUT, graceful.shutdown())
        .await
        .is_err()
    {
        warn!("some requests did not finish in time");
    }
    Ok(())
}

/// A connection, from where it came, and its place among all of them.
type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// Begins to answer the requests of a connection.
///
/// All that a request goes through between the socket and its handler is made of generics. Nothing here
/// is one, so that they are compiled here, for speed, and not with the commands, which are made small.
fn begin(
    connections: &mut JoinSet<()>,
    graceful: &GracefulShutdown,
    front: &Front,
    (stream, peer, place): Accepted,
) {
    let _ = stream.set_nodelay(true);
    let front = front.told(peer);
    let service = service_fn(move |request| front.clone().call(request));
    let stream = TokioIo::new(Opening::new(stream, HEAD_TIMEOUT));
    let watched = graceful.watch(builder().serve_connection(stream, service).into_owned());
    connections.spawn(async move {
        if let Err(fault) = watched.await {
            debug!(%fault, "a connection ended badly");
        }
        drop(place);
    });
}

/// The next connection, once there is room for it.
async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> std::io::Result<Accepted> {
    let place = Arc::clone(room)
        .acquire_owned()
        .await
        .map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

/// HTTP/1.1 and HTTP/2 on one connection, each with its limits.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(OneAlarm::default())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD.into());
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEAD.into())
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}

/// Notes in a request from where it came.
pub fn tell_peer<B>(request: &mut hyper::Request<B>, peer: SocketAddr) {
    request.extensions_mut().insert(ConnectInfo(peer));
}
