//! The cookies: the browser's own mark, which forms and steps are bound to, the session, and what
//! tells a browser that a person has signed in with before.
//!
//! `__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax` (RFC 6265bis §4.1.3); on loopback http, where
//! `Secure` cookies do not travel, the plain names.

use axum::http::header::{COOKIE, HeaderMap, HeaderValue};

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The browser's mark, made at its first page.
    Browser,
    /// The secret of the person's session.
    Session,
    /// What a browser was given when somebody signed in with it.
    Device,
}

impl Cookie {
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Browser, true) => "__Host-latchkey_browser",
            (Self::Browser, false) => "latchkey_browser",
            (Self::Session, true) => "__Host-latchkey_session",
            (Self::Session, false) => "latchkey_session",
            (Self::Device, true) => "__Host-latchkey_device",
            (Self::Device, false) => "latchkey_device",
        }
    }

    /// Its value in a request, where it is one that could be ours.
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && is_ours(value))
            .map(|(_, value)| value.to_owned())
    }

    /// The `Set-Cookie` header that keeps a value, for the browser session or for so many seconds.
    pub fn set(self, value: &str, seconds: Option<u64>, secure: bool) -> Option<HeaderValue> {
        let name = self.name(secure);
        let mut text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
        if secure {
            text.push_str("; Secure");
        }
        if let Some(seconds) = seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        HeaderValue::from_str(&text).ok()
    }

    /// The `Set-Cookie` header that removes it.
    pub fn remove(self, secure: bool) -> Option<HeaderValue> {
        self.set("", Some(0), secure)
    }
}

/// Our values are base64url of 32 bytes.
fn is_ours(value: &str) -> bool {
    value.len() == 43
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
        headers
    }

    #[test]
    fn the_session_is_read_among_other_cookies() {
        let value = "a".repeat(43);
        let found = Cookie::Session.read(&headers(&format!("x=1; latchkey_session={value}; y=2")), false);
        assert_eq!(found, Some(value));
    }

    #[test]
    fn a_plain_name_is_no_session_where_cookies_are_secure() {
        let value = "a".repeat(43);
        assert_eq!(
            Cookie::Session.read(&headers(&format!("latchkey_session={value}")), true),
            None
        );
    }

    #[test]
    fn what_cannot_be_ours_is_not_read() {
        assert_eq!(
            Cookie::Session.read(&headers("latchkey_session=short"), false),
            None
        );
        assert_eq!(
            Cookie::Session.read(&headers(&format!("latchkey_session={}", "é".repeat(30))), false),
            None
        );
    }

    #[test]
    fn a_secure_cookie_says_so() {
        let header = Cookie::Session.set("v", None, true).unwrap();
        assert_eq!(
            header,
            "__Host-latchkey_session=v; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
