//! `GET` and `POST /oauth2/userinfo` (OpenID Connect Core 1.0 §5.3).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use latchkey_app::oauth::userinfo;
use latchkey_oidc::bearer::{self, BearerError as Bearer};
use latchkey_oidc::params::Params;

use super::error::BearerError;
use super::json::json;
use crate::form::{is_form, read_form};
use crate::state::Web;

/// Tells the bearer of an access token about the person.
pub(super) async fn respond(State(web): State<Arc<Web>>, request: Request) -> Result<Response, BearerError> {
    let (head, body) = request.into_parts();
    let query = Params::parse(head.uri.query().unwrap_or_default()).map_err(Bearer::from)?;
    let form = if head.method == Method::POST && is_form(&head.headers) {
        let bytes = read_form(&head.headers, body)
            .await
            .map_err(|_| Bearer::InvalidRequest("the form can't be read or is too large".to_owned()))?;
        Some(Params::parse(&bytes).map_err(Bearer::from)?)
    } else {
        None
    };
    let headers = head.headers.get_all(header::AUTHORIZATION);
    let token = bearer::read(headers.iter().map(HeaderValue::as_bytes), &query, form.as_ref())?;
    Ok(json(200, &userinfo::respond(&web.app, &token).await?))
}
