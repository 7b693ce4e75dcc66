//! What stands before the nodes: each request goes to the next node, as a load balancer without
//! sticky sessions would do it, and is kept in the transcript.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::http::{Ask, Http};
use super::transcript::{Answered, Asked, Transcript};
use super::wrong::Seen;

const MAX_BODY: usize = 1024 * 1024;

/// Where requests go.
pub(super) struct Proxy {
    /// The issuer, as in the transcript.
    pub issuer: String,
    /// The nodes' own addresses (`http://127.0.0.1:PORT`).
    pub nodes: Vec<String>,
    pub next: AtomicUsize,
    pub http: Http,
    pub transcript: Transcript,
}

/// The proxy as a router.
pub(super) fn router(proxy: Proxy) -> Router {
    Router::new().fallback(pass).with_state(Arc::new(proxy))
}

async fn pass(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    match proxy.pass(request).await {
        Ok(response) => response,
        Err(fault) => (StatusCode::BAD_GATEWAY, fault.0).into_response(),
    }
}

impl Proxy {
    async fn pass(&self, request: Request) -> Seen<Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, MAX_BODY).await?;
        let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        let url = format!("{}{path}", self.issuer);
        let asked = Asked::new(&parts.method, &url, &parts.headers, &body);
        let mut ask = Ask::new(parts.method, &format!("{}{path}", self.node()))?;
        ask.headers = end_to_end(parts.headers);
        ask.body = body;
        let answer = self.http.send(ask).await?;
        let answered = Answered::new(answer.status, &answer.headers, &answer.body);
        self.transcript.add(asked, answered);
        let mut response = Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = end_to_end(answer.headers);
        Ok(response)
    }

    fn node(&self) -> &str {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let at = turn.checked_rem(self.nodes.len()).unwrap_or(0);
        self.nodes.get(at).map_or("", String::as_str)
    }
}

/// Without the headers that are about one connection (RFC 9110 section 7.6.1).
fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for name in [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::TE,
    ] {
        headers.remove(name);
    }
    headers
}
