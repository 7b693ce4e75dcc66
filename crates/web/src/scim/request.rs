//! What every SCIM request has: a bearer, a query, a body; and the shape of every answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use latchkey_app::provisioning::{self, Provisioner};
use latchkey_oidc::bearer::{self, BearerError};
use latchkey_oidc::params::Params;
use latchkey_scim::etag::Condition;
use latchkey_scim::json::{MAX_BYTES, object_from_slice};
use latchkey_scim::list::ListQuery;
use latchkey_scim::projection::Projection;
use latchkey_scim::{MEDIA_TYPE, ScimError};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::Failure;
use crate::state::{RequestInfo, Web};

/// The bearer of an account's SCIM token.
#[derive(Debug)]
pub(super) struct Bearer(pub(super) Provisioner);

impl FromRequestParts<Arc<Web>> for Bearer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        let headers = parts
            .headers
            .get_all(header::AUTHORIZATION)
            .iter()
            .map(HeaderValue::as_bytes);
        let token = bearer::read(headers, &Params::default(), None)?;
        let address = parts.extensions.get::<RequestInfo>().and_then(|it| it.address);
        let address = address.map(|it| it.to_string());
        let found = provisioning::authenticate(&web.app, token.expose(), address).await?;
        let refused = || BearerError::InvalidToken("the token is unknown, expired or revoked".to_owned());
        found.map(Self).ok_or_else(|| refused().into())
    }
}

/// The query, percent-decoded, `+` as a space.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of a URL.
    pub(super) fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is a parameter of this name, in any case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.pairs().any(|(it, _)| it.eq_ignore_ascii_case(name))
    }

    /// What a list is to have.
    ///
    /// # Errors
    /// As [`ListQuery::parse`].
    pub(super) fn list(&self) -> Result<ListQuery, ScimError> {
        ListQuery::parse(self.pairs())
    }

    /// Which attributes an answer is to have.
    ///
    /// # Errors
    /// As [`Projection::parse`].
    pub(super) fn projection(&self) -> Result<Projection, ScimError> {
        let is_of_projection = |name: &str| {
            ["attributes", "excludedAttributes"]
                .iter()
                .any(|it| it.eq_ignore_ascii_case(name))
        };
        Ok(ListQuery::parse(self.pairs().filter(|(name, _)| is_of_projection(name)))?.projection)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

/// A body: one JSON object.
#[derive(Debug)]
pub(super) struct Document(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            return Err(Failure::media_type());
        }
        match Limited::new(body, MAX_BYTES).collect().await {
            Ok(collected) => Ok(Self(object_from_slice(&collected.to_bytes())?)),
            Err(fault) if fault.is::<LengthLimitError>() => Err(Failure::too_large(MAX_BYTES)),
            Err(_) => Err(ScimError::status(400, "The body could not be read to its end.").into()),
        }
    }
}

/// Both media types that clients use, with any parameters but another charset.
fn is_json(headers: &HeaderMap) -> bool {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    [MEDIA_TYPE, "application/json"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(kind))
        && parts.all(is_utf8)
}

/// A condition on the version, from `If-Match` or `If-None-Match`.
pub(super) fn condition(headers: &HeaderMap, name: &HeaderName) -> Option<Condition> {
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .collect();
    (headers.contains_key(name)).then(|| Condition::parse(&lines.join(",")))
}

/// An answer in SCIM's media type.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, Body::from(body.to_string())).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response
}

/// A status that a refusal names.
pub(super) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        headers
    }

    #[test]
    fn both_media_types_are_taken_with_a_charset_and_no_others() {
        for good in [
            "application/scim+json",
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/scim+json;charset=\"utf-8\"; v=1",
        ] {
            assert!(is_json(&typed(good)), "{good}");
        }
        for bad in [
            "text/json",
            "application/xml",
            "application/json; charset=utf-16",
            "application/jsonp",
            "",
        ] {
            assert!(!is_json(&typed(bad)), "{bad}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn a_plus_in_a_query_is_a_space() {
        let query = Query::parse("filter=userName+eq+%22a%2Bb%40x.example%22&attributes=id,%20userName");
        let list = query.list().unwrap();
        assert_eq!(list.filter.unwrap().to_string(), "userName eq \"a+b@x.example\"");
        assert_eq!(query.projection().unwrap().attributes.len(), 2);
        assert!(query.has("FILTER") && !query.has("count"));
    }

    #[test]
    fn a_projection_is_read_whatever_else_the_query_holds() {
        assert!(
            Query::parse("filter=((&excludedAttributes=groups")
                .projection()
                .is_ok()
        );
        assert!(Query::parse("attributes=a&attributes=b").projection().is_err());
    }

    #[test]
    fn conditions_of_several_lines_count_together() {
        let mut headers = HeaderMap::new();
        assert_eq!(condition(&headers, &header::IF_MATCH), None);
        headers.append(header::IF_MATCH, "W/\"1\"".parse().unwrap());
        headers.append(header::IF_MATCH, "W/\"2\"".parse().unwrap());
        assert!(condition(&headers, &header::IF_MATCH).unwrap().matches(2));
        assert!(!condition(&headers, &header::IF_MATCH).unwrap().matches(3));
    }
}
