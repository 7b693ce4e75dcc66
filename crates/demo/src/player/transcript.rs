//! Every request and answer of a run, in order, as they are on the wire.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::normal::Normal;

/// One request and its answer: a line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The step of the journey, such as `4.1 Stan signs in`.
    pub step: String,
    /// What was asked.
    pub request: Asked,
    /// What was answered.
    pub response: Answered,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Headers by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The status code.
    pub status: u16,
    /// Headers by their lower-case names; several of one name a line each.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// Where the exchanges of a run are collected. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<Mutex<Pages>>);

#[derive(Debug, Default)]
struct Pages {
    step: String,
    exchanges: Vec<Exchange>,
}

/// Headers that say something about the connection or the moment alone.
const LEFT_OUT: [&str; 8] = [
    "accept-encoding",
    "connection",
    "content-length",
    "date",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-request-id",
];

impl Transcript {
    /// What follows belongs to this step.
    pub fn begin(&self, step: &str) {
        step.clone_into(&mut self.pages().step);
    }

    /// Adds an exchange.
    pub fn add(&self, request: Asked, response: Answered) {
        let mut pages = self.pages();
        let step = pages.step.clone();
        pages.exchanges.push(Exchange {
            step,
            request,
            response,
        });
    }

    /// The exchanges so far, with secrets, ids, times and ports made the same in every run.
    /// `places` are the authorities (`127.0.0.1:PORT`) and what to write instead.
    pub fn normalised(&self, places: &[(String, String)]) -> Vec<Exchange> {
        let exchanges = self.pages().exchanges.clone();
        Normal::learn(places, &exchanges).all(&exchanges)
    }

    /// Writes the normalised exchanges as JSON lines.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, path: &Path, places: &[(String, String)]) -> io::Result<()> {
        let mut file = io::BufWriter::new(std::fs::File::create(path)?);
        for exchange in self.normalised(places) {
            serde_json::to_writer(&mut file, &exchange)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    /// A request as a transcript has it.
    pub fn new(method: &Method, url: &str, headers: &HeaderMap, body: &[u8]) -> Self {
        Self {
            method: method.to_string(),
            url: url.to_owned(),
            headers: listed(headers),
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }
}

impl Answered {
    /// An answer as a transcript has it.
    pub fn new(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self {
            status: status.as_u16(),
            headers: listed(headers),
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }
}

fn listed(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut list: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        let line = list.entry(name.as_str().to_owned()).or_default();
        if !line.is_empty() {
            line.push('\n');
        }
        line.push_str(&value);
    }
    list
}
