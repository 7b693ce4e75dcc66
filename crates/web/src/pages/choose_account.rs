//! `/choose-account`: which of their accounts the person works in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::person::{self, Entrance, Place};
use latchkey_app::session::SignedIn;

use super::error::PageError;
use super::sign_in::{Who, stopped, with_another};
use super::views::{Choice, ChooseAccount, Trouble, role_name};
use super::way::{Asked, Way};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// `GET /choose-account`.
pub async fn show(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    let Some(person) = way.signed_in(&visit).await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    way.speak(&mut visit, &person);
    let who = Who {
        user: &person.user,
        address: person.address(),
    };
    if let Some((page, _)) = stopped(&web, &visit, &way, &who).await? {
        return Ok(page.into_response());
    }
    let places = places(&web, &way, &person).await?;
    match person::entrance(&places, way.wanted_account()) {
        Entrance::One(place) => go_in(&web, &visit, way, place),
        _ if way.client.is_none() => Ok(see_other("/account", None)),
        // The application named an account that is not theirs: it is told.
        _ if places.is_empty() => Ok(see_other(&way.path("/oauth2/authorize/resume"), None)),
        _ => choices(&visit, &way, &person, &places),
    }
}

async fn places(web: &Web, way: &Way, person: &SignedIn) -> Result<Vec<Place>, PageError> {
    let application = way.client.as_ref().map(|it| &it.application);
    let mut places = person::places(&web.app, &person.user.id, application).await?;
    places.retain(|it| person::is_wanted(it, way.wanted_account()));
    Ok(places)
}

fn choices(visit: &Visit, way: &Way, person: &SignedIn, places: &[Place]) -> Result<Response, PageError> {
    let roles: Vec<String> = places
        .iter()
        .map(|it| role_name(&visit.lang, &it.role_key, it.role_name.as_deref()))
        .collect();
    let choices: Vec<Choice<'_>> = places
        .iter()
        .zip(&roles)
        .map(|(it, role)| Choice {
            slug: &it.account.slug,
            name: &it.account.name,
            role,
            suspended: !it.is_open(),
        })
        .collect();
    let csrf = visit.csrf();
    let view = ChooseAccount {
        frame: visit.frame(way.application(), &[]),
        hidden: visit.hidden(&csrf, way.request()),
        address: person.address(),
        choices: &choices,
        cancel: way.step.authorization.is_some(),
    };
    Ok(visit.page(&view)?.form_action(way.form_origin()).into_response())
}

/// `POST /choose-account`.
pub async fn submit(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (way, late) = Way::open_form(&web, &mut visit, form.request()).await?;
    match form.text("choice") {
        Some("cancel") => return way.cancel(&web, &visit),
        Some("use-another") => return Ok(see_other(&with_another(&way), None)),
        _ if late => return Ok(see_other(&way.path("/choose-account"), None)),
        _ => {}
    }
    let Some(person) = way.signed_in(&visit).await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    let slug = form.text("account").ok_or(Trouble::BadRequest)?;
    let places = places(&web, &way, &person).await?;
    match places.iter().find(|it| it.account.slug == slug && it.is_open()) {
        Some(place) => go_in(&web, &visit, way, place),
        // It was open when the page was shown: show what is open now.
        None => Ok(see_other(&way.path("/choose-account"), None)),
    }
}

fn go_in(web: &Web, visit: &Visit, mut way: Way, place: &Place) -> Result<Response, PageError> {
    way.step.account = Some(place.account.id.clone());
    Ok(see_other(&way.location(web, visit)?, None))
}
