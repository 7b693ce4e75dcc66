//! The issuer identifier (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The issuer: an `https` URL, or `http` on a loopback host, without query, fragment or trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer(String);

/// Why a text is no issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It is not an absolute URL.
    #[error("the issuer is not an absolute URL")]
    NotUrl,
    /// It is neither `https` nor `http` on a loopback host.
    #[error("the issuer must be https, or http on a loopback host")]
    Scheme,
    /// It has a query, a fragment, credentials or a trailing slash.
    #[error("the issuer must have no query, fragment, credentials or trailing slash")]
    Extra,
}

impl Issuer {
    /// Reads an issuer.
    ///
    /// # Errors
    /// [`IssuerError`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, IssuerError> {
        let url = Url::parse(text).map_err(|_| IssuerError::NotUrl)?;
        let is_bare = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(IssuerError::Scheme),
        }
        // The identifier is compared as text, so the text must be the URL's one normal form.
        let is_normal = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        if !is_bare || text.ends_with('/') || !is_normal {
            return Err(IssuerError::Extra);
        }
        Ok(Self(text.to_owned()))
    }

    /// The identifier, as it stands in `iss`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over https; over http it is on this machine alone.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The address of a path below the issuer; `path` begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Issuer {
    type Error = IssuerError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Issuer> for String {
    fn from(issuer: Issuer) -> Self {
        issuer.0
    }
}

/// Whether a URL's host is `localhost`, in `127.0.0.0/8`, or `::1`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_are_issuers() {
        for good in [
            "https://id.example",
            "https://id.example:8443/tenant",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost:8080",
        ] {
            assert_eq!(Issuer::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn what_is_no_issuer_is_refused() {
        for (bad, why) in [
            ("id.example", IssuerError::NotUrl),
            ("http://id.example", IssuerError::Scheme),
            ("ftp://id.example", IssuerError::Scheme),
            ("https://id.example/", IssuerError::Extra),
            ("https://id.example/?a", IssuerError::Extra),
            ("https://id.example/a#b", IssuerError::Extra),
            ("https://u:p@id.example", IssuerError::Extra),
            ("https://ID.example", IssuerError::Extra),
            ("https://id.example:443", IssuerError::Extra),
            (" https://id.example", IssuerError::Extra),
        ] {
            assert_eq!(Issuer::parse(bad).unwrap_err(), why, "{bad}");
        }
    }

    #[test]
    fn endpoints_stand_below_the_issuer() {
        let issuer = Issuer::parse("https://id.example/a").unwrap();
        assert_eq!(issuer.url("/oauth2/token"), "https://id.example/a/oauth2/token");
    }
}
