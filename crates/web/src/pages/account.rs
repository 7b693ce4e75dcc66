//! `/account`: who I am, where I belong, where I am signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::domain::id::SessionId;
use latchkey_app::person::{self, Door, Place, Session as Kept};
use latchkey_app::session::SignedIn;
use latchkey_app::{Error, sign_out};

use super::error::PageError;
use super::views::{Account, Membership, Session, Trouble, When, role_name};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// `GET /account`.
pub async fn show(State(web): State<Arc<Web>>, mut visit: Visit) -> Result<Response, PageError> {
    let Some(person) = visit.signed_in().await? else {
        return Ok(see_other("/sign-in", None));
    };
    visit.prefer_languages(person.user.language.as_slice());
    let mut places = Vec::new();
    for place in person::places(&web.app, &person.user.id, None).await? {
        let doors = person::doors(&web.app, &place.account.id).await?;
        places.push((
            role_name(&visit.lang, &place.role_key, place.role_name.as_deref()),
            place,
            doors,
        ));
    }
    let sessions = person::sessions(&web.app, &person.user.id).await?;
    page(&visit, &person, &places, &sessions)
}

fn page(
    visit: &Visit,
    person: &SignedIn,
    places: &[(String, Place, Vec<Door>)],
    sessions: &[Kept],
) -> Result<Response, PageError> {
    let doors: Vec<Vec<(&str, Option<&str>)>> = places
        .iter()
        .map(|(_, _, doors)| {
            doors
                .iter()
                .map(|it| (it.name.as_str(), it.path.as_deref()))
                .collect()
        })
        .collect();
    let memberships: Vec<Membership<'_>> = places
        .iter()
        .zip(&doors)
        .map(|((role, place, _), doors)| Membership {
            account: &place.account.name,
            role,
            suspended: !place.is_open(),
            applications: doors,
        })
        .collect();
    let devices: Vec<String> = sessions
        .iter()
        .map(|it| device(it.user_agent.as_deref()))
        .collect();
    let sessions: Vec<Session<'_>> = sessions
        .iter()
        .zip(&devices)
        .map(|(it, device)| Session {
            id: it.id.as_str(),
            device,
            place: it.address.as_deref().unwrap_or("–"),
            started: When::minute(&visit.lang, it.created_at.millis()),
            last_active: When::minute(&visit.lang, it.last_seen_at.millis()),
            current: it.id == person.session.id,
        })
        .collect();
    let csrf = visit.csrf();
    let name = person.name();
    let view = Account {
        frame: visit.frame(None, &[]),
        hidden: visit.hidden(&csrf, None),
        name: &name,
        address: person.address(),
        memberships: &memberships,
        sessions: &sessions,
        sessions_path: Some("/account/sessions"),
    };
    Ok(visit.page(&view)?.into_response())
}

/// `POST /account/sessions`: ends one session, or all others.
pub async fn end_sessions(
    State(web): State<Arc<Web>>,
    visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    let Some(person) = visit.signed_in().await? else {
        return Ok(see_other("/sign-in", None));
    };
    match form.text("session").ok_or(Trouble::BadRequest)? {
        "others" => person::end_other_sessions(&web.app, &person, visit.address()).await?,
        id if id == person.session.id.as_str() => {
            sign_out::sign_out(&web.app, &person, visit.address()).await?;
            return Ok(see_other("/signed-out", visit.forget_session()));
        }
        id => match person::end_session(&web.app, &person, visit.address(), &SessionId::new(id)).await {
            // It is gone already, or never was theirs: the page shows those that are left.
            Ok(()) | Err(Error::NotFound) => {}
            Err(fault) => return Err(fault.into()),
        },
    }
    Ok(see_other("/account", None))
}

/// Browser and device, as far as the browser says; names that are the same in every language.
fn device(user_agent: Option<&str>) -> String {
    let text = user_agent.unwrap_or_default();
    // The first that fits: others' names stand in most user agents too.
    let find = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| text.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => {
            let product: String = text
                .split(['/', ' '])
                .next()
                .unwrap_or_default()
                .chars()
                .take(40)
                .collect();
            if product.is_empty() {
                "–".to_owned()
            } else {
                product
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_is_told_by_browser_and_system() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 \
                    Safari/537.36 Edg/142.0";
        assert_eq!(device(Some(edge)), "Edge · Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 \
                     Mobile/15E148 Safari/604.1";
        assert_eq!(device(Some(phone)), "Safari · iPhone");
        assert_eq!(device(Some("curl/8.5.0")), "curl");
        assert_eq!(device(None), "–");
    }
}
