//! Composing and sending mail, and the one loader of texts for people.
//!
//! `texts` answers which words a person reads in which language (Project
//! Fluent), for mails here and for pages elsewhere. `compose` turns a typed mail
//! into a [`Message`] with an HTML and a plain text part. `transport` hands a
//! [`Message`] to an SMTP server and says in the server's words why it could not.
//!
//! It never decides whether a mail may go out or when, never keeps one (the
//! outbox and the development mail box are tables), never reads a clock, and
//! never lets a name or a message of a person reach a header or markup unescaped.

pub mod compose;
mod message;
mod settings;
pub mod texts;
pub mod transport;

pub use message::{Message, MessageError};
pub use settings::{Secret, Settings, SettingsError, Tls, TransportKind};
