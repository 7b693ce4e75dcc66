use askama::Template;

use super::{Frame, Hidden, input::Input};

/// `/password/forgot`.
#[derive(Template)]
#[template(path = "forgot.html")]
pub struct Forgot<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The address, as typed.
    pub username: &'a str,
    /// Back to signing in.
    pub sign_in_path: &'a str,
}

impl Forgot<'_> {
    fn title(&self) -> String {
        self.frame.say("forgot-title")
    }

    fn username(&self) -> Input<'_> {
        Input::email(self.frame, "username", "username-label", "username")
            .value(self.username)
            .autofocus(true)
    }
}

/// `/password/forgot` after sending: the same whether or not the address exists.
#[derive(Template)]
#[template(path = "forgot-sent.html")]
pub struct ForgotSent<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The address, as typed.
    pub username: &'a str,
    /// After how many seconds "Send again" is offered.
    pub wait_seconds: u32,
    /// Back to signing in.
    pub sign_in_path: &'a str,
}

impl ForgotSent<'_> {
    fn title(&self) -> String {
        self.frame.say("forgot-sent-title")
    }
}

/// `/password/reset`.
#[derive(Template)]
#[template(path = "reset.html")]
pub struct Reset<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The address whose password it is.
    pub username: &'a str,
    /// The least number of characters of a password.
    pub minimum: u32,
}

impl Reset<'_> {
    fn title(&self) -> String {
        self.frame.say("reset-title")
    }

    fn username(&self) -> Input<'_> {
        Input::email(self.frame, "username", "username-label", "username")
            .value(self.username)
            .readonly()
    }

    fn password(&self) -> Input<'_> {
        Input::password(self.frame, "password", "new-password-label", "new-password")
            .described_by("password-rules")
            .autofocus(true)
    }

    fn password_confirmation(&self) -> Input<'_> {
        Input::password(
            self.frame,
            "password_confirmation",
            "new-password-confirmation-label",
            "new-password",
        )
    }

    fn own_words(&self) -> String {
        format!("{} {}", self.username, self.frame.service)
    }
}

/// `/password/reset` where the link has been used, is too old or is unknown: one page, so that nothing is told.
#[derive(Template)]
#[template(path = "reset-ended.html")]
pub struct ResetEnded<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// Where to ask for a new link.
    pub forgot_path: &'a str,
}

impl ResetEnded<'_> {
    fn title(&self) -> String {
        self.frame.say("reset-ended-title")
    }
}

/// After a new password was set.
#[derive(Template)]
#[template(path = "password-changed.html")]
pub struct PasswordChanged<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// Where to sign in.
    pub sign_in_path: &'a str,
}

impl PasswordChanged<'_> {
    fn title(&self) -> String {
        self.frame.say("password-changed-title")
    }
}
