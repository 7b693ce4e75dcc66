//! Public documents: discovery and keys, rendered once and sent from memory.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use latchkey_app::crypto::encoding::sha256_base64url;
use latchkey_app::keys::KeySet;
use latchkey_app::oauth::metadata;
use serde::Serialize;
use tracing::error;

use crate::state::Web;

/// A document, ready to be sent again and again.
#[derive(Debug)]
struct Rendered {
    body: Bytes,
    etag: HeaderValue,
    cache_control: HeaderValue,
}

impl Rendered {
    fn new(document: &impl Serialize, seconds: u64) -> Option<Self> {
        let body = serde_json::to_vec(document).ok()?;
        let etag = HeaderValue::from_str(&format!("\"{}\"", sha256_base64url(&body))).ok()?;
        let cache_control = HeaderValue::from_str(&format!("public, max-age={seconds}")).ok()?;
        Some(Self {
            body: body.into(),
            etag,
            cache_control,
        })
    }

    /// The document, or 304 for whoever has it (RFC 9110 §13.1.2). Any script may read it.
    fn respond(&self, headers: &HeaderMap) -> Response {
        let mut response = if self.is_known(headers) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = self.body.clone().into_response();
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
        let own = self.etag.to_str().unwrap_or_default();
        known.is_some_and(|it| {
            it.split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == own || tag == "*")
        })
    }
}

fn failed() -> Response {
    error!("a public document can't be rendered");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// `GET /.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`.
pub(super) fn discovery(web: &Arc<Web>) -> MethodRouter<Arc<Web>> {
    let locales: Vec<String> = web.texts.tags().map(str::to_owned).collect();
    let document = metadata::document(&web.app, &locales);
    let rendered = Arc::new(Rendered::new(
        &document,
        web.app.settings.tokens.jwks_cache_seconds,
    ));
    get(move |headers: HeaderMap| {
        let response = rendered
            .as_ref()
            .as_ref()
            .map_or_else(failed, |it| it.respond(&headers));
        std::future::ready(response)
    })
}

/// The key set as it was rendered last, with the keys it was made from.
type Kept = RwLock<Option<(Arc<KeySet>, Arc<Rendered>)>>;

/// `GET /oauth2/jwks` (RFC 7517 §5).
pub(super) fn jwks() -> MethodRouter<Arc<Web>> {
    let kept = Arc::new(Kept::default());
    get(move |State(web): State<Arc<Web>>, headers: HeaderMap| {
        let response = current(&web, &kept).map_or_else(failed, |it| it.respond(&headers));
        std::future::ready(response)
    })
}

fn current(web: &Web, kept: &Kept) -> Option<Arc<Rendered>> {
    let keys = web.app.keys.current();
    if let Some((of, rendered)) = &*kept.read().unwrap_or_else(PoisonError::into_inner)
        && Arc::ptr_eq(of, &keys)
    {
        return Some(Arc::clone(rendered));
    }
    let rendered = Arc::new(Rendered::new(
        &keys.jwks,
        web.app.settings.tokens.jwks_cache_seconds,
    )?);
    *kept.write().unwrap_or_else(PoisonError::into_inner) = Some((keys, Arc::clone(&rendered)));
    Some(rendered)
}

/// `GET /.well-known/change-password`: where password managers send people (W3C, a well-known URL
/// for changing passwords).
pub(super) async fn change_password() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/password/forgot")]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_the_document_is_told_that_it_is_still_good() {
        let rendered = Rendered::new(&"x", 60).unwrap();
        let first = rendered.respond(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let etag = first.headers().get(header::ETAG).unwrap().clone();
        for known in [
            etag.to_str().unwrap().to_owned(),
            format!("\"a\", W/{}", etag.to_str().unwrap()),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, known.parse().unwrap());
            let again = rendered.respond(&headers);
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(
                again.headers().get(header::CACHE_CONTROL).unwrap(),
                "public, max-age=60"
            );
        }
    }
}
