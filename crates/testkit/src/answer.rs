//! An answer of the service, read whole.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test expects and does not get fails the test"
)]

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use url::Url;

use crate::html::Page;

/// An answer: status, headers and the whole body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads an answer.
    pub async fn read<B>(response: Response<B>) -> Self
    where
        B: BodyExt<Data = Bytes>,
        B::Error: std::fmt::Debug,
    {
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("the whole body").to_bytes();
        Self {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        }
    }

    /// The same answer, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?}\n{}", self.headers, self.text());
        self
    }

    /// A header's value; empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |it| it.to_str().expect("a header in ASCII"))
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .map(|it| it.to_str().expect("a header in ASCII"))
    }

    /// The body.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|fault| panic!("{fault}: {}", self.text()))
    }

    /// A text of the JSON body, at this pointer (RFC 6901); empty where there is none.
    #[must_use]
    #[track_caller]
    pub fn json_text(&self, pointer: &str) -> String {
        self.json()
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// The body as a page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::parse(self.text())
    }

    /// Where it redirects to.
    #[must_use]
    #[track_caller]
    pub fn location(&self) -> Url {
        let location = self.header("location");
        let base = Url::parse(crate::installation::ISSUER).expect("the issuer is a URL");
        base.join(location)
            .unwrap_or_else(|fault| panic!("{fault}: {location:?} with {}", self.status))
    }

    /// The value of a cookie that it sets.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.all("set-cookie").find_map(|it| {
            let (key, rest) = it.split_once('=')?;
            let value = rest.split(';').next()?;
            (key == name).then(|| value.to_owned())
        })
    }
}
