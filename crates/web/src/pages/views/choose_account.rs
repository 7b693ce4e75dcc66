use askama::Template;

use super::{Frame, Hidden};

/// One account to choose.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    /// Its slug, in the button's id and value.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The person's role there, in words.
    pub role: &'a str,
    /// Whether the person is suspended there: shown, but not to be chosen.
    pub suspended: bool,
}

/// `/choose-account`: the form sends `account`, the slug.
#[derive(Template)]
#[template(path = "choose-account.html")]
pub struct ChooseAccount<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The address one is signed in with.
    pub address: &'a str,
    /// The accounts.
    pub choices: &'a [Choice<'a>],
    /// Whether one can go back to the application.
    pub cancel: bool,
}

impl ChooseAccount<'_> {
    fn title(&self) -> String {
        self.frame.say("choose-account-title")
    }
}
