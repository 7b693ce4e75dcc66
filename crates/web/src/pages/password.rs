//! `/password/…`: a link for a new password, and setting it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::Error;
use latchkey_app::crypto::token::is_well_formed;
use latchkey_app::domain::address::EmailAddress;
use latchkey_app::domain::password::{self as rules, LEAST};
use latchkey_app::password::{self, Link, PasswordFault, ResetError, ResetFor, SentTo};

use super::error::PageError;
use super::onward::with_request;
use super::views::{Fault, Forgot, ForgotSent, PasswordChanged, Reset, ResetEnded};
use super::way::{Asked, Way};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// After how many seconds "Send again" is offered.
const SEND_AGAIN: u32 = 60;

/// `GET /password/forgot`: asks for the address, or says that a link was sent.
pub async fn forgot(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    match asked
        .get("sent")
        .map(|text| SentTo::open(&web.app, &visit.browser, text))
    {
        Some(Ok(to)) => sent(&visit, &way, &to.address),
        // Shown too long ago: the form does as well.
        Some(Err(Error::Stale)) | None => {
            let hint = way
                .step
                .authorization
                .as_ref()
                .and_then(|it| it.login_hint.as_deref());
            form(&visit, &way, hint.unwrap_or_default(), &[])
        }
        Some(Err(fault)) => Err(fault.into()),
    }
}

fn form(visit: &Visit, way: &Way, username: &str, problems: &[Fault]) -> Result<Response, PageError> {
    let csrf = visit.csrf();
    let sign_in_path = way.path("/sign-in");
    let view = Forgot {
        frame: visit.frame(way.application(), problems),
        hidden: visit.hidden(&csrf, way.request()),
        username,
        sign_in_path: &sign_in_path,
    };
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page(&view)?.status(status).into_response())
}

fn sent(visit: &Visit, way: &Way, username: &str) -> Result<Response, PageError> {
    let csrf = visit.csrf();
    let sign_in_path = way.path("/sign-in");
    let view = ForgotSent {
        frame: visit.frame(way.application(), &[]),
        hidden: visit.hidden(&csrf, way.request()),
        username,
        wait_seconds: SEND_AGAIN,
        sign_in_path: &sign_in_path,
    };
    Ok(visit.page(&view)?.into_response())
}

/// `POST /password/forgot`.
pub async fn send(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let (way, late) = Way::open_form(&web, &mut visit, posted.request()).await?;
    let typed = posted.text("username").unwrap_or_default();
    if late {
        return form(&visit, &way, typed, &[Fault::FormExpired("username")]);
    }
    let Ok(address) = EmailAddress::parse(typed) else {
        let fault = if typed.is_empty() {
            Fault::UsernameMissing
        } else {
            Fault::UsernameInvalid
        };
        return form(&visit, &way, typed, &[fault]);
    };
    password::send_reset(&web.app, &visit.anonymous(), &address, &visit.languages()).await?;
    let sent = SentTo {
        address: typed.to_owned(),
    }
    .seal(&web.app, &visit.browser)?;
    let path = with_request("/password/forgot", way.request());
    let and = if path.contains('?') { '&' } else { '?' };
    Ok(see_other(&format!("{path}{and}sent={sent}"), None))
}

/// `GET /password/reset/TOKEN`: takes the secret out of the address. Uses nothing up.
pub async fn open(
    State(web): State<Arc<Web>>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    if !is_well_formed("", &token) {
        return ended(&visit);
    }
    let sealed = Link::new(token).seal(&web.app, &visit.browser)?;
    Ok(see_other(
        &with_request("/password/reset", Some(&sealed)),
        visit.browser_cookie(),
    ))
}

/// `GET /password/reset`.
pub async fn reset(State(web): State<Arc<Web>>, visit: Visit, asked: Asked) -> Result<Response, PageError> {
    let Some((sealed, link)) = link(&web, &visit, asked.request())? else {
        return ended(&visit);
    };
    match password::find_reset(&web.app, &link).await? {
        Some(offer) => reset_form(&visit, &sealed, &offer, &[]),
        None => ended(&visit),
    }
}

/// The link on the way, sealed and open; none where it has expired or is another browser's.
fn link(web: &Web, visit: &Visit, request: Option<&str>) -> Result<Option<(String, Link)>, PageError> {
    let Some(text) = request else { return Ok(None) };
    match Link::open(&web.app, &visit.browser, text) {
        Ok(link) => Ok(Some((text.to_owned(), link))),
        Err(Error::Stale) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

fn reset_form(
    visit: &Visit,
    sealed: &str,
    offer: &ResetFor,
    problems: &[Fault],
) -> Result<Response, PageError> {
    let csrf = visit.csrf();
    let view = Reset {
        frame: visit.frame(None, problems),
        hidden: visit.hidden(&csrf, Some(sealed)),
        username: offer.address(),
        minimum: count(LEAST),
    };
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page(&view)?.status(status).into_response())
}

fn ended(visit: &Visit) -> Result<Response, PageError> {
    let view = ResetEnded {
        frame: visit.frame(None, &[]),
        forgot_path: "/password/forgot",
    };
    Ok(visit.page(&view)?.status(StatusCode::GONE).into_response())
}

/// `POST /password/reset`.
pub async fn set(
    State(web): State<Arc<Web>>,
    visit: Visit,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let Some((sealed, link)) = link(&web, &visit, posted.request())? else {
        return ended(&visit);
    };
    let Some(offer) = password::find_reset(&web.app, &link).await? else {
        return ended(&visit);
    };
    let wanted = posted.password("password");
    if wanted.is_empty() {
        return reset_form(&visit, &sealed, &offer, &[Fault::NewPasswordMissing]);
    }
    if wanted.expose_secret() != posted.password("password_confirmation").expose_secret() {
        return reset_form(&visit, &sealed, &offer, &[Fault::PasswordsDiffer]);
    }
    let languages = visit.languages();
    match password::set_through_link(&web.app, &visit.anonymous(), &link, &wanted, &languages).await {
        Ok(device) => Ok(see_other(
            "/password/changed",
            visit
                .forget_session()
                .into_iter()
                .chain(visit.device_cookie(&device)),
        )),
        Err(ResetError::Ended) => ended(&visit),
        Err(ResetError::Password(why)) => reset_form(&visit, &sealed, &offer, &[fault(&why)]),
        Err(ResetError::Other(why)) => Err(why.into()),
    }
}

/// `GET /password/changed`.
pub async fn changed(visit: Visit) -> Result<Response, PageError> {
    let view = PasswordChanged {
        frame: visit.frame(None, &[]),
        sign_in_path: "/sign-in",
    };
    Ok(visit.page(&view)?.into_response())
}

/// What to tell the person of a password that is not taken.
pub fn fault(why: &PasswordFault) -> Fault {
    match why {
        PasswordFault::Rule(rules::PasswordFault::TooShort { least, .. }) => {
            Fault::PasswordTooShort(count(*least))
        }
        PasswordFault::Rule(rules::PasswordFault::TooLong { most }) => Fault::PasswordTooLong(count(*most)),
        PasswordFault::Rule(rules::PasswordFault::Common) => Fault::PasswordKnown,
        PasswordFault::Rule(rules::PasswordFault::OwnWords | rules::PasswordFault::ServiceWords) => {
            Fault::PasswordOwnWords
        }
        PasswordFault::Rule(rules::PasswordFault::Control) => Fault::PasswordControl,
        PasswordFault::Guessable => Fault::PasswordGuessable,
    }
}

fn count(characters: usize) -> u32 {
    u32::try_from(characters).unwrap_or(u32::MAX)
}
