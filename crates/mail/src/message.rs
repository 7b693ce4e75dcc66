//! A mail as it is kept in the outbox and handed to a server.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use serde::{Deserialize, Serialize};

/// One mail to one person, complete but for its sender, which the transport sets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The recipient's address, without a name.
    pub to: String,
    /// The subject, in plain Unicode; encoded when it is sent (RFC 2047).
    pub subject: String,
    /// The `text/plain` part.
    pub text: String,
    /// The `text/html` part.
    pub html: String,
    /// `<…@…>` (RFC 5322 §3.6.4); the same at every attempt, so that a repeat is seen as one.
    pub message_id: String,
    /// When it was composed, in Unix milliseconds: its `Date`.
    pub date: i64,
    /// Further headers, names and values.
    pub headers: Vec<(String, String)>,
}

/// Without what it says: a link in it may be a secret.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Message");
        shown.field("to", &self.to).field("message_id", &self.message_id);
        shown.finish_non_exhaustive()
    }
}

/// Why a message cannot be put on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The recipient is not an address.
    #[error("the recipient is not an address")]
    Recipient,
    /// The `Message-ID` is not `<left@right>` in ASCII without spaces.
    #[error("the Message-ID is not of the form <left@right>")]
    MessageId,
    /// A header's name is not one, or its value holds a line break or another control character.
    #[error("the header {0:?} holds what a header must not hold")]
    Header(String),
    /// It could not be built as a MIME message.
    #[error("the message cannot be built: {0}")]
    Mime(String),
}

impl Message {
    /// Makes a `Message-ID` out of the outbox's own key for the mail and a host name.
    /// What has no place in it is left out.
    #[must_use]
    pub fn id_for(key: &str, host: &str) -> String {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let key: String = key.chars().filter(plain).collect();
        let name = host.split(':').next().unwrap_or_default();
        let host: String = name.chars().filter(plain).collect();
        let host = if host.is_empty() { "localhost" } else { &host };
        format!("<{key}@{host}>")
    }

    /// Checks what will become headers and envelope: no line break or other control
    /// character anywhere in them, so that nobody's name can add a header (RFC 5322 §2.2).
    ///
    /// # Errors
    /// [`MessageError`] naming what is wrong.
    pub fn check(&self) -> Result<(), MessageError> {
        self.recipient()?;
        check_id(&self.message_id)?;
        check_value("Subject", &self.subject)?;
        for (name, value) in &self.headers {
            let in_name = |b: u8| b.is_ascii_graphic() && b != b':';
            if name.is_empty() || !name.bytes().all(in_name) {
                return Err(MessageError::Header(name.clone()));
            }
            check_value(name, value)?;
        }
        Ok(())
    }

    fn recipient(&self) -> Result<Address, MessageError> {
        // The parser lets control characters of Unicode pass within a domain.
        if self.to.chars().any(is_break) {
            return Err(MessageError::Recipient);
        }
        self.to.parse().map_err(|_| MessageError::Recipient)
    }

    /// The message in MIME (RFC 2046 §5.1.4: plain text first, HTML as the better alternative).
    pub(crate) fn to_mime(&self, from: &Mailbox) -> Result<lettre::Message, MessageError> {
        self.check()?;
        let since = Duration::from_millis(u64::try_from(self.date).unwrap_or(0));
        let mut builder = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, self.recipient()?))
            .subject(self.subject.clone())
            .message_id(Some(self.message_id.clone()))
            .date(UNIX_EPOCH + since);
        for (name, value) in &self.headers {
            let wrong = || MessageError::Header(name.clone());
            if name.eq_ignore_ascii_case("Reply-To") {
                builder = builder.reply_to(value.parse().map_err(|_| wrong())?);
            } else {
                let name = HeaderName::new_from_ascii(name.clone()).map_err(|_| wrong())?;
                builder = builder.raw_header(HeaderValue::new(name, value.clone()));
            }
        }
        let parts = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        let mime = builder.multipart(parts);
        mime.map_err(|error| MessageError::Mime(error.to_string()))
    }
}

fn check_value(name: &str, value: &str) -> Result<(), MessageError> {
    if value.chars().any(is_break) {
        return Err(MessageError::Header(name.to_owned()));
    }
    Ok(())
}

/// Control characters, and the two of Unicode that programs also break lines at.
pub(crate) fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn check_id(id: &str) -> Result<(), MessageError> {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    let (left, right) = inner
        .and_then(|inner| inner.split_once('@'))
        .ok_or(MessageError::MessageId)?;
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'@');
    let good = |part: &str| !part.is_empty() && part.bytes().all(plain);
    if good(left) && good(right) {
        Ok(())
    } else {
        Err(MessageError::MessageId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            to: "ada@example.com".into(),
            subject: "Grüße".into(),
            text: "Hallo".into(),
            html: "<p>Hallo</p>".into(),
            message_id: Message::id_for("0190-key", "login.example"),
            date: 1_764_000_000_000,
            headers: vec![("Auto-Submitted".into(), "auto-generated".into())],
        }
    }

    fn wire(message: &Message) -> String {
        let from = "Latchkey <no-reply@login.example>".parse().unwrap();
        String::from_utf8(message.to_mime(&from).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_message_carries_its_headers_and_both_parts() {
        let wire = wire(&message());
        assert!(
            wire.contains("Message-ID: <0190-key@login.example>\r\n"),
            "{wire}"
        );
        assert!(wire.contains("Auto-Submitted: auto-generated\r\n"), "{wire}");
        assert!(
            wire.contains("Date: Mon, 24 Nov 2025 16:00:00 +0000\r\n"),
            "{wire}"
        );
        assert!(
            wire.contains("text/plain") && wire.contains("text/html"),
            "{wire}"
        );
        assert!(wire.is_ascii());
    }

    #[test]
    fn a_line_break_in_any_header_is_refused() {
        for evil in ["x\r\nBcc: eve@evil.example", "x\ny", "x\ry", "x\0", "x\u{2028}y"] {
            let subject = Message {
                subject: evil.into(),
                ..message()
            };
            assert_eq!(subject.check(), Err(MessageError::Header("Subject".into())));
            let to = Message {
                to: format!("ada@example.com{evil}"),
                ..message()
            };
            assert_eq!(to.check(), Err(MessageError::Recipient));
            let id = Message {
                message_id: format!("<{evil}@a>"),
                ..message()
            };
            assert_eq!(id.check(), Err(MessageError::MessageId));
            let value = Message {
                headers: vec![("X-A".into(), evil.into())],
                ..message()
            };
            assert_eq!(value.check(), Err(MessageError::Header("X-A".into())));
            let name = Message {
                headers: vec![(evil.into(), "a".into())],
                ..message()
            };
            assert_eq!(name.check(), Err(MessageError::Header(evil.into())));
        }
    }

    #[test]
    fn a_list_of_addresses_is_no_recipient() {
        let to = Message {
            to: "a@example.com, b@example.com".into(),
            ..message()
        };
        assert_eq!(to.check(), Err(MessageError::Recipient));
    }

    #[test]
    fn a_message_id_drops_what_has_no_place_in_it() {
        assert_eq!(Message::id_for("a b>\r\n:7", "x.example:8080"), "<ab7@x.example>");
        assert_eq!(Message::id_for("7", ""), "<7@localhost>");
    }

    #[test]
    fn printed_for_a_log_it_says_nothing_of_what_it_holds() {
        let message = Message {
            text: "https://id.example/invitation/secret".into(),
            html: "https://id.example/invitation/secret".into(),
            ..message()
        };
        let printed = format!("{message:?}");
        assert!(printed.contains(&message.message_id), "{printed}");
        assert!(!printed.contains("secret"), "{printed}");
    }
}
