//! What a person is on the way to while they sign in, choose an account or accept terms: sealed
//! into a value that travels through the pages, bound to their browser, so that no row is kept
//! and it can be handed to nobody else.

use std::time::Duration;

use latchkey_crypto::seal::{SealError, Sealed};
use latchkey_domain::id::{AccountId, UserId};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::AuthorizationRequest;
use serde::{Deserialize, Serialize};

use crate::settings::seconds;
use crate::{App, Error, Result};

const PURPOSE: &str = "step";
/// What is sealed for when no browser holds it yet: a form posted by another site comes without
/// cookies. Such a value stands for no more than the request that anybody may make.
pub const NO_BROWSER: &str = "";

/// A step in progress.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Step {
    /// The application's request that is to be answered in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<AuthorizationRequest>,
    /// The account the person chose for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The secret of the invitation link that is being accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
    /// Only a sign-in from this moment on counts (`prompt=login`, `max_age`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_since: Option<Timestamp>,
    /// The person said in this step that they go on as who they are (`prompt=select_account`).
    #[serde(default)]
    pub confirmed_person: bool,
    /// Who allowed what the application asks for; it counts for nobody else at this browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented_by: Option<UserId>,
}

impl std::fmt::Debug for Step {
    /// The secret of an invitation is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step")
            .field(
                "authorization",
                &self.authorization.as_ref().map(|it| it.client_id.as_str()),
            )
            .field("account", &self.account)
            .field("invitation", &self.invitation.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}

impl Step {
    /// Seals the step for one browser.
    ///
    /// # Errors
    /// A [bug](Error::Bug) where the cipher fails.
    pub fn seal(&self, app: &App, browser: &str) -> Result<String> {
        let expires_at = app.now().plus(seconds(app.settings.security.step_seconds));
        let sealed = Sealed {
            expires_at_ms: expires_at.millis(),
            value: self,
        };
        Ok(app
            .sealer
            .seal_json(PURPOSE, browser.as_bytes(), &sealed, app.rng.bytes())?)
    }

    /// Opens a step that was sealed for this browser.
    ///
    /// # Errors
    /// [`Error::Stale`] for one that has expired, was altered or belongs to another browser.
    pub fn open(app: &App, browser: &str, text: &str) -> Result<Self> {
        Self::open_at(app, browser, text, app.now())
    }

    /// Opens a step that was sealed for this browser and has expired within a day, for showing a
    /// form again that was open for too long. Nothing but that may follow from it.
    ///
    /// # Errors
    /// [`Error::Stale`] for any other.
    pub fn open_late(app: &App, browser: &str, text: &str) -> Result<Self> {
        Self::open_at(app, browser, text, app.now().minus(Duration::from_secs(86_400)))
    }

    fn open_at(app: &App, browser: &str, text: &str, at: Timestamp) -> Result<Self> {
        match app
            .sealer
            .open_json(PURPOSE, browser.as_bytes(), text, at.millis())
        {
            Ok(step) => Ok(step),
            Err(SealError::Unsealable) => Err(Error::bug("a step cannot be opened")),
            Err(_) => Err(Error::Stale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn the_secret_of_an_invitation_is_not_printed() {
        let step = Step {
            invitation: Some("secret".to_owned()),
            ..Step::default()
        };
        assert!(!format!("{step:?}").contains("secret"));
    }
}
