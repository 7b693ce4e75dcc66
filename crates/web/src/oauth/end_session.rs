//! `/oauth2/end_session` (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use axum::response::Response;
use latchkey_app::oauth::Refusal;
use latchkey_app::oauth::end_session::{self, Next, Return, Wish};
use latchkey_oidc::logout::LogoutRequest;
use latchkey_oidc::params::Params;

use super::authorize::caller;
use super::error::not_signed_out;
use crate::form::read_form;
use crate::pages::error::PageError;
use crate::pages::onward::with_request;
use crate::pages::views::Trouble;
use crate::pages::way::Asked;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// Where a person is who has signed out and has nowhere to go back to.
const SIGNED_OUT: &str = "/signed-out";

/// Where a request goes on that came by POST.
pub(super) const RESUME: &str = "/oauth2/end_session/resume";

/// `GET /oauth2/end_session`.
pub(super) async fn begin(
    State(web): State<Arc<Web>>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, PageError> {
    let wish = read(&web, uri.query().unwrap_or_default().as_bytes())?;
    decide(&web, &visit, &wish).await
}

/// `POST /oauth2/end_session` (RP-Initiated Logout 1.0 §2): a form posted by another site comes
/// without cookies, so the browser is sent on by GET. What was posted travels sealed: addresses end
/// up in histories and logs, where an ID token must not.
pub(super) async fn forward(State(web): State<Arc<Web>>, request: Request) -> Result<Response, PageError> {
    let (head, body) = request.into_parts();
    let bytes = read_form(&head.headers, body).await?;
    let sealed = end_session::seal_posted(&web.app, &read(&web, &bytes)?)?;
    Ok(see_other(&with_request(RESUME, Some(&sealed)), None))
}

/// `GET /oauth2/end_session/resume`: goes on with what was posted.
pub(super) async fn resume(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let text = asked.request().ok_or(Trouble::BadRequest)?;
    let wish = end_session::open_posted(&web.app, text);
    let wish = wish.map_err(|fault| not_signed_out(Refusal::Failed(fault)))?;
    decide(&web, &visit, &wish).await
}

fn read(web: &Web, encoded: &[u8]) -> Result<Wish, PageError> {
    let request = Params::parse(encoded)
        .map_err(Into::into)
        .and_then(|params| LogoutRequest::parse(&params));
    request
        .and_then(|request| Wish::read(&web.app, request))
        .map_err(|fault| not_signed_out(Refusal::Refused(fault)))
}

async fn decide(web: &Web, visit: &Visit, wish: &Wish) -> Result<Response, PageError> {
    let who = visit.signed_in().await?;
    let next = end_session::decide(&web.app, &caller(visit, who.as_ref()), wish, who.as_ref()).await;
    match next.map_err(not_signed_out)? {
        Next::SignedOut { to, altogether } => Ok(see_other(
            place(&to),
            altogether.then(|| visit.forget_session()).flatten(),
        )),
        Next::Ask => {
            let sealed = end_session::seal(&web.app, &visit.browser, wish)?;
            let location = with_request("/sign-out", Some(&sealed));
            Ok(see_other(&location, visit.browser_cookie()))
        }
    }
}

fn place(to: &Return) -> &str {
    to.redirect.as_ref().map_or(SIGNED_OUT, |it| it.location())
}

/// `GET /oauth2/end_session/done`: back to the client, once the person has said yes.
pub(super) async fn done(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let text = asked.request().ok_or(Trouble::BadRequest)?;
    let to = end_session::open(&web.app, &visit.browser, text)
        .await
        .map_err(not_signed_out)?;
    Ok(see_other(place(&to), None))
}

/// The origin to which the page that asks leads in the end, for `form-action`.
///
/// # Errors
/// [`Trouble::Expired`] for a value that has expired or is another browser's.
pub async fn return_origin(web: &Web, visit: &Visit, sealed: &str) -> Result<Option<String>, PageError> {
    let to = end_session::open(&web.app, &visit.browser, sealed)
        .await
        .map_err(not_signed_out)?;
    Ok(to.redirect.and_then(|it| it.origin()))
}
