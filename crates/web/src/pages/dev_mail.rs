//! `/dev/mail`: the development mail box, where mail does not really leave.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::Error;
use latchkey_app::dev_mail::{DevMail, newest, short_id};
use serde::Serialize;

use super::error::PageError;
use super::views::{Mail, MailBox, MailMessage, Trouble, When};
use crate::state::Web;
use crate::visit::{SERVICE, Visit};

/// `GET /dev/mail`.
pub async fn list(State(web): State<Arc<Web>>, visit: Visit) -> Result<Response, PageError> {
    let kept = newest(&web.app).await?;
    let mails: Vec<Mail<'_>> = kept.iter().map(|it| shown(&visit, it)).collect();
    Ok(visit.page(&MailBox { frame: visit.frame(None, &[]), mails: &mails })?.into_response())
}

fn shown<'a>(visit: &Visit, mail: &'a DevMail) -> Mail<'a> {
    Mail {
        id: short_id(mail),
        to: &mail.recipient,
        subject: &mail.subject,
        sent: When::minute(&visit.lang, mail.sent_at.millis()),
    }
}

/// `GET /dev/mail/ID`.
pub async fn message(
    State(web): State<Arc<Web>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let kept = newest(&web.app).await?;
    let mail = kept.iter().find(|it| short_id(it) == id).ok_or(Trouble::NotFound)?;
    let view = MailMessage {
        frame: visit.frame(None, &[]),
        mail: &shown(&visit, mail),
        from: SERVICE,
        text: &mail.body_text,
        html: Some(&mail.body_html),
    };
    Ok(visit.page(&view)?.into_response())
}

/// A mail as programs read it.
#[derive(Debug, Serialize)]
struct Sent {
    id: String,
    to: String,
    subject: String,
    text: String,
    html: String,
    sent_at: String,
}

/// `GET /dev/mail.json`: the newest first.
pub async fn json(State(web): State<Arc<Web>>) -> Result<Response, PageError> {
    let kept = newest(&web.app).await?;
    let mails: Vec<Sent> = kept
        .into_iter()
        .map(|it| Sent {
            id: short_id(&it).to_owned(),
            to: it.recipient,
            subject: it.subject,
            text: it.body_text,
            html: it.body_html,
            sent_at: it.sent_at.rfc3339(),
        })
        .collect();
    let body = serde_json::to_string(&mails).map_err(|fault| Error::Bug(fault.into()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
