//! Health: `/healthz` says that the process lives, `/readyz` that it can serve.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::state::Web;

/// `GET /healthz`: the process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers, its schema is the one this version knows, and there is a
/// key for each algorithm.
pub async fn ready(State(web): State<Arc<Web>>) -> Response {
    match latchkey_app::health::check(&web.app).await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response(),
    }
}
