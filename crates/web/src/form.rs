//! Forms that come from our own pages: read strictly, with the CSRF token checked.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use latchkey_app::Secret;
use latchkey_app::crypto::encoding::{base64url, equal};
use latchkey_app::crypto::mac::MacKey;
use latchkey_app::crypto::seal::Sealer;
use latchkey_oidc::params::Params;

use crate::cookies::Cookie;
use crate::pages::error::PageError;
use crate::pages::views::Trouble;
use crate::state::Web;

/// The largest form, in bytes.
pub const MAX_FORM: usize = 64 * 1024;

/// Makes and checks the token that ties a form to the browser it was shown in.
#[derive(Debug)]
pub struct CsrfKey(MacKey);

impl CsrfKey {
    /// The key of this installation.
    pub fn new(sealer: &Sealer) -> Self {
        Self(sealer.mac_key("csrf"))
    }

    /// The token for a browser's mark.
    pub fn token(&self, browser: &str) -> String {
        base64url(self.0.sign(&[browser.as_bytes()]))
    }

    fn is_genuine(&self, browser: &str, token: &str) -> bool {
        equal(self.token(browser).as_bytes(), token.as_bytes())
    }
}

/// The fields of a form of ours, from the browser it was shown in.
#[derive(Debug)]
pub struct PostedForm(Params);

impl PostedForm {
    /// A field, without surrounding space; nothing where it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(str::trim).filter(|it| !it.is_empty())
    }

    /// A password field, as it was typed.
    pub fn password(&self, name: &str) -> Secret {
        Secret::new(self.0.get(name).unwrap_or_default())
    }

    /// Whether a checkbox was ticked or a button pressed.
    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// The sealed step in progress.
    pub fn request(&self) -> Option<&str> {
        self.text("request")
    }
}

impl FromRequest<Arc<Web>> for PostedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, PageError> {
        let (head, body) = request.into_parts();
        check_origin(&head.headers, web)?;
        let browser = Cookie::Browser
            .read(&head.headers, web.secure)
            .ok_or(Trouble::ForeignForm)?;
        let bytes = read_form(&head.headers, body).await?;
        let params = Params::parse(&bytes).map_err(|_| Trouble::BadRequest)?;
        let token = params.get("csrf").ok_or(Trouble::ForeignForm)?;
        if !web.csrf.is_genuine(&browser, token) {
            return Err(Trouble::ForeignForm.into());
        }
        Ok(Self(params))
    }
}

/// A form sent by another site is refused, whatever token it carries. Our own pages send no
/// referrer, and browsers then say `null` as the origin (Fetch standard, "append a request
/// `Origin` header"); `Sec-Fetch-Site` tells those from a foreign page that hides where it is.
fn check_origin(headers: &HeaderMap, web: &Web) -> Result<(), PageError> {
    let text = |name: HeaderName| headers.get(name).map(|it| it.to_str().unwrap_or("?"));
    let is_foreign = text(header::ORIGIN).is_some_and(|it| it != web.origin && it != "null")
        || text(SEC_FETCH_SITE).is_some_and(|it| it != "same-origin" && it != "none");
    if is_foreign {
        Err(Trouble::ForeignForm.into())
    } else {
        Ok(())
    }
}

/// From where a request was made, as the browser itself says (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Reads the body of an `application/x-www-form-urlencoded` request, up to [`MAX_FORM`] bytes.
///
/// # Errors
/// [`Trouble::BadRequest`] for another media type, [`Trouble::TooLarge`].
pub async fn read_form(headers: &HeaderMap, body: axum::body::Body) -> Result<bytes::Bytes, Trouble> {
    if !is_form(headers) {
        return Err(Trouble::BadRequest);
    }
    match Limited::new(body, MAX_FORM).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(fault) if fault.is::<LengthLimitError>() => Err(Trouble::TooLarge),
        Err(_) => Err(Trouble::BadRequest),
    }
}

/// Whether a request says that it carries a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split(';').next())
        .is_some_and(|it| {
            it.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}
