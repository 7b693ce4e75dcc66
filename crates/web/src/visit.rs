//! One person's visit to a page: their language, their browser, their session.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use latchkey_app::Caller;
use latchkey_app::crypto::encoding::base64url;
use latchkey_app::domain::audit::Actor;
use latchkey_app::session::{self, SignedIn};
use latchkey_app::texts::{Lang, accept_language};

use crate::cookies::Cookie;
use crate::pages::error::PageError;
use crate::pages::views::{Brand, Fault, Frame, Hidden, Say, Template, content_security_policy};
use crate::state::{RequestInfo, Web};

/// The name of the service on its pages.
pub const SERVICE: &str = "Latchkey";

/// How long a browser that somebody signed in with is known, in seconds (400 days: the most that
/// browsers keep a cookie, RFC 6265bis §5.5).
const DEVICE_SECONDS: u64 = 400 * 86_400;

/// One visit.
pub struct Visit {
    web: Arc<Web>,
    /// Texts in the person's language.
    pub lang: Lang,
    /// The browser's mark; steps in progress are bound to it.
    pub browser: String,
    browser_is_new: bool,
    /// The secret of the session cookie, where there is one.
    pub session_secret: Option<String>,
    /// The request's id and address.
    pub info: RequestInfo,
    /// The browser, as it calls itself.
    pub user_agent: Option<String>,
    accepted_languages: Vec<String>,
}

impl Visit {
    /// Turns to the language that the person or the application asked for first.
    pub fn prefer_languages(&mut self, wanted: &[String]) {
        let all: Vec<&str> = wanted
            .iter()
            .chain(&self.accepted_languages)
            .map(String::as_str)
            .collect();
        self.lang = self.web.texts.language(&all);
    }

    /// The languages the person reads, the preferred one first.
    pub fn languages(&self) -> Vec<String> {
        let mut all = vec![self.lang.tag().to_owned()];
        all.extend(self.accepted_languages.iter().cloned());
        all
    }

    /// The open session of this browser, if there is one.
    ///
    /// # Errors
    /// [`PageError`] without the database.
    pub async fn signed_in(&self) -> Result<Option<SignedIn>, PageError> {
        match &self.session_secret {
            Some(secret) => Ok(session::find(&self.web.app, secret).await?),
            None => Ok(None),
        }
    }

    /// Who is asking, before anybody has signed in.
    pub fn anonymous(&self) -> Caller {
        Caller {
            actor: Actor::Anonymous,
            address: self.address(),
        }
    }

    /// The network address, as the audit trail keeps it.
    pub fn address(&self) -> Option<String> {
        self.info.address.map(|it| it.to_string())
    }

    /// The CSRF token of forms shown in this visit.
    pub fn csrf(&self) -> String {
        self.web.csrf.token(&self.browser)
    }

    /// The hidden fields of a form.
    pub fn hidden<'a>(&self, csrf: &'a str, request: Option<&'a str>) -> Hidden<'a> {
        Hidden { csrf, request }
    }

    /// What surrounds a page.
    pub fn frame<'a>(&'a self, application: Option<&'a str>, problems: &'a [Fault]) -> Frame<'a> {
        Frame {
            texts: &self.lang,
            lang: self.lang.tag(),
            service: SERVICE,
            application,
            account: None,
            request_id: &self.info.id,
            problems,
        }
    }

    /// What surrounds a page about an account.
    pub fn frame_of<'a>(
        &'a self,
        application: Option<&'a str>,
        account: &'a str,
        problems: &'a [Fault],
    ) -> Frame<'a> {
        let account = Some(Brand {
            name: account,
            logo_path: None,
            style_path: None,
        });
        Frame {
            account,
            ..self.frame(application, problems)
        }
    }

    /// A page, ready to be sent.
    ///
    /// # Errors
    /// [`PageError`] where the template fails.
    pub fn page(&self, view: &impl Template) -> Result<Page, PageError> {
        let html = view
            .render()
            .map_err(|fault| latchkey_app::Error::Bug(fault.into()))?;
        Ok(Page {
            html,
            status: StatusCode::OK,
            form_action: None,
            cookies: self.browser_cookie().into_iter().collect(),
        })
    }

    /// The cookie that marks this browser, where it has none yet. Pages carry it; a redirect with
    /// a sealed step must too.
    pub fn browser_cookie(&self) -> Option<HeaderValue> {
        let cookie = self
            .browser_is_new
            .then(|| Cookie::Browser.set(&self.browser, None, self.web.secure));
        cookie.flatten()
    }

    /// The cookie that keeps a session in this browser.
    pub fn session_cookie(&self, secret: &str) -> Option<HeaderValue> {
        let seconds = self.web.app.settings.security.session_absolute_seconds;
        Cookie::Session.set(secret, Some(seconds), self.web.secure)
    }

    /// The cookie that marks this browser as one of the person's.
    pub fn device_cookie(&self, mark: &str) -> Option<HeaderValue> {
        Cookie::Device.set(mark, Some(DEVICE_SECONDS), self.web.secure)
    }

    /// The cookie that forgets the session.
    pub fn forget_session(&self) -> Option<HeaderValue> {
        Cookie::Session.remove(self.web.secure)
    }
}

impl FromRequestParts<Arc<Web>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Infallible> {
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|it: &HeaderValue| it.to_str().ok())
        };
        let accepted_languages: Vec<String> = accept_language(text(header::ACCEPT_LANGUAGE).unwrap_or(""))
            .into_iter()
            .take(8)
            .map(str::to_owned)
            .collect();
        let known = Cookie::Browser.read(&parts.headers, web.secure);
        let info = parts
            .extensions
            .get::<RequestInfo>()
            .cloned()
            .unwrap_or_else(|| RequestInfo {
                id: "-".into(),
                address: None,
            });
        Ok(Self {
            lang: web.texts.language(&accepted_languages),
            browser_is_new: known.is_none(),
            browser: known.unwrap_or_else(|| base64url(web.app.rng.bytes::<32>())),
            session_secret: Cookie::Session.read(&parts.headers, web.secure),
            info,
            user_agent: text(header::USER_AGENT).map(|it| it.chars().take(300).collect()),
            accepted_languages,
            web: Arc::clone(web),
        })
    }
}

impl Say for Lang {
    fn say(&self, key: &str) -> String {
        self.text(key).into_owned()
    }

    fn say_with(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.text_with(key, args).into_owned()
    }
}

/// A page on its way out.
#[derive(Debug)]
pub struct Page {
    html: String,
    status: StatusCode,
    form_action: Option<String>,
    cookies: Vec<HeaderValue>,
}

impl Page {
    /// With this status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets the page's form lead on to this origin as well: browsers apply `form-action` to the
    /// redirect that answers a form.
    #[must_use]
    pub fn form_action(mut self, origin: Option<String>) -> Self {
        self.form_action = origin;
        self
    }

    /// With a further `Set-Cookie` header.
    #[must_use]
    pub fn cookie(mut self, cookie: Option<HeaderValue>) -> Self {
        self.cookies.extend(cookie);
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.html).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        let policy = content_security_policy(self.form_action.as_deref());
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// 303 See Other to a place of our own or a proven redirect URI, with cookies.
pub fn see_other(location: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return PageError::from(latchkey_app::Error::bug("a redirect that is no header value"))
            .into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
