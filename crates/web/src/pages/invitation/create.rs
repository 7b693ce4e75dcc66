//! `/invitation/create`: the invited becomes a user.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::domain::password::LEAST;
use latchkey_app::domain::text::TextFault;
use latchkey_app::invitation::{self, NewUser, Outcome, Problem, Standing, Visitor};
use latchkey_app::terms;

use super::super::error::PageError;
use super::super::password;
use super::super::sign_in::browser;
use super::super::terms::Document;
use super::super::views::{CreateUser, Fault, Frame};
use super::super::way::{Asked, Way};
use super::{Arrival, opened, unknown};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Page, Visit, see_other};

/// What stands in the fields.
#[derive(Default)]
struct Typed<'a> {
    given_name: &'a str,
    family_name: &'a str,
    accepted: bool,
}

/// `GET /invitation/create`.
pub async fn show(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    let Some(opened) = opened(&web, &mut visit, &way).await? else {
        return unknown(&visit);
    };
    let is_open = opened.standing(&web.app) == Standing::Open;
    if !is_open || opened.user.is_some() || visit.signed_in().await?.is_some() {
        return Ok(see_other(&way.path("/invitation"), None));
    }
    let arrival = Arrival {
        web: &web,
        visit: &visit,
        way: &way,
        opened: &opened,
    };
    let profile = &opened.member.profile;
    let typed = Typed {
        given_name: &profile.given_name,
        family_name: &profile.family_name,
        accepted: false,
    };
    Ok(arrival.form(&typed, &[]).await?.into_response())
}

/// `POST /invitation/create`.
pub async fn submit(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (way, late) = Way::open_form(&web, &mut visit, form.request()).await?;
    let Some(opened) = opened(&web, &mut visit, &way).await? else {
        return unknown(&visit);
    };
    let arrival = Arrival {
        web: &web,
        visit: &visit,
        way: &way,
        opened: &opened,
    };
    if visit.signed_in().await?.is_some() {
        return Ok(see_other(&way.path("/invitation"), None));
    }
    let typed = Typed {
        given_name: form.text("given_name").unwrap_or_default(),
        family_name: form.text("family_name").unwrap_or_default(),
        accepted: form.has("accept_terms"),
    };
    if late {
        return arrival.again(&typed, &[Fault::FormExpired("password")]).await;
    }
    let new = NewUser {
        given_name: typed.given_name,
        family_name: typed.family_name,
        password: &form.password("password"),
        confirmation: &form.password("password_confirmation"),
        terms: form.text("accept_terms"),
    };
    let (browser, languages) = (browser(&visit), visit.languages());
    let visitor = Visitor {
        browser: &browser,
        session: None,
        languages: &languages,
    };
    let secret = way.step.invitation.as_deref().unwrap_or_default();
    match invitation::create_user(&web.app, &visit.anonymous(), &visitor, secret, &new).await? {
        Outcome::Problems(problems) => {
            let is_missing = new.password.is_empty();
            let faults: Vec<Fault> = problems.iter().map(|it| fault_of(it, is_missing)).collect();
            arrival.again(&typed, &faults).await
        }
        outcome => arrival.after(outcome),
    }
}

impl Arrival<'_> {
    async fn form(&self, typed: &Typed<'_>, problems: &[Fault]) -> Result<Page, PageError> {
        let languages = self.visit.languages();
        let wanted = terms::next_for_newcomer(&self.web.app, &self.opened.account.id, &languages).await?;
        let document = wanted.as_ref().map(|it| Document::of(self.visit, it));
        let text = document.as_ref().map(Document::view);
        let (role, sets) = (self.role(), self.sets());
        let csrf = self.visit.csrf();
        let view = CreateUser {
            frame: Frame {
                problems,
                ..self.frame()
            },
            hidden: self.visit.hidden(&csrf, self.way.request()),
            invited: &self.invited(&role, &sets),
            given_name: typed.given_name,
            family_name: typed.family_name,
            minimum: count(LEAST),
            terms: text.as_ref(),
            accepted: typed.accepted,
        };
        self.page(&view)
    }

    async fn again(&self, typed: &Typed<'_>, problems: &[Fault]) -> Result<Response, PageError> {
        Ok(self
            .form(typed, problems)
            .await?
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response())
    }
}

fn fault_of(problem: &Problem, password_is_missing: bool) -> Fault {
    match problem {
        Problem::GivenName(TextFault::Empty) => Fault::GivenNameMissing,
        Problem::GivenName(_) => Fault::GivenNameInvalid,
        Problem::FamilyName(TextFault::Empty) => Fault::FamilyNameMissing,
        Problem::FamilyName(_) => Fault::FamilyNameInvalid,
        Problem::Password(_) if password_is_missing => Fault::NewPasswordMissing,
        Problem::Password(fault) => password::fault(fault),
        Problem::PasswordsDiffer => Fault::PasswordsDiffer,
        Problem::TermsUnaccepted => Fault::TermsUnaccepted,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use latchkey_app::domain::password as rules;
    use latchkey_app::password::PasswordFault;

    use super::*;

    #[test]
    fn an_empty_password_is_missing_and_not_short() {
        let short = Problem::Password(PasswordFault::Rule(rules::PasswordFault::TooShort {
            least: 15,
            has: 0,
        }));
        assert_eq!(fault_of(&short, true), Fault::NewPasswordMissing);
        assert_eq!(fault_of(&short, false), Fault::PasswordTooShort(15));
    }

    #[test]
    fn an_empty_name_is_told_from_one_that_can_not_be() {
        assert_eq!(
            fault_of(&Problem::GivenName(TextFault::Empty), false),
            Fault::GivenNameMissing
        );
        assert_eq!(
            fault_of(&Problem::FamilyName(TextFault::Link), false),
            Fault::FamilyNameInvalid
        );
    }
}
