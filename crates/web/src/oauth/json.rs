//! JSON answers that nobody may keep.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// As long as answers with a token or the claims of a person usually are, in bytes.
const USUAL_LENGTH: usize = 2 * 1024;

/// An answer with `Cache-Control: no-store` (RFC 6749 §5.1).
pub(super) fn json(status: u16, body: &impl Serialize) -> Response {
    let mut bytes = Vec::with_capacity(USUAL_LENGTH);
    if serde_json::to_writer(&mut bytes, body).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    never_kept(&mut response);
    response
}

/// Marks an answer as one that nobody may keep.
pub(super) fn never_kept(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}
