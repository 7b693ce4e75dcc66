//! One keep-alive connection over the loopback interface. Every answer is timed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderValue, LOCATION};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::failure::{Failure, Outcome};

/// A connection.
pub struct Wire {
    address: SocketAddr,
    host: HeaderValue,
    sender: SendRequest<Full<Bytes>>,
    /// The other half of the connection: it ends with this one.
    driver: JoinSet<()>,
    /// Microseconds of each answer, while they are counted.
    pub timings: Option<Vec<u32>>,
}

/// What is asked, so that it can be asked again and again.
#[derive(Clone)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A POST of `application/x-www-form-urlencoded`.
    pub fn form(path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = encoded(fields);
        Self::post(path, "application/x-www-form-urlencoded", body)
    }

    pub fn post(path: impl Into<String>, content_type: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            method: Method::POST,
            path: path.into(),
            headers,
            body: Bytes::from(body),
        }
    }

    /// With an `Authorization` header.
    pub fn authorized(mut self, value: &str) -> Outcome<Self> {
        self.headers.insert(AUTHORIZATION, value.parse()?);
        Ok(self)
    }

    /// With cookies.
    pub fn cookies(mut self, value: &str) -> Outcome<Self> {
        if !value.is_empty() {
            self.headers.insert(COOKIE, value.parse()?);
        }
        Ok(self)
    }

    /// The same to another path.
    pub fn to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

impl Answer {
    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok())
    }

    /// The answer if it has this status, else a failure that shows it.
    pub fn expect(self, status: StatusCode) -> Outcome<Self> {
        if self.status == status {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(400).collect();
        Err(Failure::new(format!(
            "{status} was expected; {} came: {body}",
            self.status
        )))
    }

    /// A string member of a flat JSON answer, found without reading the rest.
    pub fn member(&self, name: &str) -> Outcome<String> {
        let text = std::str::from_utf8(&self.body)?;
        let after = text
            .split_once(&format!("\"{name}\":"))
            .and_then(|(_, rest)| rest.trim_start().strip_prefix('"'));
        let value = after.and_then(|rest| rest.split_once('"'));
        value
            .map(|(value, _)| value.to_owned())
            .ok_or_else(|| Failure::new(format!("the answer has no {name}")))
    }
}

impl Wire {
    pub async fn connect(address: SocketAddr) -> Outcome<Self> {
        let mut driver = JoinSet::new();
        let sender = open(address, &mut driver).await?;
        let host = HeaderValue::from_str(&address.to_string())?;
        Ok(Self {
            address,
            host,
            sender,
            driver,
            timings: None,
        })
    }

    /// Sends and waits for the whole answer. A connection that the server closed is opened again.
    pub async fn send(&mut self, ask: &Ask) -> Outcome<Answer> {
        if self.sender.ready().await.is_err() {
            self.sender = open(self.address, &mut self.driver).await?;
        }
        let mut request = Request::new(Full::new(ask.body.clone()));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = ask.path.parse()?;
        *request.headers_mut() = ask.headers.clone();
        request.headers_mut().insert(HOST, self.host.clone());
        let began = Instant::now();
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        self.timed(began.elapsed());
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

impl Wire {
    /// Notes a time, while times are counted.
    pub fn timed(&mut self, taken: Duration) {
        if let Some(timings) = &mut self.timings {
            timings.push(u32::try_from(taken.as_micros()).unwrap_or(u32::MAX));
        }
    }
}

async fn open(address: SocketAddr, driver: &mut JoinSet<()>) -> Outcome<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    while driver.try_join_next().is_some() {}
    driver.spawn(async move {
        // What goes wrong is seen by whoever waits for the answer.
        drop(connection.await);
    });
    Ok(sender)
}

/// Fields as a query or a form.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_an_answer_is_found_with_and_without_a_space() {
        let answer = |body: &'static str| Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        };
        let tight = answer(r#"{"access_token":"a","refresh_token":"b"}"#);
        assert_eq!(tight.member("refresh_token").unwrap(), "b");
        let wide = answer(r#"{"access_token": "a"}"#);
        assert_eq!(wide.member("access_token").unwrap(), "a");
        assert!(wide.member("refresh_token").is_err());
    }
}
