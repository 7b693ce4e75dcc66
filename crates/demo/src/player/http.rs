//! Requests as the player sends them.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use latchkey_fetch::{Fetcher, Request, Settings};
use serde_json::Value;
use url::Url;

use super::transcript::{Answered, Asked, Transcript};
use super::wrong::{Seen, Wrong};

const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_BODY: usize = 4 * 1024 * 1024;

/// A client that reaches this machine alone.
#[derive(Clone)]
pub(super) struct Http {
    fetcher: Fetcher,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A request in the making.
pub(super) struct Ask {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Http {
    pub fn new() -> Seen<Self> {
        let allow = ["127.0.0.0/8"].iter().filter_map(|it| it.parse().ok());
        let fetcher = Fetcher::new(&Settings {
            allow: allow.collect(),
            timeout: TIMEOUT,
            max_body: MAX_BODY,
            ..Settings::default()
        })?;
        Ok(Self { fetcher })
    }

    /// Sends a request on a connection of its own, so that none outlives a node.
    pub async fn send(&self, mut ask: Ask) -> Seen<Answer> {
        let close = HeaderValue::from_static("close");
        ask.headers.insert(header::CONNECTION, close);
        let described = format!("{} {}", ask.method, ask.url);
        let answer = self
            .fetcher
            .request(Request {
                method: ask.method,
                url: ask.url,
                headers: ask.headers,
                body: ask.body,
            })
            .await
            .map_err(|error| Wrong(format!("{described}: {}", Wrong::from(error).0)))?;
        Ok(Answer {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }

    /// Sends a request and keeps it in the transcript.
    pub async fn send_recorded(&self, ask: Ask, transcript: &Transcript) -> Seen<Answer> {
        let asked = Asked::new(&ask.method, ask.url.as_str(), &ask.headers, &ask.body);
        let answer = self.send(ask).await?;
        let answered = Answered::new(answer.status, &answer.headers, &answer.body);
        transcript.add(asked, answered);
        Ok(answer)
    }
}

impl Ask {
    pub fn new(method: Method, url: &str) -> Seen<Self> {
        let url: Url = url
            .parse()
            .map_err(|error| Wrong(format!("{url} is no URL: {error}")))?;
        Ok(Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        })
    }

    pub fn get(url: &str) -> Seen<Self> {
        Self::new(Method::GET, url)
    }

    /// A POST of a form.
    pub fn form(url: &str, fields: &[(&str, &str)]) -> Seen<Self> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        Ok(Self::new(Method::POST, url)?
            .with_body("application/x-www-form-urlencoded", body.finish().into_bytes()))
    }

    #[must_use]
    pub fn with_body(mut self, kind: &'static str, body: impl Into<Bytes>) -> Self {
        let kind = HeaderValue::from_static(kind);
        self.headers.insert(header::CONTENT_TYPE, kind);
        self.body = body.into();
        self
    }

    pub fn with_header(mut self, name: HeaderName, value: &str) -> Seen<Self> {
        self.headers.insert(name, HeaderValue::from_str(value)?);
        Ok(self)
    }

    pub fn with_bearer(self, token: &str) -> Seen<Self> {
        self.with_header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Seen<Value> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Wrong(format!("the answer is no JSON: {}", self.brief())))
    }

    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }

    /// Status and the beginning of the body, for saying what was seen.
    pub fn brief(&self) -> String {
        let text: String = self.text().chars().take(400).collect();
        format!("{} {text}", self.status)
    }
}
