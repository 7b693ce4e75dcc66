//! Makes the exchanges of two runs comparable: every secret, id, time and port gets a name that
//! depends on its order of appearance alone.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::scan;
use super::transcript::{Answered, Asked, Exchange};

/// Parameters, members and cookies whose values are made anew in each run.
const SECRET: [&str; 23] = [
    "access_token",
    "at_hash",
    "code",
    "code_challenge",
    "code_verifier",
    "crm_session",
    "csrf",
    "id_token",
    "id_token_hint",
    "jti",
    "kid",
    "latchkey_browser",
    "latchkey_session",
    "n",
    "nonce",
    "refresh_token",
    "request",
    "sid",
    "state",
    "token",
    "x",
    "y",
    "master_key",
];
/// Typed by people.
const PASSWORDS: [&str; 2] = ["password", "password_confirmation"];
/// Paths whose last segment is a secret from a mail.
const LINKS: [&str; 2] = ["/invitation/", "/password/reset/"];

/// What has been learned of a run.
pub(super) struct Normal {
    places: Vec<(String, String)>,
    names: HashMap<String, String>,
    counts: BTreeMap<String, usize>,
}

impl Normal {
    /// Learns the secrets of a run from where they stand.
    pub fn learn(places: &[(String, String)], exchanges: &[Exchange]) -> Self {
        let encoded = places
            .iter()
            .map(|(from, to)| (from.replace(':', "%3A"), to.replace(':', "%3A")));
        let mut normal = Self {
            places: places.iter().cloned().chain(encoded).collect(),
            names: HashMap::new(),
            counts: BTreeMap::new(),
        };
        for exchange in exchanges {
            normal.learn_request(&exchange.request);
            normal.learn_response(&exchange.response);
        }
        normal
    }

    /// The exchanges with names in place of what changes.
    pub fn all(mut self, exchanges: &[Exchange]) -> Vec<Exchange> {
        exchanges.iter().map(|it| self.exchange(it)).collect()
    }

    fn exchange(&mut self, exchange: &Exchange) -> Exchange {
        let Exchange {
            step,
            request,
            response,
        } = exchange;
        let request = Asked {
            method: request.method.clone(),
            url: self.text(&request.url),
            headers: self.headers(&request.headers),
            body: self.text(&without_passwords(request)),
        };
        let response = Answered {
            status: response.status,
            headers: self.headers(&response.headers),
            body: self.text(&response.body),
        };
        Exchange {
            step: step.clone(),
            request,
            response,
        }
    }

    fn headers(&mut self, headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let one = |(name, value): (&String, &String)| {
            let value = match name.as_str() {
                "authorization" if value.starts_with("Basic ") => "Basic {credentials}".to_owned(),
                "etag" | "if-none-match" if !value.starts_with("W/") => "{etag}".to_owned(),
                "expires" | "last-modified" => "{time}".to_owned(),
                _ => self.text(value),
            };
            (name.clone(), value)
        };
        headers.iter().map(one).collect()
    }

    /// A text with everything replaced.
    pub fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.places {
            text = text.replace(from.as_str(), to);
        }
        let text = scan::without_dates(&scan::without_time_elements(&text));
        scan::words(&text, |word| self.word(word))
    }

    /// What to write for one word, if it is to be replaced.
    fn word(&mut self, word: &str) -> Option<String> {
        if let Some(name) = self.names.get(word) {
            return Some(name.clone());
        }
        if scan::is_unix_time(word) {
            return Some("{time}".to_owned());
        }
        let kind = if scan::is_jwt(word) {
            "jwt"
        } else if scan::is_uuid(word) {
            "id"
        } else if scan::is_opaque(word) {
            "opaque"
        } else {
            return None;
        };
        Some(self.name(kind, word))
    }

    /// The value's name: the one it has, or the next of its kind.
    fn name(&mut self, kind: &str, value: &str) -> String {
        if let Some(name) = self.names.get(value) {
            return name.clone();
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let name = format!("{{{kind}-{count}}}");
        self.names.insert(value.to_owned(), name.clone());
        name
    }

    fn learn_request(&mut self, request: &Asked) {
        self.learn_url(&request.url);
        if is_form(request) {
            self.learn_pairs(request.body.as_bytes());
        } else {
            self.learn_json(&request.body);
        }
        for cookie in request.headers.get("cookie").iter().flat_map(|it| it.split(';')) {
            self.learn_cookie(cookie);
        }
    }

    fn learn_response(&mut self, response: &Answered) {
        if let Some(location) = response.headers.get("location") {
            self.learn_url(location);
        }
        for line in response
            .headers
            .get("set-cookie")
            .iter()
            .flat_map(|it| it.lines())
        {
            self.learn_cookie(line.split(';').next().unwrap_or_default());
        }
        self.learn_json(&response.body);
    }

    fn learn_cookie(&mut self, pair: &str) {
        if let Some((name, value)) = pair.trim().split_once('=') {
            self.learn_value(name, value);
        }
    }

    fn learn_url(&mut self, url: &str) {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        for link in LINKS {
            let secret = path.split_once(link).map(|(_, rest)| rest);
            if let Some(secret) = secret.filter(|it| it.len() >= 32) {
                self.name("link", secret);
            }
        }
        self.learn_pairs(query.as_bytes());
    }

    fn learn_pairs(&mut self, text: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(text) {
            self.learn_value(&name, &value);
        }
    }

    fn learn_json(&mut self, body: &str) {
        if let Ok(value) = serde_json::from_str::<Value>(body) {
            self.learn_members(&value);
        }
    }

    fn learn_members(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) => self.learn_value(name, text),
                        other => self.learn_members(other),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|it| self.learn_members(it)),
            _ => {}
        }
    }

    fn learn_value(&mut self, name: &str, value: &str) {
        let name = name.strip_prefix("__Host-").unwrap_or(name);
        // Short values are words of the protocol, such as an error's code.
        if SECRET.contains(&name) && value.len() >= 8 && !value.contains(' ') {
            self.name(name, value);
            self.learn_claims(value);
        }
    }

    /// A token's claims may stand on a page, where they are no JSON.
    fn learn_claims(&mut self, token: &str) {
        if !scan::is_jwt(token) {
            return;
        }
        let payload = token.split('.').nth(1).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
        if let Ok(claims) = serde_json::from_slice::<Value>(&bytes) {
            self.learn_members(&claims);
        }
    }
}

fn is_form(request: &Asked) -> bool {
    let kind = request.headers.get("content-type");
    kind.is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"))
}

fn without_passwords(request: &Asked) -> String {
    if !is_form(request) {
        return request.body.clone();
    }
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if PASSWORDS.contains(&name) && !value.is_empty() => {
            format!("{name}={{password}}")
        }
        _ => pair.to_owned(),
    };
    let pairs: Vec<String> = request.body.split('&').map(pair).collect();
    pairs.join("&")
}

#[cfg(test)]
#[path = "normal_tests.rs"]
mod tests;
