//! `/sign-in`: address and password, or going on as who one is already.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use latchkey_app::domain::address::EmailAddress;
use latchkey_app::invitation;
use latchkey_app::person::{self, Entrance};
use latchkey_app::session::{Browser, SignedIn};
use latchkey_app::sign_in::{self, SignInError, Signed};

use super::error::PageError;
use super::onward::with_request;
use super::views::{Fault, Known, SignIn, Stop};
use super::way::{Asked, Way};
use crate::cookies::Cookie;
use crate::form::PostedForm;
use crate::retry;
use crate::state::Web;
use crate::visit::{Page, Visit, see_other};

/// What one sees of the form, beside the way.
#[derive(Debug, Default)]
struct Shown<'a> {
    username: &'a str,
    known: Option<Known<'a>>,
    stop: Option<Stop<'a>>,
    problems: &'a [Fault],
}

/// `GET /sign-in`.
pub async fn show(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    let wants_other = asked.get("choice") == Some("use-another");
    let present = if wants_other {
        None
    } else {
        visit.signed_in().await?
    };
    if let Some(person) = &present {
        way.speak(&mut visit, person);
    }
    let joining = joining(&web, &way).await?;
    let counts = present
        .as_ref()
        .filter(|it| sign_in::counts(&it.session, way.step.fresh_since));
    let name = counts.map(SignedIn::name).unwrap_or_default();
    let known = counts.map(|it| Known {
        name: &name,
        address: it.address(),
    });
    let hint = way
        .step
        .authorization
        .as_ref()
        .and_then(|it| it.login_hint.as_deref());
    let invited = joining.as_ref().map(|it| it.1.as_str());
    // Somebody who must sign in anew is most likely the same person.
    let username = invited.or(hint).or(present.as_ref().map(SignedIn::address));
    let username = if wants_other { invited } else { username };
    let shown = Shown {
        username: username.unwrap_or_default(),
        known,
        ..Shown::default()
    };
    Ok(page(&visit, &way, joining.as_ref().map(|it| it.0.as_str()), &shown)?.into_response())
}

/// The account that signing in joins, and the address that was invited.
async fn joining(web: &Web, way: &Way) -> Result<Option<(String, String)>, PageError> {
    let Some(secret) = &way.step.invitation else {
        return Ok(None);
    };
    let opened = invitation::open(&web.app, secret).await?;
    Ok(opened.map(|it| (it.account.name, it.invitation.address)))
}

fn page(visit: &Visit, way: &Way, joining: Option<&str>, shown: &Shown<'_>) -> Result<Page, PageError> {
    let csrf = visit.csrf();
    let forgot_path = way.path("/password/forgot");
    let view = SignIn {
        frame: visit.frame(way.application(), shown.problems),
        hidden: visit.hidden(&csrf, way.request()),
        username: shown.username,
        known: shown.known,
        stop: shown.stop,
        joining,
        forgot_path: &forgot_path,
        cancel: way.step.authorization.is_some(),
    };
    Ok(visit.page(&view)?.form_action(way.form_origin()))
}

/// `POST /sign-in`.
pub async fn submit(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    headers: HeaderMap,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (way, late) = Way::open_form(&web, &mut visit, form.request()).await?;
    match form.text("choice") {
        Some("cancel") => way.cancel(&web, &visit),
        Some("use-another") => {
            let path = with_another(&way);
            Ok(see_other(&path, None))
        }
        Some("continue-as") => go_on(&web, &visit, way).await,
        _ => {
            let typed = form.text("username").unwrap_or_default();
            let problems = if late {
                vec![Fault::FormExpired("password")]
            } else {
                faults(&form)
            };
            let address = EmailAddress::parse(typed);
            match (problems.is_empty(), address) {
                (true, Ok(address)) => enter(&web, &visit, way, (&headers, &form, &address)).await,
                _ => {
                    refuse(
                        &web,
                        &visit,
                        &way,
                        (typed, &problems, StatusCode::UNPROCESSABLE_ENTITY),
                    )
                    .await
                }
            }
        }
    }
}

/// Where the form waits for another person.
pub(super) fn with_another(way: &Way) -> String {
    let path = with_request("/sign-in", way.request());
    let and = if path.contains('?') { '&' } else { '?' };
    format!("{path}{and}choice=use-another")
}

fn faults(form: &PostedForm) -> Vec<Fault> {
    let username = match form.text("username") {
        None => Some(Fault::UsernameMissing),
        Some(typed) if EmailAddress::parse(typed).is_err() => Some(Fault::UsernameInvalid),
        Some(_) => None,
    };
    let password = form
        .password("password")
        .is_empty()
        .then_some(Fault::PasswordMissing);
    username.into_iter().chain(password).collect()
}

async fn refuse(
    web: &Web,
    visit: &Visit,
    way: &Way,
    (username, problems, status): (&str, &[Fault], StatusCode),
) -> Result<Response, PageError> {
    let joining = joining(web, way).await?;
    let shown = Shown {
        username,
        problems,
        ..Shown::default()
    };
    Ok(
        page(visit, way, joining.as_ref().map(|it| it.0.as_str()), &shown)?
            .status(status)
            .into_response(),
    )
}

/// Goes on as the person who is signed in already.
async fn go_on(web: &Web, visit: &Visit, mut way: Way) -> Result<Response, PageError> {
    let Some(person) = way.signed_in(visit).await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    way.step.confirmed_person = true;
    let who = Who {
        user: &person.user,
        address: person.address(),
    };
    match stopped(web, visit, &way, &who).await? {
        Some((page, why)) => {
            sign_in::note_refusal(&web.app, who.user, &browser(visit), why).await?;
            Ok(page.into_response())
        }
        None => Ok(see_other(&way.location(web, visit)?, None)),
    }
}

async fn enter(
    web: &Web,
    visit: &Visit,
    mut way: Way,
    (headers, form, address): (&HeaderMap, &PostedForm, &EmailAddress),
) -> Result<Response, PageError> {
    let device = Cookie::Device.read(headers, web.secure);
    let attempt = sign_in::SignIn {
        address,
        password: &form.password("password"),
        browser: &browser(visit),
        session: visit.session_secret.as_deref(),
        device: device.as_deref(),
    };
    let typed = form.text("username").unwrap_or_default();
    match sign_in::sign_in(&web.app, &attempt).await {
        Ok(signed) => {
            way.step.confirmed_person = true;
            let cookies = cookies(visit, &signed);
            let who = Who {
                user: &signed.user,
                address: address.as_str(),
            };
            match stopped(web, visit, &way, &who).await? {
                Some((page, why)) => {
                    sign_in::note_refusal(&web.app, who.user, &browser(visit), why).await?;
                    Ok(cookies
                        .into_iter()
                        .fold(page, |page, it| page.cookie(Some(it)))
                        .into_response())
                }
                None => Ok(see_other(&way.location(web, visit)?, cookies)),
            }
        }
        Err(SignInError::Wrong) => {
            refuse(
                web,
                visit,
                &way,
                (typed, &[Fault::CredentialsWrong], StatusCode::UNAUTHORIZED),
            )
            .await
        }
        Err(SignInError::Throttled { retry_after }) => {
            throttled(web, visit, &way, (typed, retry_after)).await
        }
        Err(SignInError::Other(fault)) => Err(fault.into()),
    }
}

/// The browser, as sessions and the audit trail keep it.
pub(super) fn browser(visit: &Visit) -> Browser {
    Browser {
        address: visit.address(),
        user_agent: visit.user_agent.clone(),
    }
}

fn cookies(visit: &Visit, signed: &Signed) -> Vec<HeaderValue> {
    let session = visit.session_cookie(signed.secret.text());
    session
        .into_iter()
        .chain(visit.device_cookie(&signed.device))
        .collect()
}

async fn throttled(
    web: &Web,
    visit: &Visit,
    way: &Way,
    (username, retry_after): (&str, Duration),
) -> Result<Response, PageError> {
    let seconds = retry::seconds(retry_after);
    let joining = joining(web, way).await?;
    let shown = Shown {
        username,
        stop: Some(Stop::Throttled { seconds }),
        ..Shown::default()
    };
    let page = page(visit, way, joining.as_ref().map(|it| it.0.as_str()), &shown)?;
    let mut response = page.status(StatusCode::TOO_MANY_REQUESTS).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

/// A person who is in but may go no further.
pub(super) struct Who<'a> {
    /// The person.
    pub user: &'a person::User,
    /// Their address.
    pub address: &'a str,
}

/// The page for a person whom no account lets into the application on the way, if that is so, and
/// why in the words of the audit trail.
pub(super) async fn stopped(
    web: &Web,
    visit: &Visit,
    way: &Way,
    who: &Who<'_>,
) -> Result<Option<(Page, &'static str)>, PageError> {
    let Some(client) = &way.client else {
        return Ok(None);
    };
    let places = person::places(&web.app, &who.user.id, Some(&client.application)).await?;
    let (stop, why) = match person::entrance(&places, way.wanted_account()) {
        Entrance::One(_) | Entrance::Several => return Ok(None),
        Entrance::Suspended(place) => (
            Stop::Suspended {
                account: &place.account.name,
            },
            "suspended",
        ),
        // The application named an account; the answer to it says that it is not theirs, and no
        // more: they may have others.
        Entrance::Nowhere if way.wanted_account().is_some() => return Ok(None),
        Entrance::Nowhere => (Stop::NoAccess, "no account with this application"),
    };
    let name = sign_in::full_name(who.user);
    let known = Some(Known {
        name: &name,
        address: who.address,
    });
    let shown = Shown {
        known,
        stop: Some(stop),
        ..Shown::default()
    };
    Ok(Some((
        page(visit, way, None, &shown)?.status(StatusCode::FORBIDDEN),
        why,
    )))
}
