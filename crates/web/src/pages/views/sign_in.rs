use askama::Template;

use super::{Frame, Hidden, input::Input, wait};

/// Who is signed in already.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub address: &'a str,
}

/// Why nobody gets on for the moment; the last two are told only after a correct credential.
#[derive(Debug, Clone, Copy)]
pub enum Stop<'a> {
    /// Too many attempts; the form stays.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
    /// The account has suspended this member.
    Suspended {
        /// The account's name.
        account: &'a str,
    },
    /// The person belongs to no account that has this application.
    NoAccess,
}

/// `/sign-in`.
#[derive(Template)]
#[template(path = "sign-in.html")]
pub struct SignIn<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The address, as typed or as hinted.
    pub username: &'a str,
    /// Set where somebody is signed in already: the page then offers to continue as them.
    pub known: Option<Known<'a>>,
    /// Why it goes no further.
    pub stop: Option<Stop<'a>>,
    /// The account whose invitation is accepted by signing in.
    pub joining: Option<&'a str>,
    /// Where "Forgot password?" leads.
    pub forgot_path: &'a str,
    /// Whether one can go back to the application.
    pub cancel: bool,
}

impl SignIn<'_> {
    fn title(&self) -> String {
        self.frame
            .say_with("sign-in-title", &[("to", self.frame.destination())])
    }

    fn username(&self) -> Input<'_> {
        Input::email(self.frame, "username", "username-label", "username webauthn")
            .value(self.username)
            .autofocus(self.username.is_empty())
    }

    fn password(&self) -> Input<'_> {
        Input::password(self.frame, "password", "password-label", "current-password")
            .autofocus(!self.username.is_empty())
    }

    /// The heading, the words and whether the form is of no use now.
    fn stopped(&self) -> Option<(String, String)> {
        let frame = &self.frame;
        match self.stop? {
            Stop::Throttled { seconds } => Some((
                frame.say("throttled-title"),
                frame.say_with("throttled-text", &[("wait", &wait(frame.texts, seconds))]),
            )),
            Stop::Suspended { account } => Some((
                frame.say_with("suspended-title", &[("account", account)]),
                frame.say_with("suspended-text", &[("account", account)]),
            )),
            Stop::NoAccess => Some((
                frame.say("no-access-title"),
                frame.say_with("no-access-text", &[("application", frame.destination())]),
            )),
        }
    }

    fn shows_form(&self) -> bool {
        self.known.is_none() && matches!(self.stop, None | Some(Stop::Throttled { .. }))
    }

    fn as_known(&self, known: &Known<'_>) -> String {
        self.frame.say_with("continue-as", &[("name", known.name)])
    }
}
