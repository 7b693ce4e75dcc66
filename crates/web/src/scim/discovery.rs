//! What the service says about itself (RFC 7644 section 4): rendered once, sent from memory. It is
//! the same for everybody and says nothing of any account, so it needs no token (RFC 7643
//! section 5).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use latchkey_app::App;
use latchkey_app::crypto::encoding::sha256_base64url;
use latchkey_app::provisioning::base;
use latchkey_app::provisioning::users::{DEFAULT_PAGE, LARGEST_PAGE};
use latchkey_scim::discovery::{
    Capabilities, SERVED, SERVED_SCHEMAS, filter_refused, resource_type, resource_types, schema, schemas,
    service_provider_config,
};
use latchkey_scim::{MEDIA_TYPE, ScimError};
use serde_json::Value;

use super::error::Failure;
use super::request::Query;
use super::{both, refusing};
use crate::routes::{Guard, Routes};

type Result<T = Response> = std::result::Result<T, Failure>;
type Id = std::result::Result<Path<String>, PathRejection>;

/// How long clients may keep a document without asking again.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// One document, rendered.
#[derive(Debug)]
struct Document {
    body: Bytes,
    etag: HeaderValue,
}

impl Document {
    fn new(value: &Value) -> Self {
        let text = value.to_string();
        let etag = HeaderValue::from_str(&format!("\"{}\"", sha256_base64url(&text)));
        Self {
            etag: etag.unwrap_or(HeaderValue::from_static("\"\"")),
            body: text.into(),
        }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let is_known = headers.get_all(header::IF_NONE_MATCH).iter().any(|it| {
            it.to_str().is_ok_and(|it| {
                it.split(',')
                    .any(|tag| tag.trim().as_bytes() == self.etag.as_bytes())
            })
        });
        let facts = [
            (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
            (header::CACHE_CONTROL, CACHE_CONTROL),
            (header::ETAG, self.etag.clone()),
        ];
        if is_known {
            (StatusCode::NOT_MODIFIED, facts).into_response()
        } else {
            (facts, Body::from(self.body.clone())).into_response()
        }
    }
}

/// All discovery documents of this installation.
#[derive(Debug)]
pub(super) struct Documents {
    config: Document,
    types: Document,
    schemas: Document,
    each_type: Vec<(&'static str, Document)>,
    each_schema: Vec<(&'static str, Document)>,
    entry: HeaderValue,
}

impl Documents {
    /// Renders them.
    pub(super) fn new(app: &App) -> Arc<Self> {
        let base = base(app);
        let capabilities = Capabilities {
            documentation_uri: None,
            bulk: None,
            default_page_size: DEFAULT_PAGE,
            max_page_size: LARGEST_PAGE,
            sort: true,
            cursor_timeout: None,
        };
        let each = |names: &mut dyn Iterator<Item = &'static str>, of: &dyn Fn(&str) -> Option<Value>| {
            names
                .filter_map(|name| Some((name, Document::new(&of(name)?))))
                .collect()
        };
        let entry = HeaderValue::from_str(&format!("{base}/ServiceProviderConfig"));
        Arc::new(Self {
            config: Document::new(&service_provider_config(&base, &capabilities)),
            types: Document::new(&resource_types(&base)),
            schemas: Document::new(&schemas(&base)),
            each_type: each(&mut SERVED.iter().map(|it| it.name), &|name| {
                resource_type(&base, name).ok()
            }),
            each_schema: each(&mut SERVED_SCHEMAS.into_iter(), &|id| schema(&base, id).ok()),
            entry: entry.unwrap_or(HeaderValue::from_static("/scim/v2/ServiceProviderConfig")),
        })
    }
}

fn one(all: &[(&'static str, Document)], kind: &str, id: Id, headers: &HeaderMap) -> Result {
    let id = id.map(|Path(id)| id).unwrap_or_default();
    match all.iter().find(|(name, _)| name.eq_ignore_ascii_case(&id)) {
        Some((_, document)) => Ok(document.answer(headers)),
        None => Err(ScimError::not_found(kind, &id).into()),
    }
}

fn refuse_filter(query: &Query) -> Result<()> {
    if query.has("filter") {
        Err(filter_refused().into())
    } else {
        Ok(())
    }
}

/// A path without and with a slash at its end.
type Paths = [&'static str; 2];
/// Which document.
type Whole = fn(&Documents) -> &Document;
/// The name of a kind of document, and where its documents are.
type Each = (&'static str, fn(&Documents) -> &[(&'static str, Document)]);

/// The routes of discovery.
pub(super) fn routes(documents: &Arc<Documents>) -> Routes {
    let mut routes = Routes::default();
    let whole: [(Paths, Whole); 3] = [
        (
            [
                "/scim/v2/ServiceProviderConfig",
                "/scim/v2/ServiceProviderConfig/",
            ],
            |it| &it.config,
        ),
        (["/scim/v2/ResourceTypes", "/scim/v2/ResourceTypes/"], |it| {
            &it.types
        }),
        (["/scim/v2/Schemas", "/scim/v2/Schemas/"], |it| &it.schemas),
    ];
    for (paths, of) in whole {
        let documents = Arc::clone(documents);
        let handler = get(async move |query: Query, headers: HeaderMap| -> Result {
            refuse_filter(&query)?;
            Ok(of(&documents).answer(&headers))
        });
        routes = both(
            routes,
            "GET",
            paths,
            Guard::Public,
            refusing(handler, "GET, HEAD"),
        );
    }
    let single: [(Paths, Each); 2] = [
        (
            ["/scim/v2/ResourceTypes/{id}", "/scim/v2/ResourceTypes/{id}/"],
            ("ResourceType", |it| &it.each_type),
        ),
        (
            ["/scim/v2/Schemas/{id}", "/scim/v2/Schemas/{id}/"],
            ("Schema", |it| &it.each_schema),
        ),
    ];
    for (paths, (kind, of)) in single {
        let documents = Arc::clone(documents);
        let handler = get(async move |id: Id, query: Query, headers: HeaderMap| -> Result {
            refuse_filter(&query)?;
            one(of(&documents), kind, id, &headers)
        });
        routes = both(
            routes,
            "GET",
            paths,
            Guard::Public,
            refusing(handler, "GET, HEAD"),
        );
    }
    let entry = documents.entry.clone();
    // Where SCIM begins, for whoever only knows the host.
    let handler = get(async move || (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, entry)]));
    routes.add("GET", "/.well-known/scim", Guard::Public, handler)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_that_is_known_is_not_sent_again() {
        let document = Document::new(&json!({"a": 1}));
        let mut headers = HeaderMap::new();
        let first = document.answer(&headers);
        assert_eq!(
            (first.status(), &first.headers()[header::ETAG]),
            (StatusCode::OK, &document.etag)
        );
        headers.insert(header::IF_NONE_MATCH, document.etag.clone());
        assert_eq!(document.answer(&headers).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn one_is_found_by_its_id_in_any_case_and_no_other() {
        let all = [("User", Document::new(&json!({})))];
        let found = |id: &str| one(&all, "ResourceType", Ok(Path(id.to_owned())), &HeaderMap::new());
        assert!(found("user").is_ok());
        assert!(found("Group").is_err());
    }
}
