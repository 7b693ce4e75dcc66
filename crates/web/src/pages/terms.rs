//! `/terms`: new terms between signing in and going on; `/terms/VERSION`: readable for anyone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::Caller;
use latchkey_app::domain::audit::Actor;
use latchkey_app::domain::id::AccountId;
use latchkey_app::session::SignedIn;
use latchkey_app::terms::{self, Asked as Wanted, Outcome, Shown};
use latchkey_app::{invitation, sign_out};
use url::Url;

use super::error::PageError;
use super::views::{Fault, Say as _, TermsChanged, TermsHtml, TermsReading, TermsText, When};
use super::way::{Asked, Way};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Page, Visit, see_other};

/// Terms, ready for a page.
pub(super) struct Document {
    title: String,
    version: String,
    effective: When,
    body: TermsHtml,
    path: String,
}

impl Document {
    /// Terms as they are shown in a visit.
    pub(super) fn of(visit: &Visit, shown: &Shown) -> Self {
        let (title, body) = shown.title_and_body();
        Self {
            title: title.map_or_else(|| visit.lang.say("terms-title"), str::to_owned),
            version: shown.version.clone(),
            effective: When::day(&visit.lang, shown.effective_at.millis()),
            body: TermsHtml::from_markdown(body),
            path: path_of(&shown.version, shown.account.as_ref()),
        }
    }

    /// What the page's view takes.
    pub(super) fn view(&self) -> TermsText<'_> {
        TermsText {
            title: &self.title,
            version: &self.version,
            effective: self.effective.clone(),
            body: self.body.clone(),
            path: &self.path,
        }
    }
}

/// Where a version can be read; an account's own is told by the account's id.
fn path_of(version: &str, account: Option<&AccountId>) -> String {
    let Ok(mut url) = Url::parse("http://localhost/terms") else {
        return "/terms".to_owned();
    };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.push(version);
    }
    if let Some(account) = account {
        url.query_pairs_mut().append_pair("account", account.as_str());
    }
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// `GET /terms/VERSION`.
pub async fn read(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
    Path(version): Path<String>,
) -> Result<Response, PageError> {
    let account = asked.get("account").map(AccountId::from);
    let shown = terms::read(&web.app, account.as_ref(), &version, &visit.languages()).await?;
    let document = Document::of(&visit, &shown);
    let view = TermsReading {
        frame: visit.frame(None, &[]),
        terms: &document.view(),
    };
    Ok(visit.page(&view)?.into_response())
}

/// `GET /terms`.
pub async fn show(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    let Some(person) = visit.signed_in().await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    speak_to(&mut visit, &way, &person);
    let account = account_of(&web, &way).await?;
    match terms::next(&web.app, &person.user.id, account.as_ref(), &visit.languages()).await? {
        Some(wanted) => Ok(page(&visit, &way, &wanted, &[])?.into_response()),
        None => Ok(see_other(&way.location(&web, &visit)?, None)),
    }
}

/// `POST /terms`: agree and go on, or sign out.
pub async fn submit(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (way, late) = Way::open_form(&web, &mut visit, form.request()).await?;
    let Some(person) = visit.signed_in().await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    if form.text("choice") == Some("sign-out") {
        sign_out::sign_out(&web.app, &person, visit.address()).await?;
        return Ok(see_other("/signed-out", visit.forget_session()));
    }
    speak_to(&mut visit, &way, &person);
    let account = account_of(&web, &way).await?;
    let (user, languages) = (&person.user.id, visit.languages());
    let Some(version) = form.text("accept_terms").filter(|_| !late) else {
        let Some(wanted) = terms::next(&web.app, user, account.as_ref(), &languages).await? else {
            return Ok(see_other(&way.location(&web, &visit)?, None));
        };
        let fault = if late {
            Fault::FormExpired("accept_terms")
        } else {
            Fault::TermsUnaccepted
        };
        let page = page(&visit, &way, &wanted, &[fault])?;
        return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    let caller = caller(&visit, &person);
    match terms::accept_version(&web.app, &caller, (user, account.as_ref()), version, &languages).await? {
        Outcome::Done => Ok(see_other(&way.location(&web, &visit)?, None)),
        Outcome::MoreToAccept => Ok(see_other(&way.path("/terms"), None)),
    }
}

fn page(visit: &Visit, way: &Way, wanted: &Wanted, problems: &[Fault]) -> Result<Page, PageError> {
    let document = Document::of(visit, &wanted.shown);
    let changes = wanted.changes.as_deref().map(TermsHtml::in_section);
    let csrf = visit.csrf();
    let view = TermsChanged {
        frame: visit.frame(way.application(), problems),
        hidden: visit.hidden(&csrf, way.request()),
        terms: &document.view(),
        last_accepted: wanted.last_accepted.map(|at| When::day(&visit.lang, at.millis())),
        changes: changes.as_ref(),
    };
    Ok(visit.page(&view)?.form_action(way.form_origin()))
}

/// The account whose own terms count on this way beside the installation's.
async fn account_of(web: &Web, way: &Way) -> Result<Option<AccountId>, PageError> {
    if let Some(account) = &way.step.account {
        return Ok(Some(account.clone()));
    }
    let Some(secret) = &way.step.invitation else {
        return Ok(None);
    };
    Ok(invitation::open(&web.app, secret).await?.map(|it| it.account.id))
}

/// The person's own language, unless the application asked for another.
fn speak_to(visit: &mut Visit, way: &Way, person: &SignedIn) {
    let asked = way.step.authorization.iter().flat_map(|it| &it.ui_locales);
    let wanted: Vec<String> = asked.chain(&person.user.language).cloned().collect();
    visit.prefer_languages(&wanted);
}

fn caller(visit: &Visit, person: &SignedIn) -> Caller {
    let actor = Actor::User {
        user: person.user.id.clone(),
        name: person.name(),
    };
    Caller {
        actor,
        address: visit.address(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_at_its_own_path() {
        assert_eq!(path_of("2026-11", None), "/terms/2026-11");
        assert_eq!(path_of("a b/c?d", None), "/terms/a%20b%2Fc%3Fd");
        assert_eq!(
            path_of("2", Some(&AccountId::new("x&y"))),
            "/terms/2?account=x%26y"
        );
    }
}
