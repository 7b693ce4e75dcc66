//! Limits on what comes in, before anything looks at it: the length of the target, requests under
//! way at once, the time that a body takes to come.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, Version, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use super::headers;
use crate::state::Web;

/// The longest request target, in bytes; longer ones are answered 414.
pub const MAX_TARGET: usize = 16 * 1024;

/// What asks whether the service lives has to be told even when it is busy.
const ALWAYS: [&str; 2] = ["/healthz", "/readyz"];
/// After how many seconds to come back to a service that is busy.
const BUSY: HeaderValue = HeaderValue::from_static("1");

/// Room for one request under way, given back when this is dropped.
pub type Place = OwnedSemaphorePermit;

/// Why a request is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its target is longer than [`MAX_TARGET`].
    TooLong,
    /// As many requests are under way as may be.
    Busy,
}

impl Refusal {
    /// The whole answer, with the headers that every answer carries.
    pub fn answer(self, web: &Web) -> Response {
        let mut response = match self {
            Self::TooLong => (StatusCode::URI_TOO_LONG, "This address is too long.").into_response(),
            Self::Busy => {
                let text = "The service is busy; try again in a moment.";
                let mut response = (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
                response.headers_mut().insert(header::RETRY_AFTER, BUSY);
                response
            }
        };
        headers::secure(response.headers_mut(), web.secure);
        response
    }
}

/// Lets a request in, where there is room. What asks for the service's health needs none.
///
/// # Errors
/// [`Refusal`] says which limit is passed.
pub fn admit(web: &Web, uri: &Uri) -> Result<Option<Place>, Refusal> {
    if uri
        .path_and_query()
        .is_some_and(|it| it.as_str().len() > MAX_TARGET)
    {
        return Err(Refusal::TooLong);
    }
    match Arc::clone(&web.room).try_acquire_owned() {
        Ok(place) => Ok(Some(place)),
        Err(_) if ALWAYS.contains(&uri.path()) => Ok(None),
        Err(_) => Err(Refusal::Busy),
    }
}

/// Gives the body of a request its time, where there is a body.
pub fn time_body(web: &Web, request: Request) -> (Request, Option<Late>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    let within = Duration::from_secs(web.app.settings.limits.body_seconds.max(1));
    let (head, body) = request.into_parts();
    let (body, late) = Timed::new(body, within);
    (Request::from_parts(head, Body::new(body)), Some(late))
}

/// What is answered where the body was [late](Late).
pub fn too_slow(version: Version) -> Response {
    let text = "The request did not come to its end in time.";
    let mut response = (StatusCode::REQUEST_TIMEOUT, text).into_response();
    // HTTP/2 has no such header (RFC 9113 section 8.2.2).
    if version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// Whether a body came too late.
#[derive(Debug, Clone, Default)]
pub struct Late(Arc<AtomicBool>);

impl Late {
    /// Whether it did, so far.
    pub fn is_late(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that must have come by a certain time, however busily it drips.
struct Timed {
    body: Body,
    end: Instant,
    /// Set up when the body first lets wait.
    alarm: Option<Pin<Box<Sleep>>>,
    late: Late,
}

impl Timed {
    fn new(body: Body, within: Duration) -> (Self, Late) {
        let late = Late::default();
        let timed = Self {
            body,
            end: Instant::now() + within,
            alarm: None,
            late: late.clone(),
        };
        (timed, late)
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
        this.late.0.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err("the body did not come in time".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
