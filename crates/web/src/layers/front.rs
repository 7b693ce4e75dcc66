//! What stands before the routes: the documents that every client and every API asks for are
//! answered here from memory, everything else is handed on.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use axum::{BoxError, Router};
use tower::Service;

use super::limits;
use super::request::Observed;
use crate::oauth::well_known;
use crate::serve::tell_peer;
use crate::state::Web;

/// The whole service.
#[derive(Clone)]
pub struct Front {
    /// Whose documents are answered; none where there are only routes.
    web: Option<Arc<Web>>,
    router: Router,
    peer: Option<SocketAddr>,
}

impl Front {
    /// Stands before these routes.
    pub(crate) fn new(web: &Arc<Web>, router: Router) -> Self {
        Self {
            web: Some(Arc::clone(web)),
            router,
            peer: None,
        }
    }

    /// The same for the requests of one connection, which come from there.
    #[must_use]
    pub fn told(&self, peer: SocketAddr) -> Self {
        Self {
            peer: Some(peer),
            ..self.clone()
        }
    }

    /// The answer to whoever asks for a document.
    fn document<B>(&self, request: &Request<B>) -> Option<Response> {
        let web = self.web.as_deref()?;
        let method = request.method();
        let path = well_known::asked(method, request.headers(), request.uri().path())?;
        let _place = match limits::admit(web, request.uri()) {
            Ok(place) => place,
            Err(refusal) => return Some(refusal.answer(web)),
        };
        let observed = Observed::begin(web);
        let mut response = well_known::answer(web, path, method, request.headers());
        observed.end(method, path, &mut response);
        Some(response)
    }
}

/// Routes with nothing before them.
impl From<Router> for Front {
    fn from(router: Router) -> Self {
        Self {
            web: None,
            router,
            peer: None,
        }
    }
}

impl<B> Service<Request<B>> for Front
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Answer {
        if let Some(response) = self.document(&request) {
            return Answer::Ready(Some(response));
        }
        if let Some(peer) = self.peer {
            tell_peer(&mut request, peer);
        }
        Answer::Routed(self.router.call(request.map(Body::new)))
    }
}

/// An answer, at hand or on its way.
pub enum Answer {
    /// At hand.
    Ready(Option<Response>),
    /// On its way from a route.
    Routed(RouteFuture<Infallible>),
}

impl Future for Answer {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(response) => Poll::Ready(Ok(response.take().unwrap_or_default())),
            Self::Routed(answer) => Pin::new(answer).poll(context),
        }
    }
}
