//! `/sign-out`, `/signed-out`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::sign_out;

use super::error::PageError;
use super::views::{SignOutConfirm, SignedOut};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// `GET /sign-out`: asks first.
pub async fn confirm(visit: Visit) -> Result<Response, PageError> {
    let Some(person) = visit.signed_in().await? else { return Ok(see_other("/signed-out", visit.forget_session())) };
    let csrf = visit.csrf();
    let view = SignOutConfirm {
        frame: visit.frame(None, &[]),
        hidden: visit.hidden(&csrf, None),
        address: person.address(),
    };
    Ok(visit.page(&view)?.into_response())
}

/// `POST /sign-out`.
pub async fn submit(State(web): State<Arc<Web>>, visit: Visit, form: PostedForm) -> Result<Response, PageError> {
    if form.text("choice") == Some("cancel") {
        return Ok(see_other("/account", None));
    }
    if let Some(person) = visit.signed_in().await? {
        sign_out::sign_out(&web.app, &person, visit.address()).await?;
    }
    Ok(see_other("/signed-out", visit.forget_session()))
}

/// `GET /signed-out`.
pub async fn done(visit: Visit) -> Result<Response, PageError> {
    let view =
        SignedOut { frame: visit.frame(None, &[]), applications: &[], back: None, sign_in_path: "/sign-in" };
    Ok(visit.page(&view)?.into_response())
}
