use askama::Template;

use super::{Frame, Hidden, When};

/// An account one belongs to.
#[derive(Debug, Clone)]
pub struct Membership<'a> {
    /// The account's name.
    pub account: &'a str,
    /// The role there, in words.
    pub role: &'a str,
    /// Whether one is suspended there.
    pub suspended: bool,
    /// The applications there: name, and where to open it.
    pub applications: &'a [(&'a str, Option<&'a str>)],
}

/// A session of the person.
#[derive(Debug, Clone)]
pub struct Session<'a> {
    /// Its id, which the button that ends it sends as `session`.
    pub id: &'a str,
    /// Browser and device, in words.
    pub device: &'a str,
    /// Where from: an address or a place.
    pub place: &'a str,
    /// Since when.
    pub started: When,
    /// When it was last used.
    pub last_active: When,
    /// Whether it is the one that shows this page.
    pub current: bool,
}

/// `/account`: who I am, where I belong.
#[derive(Template)]
#[template(path = "account.html")]
pub struct Account<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The person's name.
    pub name: &'a str,
    /// Their address.
    pub address: &'a str,
    /// The accounts they belong to.
    pub memberships: &'a [Membership<'a>],
    /// Their sessions.
    pub sessions: &'a [Session<'a>],
    /// Where the form that ends sessions posts to; none hides its buttons.
    pub sessions_path: Option<&'a str>,
}

impl Account<'_> {
    fn title(&self) -> String {
        self.frame.say("account-title")
    }

    fn others(&self) -> bool {
        self.sessions.iter().any(|session| !session.current)
    }
}
