use askama::Template;

use super::{Frame, Hidden, TermsText, When, input::Input};

/// What an invitation says.
#[derive(Debug, Clone)]
pub struct Invited<'a> {
    /// Who invited, by name; none where an HR system did.
    pub inviter: Option<&'a str>,
    /// The account's name.
    pub account: &'a str,
    /// The application invited to.
    pub application: Option<&'a str>,
    /// The role, in words.
    pub role: &'a str,
    /// The names of the permission sets given.
    pub permission_sets: &'a [&'a str],
    /// The invited address.
    pub address: &'a str,
    /// Until when it can be accepted.
    pub expires: When,
    /// The inviter's personal message.
    pub message: Option<&'a str>,
}

impl Invited<'_> {
    fn says(&self, frame: &Frame<'_>) -> String {
        match self.inviter {
            Some(inviter) => frame.say_with("invited-by", &[("inviter", inviter), ("account", self.account)]),
            None => frame.say_with("invited", &[("account", self.account)]),
        }
    }
}

/// How an invitation goes on.
#[derive(Debug, Clone, Copy)]
pub enum Offer<'a> {
    /// The address is nobody's yet.
    CreateUser {
        /// Where the form is.
        path: &'a str,
    },
    /// The address belongs to a user.
    SignIn {
        /// Where to sign in.
        path: &'a str,
    },
    /// That user is signed in already: the form posts to `/invitation`.
    Accept {
        /// Their name.
        name: &'a str,
    },
}

/// `/invitation`: the welcome.
#[derive(Template)]
#[template(path = "welcome.html")]
pub struct Welcome<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The invitation.
    pub invited: &'a Invited<'a>,
    /// How it goes on.
    pub offer: Offer<'a>,
}

impl Welcome<'_> {
    fn title(&self) -> String {
        self.frame
            .say_with("welcome-title", &[("account", self.invited.account)])
    }

    fn accepts_as(&self, name: &str) -> String {
        self.frame.say_with("accept-as", &[("name", name)])
    }
}

/// `/invitation/create`.
#[derive(Template)]
#[template(path = "create-user.html")]
pub struct CreateUser<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The invitation.
    pub invited: &'a Invited<'a>,
    /// The first name, as invited or as typed.
    pub given_name: &'a str,
    /// The last name, as invited or as typed.
    pub family_name: &'a str,
    /// The least number of characters of a password.
    pub minimum: u32,
    /// The terms to accept, where there are any.
    pub terms: Option<&'a TermsText<'a>>,
    /// Whether the box was ticked in the form that is shown again.
    pub accepted: bool,
}

impl CreateUser<'_> {
    fn title(&self) -> String {
        self.frame.say("create-title")
    }

    fn username(&self) -> Input<'_> {
        Input::email(self.frame, "username", "username-label", "username")
            .value(self.invited.address)
            .readonly()
    }

    fn given_name(&self) -> Input<'_> {
        Input::text(self.frame, "given_name", "given-name-label", "given-name").value(self.given_name)
    }

    fn family_name(&self) -> Input<'_> {
        Input::text(self.frame, "family_name", "family-name-label", "family-name").value(self.family_name)
    }

    fn password(&self) -> Input<'_> {
        Input::password(self.frame, "password", "password-label", "new-password")
            .described_by("password-rules")
    }

    fn password_confirmation(&self) -> Input<'_> {
        Input::password(
            self.frame,
            "password_confirmation",
            "password-confirmation-label",
            "new-password",
        )
    }

    fn accepted(&self) -> bool {
        self.accepted
    }

    fn own_words(&self) -> String {
        format!(
            "{} {} {} {}",
            self.given_name, self.family_name, self.invited.address, self.frame.service
        )
    }
}

/// Why an invitation can't be accepted any more.
#[derive(Debug, Clone, Copy)]
pub enum Ended<'a> {
    /// It was accepted.
    Used {
        /// Where to sign in, the address prefilled.
        sign_in_path: &'a str,
    },
    /// It is too late.
    Expired {
        /// Who can send a new one.
        inviter: Option<&'a str>,
        /// The account's name.
        account: &'a str,
        /// Whether a new one has just been asked for.
        asked: bool,
    },
    /// It was taken back.
    Revoked {
        /// Whom to ask.
        inviter: Option<&'a str>,
        /// The account's name.
        account: &'a str,
    },
    /// A newer one was sent.
    Replaced,
    /// An administrator has to confirm it first.
    Awaiting {
        /// The account's name.
        account: &'a str,
    },
    /// There is none with this link.
    Unknown,
}

/// `/invitation` where it has ended; asking for a new one posts to the same path.
#[derive(Template)]
#[template(path = "invitation-ended.html")]
pub struct InvitationEnded<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// How it ended.
    pub how: Ended<'a>,
}

impl InvitationEnded<'_> {
    fn title(&self) -> String {
        self.frame.say(match self.how {
            Ended::Used { .. } => "ended-used-title",
            Ended::Expired { asked: true, .. } => "ended-asked-title",
            Ended::Expired { .. } => "ended-expired-title",
            Ended::Revoked { .. } => "ended-revoked-title",
            Ended::Replaced => "ended-replaced-title",
            Ended::Awaiting { .. } => "ended-awaiting-title",
            Ended::Unknown => "ended-unknown-title",
        })
    }

    fn text(&self) -> String {
        let frame = &self.frame;
        let named = |key: &str, inviter: Option<&str>, account: &str| {
            let anyone = frame.say_with("administrator-of", &[("account", account)]);
            frame.say_with(
                key,
                &[("inviter", inviter.unwrap_or(&anyone)), ("account", account)],
            )
        };
        match self.how {
            Ended::Used { .. } => frame.say("ended-used-text"),
            Ended::Expired {
                inviter,
                account,
                asked: true,
            } => named("ended-asked-text", inviter, account),
            Ended::Expired { inviter, account, .. } => named("ended-expired-text", inviter, account),
            Ended::Revoked { inviter, account } => named("ended-revoked-text", inviter, account),
            Ended::Replaced => frame.say("ended-replaced-text"),
            Ended::Awaiting { account } => frame.say_with("ended-awaiting-text", &[("account", account)]),
            Ended::Unknown => frame.say("ended-unknown-text"),
        }
    }
}

/// `/invitation` where somebody else is signed in; signing out posts to the same path.
#[derive(Template)]
#[template(path = "wrong-person.html")]
pub struct WrongPerson<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The invitation.
    pub invited: &'a Invited<'a>,
    /// The address of whoever is signed in.
    pub signed_in: &'a str,
}

impl WrongPerson<'_> {
    fn title(&self) -> String {
        self.frame.say("wrong-person-title")
    }
}
