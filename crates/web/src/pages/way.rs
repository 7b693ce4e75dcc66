//! A person's way through the pages: the sealed step in progress, opened, with the application it
//! leads to.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::client::{self, Client};
use latchkey_app::domain::id::ClientId;
use latchkey_app::session::SignedIn;
use latchkey_app::step::Step;
use latchkey_app::{Error, sign_in};
use latchkey_oidc::authorize::{AuthorizationResponse, AuthorizeErrorCode};
use latchkey_oidc::params::Params;

use super::error::PageError;
use super::onward::{form_origin, onward, with_request};
use super::views::{FormPost, Trouble};
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// The parameters of a page's address.
#[derive(Debug)]
pub struct Asked(Params);

impl Asked {
    /// A parameter, where it is given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The sealed step in progress.
    pub fn request(&self) -> Option<&str> {
        self.get("request")
    }
}

impl FromRequestParts<Arc<Web>> for Asked {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, PageError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Params::parse(query).map_err(|fault| {
            PageError::from(Trouble::BadRequest).technical(fault.to_string())
        })?))
    }
}

/// A way in progress.
#[derive(Debug)]
pub struct Way {
    /// The step.
    pub step: Step,
    /// The step as it came.
    pub sealed: Option<String>,
    /// The client whose request is on the way.
    pub client: Option<Arc<Client>>,
}

impl Way {
    /// Opens a step that travelled through the page, and turns to the languages that the
    /// application asks for. Without one the way leads to the person's own page.
    ///
    /// # Errors
    /// [`Trouble::Expired`] for a step that has expired or is another browser's,
    /// [`Trouble::UnknownClient`] where the application has gone.
    pub async fn open(web: &Web, visit: &mut Visit, request: Option<&str>) -> Result<Self, PageError> {
        let step = match request {
            Some(text) => Step::open(&web.app, &visit.browser, text).map_err(expired)?,
            None => Step::default(),
        };
        Self::of(web, visit, step, request.map(str::to_owned)).await
    }

    /// Opens the step of a form. One that has expired is made anew, for showing the form again:
    /// the second value says so.
    ///
    /// # Errors
    /// As [`Way::open`].
    pub async fn open_form(
        web: &Web,
        visit: &mut Visit,
        request: Option<&str>,
    ) -> Result<(Self, bool), PageError> {
        let Some(text) = request else {
            return Ok((Self::open(web, visit, None).await?, false));
        };
        match Step::open(&web.app, &visit.browser, text) {
            Ok(step) => Ok((Self::of(web, visit, step, Some(text.to_owned())).await?, false)),
            Err(Error::Stale) => {
                let late = Step::open_late(&web.app, &visit.browser, text).map_err(expired)?;
                let step = Step {
                    confirmed_person: false,
                    consented_by: None,
                    ..late
                };
                let sealed = step.seal(&web.app, &visit.browser)?;
                Ok((Self::of(web, visit, step, Some(sealed)).await?, true))
            }
            Err(fault) => Err(fault.into()),
        }
    }

    async fn of(web: &Web, visit: &mut Visit, step: Step, sealed: Option<String>) -> Result<Self, PageError> {
        let Some(request) = &step.authorization else {
            return Ok(Self {
                step,
                sealed,
                client: None,
            });
        };
        visit.prefer_languages(&request.ui_locales);
        let client = match client::find(&web.app, &ClientId::new(request.client_id.as_str())).await {
            Ok(client) => client,
            Err(Error::NotFound) => return Err(Trouble::UnknownClient.into()),
            Err(fault) => return Err(fault.into()),
        };
        Ok(Self {
            step,
            sealed,
            client: Some(client),
        })
    }

    /// The sealed step, for hidden fields and links.
    pub fn request(&self) -> Option<&str> {
        self.sealed.as_deref()
    }

    /// The name of the application on the way.
    pub fn application(&self) -> Option<&str> {
        self.client.as_ref().map(|it| it.application_name.as_str())
    }

    /// The account that the application's request names, by id or slug.
    pub fn wanted_account(&self) -> Option<&str> {
        self.step.authorization.as_ref()?.account.as_deref()
    }

    /// A path with this way's step.
    pub fn path(&self, path: &str) -> String {
        with_request(path, self.request())
    }

    /// The origin that forms of this way may lead to.
    pub fn form_origin(&self) -> Option<String> {
        form_origin(&self.step)
    }

    /// The person in this browser whose sign-in counts for this way.
    ///
    /// # Errors
    /// [`PageError`] without the database.
    pub async fn signed_in(&self, visit: &Visit) -> Result<Option<SignedIn>, PageError> {
        let person = visit.signed_in().await?;
        Ok(person.filter(|it| sign_in::counts(&it.session, self.step.fresh_since)))
    }

    /// Turns to the languages that the application asks for, then to the person's own.
    pub fn speak(&self, visit: &mut Visit, person: &SignedIn) {
        let asked = self
            .step
            .authorization
            .as_ref()
            .map(|it| it.ui_locales.as_slice())
            .unwrap_or_default();
        let wanted: Vec<String> = asked.iter().chain(&person.user.language).cloned().collect();
        visit.prefer_languages(&wanted);
    }

    /// Seals the step as it is now and goes on.
    ///
    /// # Errors
    /// [`PageError`] where the cipher fails.
    pub fn location(&self, web: &Web, visit: &Visit) -> Result<String, PageError> {
        Ok(onward(&self.step, &self.step.seal(&web.app, &visit.browser)?))
    }

    /// Goes back to the application with `access_denied` (RFC 6749 §4.1.2.1), or to the person's
    /// own page where there is none.
    ///
    /// # Errors
    /// [`Trouble::UnknownRedirect`] where the client no longer has its redirect URI.
    pub fn cancel(&self, web: &Web, visit: &Visit) -> Result<Response, PageError> {
        let (Some(request), Some(client)) = (&self.step.authorization, &self.client) else {
            return Ok(see_other("/account", None));
        };
        let proven = request
            .prove(client.kind, &client.metadata)
            .map_err(|fault| PageError::from(Trouble::UnknownRedirect).technical(fault.to_string()))?;
        let refusal = proven.refuse(AuthorizeErrorCode::AccessDenied, "the person chose to go back");
        match refusal.response(&web.app.issuer) {
            AuthorizationResponse::Redirect { location } => Ok(see_other(&location, None)),
            AuthorizationResponse::FormPost { action, fields } => {
                let fields: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                let frame = visit.frame(self.application(), &[]);
                let page = visit.page(&FormPost {
                    frame,
                    action: &action,
                    fields: &fields,
                })?;
                Ok(page.form_action(proven.origin()).into_response())
            }
        }
    }
}

fn expired(fault: Error) -> PageError {
    match fault {
        Error::Stale => Trouble::Expired.into(),
        other => other.into(),
    }
}
