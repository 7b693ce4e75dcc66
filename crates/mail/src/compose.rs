//! Typed mails, and what makes a [`Message`] of each.

mod letter;
mod mails;

use serde::{Deserialize, Serialize};

use crate::message::is_break;
use crate::texts::{Lang, Language, Texts, TextsError};
use crate::{Message, MessageError};

pub use mails::{AddressMailCode, Invitation, InvitationAsked, Mail, PasswordChanged, PasswordReset, Role};

/// The texts of mails, one entry a language, English first.
pub const LANGUAGES: &[Language<'static>] = &[
    Language {
        tag: "en",
        sources: &[include_str!("../locales/en/mail.ftl")],
    },
    Language {
        tag: "de",
        sources: &[include_str!("../locales/de/mail.ftl")],
    },
];

/// To whom a mail goes and what stands on it whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The recipient's address, without a name.
    pub to: String,
    /// The recipient's language ranges, the most wanted first.
    pub languages: Vec<String>,
    /// The `Message-ID`, the same at each attempt: [`Message::id_for`].
    pub message_id: String,
    /// The moment of composing, in Unix milliseconds.
    pub now: i64,
    /// Whom an answer reaches, as an address or as `Name <address>`.
    pub reply_to: Option<String>,
}

/// Why a mail could not be composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A name or other short value holds a line break or another control character.
    #[error("{0} holds a line break or another control character")]
    ControlCharacter(&'static str),
    /// The link is not `http://…` or `https://…` without spaces.
    #[error("the link is not a web address")]
    Link,
    /// A moment lies outside the calendar.
    #[error("the time is outside the calendar")]
    Time,
    /// Address, subject or another header cannot stand in a message.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A template failed.
    #[error("the template failed: {0}")]
    Template(String),
}

/// Composes mails in every language there are texts in; cheap to clone.
#[derive(Debug, Clone)]
pub struct Composer {
    texts: Texts,
}

impl Composer {
    /// Loads the texts of mails.
    ///
    /// # Errors
    /// [`TextsError`] when the texts built in are broken, which a test rules out.
    pub fn new() -> Result<Self, TextsError> {
        Ok(Self {
            texts: Texts::new(LANGUAGES)?,
        })
    }

    /// Makes the message: subject, HTML and plain text in the recipient's language,
    /// everything a person wrote escaped. The same input gives the same message.
    ///
    /// # Errors
    /// [`ComposeError`] for values that have no place in a mail.
    pub fn compose(&self, envelope: &Envelope, mail: &Mail) -> Result<Message, ComposeError> {
        let lang = self.texts.language(&envelope.languages);
        let letter = mails::letter(mail, &lang, &envelope.to)?;
        let (text, html) = letter::render(&letter, &lang)?;
        // Auto-Submitted keeps out-of-office notices from answering (RFC 3834 §5).
        let mut headers = vec![
            ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
            ("Content-Language".to_owned(), lang.tag().to_owned()),
        ];
        if let Some(reply_to) = &envelope.reply_to {
            headers.push(("Reply-To".to_owned(), reply_to.clone()));
        }
        let message = Message {
            to: envelope.to.clone(),
            subject: letter.subject,
            text,
            html,
            message_id: envelope.message_id.clone(),
            date: envelope.now,
            headers,
        };
        message.check()?;
        Ok(message)
    }
}

/// A short value that stands within a line.
fn line<'a>(field: &'static str, value: &'a str) -> Result<&'a str, ComposeError> {
    if value.chars().any(is_break) {
        return Err(ComposeError::ControlCharacter(field));
    }
    Ok(value.trim())
}

/// A link that may stand in an `href` and alone on a line.
fn link(link: &str) -> Result<String, ComposeError> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'\\' | b'`');
    if web && link.bytes().all(plain) {
        Ok(link.to_owned())
    } else {
        Err(ComposeError::Link)
    }
}

/// A moment in words, in UTC: the recipient's own time zone is not known.
fn moment(at: i64, lang: &Lang) -> Result<String, ComposeError> {
    let at = jiff::Timestamp::from_millisecond(at).map_err(|_| ComposeError::Time)?;
    let at = jiff::tz::TimeZone::UTC.to_datetime(at);
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    let year = at.year().to_string();
    Ok(lang
        .text_with(
            "date-time",
            &[
                ("day", i64::from(at.day()).into()),
                ("month", i64::from(at.month()).into()),
                ("year", crate::texts::Value::from(&year)),
                ("time", (&time).into()),
            ],
        )
        .into_owned())
}
