use askama::Template;

use super::{Frame, Hidden};

/// `/sign-out`: asks before ending the session.
#[derive(Template)]
#[template(path = "sign-out.html")]
pub struct SignOutConfirm<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The address one is signed in with.
    pub address: &'a str,
}

impl SignOutConfirm<'_> {
    fn title(&self) -> String {
        self.frame.say("sign-out-title")
    }

    fn text(&self) -> String {
        self.frame.say_with(
            "sign-out-text",
            &[("address", self.address), ("service", self.frame.service)],
        )
    }
}

/// `/signed-out`.
#[derive(Template)]
#[template(path = "signed-out.html")]
pub struct SignedOut<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The names of the applications signed out of.
    pub applications: &'a [&'a str],
    /// The way back: the application's name and address.
    pub back: Option<(&'a str, &'a str)>,
    /// Where to sign in again.
    pub sign_in_path: &'a str,
}

impl SignedOut<'_> {
    fn title(&self) -> String {
        self.frame.say("signed-out-title")
    }

    fn back_to(&self, name: &str) -> String {
        self.frame.say_with("back-to", &[("application", name)])
    }
}
