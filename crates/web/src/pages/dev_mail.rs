//! `/dev/mail`: the development mail box, where mail does not really leave.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::Error;
use latchkey_app::dev_mail::{DevMail, newest, short_id};
use serde::Serialize;
use url::{Host, Url};

use super::error::PageError;
use super::views::{Mail, MailBox, MailMessage, Trouble, When};
use crate::state::Web;
use crate::visit::{SERVICE, Visit};

/// The layer around the box: it answers under the issuer's name and those of this machine alone.
/// A foreign site whose own name is made to lead here (DNS rebinding) could read the mail otherwise.
pub async fn by_own_name(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let header = request
        .headers()
        .get(header::HOST)
        .and_then(|it| it.to_str().ok());
    let asked = request.uri().authority().map(Authority::as_str).or(header);
    if is_own(asked, web.app.issuer.as_str()) {
        next.run(request).await
    } else {
        PageError::from(Trouble::NotFound).into_response()
    }
}

fn is_own(asked: Option<&str>, issuer: &str) -> bool {
    let asked = asked.and_then(|it| Url::parse(&format!("http://{it}/")).ok());
    let issuer = Url::parse(issuer).ok();
    match asked.as_ref().and_then(Url::host) {
        Some(Host::Domain("localhost")) => true,
        Some(Host::Ipv4(address)) if address.is_loopback() => true,
        Some(Host::Ipv6(address)) if address.is_loopback() => true,
        Some(host) => issuer.as_ref().and_then(Url::host) == Some(host),
        None => false,
    }
}

/// `GET /dev/mail`.
pub async fn list(State(web): State<Arc<Web>>, visit: Visit) -> Result<Response, PageError> {
    let kept = newest(&web.app).await?;
    let mails: Vec<Mail<'_>> = kept.iter().map(|it| shown(&visit, it)).collect();
    Ok(visit
        .page(&MailBox {
            frame: visit.frame(None, &[]),
            mails: &mails,
        })?
        .into_response())
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
    let mail = kept
        .iter()
        .find(|it| short_id(it) == id)
        .ok_or(Trouble::NotFound)?;
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

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn a_site_that_leads_its_own_name_here_reads_no_mail() {
        let issuer = "http://id.example:8080";
        for own in [
            "id.example",
            "id.example:9",
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
        ] {
            assert!(is_own(Some(own), issuer), "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "id.example@evil",
            "",
        ] {
            assert!(!is_own(Some(foreign), issuer), "{foreign}");
        }
        assert!(!is_own(None, issuer));
    }
}
