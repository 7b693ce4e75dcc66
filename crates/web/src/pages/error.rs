//! Errors as pages that a person understands: what happened, what to do, a reference id.
//!
//! A handler answers with a [`PageError`]; the layer around all pages ([`render`]) turns it into a
//! page in the person's language, with the request's id.

use std::sync::Arc;

use axum::extract::FromRequestParts as _;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use latchkey_app::Error;
use tracing::error;

use super::views::{ErrorPage, Trouble};
use crate::retry;
use crate::state::Web;
use crate::visit::Visit;

/// What went wrong on a page, and a line for whoever looks after the application.
#[derive(Debug, Clone)]
pub struct PageError {
    trouble: Trouble,
    technical: Option<String>,
}

impl PageError {
    /// With a line for developers, such as an RFC's error code and description.
    #[must_use]
    pub fn technical(mut self, line: impl Into<String>) -> Self {
        self.technical = Some(line.into());
        self
    }

    fn status(&self) -> StatusCode {
        match self.trouble {
            Trouble::NotFound => StatusCode::NOT_FOUND,
            Trouble::Denied | Trouble::ForeignForm => StatusCode::FORBIDDEN,
            Trouble::Expired | Trouble::UnknownClient | Trouble::UnknownRedirect | Trouble::BadRequest => {
                StatusCode::BAD_REQUEST
            }
            Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Trouble::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Trouble::Conflict => StatusCode::CONFLICT,
            Trouble::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Trouble::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Trouble> for PageError {
    fn from(trouble: Trouble) -> Self {
        Self {
            trouble,
            technical: None,
        }
    }
}

impl From<Error> for PageError {
    fn from(fault: Error) -> Self {
        match fault {
            Error::Denied(why) => Self::from(Trouble::Denied).technical(why),
            Error::NotFound => Trouble::NotFound.into(),
            Error::Conflict(_) | Error::Stale => Trouble::Conflict.into(),
            Error::Invalid { field, why } => {
                Self::from(Trouble::BadRequest).technical(format!("{field}: {why}"))
            }
            Error::Rule(why) => Self::from(Trouble::Denied).technical(why),
            Error::RateLimited { retry_after } => Trouble::TooMany(retry::seconds(retry_after)).into(),
            Error::Unavailable => Trouble::Unavailable.into(),
            Error::Bug(source) => {
                error!(%source, "a page failed");
                Trouble::Internal.into()
            }
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let wait = match self.trouble {
            Trouble::TooMany(seconds) => Some(seconds),
            Trouble::Unavailable => Some(2),
            _ => None,
        };
        if let Some(wait) = wait.and_then(|it| HeaderValue::from_str(&it.to_string()).ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer around all pages: shows a [`PageError`] as a page, and also what never reached a
/// handler (a method or a path that can't be).
pub async fn render(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut head, &web).await;
    let response = next.run(Request::from_parts(head, body)).await;
    match response.extensions().get::<PageError>().cloned() {
        Some(fault) => show(&visit, &fault, response),
        None if is_bare(&response) => show(&visit, &Trouble::BadRequest.into(), response),
        None => response,
    }
}

/// Whether a refusal says nothing to a person.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_text = kind.is_none_or(|it| it.as_bytes().starts_with(b"text/plain"));
    response.status().is_client_error() && is_text
}

fn show(visit: &Visit, fault: &PageError, bare: Response) -> Response {
    let view = ErrorPage {
        frame: visit.frame(None, &[]),
        trouble: fault.trouble,
        technical: fault.technical.as_deref(),
    };
    let Ok(page) = visit.page(&view) else { return bare };
    let mut response = page.status(bare.status()).into_response();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = bare.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// What answers for an address where nothing is.
pub async fn nothing_here() -> PageError {
    Trouble::NotFound.into()
}
