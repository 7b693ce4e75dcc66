//! What each kind of mail carries, and its words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::letter::{Action, Letter, Quote};
use super::{ComposeError, line, link, moment};
use crate::texts::Lang;

/// Every kind of mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    /// Invites a person to an account.
    Invitation(Invitation),
    /// Tells an inviter that somebody whose invitation is over would like a new one.
    InvitationAsked(InvitationAsked),
    /// Carries the link to set a new password.
    PasswordReset(PasswordReset),
    /// Tells that the password was changed.
    PasswordChanged(PasswordChanged),
    /// Carries the code that proves an address when a copied link is used.
    AddressMailCode(AddressMailCode),
}

/// The role a person is invited to, told in plain words (docs: Roles).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// `read_only`
    ReadOnly,
    /// `standard`
    Standard,
    /// `manager`
    Manager,
    /// `owner`
    Owner,
    /// A role of the account's own, by its name.
    Custom(String),
}

impl Role {
    /// The role of a key; a key that is not built in is an account's own, told by its name.
    #[must_use]
    pub fn of(key: &str, name: &str) -> Self {
        match key {
            "read_only" => Self::ReadOnly,
            "standard" => Self::Standard,
            "manager" => Self::Manager,
            "owner" => Self::Owner,
            _ => Self::Custom(name.to_owned()),
        }
    }

    fn words(&self, lang: &Lang) -> Result<String, ComposeError> {
        let key = match self {
            Self::ReadOnly => "role-read-only",
            Self::Standard => "role-standard",
            Self::Manager => "role-manager",
            Self::Owner => "role-owner",
            Self::Custom(name) => return Ok(line("role", name)?.to_owned()),
        };
        Ok(lang.text(key).into_owned())
    }
}

/// An invitation (docs: Invitations).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The invited person's first name, empty if unknown.
    pub given_name: String,
    /// Who invites, by name; without one the account itself does, as over SCIM.
    pub inviter: Option<String>,
    /// The account's name.
    pub account: String,
    /// The role the person will have.
    pub role: Role,
    /// The application's name.
    pub application: String,
    /// The link to the welcome page, with its token.
    pub link: String,
    /// When the link ends, in Unix milliseconds.
    pub expires_at: i64,
    /// What the inviter adds, in plain text.
    pub personal_message: Option<String>,
}

/// Somebody whose invitation is over asks for a new one (docs: Invitations).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAsked {
    /// The reader's first name, empty if unknown.
    pub given_name: String,
    /// Who asks, by the name they were invited under.
    pub name: String,
    /// The address that was invited.
    pub address: String,
    /// The account's name.
    pub account: String,
    /// When the invitation ended, in Unix milliseconds.
    pub expired_at: i64,
}

/// A link to set a new password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordReset {
    /// The person's first name, empty if unknown.
    pub given_name: String,
    /// The link, with its token.
    pub link: String,
    /// When the link ends, in Unix milliseconds.
    pub expires_at: i64,
}

/// A notice that the password was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// The person's first name, empty if unknown.
    pub given_name: String,
    /// When it was changed, in Unix milliseconds.
    pub changed_at: i64,
    /// The page for a forgotten password, without a token.
    pub link: String,
}

/// A code that proves the address when the invitation's link did not come by mail (docs: Addresses).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressMailCode {
    /// The person's first name, empty if unknown.
    pub given_name: String,
    /// The account's name.
    pub account: String,
    /// The code to type in.
    pub code: String,
    /// When the code ends, in Unix milliseconds.
    pub expires_at: i64,
}

pub(super) fn letter(mail: &Mail, lang: &Lang, to: &str) -> Result<Letter, ComposeError> {
    match mail {
        Mail::Invitation(mail) => invitation(mail, lang),
        Mail::InvitationAsked(mail) => invitation_asked(mail, lang),
        Mail::PasswordReset(mail) => password_reset(mail, lang, to),
        Mail::PasswordChanged(mail) => password_changed(mail, lang, to),
        Mail::AddressMailCode(mail) => address_mail_code(mail, lang, to),
    }
}

fn greeting(given_name: &str, lang: &Lang) -> Result<String, ComposeError> {
    let name = line("given_name", given_name)?;
    let text = match name {
        "" => lang.text("greeting-nobody"),
        name => lang.text_with("greeting", &[("name", name)]),
    };
    Ok(text.into_owned())
}

fn invitation(mail: &Invitation, lang: &Lang) -> Result<Letter, ComposeError> {
    let account = line("account", &mail.account)?;
    let inviter = line("inviter", mail.inviter.as_deref().unwrap_or_default())?;
    let values = [
        ("inviter", inviter),
        ("account", account),
        ("application", line("application", &mail.application)?),
    ];
    let (subject, intro, quoting) = if inviter.is_empty() {
        (
            "invitation-subject-account",
            "invitation-intro-account",
            "invitation-message-account",
        )
    } else {
        ("invitation-subject", "invitation-intro", "invitation-message")
    };
    let say = |key: &str| lang.text_with(key, &values).into_owned();
    let role = mail.role.words(lang)?;
    let date = moment(mail.expires_at, lang)?;
    Ok(Letter {
        subject: say(subject),
        greeting: greeting(&mail.given_name, lang)?,
        opening: vec![say(intro), said(lang, "invitation-role", &[("role", &role)])],
        quote: mail
            .personal_message
            .as_deref()
            .and_then(personal)
            .map(|words| Quote {
                intro: say(quoting),
                words,
            }),
        action: Some(Action {
            label: lang.text("invitation-action").into_owned(),
            link: link(&mail.link)?,
        }),
        closing: vec![
            said(lang, "invitation-expires", &[("date", &date)]),
            lang.text("invitation-unexpected").into_owned(),
        ],
        ..Letter::default()
    })
}

fn invitation_asked(mail: &InvitationAsked, lang: &Lang) -> Result<Letter, ComposeError> {
    let date = moment(mail.expired_at, lang)?;
    let values = [
        ("name", line("name", &mail.name)?),
        ("address", line("address", &mail.address)?),
        ("account", line("account", &mail.account)?),
        ("date", date.as_str()),
    ];
    Ok(Letter {
        subject: said(lang, "invitation-asked-subject", &values),
        greeting: greeting(&mail.given_name, lang)?,
        opening: vec![said(lang, "invitation-asked-intro", &values)],
        closing: vec![said(lang, "invitation-asked-next", &values)],
        ..Letter::default()
    })
}

/// A personal message: its lines kept, other control characters left out, nothing if empty.
fn personal(message: &str) -> Option<String> {
    let message = message.replace("\r\n", "\n").replace('\r', "\n");
    let keep = |c: &char| *c == '\n' || !crate::message::is_break(*c);
    let kept: String = message.chars().filter(keep).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

fn said(lang: &Lang, key: &str, values: &[(&str, &str)]) -> String {
    lang.text_with(key, values).into_owned()
}

fn password_reset(mail: &PasswordReset, lang: &Lang, to: &str) -> Result<Letter, ComposeError> {
    let date = moment(mail.expires_at, lang)?;
    Ok(Letter {
        subject: lang.text("password-reset-subject").into_owned(),
        greeting: greeting(&mail.given_name, lang)?,
        opening: vec![said(lang, "password-reset-intro", &[("address", to)])],
        action: Some(Action {
            label: lang.text("password-reset-action").into_owned(),
            link: link(&mail.link)?,
        }),
        closing: vec![
            said(lang, "password-reset-expires", &[("date", &date)]),
            lang.text("password-reset-unexpected").into_owned(),
        ],
        ..Letter::default()
    })
}

fn password_changed(mail: &PasswordChanged, lang: &Lang, to: &str) -> Result<Letter, ComposeError> {
    let date = moment(mail.changed_at, lang)?;
    let values = [("address", to), ("date", date.as_str())];
    Ok(Letter {
        subject: lang.text("password-changed-subject").into_owned(),
        greeting: greeting(&mail.given_name, lang)?,
        opening: vec![
            said(lang, "password-changed-intro", &values),
            lang.text("password-changed-unexpected").into_owned(),
        ],
        action: Some(Action {
            label: lang.text("password-changed-action").into_owned(),
            link: link(&mail.link)?,
        }),
        ..Letter::default()
    })
}

fn address_mail_code(mail: &AddressMailCode, lang: &Lang, to: &str) -> Result<Letter, ComposeError> {
    let account = line("account", &mail.account)?;
    let date = moment(mail.expires_at, lang)?;
    let values = [("account", account), ("address", to)];
    Ok(Letter {
        subject: said(lang, "address-code-subject", &values),
        greeting: greeting(&mail.given_name, lang)?,
        opening: vec![said(lang, "address-code-intro", &values)],
        code: Some(line("code", &mail.code)?.to_owned()),
        closing: vec![
            said(lang, "address-code-expires", &[("date", &date)]),
            lang.text("address-code-unexpected").into_owned(),
        ],
        ..Letter::default()
    })
}

// What carries a secret does not print it.

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Invitation");
        shown.field("account", &self.account).finish_non_exhaustive()
    }
}

impl fmt::Debug for PasswordReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordReset").finish_non_exhaustive()
    }
}

impl fmt::Debug for AddressMailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("AddressMailCode");
        shown.field("account", &self.account).finish_non_exhaustive()
    }
}
