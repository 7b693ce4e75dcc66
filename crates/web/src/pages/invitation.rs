//! An invitation, from the link in the mail to being in: `/invitation/TOKEN`, `/invitation`,
//! `/invitation/create`. Looking changes nothing; only sending a form does.

pub mod create;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::domain::invitation::Invitation;
use latchkey_app::invitation::{self, Opened, Outcome, Standing, Visitor, Welcomed};
use latchkey_app::session::SignedIn;
use latchkey_app::sign_out;
use latchkey_app::step::Step;
use latchkey_oidc::redirect;

use super::error::PageError;
use super::onward::with_request;
use super::sign_in::browser;
use super::views::{
    Ended, Frame, InvitationEnded, Invited, Offer, Template, Trouble, Welcome, When, WrongPerson, role_name,
};
use super::way::{Asked, Way};
use crate::cookies::Cookie;
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Page, Visit, see_other};

/// The longest token that is looked at; ours have 43 characters.
const LONGEST_TOKEN: usize = 200;

/// `GET /invitation/TOKEN`: takes the token out of the address and goes on to the welcome.
pub async fn follow(
    State(web): State<Arc<Web>>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    if token.len() > LONGEST_TOKEN {
        return Err(Trouble::NotFound.into());
    }
    let step = Step {
        invitation: Some(token),
        ..Step::default()
    };
    let sealed = step.seal(&web.app, &visit.browser)?;
    let cookie = Cookie::Browser.set(&visit.browser, None, web.secure);
    Ok(see_other(&with_request("/invitation", Some(&sealed)), cookie))
}

/// An invitation that a person came with.
struct Arrival<'a> {
    web: &'a Web,
    visit: &'a Visit,
    way: &'a Way,
    opened: &'a Opened,
}

/// `GET /invitation`.
pub async fn show(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    let Some(opened) = opened(&web, &mut visit, &way).await? else {
        return unknown(&visit);
    };
    let arrival = Arrival {
        web: &web,
        visit: &visit,
        way: &way,
        opened: &opened,
    };
    let present = visit.signed_in().await?;
    match opened.standing(&web.app) {
        Standing::Open => arrival.welcome(present.as_ref()),
        // Whoever came back from signing in with a used link is where they wanted to be.
        Standing::Used if way.step.confirmed_person && is_member(present.as_ref(), &opened) => {
            Ok(see_other("/account", None))
        }
        standing => arrival.ended(standing, asked.get("asked").is_some()),
    }
}

/// `POST /invitation`: accept, ask for a new one, or sign out and go on.
pub async fn submit(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (way, late) = Way::open_form(&web, &mut visit, form.request()).await?;
    let Some(secret) = way.step.invitation.as_deref().filter(|_| !late) else {
        return Ok(see_other(&way.path("/invitation"), None));
    };
    match form.text("choice") {
        Some("accept") => accept(&web, &mut visit, &way).await,
        Some("ask-again") => {
            let told = invitation::ask_again(&web.app, &visit.anonymous(), secret).await?;
            let suffix = if told { "&asked=1" } else { "" };
            Ok(see_other(&format!("{}{suffix}", way.path("/invitation")), None))
        }
        Some("sign-out-and-continue") => {
            if let Some(person) = visit.signed_in().await? {
                sign_out::sign_out(&web.app, &person, visit.address()).await?;
            }
            Ok(see_other(&way.path("/invitation"), visit.forget_session()))
        }
        _ => Err(Trouble::BadRequest.into()),
    }
}

async fn accept(web: &Web, visit: &mut Visit, way: &Way) -> Result<Response, PageError> {
    let Some(opened) = opened(web, visit, way).await? else {
        return unknown(visit);
    };
    let Some(person) = visit.signed_in().await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    if !is_invited(&person, &opened) {
        return Ok(see_other(&way.path("/invitation"), None));
    }
    let (browser, languages) = (browser(visit), visit.languages());
    let visitor = Visitor {
        browser: &browser,
        session: Some(&person.session.id),
        languages: &languages,
    };
    let secret = way.step.invitation.as_deref().unwrap_or_default();
    let outcome = invitation::accept(&web.app, &visit.anonymous(), &visitor, secret, &person).await?;
    let arrival = Arrival {
        web,
        visit,
        way,
        opened: &opened,
    };
    arrival.after(outcome)
}

/// The invitation behind a way's step, in the language it was written in.
async fn opened(web: &Web, visit: &mut Visit, way: &Way) -> Result<Option<Opened>, PageError> {
    let Some(secret) = &way.step.invitation else {
        return Ok(None);
    };
    let found = invitation::open(&web.app, secret).await?;
    if let Some(it) = &found {
        let languages = it.invitation.language.iter().chain(&it.account.settings.language);
        let wanted: Vec<String> = languages.cloned().collect();
        visit.prefer_languages(&wanted);
    }
    Ok(found)
}

/// Whether the invited address is this person's.
fn is_invited(person: &SignedIn, opened: &Opened) -> bool {
    opened.user.as_ref().is_some_and(|it| it.id == person.user.id)
}

/// Whether this person is the member that the invitation made.
fn is_member(person: Option<&SignedIn>, opened: &Opened) -> bool {
    person.is_some_and(|it| opened.member.user.as_ref() == Some(&it.user.id))
}

/// The page for a link that never was one: it says nothing more.
fn unknown(visit: &Visit) -> Result<Response, PageError> {
    let csrf = visit.csrf();
    let frame = visit.frame(None, &[]);
    let view = InvitationEnded {
        frame,
        hidden: visit.hidden(&csrf, None),
        how: Ended::Unknown,
    };
    Ok(visit.page(&view)?.status(StatusCode::NOT_FOUND).into_response())
}

impl Arrival<'_> {
    fn frame(&self) -> Frame<'_> {
        self.visit
            .frame_of(self.application(), &self.opened.account.name, &[])
    }

    fn application(&self) -> Option<&str> {
        self.opened.application.as_ref().map(|it| it.name.as_str())
    }

    fn invitation(&self) -> &Invitation {
        &self.opened.invitation
    }

    /// A page whose form may lead on to the application invited to.
    fn page(&self, view: &impl Template) -> Result<Page, PageError> {
        let origin = self.opened.landing.as_deref().and_then(redirect::origin);
        Ok(self.visit.page(view)?.form_action(origin))
    }

    fn role(&self) -> String {
        let role = &self.opened.role;
        let custom = role.is_custom().then_some(role.name.as_str());
        role_name(&self.visit.lang, role.key.as_str(), custom)
    }

    fn invited<'b>(&'b self, role: &'b str, sets: &'b [&'b str]) -> Invited<'b> {
        Invited {
            inviter: self.invitation().inviter.person(),
            account: &self.opened.account.name,
            application: self.application(),
            role,
            permission_sets: sets,
            address: &self.invitation().address,
            expires: When::day(&self.visit.lang, self.invitation().expires_at.millis()),
            message: self.invitation().message.as_deref(),
        }
    }

    fn sets(&self) -> Vec<&str> {
        self.opened.permission_sets.iter().map(String::as_str).collect()
    }

    fn welcome(&self, present: Option<&SignedIn>) -> Result<Response, PageError> {
        let (role, sets) = (self.role(), self.sets());
        let invited = self.invited(&role, &sets);
        let csrf = self.visit.csrf();
        let hidden = self.visit.hidden(&csrf, self.way.request());
        let (create, sign_in) = (self.way.path("/invitation/create"), self.way.path("/sign-in"));
        let name;
        let offer = match present {
            Some(person) if !is_invited(person, self.opened) => {
                let view = WrongPerson {
                    frame: self.frame(),
                    hidden,
                    invited: &invited,
                    signed_in: person.address(),
                };
                return Ok(self.page(&view)?.into_response());
            }
            Some(person) => {
                name = person.name();
                Offer::Accept { name: &name }
            }
            None if self.opened.user.is_some() => Offer::SignIn { path: &sign_in },
            None => Offer::CreateUser { path: &create },
        };
        Ok(self
            .page(&Welcome {
                frame: self.frame(),
                hidden,
                invited: &invited,
                offer,
            })?
            .into_response())
    }

    /// The page that says why the invitation can't be accepted, and what to do.
    fn ended(&self, standing: Standing, asked: bool) -> Result<Response, PageError> {
        let inviter = self.invitation().inviter.person();
        let account = self.opened.account.name.as_str();
        let sign_in_path = self.way.path("/sign-in");
        let (how, status) = match standing {
            Standing::Used => (
                Ended::Used {
                    sign_in_path: &sign_in_path,
                },
                StatusCode::GONE,
            ),
            Standing::Expired if asked => (
                Ended::Expired {
                    inviter,
                    account,
                    asked,
                },
                StatusCode::OK,
            ),
            Standing::Expired => (
                Ended::Expired {
                    inviter,
                    account,
                    asked,
                },
                StatusCode::GONE,
            ),
            Standing::Replaced => (Ended::Replaced, StatusCode::GONE),
            Standing::AwaitingConfirmation => (Ended::Awaiting { account }, StatusCode::CONFLICT),
            Standing::Revoked | Standing::Suspended | Standing::NotMailed | Standing::Open => {
                (Ended::Revoked { inviter, account }, StatusCode::GONE)
            }
        };
        let csrf = self.visit.csrf();
        let hidden = self.visit.hidden(&csrf, self.way.request());
        let view = InvitationEnded {
            frame: self.frame(),
            hidden,
            how,
        };
        Ok(self.visit.page(&view)?.status(status).into_response())
    }

    /// Where accepting leads.
    fn after(&self, outcome: Outcome) -> Result<Response, PageError> {
        match outcome {
            Outcome::Welcomed(welcomed) => Ok(self.come_in(&welcomed)),
            Outcome::Refused(standing) => self.ended(standing, false),
            Outcome::AlreadyMember => Ok(see_other("/account", None)),
            Outcome::TermsFirst => Ok(see_other(&self.way.path("/terms"), None)),
            Outcome::UserExists | Outcome::Problems(_) => Ok(see_other(&self.way.path("/invitation"), None)),
        }
    }

    fn come_in(&self, welcomed: &Welcomed) -> Response {
        let location = welcomed.landing.as_deref().unwrap_or("/account");
        let cookie = welcomed
            .session
            .as_ref()
            .and_then(|it| self.visit.session_cookie(it.text()));
        see_other(location, cookie)
    }
}
