//! Limits on what comes in, before anything looks at it: the length of the target, requests under
//! way at once, the time that a body takes to come.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::state::Web;

/// The longest request target, in bytes; longer ones are answered 414.
pub const MAX_TARGET: usize = 16 * 1024;

/// What asks whether the service lives has to be told even when it is busy.
const ALWAYS: [&str; 2] = ["/healthz", "/readyz"];
/// After how many seconds to come back to a service that is busy.
const BUSY: HeaderValue = HeaderValue::from_static("1");

/// Answers 414, 503 and 408 where a limit is passed, and hands on what is within.
pub async fn keep(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query();
    if target.is_some_and(|it| it.as_str().len() > MAX_TARGET) {
        return (StatusCode::URI_TOO_LONG, "This address is too long.").into_response();
    }
    let is_exempt = ALWAYS.contains(&request.uri().path());
    let _place = match web.room.try_acquire() {
        Ok(place) => Some(place),
        Err(_) if is_exempt => None,
        Err(_) => return busy(),
    };
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let version = request.version();
    let (head, body) = request.into_parts();
    let within = Duration::from_secs(web.app.settings.limits.body_seconds.max(1));
    let (body, is_late) = Timed::new(body, within);
    let response = next.run(Request::from_parts(head, Body::new(body))).await;
    if is_late.load(Ordering::Relaxed) {
        too_slow(version)
    } else {
        response
    }
}

fn busy() -> Response {
    let text = "The service is busy; try again in a moment.";
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, BUSY);
    response
}

fn too_slow(version: Version) -> Response {
    let text = "The request did not come to its end in time.";
    let mut response = (StatusCode::REQUEST_TIMEOUT, text).into_response();
    // HTTP/2 has no such header (RFC 9113 section 8.2.2).
    if version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// A body that must have come by a certain time, however busily it drips.
struct Timed {
    body: Body,
    end: Instant,
    /// Set up when the body first lets wait.
    alarm: Option<Pin<Box<Sleep>>>,
    is_late: Arc<AtomicBool>,
}

impl Timed {
    fn new(body: Body, within: Duration) -> (Self, Arc<AtomicBool>) {
        let is_late = Arc::new(AtomicBool::new(false));
        let timed = Self {
            body,
            end: Instant::now() + within,
            alarm: None,
            is_late: Arc::clone(&is_late),
        };
        (timed, is_late)
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            return Poll::Ready(frame.map(|it| it.map_err(Into::into)));
        }
        let end = this.end;
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if alarm.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        this.is_late.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err("the body did not come in time".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
