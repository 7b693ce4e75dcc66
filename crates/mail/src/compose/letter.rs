//! The parts every mail is made of, and their two renderings.

use askama::Template;

use super::ComposeError;
use crate::texts::Lang;

/// A mail before it is laid out.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) opening: Vec<String>,
    pub(super) quote: Option<Quote>,
    pub(super) code: Option<String>,
    pub(super) action: Option<Action>,
    pub(super) closing: Vec<String>,
}

/// Words of a person, kept apart from ours.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) intro: String,
    pub(super) words: String,
}

/// The one link of a mail.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) label: String,
    pub(super) link: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letter: &'a Letter,
    lang: &'a Lang,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    letter: &'a Letter,
}

/// The letter as plain text and as HTML.
pub(super) fn render(letter: &Letter, lang: &Lang) -> Result<(String, String), ComposeError> {
    let failed = |error: askama::Error| ComposeError::Template(error.to_string());
    let mut text = Text { letter }.render().map_err(failed)?;
    text.push('\n');
    let html = Html { letter, lang }.render().map_err(failed)?;
    Ok((text, html))
}
