//! `POST /oauth2/token` (RFC 6749 §3.2).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use latchkey_app::oauth::token;
use latchkey_oidc::token::TokenRequest;

use super::call::Call;
use super::error::OAuthError;
use super::json::json;
use crate::state::Web;

/// Gives an authenticated client its tokens.
pub(super) async fn respond(State(web): State<Arc<Web>>, call: Call) -> Result<Response, OAuthError> {
    let request = TokenRequest::parse(&call.form)?;
    let tokens = token::respond(&web.app, &call.caller, &call.client, request).await?;
    Ok(json(200, &tokens))
}
