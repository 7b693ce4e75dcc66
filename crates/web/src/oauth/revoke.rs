//! `POST /oauth2/revoke` (RFC 7009).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use latchkey_app::oauth::revoke;
use latchkey_oidc::revocation::RevocationRequest;

use super::call::Call;
use super::error::OAuthError;
use super::json::never_kept;
use crate::state::Web;

/// Ends a token. The answer is empty and has no `Content-Type`: an empty `text/plain` breaks
/// clients that read JSON.
pub(super) async fn respond(State(web): State<Arc<Web>>, call: Call) -> Result<Response, OAuthError> {
    let request = RevocationRequest::parse(&call.form)?;
    revoke::revoke(&web.app, &call.caller, &call.client, &request).await?;
    let mut response = Response::default();
    never_kept(&mut response);
    Ok(response)
}
