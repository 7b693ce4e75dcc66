//! Public documents: discovery and keys, rendered once and sent from memory.

use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use latchkey_app::crypto::encoding::sha256_base64url;
use latchkey_app::keys::KeySet;
use latchkey_app::oauth::metadata;
use latchkey_app::texts::Texts;
use latchkey_app::{App, Error};
use latchkey_oidc::discovery::path;
use serde::Serialize;
use tracing::error;

use super::cors::{PREFLIGHT_SECONDS, is_preflight};
use crate::layers::headers;
use crate::state::Web;

/// A document, ready to be sent again and again.
#[derive(Debug)]
pub(crate) struct Document {
    body: Bytes,
    etag: HeaderValue,
    /// All headers of the answer with the document.
    whole: HeaderMap,
    /// All headers of the answer that the document is still good.
    still_good: HeaderMap,
}

impl Document {
    fn of(app: &App, document: &impl Serialize) -> Option<Self> {
        Self::new(
            document,
            app.settings.tokens.jwks_cache_seconds,
            app.issuer.is_https(),
        )
    }

    fn new(document: &impl Serialize, seconds: u64, is_https: bool) -> Option<Self> {
        let body = serde_json::to_vec(document).ok()?;
        let etag = HeaderValue::from_str(&format!("\"{}\"", sha256_base64url(&body))).ok()?;
        let cache_control = HeaderValue::from_str(&format!("public, max-age={seconds}")).ok()?;
        let mut still_good = HeaderMap::new();
        still_good.insert(header::ETAG, etag.clone());
        still_good.insert(header::CACHE_CONTROL, cache_control);
        still_good.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers::prepare(&mut still_good, is_https);
        let mut whole = still_good.clone();
        let json = HeaderValue::from_static("application/json");
        whole.insert(header::CONTENT_TYPE, json);
        whole.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        Some(Self {
            body: body.into(),
            etag,
            whole,
            still_good,
        })
    }

    /// The document, or 304 for whoever has it (RFC 9110 §13.1.2). Any script may read it.
    fn respond(&self, method: &Method, headers: &HeaderMap) -> Response {
        let is_known = self.is_known(headers);
        let body = if is_known || *method == Method::HEAD {
            Body::empty()
        } else {
            Body::from(self.body.clone())
        };
        let mut response = Response::new(body);
        *response.headers_mut() = if is_known { &self.still_good } else { &self.whole }.clone();
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
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

/// The key set as it was rendered last, with the keys it was made from.
type Kept = RwLock<Option<(Arc<KeySet>, Arc<Document>)>>;

/// The documents of this installation.
#[derive(Debug)]
pub(crate) struct Documents {
    discovery: Document,
    jwks: Kept,
}

impl Documents {
    /// Renders what does not change while this runs.
    ///
    /// # Errors
    /// A [bug](Error::Bug) where it can't be rendered.
    pub(crate) fn new(app: &App, texts: &Texts) -> latchkey_app::Result<Self> {
        let locales: Vec<String> = texts.tags().map(str::to_owned).collect();
        let document = metadata::document(app, &locales);
        let discovery = Document::of(app, &document)
            .ok_or_else(|| Error::bug("the discovery document can't be rendered"))?;
        Ok(Self {
            discovery,
            jwks: Kept::default(),
        })
    }

    /// The key set of these keys (RFC 7517 §5).
    fn jwks(&self, app: &App) -> Option<Arc<Document>> {
        let keys = app.keys.current();
        if let Some((of, rendered)) = &*self.jwks.read().unwrap_or_else(PoisonError::into_inner)
            && Arc::ptr_eq(of, &keys)
        {
            return Some(Arc::clone(rendered));
        }
        let rendered = Arc::new(Document::of(app, &keys.jwks)?);
        *self.jwks.write().unwrap_or_else(PoisonError::into_inner) = Some((keys, Arc::clone(&rendered)));
        Some(rendered)
    }
}

/// The path of the document that is asked for, where one is, be it by a preflight.
pub(crate) fn asked(method: &Method, headers: &HeaderMap, path: &str) -> Option<&'static str> {
    let paths = [
        path::OPENID_CONFIGURATION,
        path::JWKS,
        path::OAUTH_AUTHORIZATION_SERVER,
    ];
    let path = paths.into_iter().find(|it| *it == path)?;
    let is_read = *method == Method::GET || *method == Method::HEAD;
    (is_read || is_preflight(method, headers)).then_some(path)
}

/// Answers with the document at such a path, all headers included.
pub(crate) fn answer(web: &Web, path: &str, method: &Method, headers: &HeaderMap) -> Response {
    if *method == Method::OPTIONS {
        return let_any_script_read(web.secure);
    }
    if path != path::JWKS {
        return web.documents.discovery.respond(method, headers);
    }
    match web.documents.jwks(&web.app) {
        Some(document) => document.respond(method, headers),
        None => {
            error!("the key set can't be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The answer to a preflight: scripts of every origin may read these documents, which tell nothing
/// that is not public, whatever headers their libraries add.
fn let_any_script_read(is_https: bool) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    headers::secure(response.headers_mut(), is_https);
    response
}

/// `GET` of the documents, for the table of routes; what comes by HTTP is answered before it gets here.
pub(super) async fn read(State(web): State<Arc<Web>>, request: Request) -> Response {
    answer(&web, request.uri().path(), request.method(), request.headers())
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
        let document = Document::new(&"x", 60, true).unwrap();
        let first = document.respond(&Method::GET, &HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let etag = first.headers().get(header::ETAG).unwrap().clone();
        for known in [
            etag.to_str().unwrap().to_owned(),
            format!("\"a\", W/{}", etag.to_str().unwrap()),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, known.parse().unwrap());
            let again = document.respond(&Method::GET, &headers);
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(
                again.headers().get(header::CACHE_CONTROL).unwrap(),
                "public, max-age=60"
            );
        }
    }
}
