//! `POST /oauth2/introspect` (RFC 7662).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use latchkey_app::oauth::introspect;
use latchkey_oidc::introspection::IntrospectionRequest;

use super::call::Call;
use super::error::OAuthError;
use super::json::json;
use crate::state::Web;

/// Tells an authenticated client of a token for its application.
pub(super) async fn respond(State(web): State<Arc<Web>>, call: Call) -> Result<Response, OAuthError> {
    let request = IntrospectionRequest::parse(&call.form)?;
    let answer = introspect::respond(&web.app, &call.client, &request).await?;
    Ok(json(200, &answer))
}
