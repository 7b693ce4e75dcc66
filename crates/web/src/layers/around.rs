//! The one layer around every route: limits, the request's id and line, headers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{Method, Version};
use axum::response::Response;
use tower::{Layer, Service};
use tracing::Instrument as _;
use tracing::instrument::Instrumented;

use super::headers;
use super::limits::{self, Late, Place};
use super::request::Observed;
use crate::state::{RequestInfo, Web};

/// The layer.
#[derive(Clone)]
pub struct Around(pub Arc<Web>);

impl<S> Layer<S> for Around {
    type Service = Surrounded<S>;

    fn layer(&self, inner: S) -> Surrounded<S> {
        Surrounded {
            web: Arc::clone(&self.0),
            inner,
        }
    }
}

/// A route with the layer around it.
#[derive(Clone)]
pub struct Surrounded<S> {
    web: Arc<Web>,
    inner: S,
}

impl<S> Service<Request> for Surrounded<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let place = match limits::admit(&self.web, request.uri()) {
            Ok(place) => place,
            Err(refusal) => return Answering::Refused(Some(refusal.answer(&self.web))),
        };
        let (mut request, late) = limits::time_body(&self.web, request);
        let observed = Observed::begin(&self.web);
        let extensions = request.extensions_mut();
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
        let address = self.web.proxies.client_address(peer, request.headers());
        let id = observed.id().into();
        request.extensions_mut().insert(RequestInfo { id, address });
        let under_way = UnderWay {
            method: request.method().clone(),
            version: request.version(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            late,
            is_https: self.web.secure,
            _place: place,
            observed,
        };
        let span = under_way.observed.span();
        Answering::UnderWay(self.inner.call(request).instrument(span), Some(under_way))
    }
}

/// What is kept of a request until it is answered.
pub struct UnderWay {
    method: Method,
    version: Version,
    route: Option<MatchedPath>,
    late: Option<Late>,
    is_https: bool,
    _place: Option<Place>,
    observed: Observed,
}

/// An answer on its way.
pub enum Answering<F> {
    /// Not even looked at.
    Refused(Option<Response>),
    /// In a handler's hands.
    UnderWay(Instrumented<F>, Option<UnderWay>),
}

impl<F> Future for Answering<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(match self.get_mut() {
            Self::Refused(response) => response.take().unwrap_or_default(),
            Self::UnderWay(inner, under_way) => {
                let Poll::Ready(Ok(mut response)) = Pin::new(&mut *inner).poll(context) else {
                    return Poll::Pending;
                };
                if let Some(it) = under_way.take() {
                    if it.late.is_some_and(|late| late.is_late()) {
                        response = limits::too_slow(it.version);
                    }
                    let route = it.route.as_ref().map_or("-", MatchedPath::as_str);
                    it.observed.end(&it.method, route, &mut response);
                    headers::secure(response.headers_mut(), it.is_https);
                }
                response
            }
        }))
    }
}
