//! `/sign-out`, `/signed-out`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::sign_out;

use super::error::PageError;
use super::onward::with_request;
use super::views::{SignOutConfirm, SignedOut};
use super::way::Asked;
use crate::form::PostedForm;
use crate::oauth::return_origin;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// Where a sign-out that an application asked for goes on.
const DONE: &str = "/oauth2/end_session/done";

/// `GET /sign-out`: asks first. `request` is an application's wish, sealed by
/// `end_session`.
pub async fn confirm(State(web): State<Arc<Web>>, visit: Visit, asked: Asked) -> Result<Response, PageError> {
    let Some(person) = visit.signed_in().await? else {
        return Ok(see_other(&next(asked.request()), visit.forget_session()));
    };
    let origin = match asked.request() {
        Some(request) => return_origin(&web, &visit, request).await?,
        None => None,
    };
    let csrf = visit.csrf();
    let view = SignOutConfirm {
        frame: visit.frame(None, &[]),
        hidden: visit.hidden(&csrf, asked.request()),
        address: person.address(),
    };
    Ok(visit.page(&view)?.form_action(origin).into_response())
}

fn next(request: Option<&str>) -> String {
    match request {
        Some(_) => with_request(DONE, request),
        None => "/signed-out".to_owned(),
    }
}

/// `POST /sign-out`.
pub async fn submit(
    State(web): State<Arc<Web>>,
    visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    if form.text("choice") == Some("cancel") {
        return Ok(see_other("/account", None));
    }
    if let Some(person) = visit.signed_in().await? {
        sign_out::sign_out(&web.app, &person, visit.address()).await?;
    }
    Ok(see_other(&next(form.request()), visit.forget_session()))
}

/// `GET /signed-out`.
pub async fn done(visit: Visit) -> Result<Response, PageError> {
    let view = SignedOut {
        frame: visit.frame(None, &[]),
        applications: &[],
        back: None,
        sign_in_path: "/sign-in",
    };
    Ok(visit.page(&view)?.into_response())
}
