use askama::Template;

use super::{Frame, wait};

/// What went wrong, in the person's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing is at this address, or nothing that the person may see.
    NotFound,
    /// The person may not do this.
    Denied,
    /// The step or form has expired, or was done already.
    Expired,
    /// The form did not come from this browser's own page, or cookies are off.
    ForeignForm,
    /// The application that sent the person here is not known.
    UnknownClient,
    /// The application wants the answer at an address that it has not registered.
    UnknownRedirect,
    /// The request can't be understood.
    BadRequest,
    /// Too much was sent.
    TooLarge,
    /// Too many requests; how many seconds to wait.
    TooMany(u32),
    /// Something changed meanwhile.
    Conflict,
    /// The service is busy or can't reach its database.
    Unavailable,
    /// Our own mistake.
    Internal,
}

impl Trouble {
    fn key(self) -> &'static str {
        match self {
            Self::NotFound => "trouble-not-found",
            Self::Denied => "trouble-denied",
            Self::Expired => "trouble-expired",
            Self::ForeignForm => "trouble-foreign-form",
            Self::UnknownClient => "trouble-unknown-client",
            Self::UnknownRedirect => "trouble-unknown-redirect",
            Self::BadRequest => "trouble-bad-request",
            Self::TooLarge => "trouble-too-large",
            Self::TooMany(_) => "trouble-too-many",
            Self::Conflict => "trouble-conflict",
            Self::Unavailable => "trouble-unavailable",
            Self::Internal => "trouble-internal",
        }
    }

    /// Whether the person is shown the way to their profile, from which their applications open.
    /// Elsewhere the way is back, or the same again.
    fn leads_to_profile(self) -> bool {
        matches!(self, Self::NotFound | Self::Denied | Self::Expired)
    }
}

/// An error, shown where it arose.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// What surrounds the page; its request id is the reference shown.
    pub frame: Frame<'a>,
    /// What went wrong.
    pub trouble: Trouble,
    /// A line for whoever looks after the application, such as an RFC error code and its description.
    pub technical: Option<&'a str>,
}

impl ErrorPage<'_> {
    fn title(&self) -> String {
        self.part("title")
    }

    fn part(&self, part: &str) -> String {
        let wait = match self.trouble {
            Trouble::TooMany(seconds) => wait(self.frame.texts, seconds),
            _ => String::new(),
        };
        self.frame
            .say_with(&format!("{}-{part}", self.trouble.key()), &[("wait", &wait)])
    }
}
