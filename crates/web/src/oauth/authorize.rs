//! `/oauth2/authorize`: begins, goes on after each page, and answers the client.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use latchkey_app::Caller;
use latchkey_app::client::Client;
use latchkey_app::domain::audit::Actor;
use latchkey_app::domain::mobile::MobileRefusal;
use latchkey_app::oauth::Refusal;
use latchkey_app::oauth::authorize::{self, MobileStop, Next, Stop};
use latchkey_app::session::SignedIn;
use latchkey_app::step::{NO_BROWSER, Step};
use latchkey_oidc::authorize::{AuthorizationResponse, AuthorizeError};
use latchkey_oidc::redirect::origin;

use super::error::shown;
use crate::form::read_form;
use crate::pages::error::PageError;
use crate::pages::onward::{form_origin, with_request};
use crate::pages::views::{self, FormPost, Known, MobileRefused, SignIn, Trouble};
use crate::pages::way::Asked;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// `GET /oauth2/authorize` (RFC 6749 §4.1.1).
pub(super) async fn begin(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    uri: Uri,
) -> Result<Response, PageError> {
    match read(&web, uri.query().unwrap_or_default().as_bytes()).await? {
        Ok(step) => go_on(&web, &mut visit, step).await,
        Err(answer) => respond(&visit, None, &answer),
    }
}

/// `POST /oauth2/authorize` (OpenID Connect Core 1.0 §3.1.2.1): the same by GET, with the cookies
/// that did not come along.
pub(super) async fn forward(
    State(web): State<Arc<Web>>,
    visit: Visit,
    request: Request,
) -> Result<Response, PageError> {
    let (head, body) = request.into_parts();
    let bytes = read_form(&head.headers, body).await?;
    match read(&web, &bytes).await? {
        Ok(step) => Ok(see_other(&resume_path(&step.seal(&web.app, NO_BROWSER)?), None)),
        Err(answer) => respond(&visit, None, &answer),
    }
}

fn resume_path(sealed: &str) -> String {
    with_request("/oauth2/authorize/resume", Some(sealed))
}

/// The step of a request, or the refusal for the client.
async fn read(web: &Web, encoded: &[u8]) -> Result<Result<Step, AuthorizationResponse>, PageError> {
    match authorize::begin(&web.app, encoded).await {
        Ok(step) => Ok(Ok(step)),
        Err(Refusal::Refused(AuthorizeError::Redirected(error))) => Ok(Err(error.response(&web.app.issuer))),
        Err(Refusal::Refused(AuthorizeError::Shown(error))) => Err(shown(Refusal::Refused(error))),
        Err(Refusal::Failed(fault)) => Err(fault.into()),
    }
}

/// `GET /oauth2/authorize/resume`: goes on after a page.
pub(super) async fn resume(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let text = asked.request().ok_or(Trouble::BadRequest)?;
    let step = match Step::open(&web.app, NO_BROWSER, text) {
        Ok(step) => step,
        Err(_) => open(&web, &visit, text)?,
    };
    go_on(&web, &mut visit, step).await
}

fn open(web: &Web, visit: &Visit, text: &str) -> Result<Step, PageError> {
    Step::open(&web.app, &visit.browser, text).map_err(|fault| shown(Refusal::Failed(fault)))
}

/// `GET /oauth2/authorize/refuse`: the person goes back to the application without signing in.
pub(super) async fn refuse(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let step = open(&web, &visit, asked.request().ok_or(Trouble::BadRequest)?)?;
    let answer = authorize::refuse(&web.app, &step).await.map_err(shown)?;
    respond(&visit, None, &answer)
}

async fn go_on(web: &Web, visit: &mut Visit, mut step: Step) -> Result<Response, PageError> {
    let locales = step
        .authorization
        .as_ref()
        .map(|it| it.ui_locales.clone())
        .unwrap_or_default();
    visit.prefer_languages(&locales);
    let who = visit.signed_in().await?;
    let caller = caller(visit, who.as_ref());
    let next = authorize::decide(&web.app, &caller, &mut step, who.as_ref())
        .await
        .map_err(shown)?;
    let page = match next {
        Next::Respond(answer) => {
            let client = authorize::client_of(&web.app, &step).await.map_err(shown)?;
            return respond(visit, Some(&client.application_name), &answer);
        }
        Next::SignIn => "/sign-in",
        Next::ChooseAccount => "/choose-account",
        Next::Terms => "/terms",
        Next::Consent => "/consent",
        Next::Stopped(stop) => {
            let client = authorize::client_of(&web.app, &step).await.map_err(shown)?;
            return stopped(web, visit, (&step, &client), &stop, who.as_ref());
        }
        Next::MobileRefused(stop) => {
            let client = authorize::client_of(&web.app, &step).await.map_err(shown)?;
            return mobile_refused(web, visit, (&step, &client), &stop);
        }
    };
    let sealed = step.seal(&web.app, &visit.browser)?;
    Ok(see_other(
        &with_request(page, Some(&sealed)),
        visit.browser_cookie(),
    ))
}

/// Who is asking, as the audit trail names them.
pub(super) fn caller(visit: &Visit, who: Option<&SignedIn>) -> Caller {
    match who {
        None => visit.anonymous(),
        Some(who) => {
            let actor = Actor::User {
                user: who.user.id.clone(),
                name: who.name(),
            };
            Caller {
                actor,
                address: visit.address(),
            }
        }
    }
}

/// Sends an answer to the client, the way that it asked for.
fn respond(
    visit: &Visit,
    application: Option<&str>,
    answer: &AuthorizationResponse,
) -> Result<Response, PageError> {
    match answer {
        AuthorizationResponse::Redirect { location } => Ok(see_other(location, None)),
        AuthorizationResponse::FormPost { action, fields } => {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let frame = visit.frame(application, &[]);
            let page = visit.page(&FormPost {
                frame,
                action,
                fields: &fields,
            })?;
            Ok(page.form_action(origin(action)).into_response())
        }
    }
}

/// Tells a person with a correct credential that it goes no further.
fn stopped(
    web: &Web,
    visit: &Visit,
    (step, client): (&Step, &Client),
    stop: &Stop,
    who: Option<&SignedIn>,
) -> Result<Response, PageError> {
    let sealed = step.seal(&web.app, &visit.browser)?;
    let csrf = visit.csrf();
    let name = who.map(SignedIn::name).unwrap_or_default();
    let forgot_path = with_request("/password/forgot", Some(&sealed));
    let view = SignIn {
        frame: visit.frame(Some(&client.application_name), &[]),
        hidden: visit.hidden(&csrf, Some(&sealed)),
        username: "",
        known: who.map(|who| Known {
            name: &name,
            address: who.address(),
        }),
        stop: Some(match stop {
            Stop::Suspended(account) => views::Stop::Suspended { account },
            Stop::NoAccess => views::Stop::NoAccess,
        }),
        joining: None,
        forgot_path: &forgot_path,
        cancel: true,
    };
    let page = visit
        .page(&view)?
        .status(StatusCode::FORBIDDEN)
        .form_action(form_origin(step));
    Ok(page.into_response())
}

/// Tells why the phone application is refused; its link takes the refusal to the application.
fn mobile_refused(
    web: &Web,
    visit: &Visit,
    (step, client): (&Step, &Client),
    stop: &MobileStop,
) -> Result<Response, PageError> {
    let return_url = match &stop.response {
        AuthorizationResponse::Redirect { location } => location.clone(),
        AuthorizationResponse::FormPost { .. } => {
            let sealed = step.seal(&web.app, &visit.browser)?;
            with_request("/oauth2/authorize/refuse", Some(&sealed))
        }
    };
    let (app_version, platform) = needs(stop);
    let refusal = match stop.refusal {
        MobileRefusal::AccountOff => views::Refusal::Account,
        MobileRefusal::MemberOff => views::Refusal::Member,
        MobileRefusal::Requirement { .. } => views::Refusal::Device {
            app_version: app_version.as_deref(),
            platform: platform.as_deref(),
        },
    };
    let view = MobileRefused {
        frame: visit.frame_of(Some(&client.application_name), &stop.account.name, &[]),
        account: &stop.account.name,
        refusal,
        return_url: &return_url,
    };
    Ok(visit.page(&view)?.status(StatusCode::FORBIDDEN).into_response())
}

/// The least version of the app, and of the platform with its name, that the account requires of
/// such a device.
fn needs(stop: &MobileStop) -> (Option<String>, Option<String>) {
    let Some(platform) = stop.platform.as_deref().map(str::trim) else {
        return (None, None);
    };
    let required = stop
        .account
        .settings
        .mobile_requirements
        .0
        .get(&platform.to_lowercase());
    let Some(required) = required else {
        return (None, None);
    };
    let version = required.platform_version.as_ref();
    (
        required.app_version.clone(),
        version.map(|version| format!("{platform} {version}")),
    )
}
