//! Headers that every answer carries, unless its handler chose otherwise.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::request::REQUEST_ID;

static DEFAULTS: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    ),
];

const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Adds the headers that are not there yet. `Strict-Transport-Security` belongs to https alone
/// (RFC 6797 §7.2).
pub fn secure(headers: &mut HeaderMap, is_https: bool) {
    // With room for that one and the id of the request.
    headers.reserve(DEFAULTS.len() + 2);
    if is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    for (name, value) in &DEFAULTS {
        if let header::Entry::Vacant(missing) = headers.entry(name) {
            missing.insert(value.clone());
        }
    }
}

/// Adds the headers to a map that is to be copied for one answer after another, with a place for
/// the id of each request, so that no copy has to grow.
pub fn prepare(headers: &mut HeaderMap, is_https: bool) {
    secure(headers, is_https);
    headers.insert(REQUEST_ID, HeaderValue::from_static("-"));
}
