//! Every request has an id and one line in the log: route, status, time; never a query, a header
//! or a path with a secret in it.

use std::time::Instant;

use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use tracing::{Span, info, info_span};

use crate::state::Web;

/// Tells the id of the request in every answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request under way.
#[derive(Debug)]
pub struct Observed {
    began: Instant,
    id: String,
}

impl Observed {
    /// Gives a request its id; its time begins.
    pub fn begin(web: &Web) -> Self {
        Self {
            began: Instant::now(),
            id: web.app.rng.uuid(web.app.now()),
        }
    }

    /// The request's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The span around everything that is logged while a handler works on this request.
    pub fn span(&self) -> Span {
        info_span!("request", id = %self.id)
    }

    /// Tells the id in the answer and writes the request's line.
    pub fn end(self, method: &Method, route: &str, response: &mut Response) {
        info!(
            id = %self.id,
            %method,
            route,
            status = response.status().as_u16(),
            micros = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        // The text itself becomes the header, without a copy.
        let Ok(value) = HeaderValue::try_from(self.id) else {
            return;
        };
        let headers = response.headers_mut();
        match headers.get_mut(REQUEST_ID) {
            // Unlike an insertion this never makes the map grow.
            Some(place) => *place = value,
            None => drop(headers.insert(REQUEST_ID, value)),
        }
    }
}
