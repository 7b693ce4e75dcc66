//! Which scripts in browsers may call (CORS): any for public documents, those at registered
//! origins of `spa` clients for what they need. Cookies never count here.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use latchkey_app::client;
use tower::{Layer, Service};

use super::error::OAuthError;
use crate::state::Web;

/// How long a browser may remember a preflight, in seconds.
pub(super) const PREFLIGHT_SECONDS: &str = "600";

/// Whether a browser asks if a script of another origin may call (Fetch standard, "CORS-preflight
/// request").
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Lets scripts at the origins of `spa` clients read the answers, and answers their preflights.
#[derive(Clone)]
pub(super) struct OfRegisteredOrigins(pub Arc<Web>);

impl<S> Layer<S> for OfRegisteredOrigins {
    type Service = Admitting<S>;

    fn layer(&self, inner: S) -> Admitting<S> {
        Admitting {
            web: Arc::clone(&self.0),
            inner,
        }
    }
}

/// Routes with the layer around them.
#[derive(Clone)]
pub(super) struct Admitting<S> {
    web: Arc<Web>,
    inner: S,
}

impl<S> Service<Request> for Admitting<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + Unpin + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
            return Answer::Plain(self.inner.call(request));
        };
        let asks_first = is_preflight(request.method(), request.headers());
        let called = (!asks_first).then(|| self.inner.call(request));
        Answer::OfScript(Box::pin(answer_script(Arc::clone(&self.web), origin, called)))
    }
}

/// An answer on its way.
pub(super) enum Answer<F> {
    /// To a request without an `Origin` header.
    Plain(F),
    /// To a request that names its origin: a script's.
    OfScript(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl<F> Future for Answer<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = match self.get_mut() {
            Self::Plain(answer) => ready!(Pin::new(answer).poll(context))?,
            Self::OfScript(answer) => ready!(answer.as_mut().poll(context)),
        };
        let varies = HeaderValue::from_static("Origin");
        response.headers_mut().append(header::VARY, varies);
        Poll::Ready(Ok(response))
    }
}

/// Answers a request that names an origin. `called` is the route's answer; there is none for a
/// preflight.
async fn answer_script<F>(web: Arc<Web>, origin: HeaderValue, called: Option<F>) -> Response
where
    F: Future<Output = Result<Response, Infallible>>,
{
    let admitted = match origin.to_str() {
        Ok(text) => client::is_origin(&web.app, text).await,
        Err(_) => Ok(false),
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(fault) => return OAuthError::from(fault).into_response(),
    };
    let is_preflight = called.is_none();
    let mut response = match called {
        Some(called) => called.await.unwrap_or_else(|never| match never {}),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    if admitted {
        admit(response.headers_mut(), origin, is_preflight);
    }
    response
}

fn admit(headers: &mut HeaderMap, origin: HeaderValue, is_preflight: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let exposed = HeaderValue::from_static("WWW-Authenticate, Retry-After");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    if !is_preflight {
        return;
    }
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
