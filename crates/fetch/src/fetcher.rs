//! The client.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Certificate, ClientBuilder, redirect, retry};
use url::{Host, Url};

use crate::address::{is_allowed, is_permitted};
use crate::cidr::Cidr;
use crate::error::FetchError;
use crate::resolver::GuardedResolver;

const MAX_HEADERS: u32 = 16 * 1024;
const MAX_URL: usize = 8 * 1024;
const USER_AGENT: &str = concat!("Latchkey/", env!("CARGO_PKG_VERSION"));

/// What the client may do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Ranges that may be called although they are not public, there also over plain http.
    pub allow: Vec<Cidr>,
    /// Certificates (PEM) to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// For the whole exchange, from resolving to the last byte.
    pub timeout: Duration,
    /// The longest body that is read, in bytes.
    pub max_body: usize,
}

impl Default for Settings {
    /// Nothing allowed but public https; 5 s; 64 KiB.
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            ca_file: None,
            timeout: Duration::from_secs(5),
            max_body: 64 * 1024,
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Url,
    /// Headers to add.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
}

impl Request {
    /// A GET without headers.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A POST of a body without headers.
    pub fn post(url: Url, body: impl Into<Bytes>) -> Self {
        Self {
            method: Method::POST,
            body: body.into(),
            ..Self::get(url)
        }
    }
}

/// An answer, redirects and errors included.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, as it was sent.
    pub body: Bytes,
}

/// The guarded client. Cheap to clone; keeps connections.
#[derive(Clone, Debug)]
pub struct Fetcher {
    secure: reqwest::Client,
    plain: reqwest::Client,
    allow: Arc<[Cidr]>,
    max_body: usize,
}

impl Fetcher {
    /// Sets the client up. A machine without system certificates gets a client that trusts those
    /// of the file alone.
    ///
    /// # Errors
    /// [`FetchError::CaFile`], [`FetchError::Setup`].
    pub fn new(settings: &Settings) -> Result<Self, FetchError> {
        let allow: Arc<[Cidr]> = settings.allow.iter().copied().collect();
        let extra = match &settings.ca_file {
            Some(path) => certificates(path)?,
            None => Vec::new(),
        };
        let builder = |allowed_only| {
            guarded(settings).dns_resolver(GuardedResolver {
                allow: Arc::clone(&allow),
                allowed_only,
            })
        };
        let secure = builder(false)
            .https_only(true)
            .tls_certs_merge(extra.iter().cloned())
            .build()
            .or_else(|_| builder(false).https_only(true).tls_certs_only(extra).build())
            .map_err(FetchError::Setup)?;
        // Trusting no certificate at all spares it loading the system's.
        let plain = builder(true)
            .tls_certs_only([])
            .build()
            .map_err(FetchError::Setup)?;
        Ok(Self {
            secure,
            plain,
            allow,
            max_body: settings.max_body,
        })
    }

    /// Fetches a URL by GET.
    ///
    /// # Errors
    /// See [`FetchError`]. Any status is an answer, not an error.
    pub async fn get(&self, url: Url) -> Result<Response, FetchError> {
        self.request(Request::get(url)).await
    }

    /// Posts a body with its media type.
    ///
    /// # Errors
    /// See [`FetchError`]. Any status is an answer, not an error.
    pub async fn post(
        &self,
        url: Url,
        content_type: http::HeaderValue,
        body: impl Into<Bytes>,
    ) -> Result<Response, FetchError> {
        let mut request = Request::post(url, body);
        let name = http::header::CONTENT_TYPE;
        request.headers.insert(name, content_type);
        self.request(request).await
    }

    /// Sends a request and reads the answer. Redirects are answers (3xx), not followed.
    ///
    /// # Errors
    /// See [`FetchError`]. Any status is an answer, not an error.
    pub async fn request(&self, request: Request) -> Result<Response, FetchError> {
        let client = self.client_for(&request.url)?;
        let mut response = client
            .request(request.method, request.url)
            .headers(request.headers)
            .body(request.body)
            .send()
            .await?;
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > self.max_body) {
            return Err(FetchError::TooLarge);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > self.max_body {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }

    /// Whether a URL would be tried at all: its form, and its address where it is written as one.
    /// Useful when a URL is registered; names are resolved only when called.
    ///
    /// # Errors
    /// [`FetchError::Url`], [`FetchError::Insecure`], [`FetchError::Refused`].
    pub fn check(&self, url: &Url) -> Result<(), FetchError> {
        self.client_for(url).map(|_| ())
    }

    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, FetchError> {
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_bare || url.as_str().len() > MAX_URL {
            return Err(FetchError::Url);
        }
        // The resolver is not asked about an address that is written out.
        let address: Option<IpAddr> = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(name)) if !name.is_empty() => None,
            _ => return Err(FetchError::Url),
        };
        match url.scheme() {
            "https" if address.is_some_and(|it| !is_permitted(it, &self.allow)) => Err(FetchError::Refused),
            "https" => Ok(&self.secure),
            "http" if self.allow.is_empty() => Err(FetchError::Insecure),
            "http" if address.is_some_and(|it| !is_allowed(it, &self.allow)) => Err(FetchError::Insecure),
            "http" => Ok(&self.plain),
            _ => Err(FetchError::Url),
        }
    }
}

fn guarded(settings: &Settings) -> ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .timeout(settings.timeout)
        .http2_max_header_list_size(MAX_HEADERS)
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, FetchError> {
    let refused = |why: String| FetchError::CaFile(format!("{}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| refused(error.to_string()))?;
    if found.is_empty() {
        return Err(refused("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
#[path = "fetcher_tests.rs"]
mod tests;
