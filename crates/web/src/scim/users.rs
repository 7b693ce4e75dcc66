//! `/scim/v2/Users` (RFC 7644 sections 3.3 to 3.6).

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use latchkey_app::domain::id::MemberId;
use latchkey_app::provisioning::users::{self, Answer, Meant};
use latchkey_scim::list::ListQuery;
use latchkey_scim::schema::USERS;
use latchkey_scim::{ScimError, etag};

use super::error::Failure;
use super::request::{Bearer, Document, Query, answer, condition};
use crate::state::Web;

type Result<T = Response> = std::result::Result<T, Failure>;
type Id = std::result::Result<Path<String>, PathRejection>;

/// `GET /Users`: a page of those that match.
pub(super) async fn list(State(web): State<Arc<Web>>, Bearer(by): Bearer, query: Query) -> Result {
    let found = users::list(&web.app, &by, &query.list()?).await?;
    Ok(answer(StatusCode::OK, &found.into_json()))
}

/// `POST /Users/.search`: the same with the query in the body (RFC 7644 section 3.4.3).
pub(super) async fn search(
    State(web): State<Arc<Web>>,
    Bearer(by): Bearer,
    Document(body): Document,
) -> Result {
    let found = users::list(&web.app, &by, &ListQuery::from_search(&body)?).await?;
    Ok(answer(StatusCode::OK, &found.into_json()))
}

/// `POST /Users`: 201 with the new user.
pub(super) async fn create(
    State(web): State<Arc<Web>>,
    Bearer(by): Bearer,
    query: Query,
    Document(body): Document,
) -> Result {
    let made = users::create(&web.app, &by, body, &query.projection()?).await?;
    let location = HeaderValue::from_str(&made.location).ok();
    let mut response = shown(StatusCode::CREATED, &made);
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `GET /Users/{id}`: the user, or 304 for one that the client has already.
pub(super) async fn read(
    State(web): State<Arc<Web>>,
    Bearer(by): Bearer,
    id: Id,
    query: Query,
    headers: HeaderMap,
) -> Result {
    let found = users::read(&web.app, &by, &named(id)?, &query.projection()?).await?;
    let is_known = condition(&headers, &header::IF_NONE_MATCH).is_some_and(|it| it.matches(found.version));
    if is_known {
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), found.version));
    }
    Ok(shown(StatusCode::OK, &found))
}

/// `PUT /Users/{id}`: 200 with the user as it is then.
pub(super) async fn replace(
    State(web): State<Arc<Web>>,
    Bearer(by): Bearer,
    Asked { meant, query }: Asked,
    Document(body): Document,
) -> Result {
    let after = users::replace(&web.app, &by, &meant, body, &query.projection()?).await?;
    Ok(shown(StatusCode::OK, &after))
}

/// `PATCH /Users/{id}`: 200 with the user as it is then; 204 without a body breaks some clients.
pub(super) async fn patch(
    State(web): State<Arc<Web>>,
    Bearer(by): Bearer,
    Asked { meant, query }: Asked,
    Document(body): Document,
) -> Result {
    let after = users::patch(&web.app, &by, &meant, body, &query.projection()?).await?;
    Ok(shown(StatusCode::OK, &after))
}

/// `DELETE /Users/{id}`: 204, and 404 from then on.
pub(super) async fn delete(
    State(web): State<Arc<Web>>,
    Bearer(by): Bearer,
    Asked { meant, .. }: Asked,
) -> Result {
    users::delete(&web.app, &by, &meant).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Which user a change is about, and which attributes the answer is to have.
#[derive(Debug)]
pub(super) struct Asked {
    meant: Meant,
    query: Query,
}

impl FromRequestParts<Arc<Web>> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self> {
        let id = Path::<String>::from_request_parts(parts, web).await;
        Ok(Self {
            meant: Meant {
                id: named(id)?,
                condition: condition(&parts.headers, &header::IF_MATCH),
                unless: condition(&parts.headers, &header::IF_NONE_MATCH),
            },
            query: Query::parse(parts.uri.query().unwrap_or_default()),
        })
    }
}

/// The id in the path; what can't be read names nobody.
fn named(id: Id) -> Result<MemberId> {
    match id {
        Ok(Path(id)) if !id.contains('\0') => Ok(MemberId::new(id)),
        _ => Err(ScimError::not_found(USERS.name, "").into()),
    }
}

fn shown(status: StatusCode, it: &Answer) -> Response {
    tagged(answer(status, &it.resource.to_json()), it.version)
}

fn tagged(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&etag::weak(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
