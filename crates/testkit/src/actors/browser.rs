//! A browser: keeps cookies, follows redirects within the issuer, fills forms by their labels and
//! presses buttons by their ids. It heeds `form-action` as Chromium does, and refuses a page that
//! lacks what every page owes.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a person cannot do fails the test"
)]

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use url::Url;

use crate::actors::{Authorization, Returned};
use crate::answer::Answer;
use crate::html::{Form, Page};
use crate::installation::{ISSUER, TestApp, form_text, path_of, request};

/// How many redirects in a row a browser follows.
const MOST_REDIRECTS: usize = 12;

/// A browser.
pub struct Browser<'a> {
    it: &'a TestApp,
    address: IpAddr,
    cookies: BTreeMap<String, String>,
    url: Url,
    answer: Option<Answer>,
    typed: BTreeMap<String, String>,
    language: Option<&'static str>,
}

impl TestApp {
    /// A browser that has never been here.
    #[must_use]
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            it: self,
            address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5)),
            cookies: BTreeMap::new(),
            url: Url::parse(ISSUER).expect("the issuer is a URL"),
            answer: None,
            typed: BTreeMap::new(),
            language: None,
        }
    }

    /// A browser in which this person of the fixture is signed in.
    pub async fn signed_in(&self, address: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.sign_in(address, password_of(address)).await;
        assert_eq!(browser.path(), "/account", "{}", browser.words());
        browser
    }
}

/// The password of a person of the fixture.
#[must_use]
pub fn password_of(address: &str) -> &'static str {
    match address.split('@').next() {
        Some("olivia") => "copper kettle on the tram",
        Some("marco") => "thirteen herons near a quay",
        Some("stan") => "violet ladder after rain",
        Some("rita") => "paper lantern in october",
        Some("iris") => "quiet engine by the canal",
        Some("gustav") => "marble stairs under snow",
        _ => panic!("{address} has no password"),
    }
}

impl<'a> Browser<'a> {
    /// The same browser at another network address.
    #[must_use]
    pub fn at(mut self, address: &str) -> Self {
        self.address = address.parse().expect("an address");
        self
    }

    /// The same browser, of somebody who reads this language.
    #[must_use]
    pub const fn reading(mut self, language: &'static str) -> Self {
        self.language = Some(language);
        self
    }

    /// A second browser that has stolen this one's cookies of these names.
    #[must_use]
    pub fn with_cookies_of(mut self, other: &Browser<'_>, names: &[&str]) -> Self {
        let stolen = other
            .cookies
            .iter()
            .filter(|(name, _)| names.iter().any(|it| name.ends_with(it)));
        self.cookies
            .extend(stolen.map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// Opens an address of ours, given as a path or in full.
    pub async fn open(&mut self, address: &str) -> &mut Self {
        let base = if self.is_here() {
            self.url.clone()
        } else {
            Url::parse(ISSUER).expect("the issuer is a URL")
        };
        let url = base.join(address).expect("an address");
        self.go(url, None).await;
        self
    }

    fn is_here(&self) -> bool {
        self.url.as_str().starts_with(ISSUER)
    }

    /// Types into the field with this label (or name).
    pub fn fill(&mut self, label: &str, text: &str) -> &mut Self {
        let name = self.field(label);
        self.typed.insert(name, text.to_owned());
        self
    }

    /// Ticks the box with this label (or name).
    pub fn tick(&mut self, label: &str) -> &mut Self {
        let name = self.field(label);
        let value = self.page().value(&name).expect("a box").to_owned();
        self.typed.insert(name, value);
        self
    }

    fn field(&self, label: &str) -> String {
        self.page()
            .field(label)
            .unwrap_or_else(|| panic!("no field {label:?} on: {}", self.words()))
    }

    /// Presses the button with this id and goes where that leads.
    pub async fn press(&mut self, button: &str) -> &mut Self {
        let form = self.form(button);
        self.submit(&form).await
    }

    /// What pressing the button with this id would send, with what was typed.
    #[must_use]
    pub fn form(&self, button: &str) -> Form {
        let mut form = self
            .page()
            .form_of(button)
            .unwrap_or_else(|| panic!("no button {button:?} on: {}", self.words()));
        for (name, typed) in &self.typed {
            form.set(name, typed);
        }
        form
    }

    /// Sends a form, as it is or altered, and goes where that leads.
    pub async fn submit(&mut self, form: &Form) -> &mut Self {
        let action = self.url.join(&form.action).expect("an address");
        self.may_go_by_form(&action);
        let fields = form.pairs();
        if form.method == "post" {
            self.go(action, Some(form_text(&fields))).await;
        } else {
            let mut action = action;
            action.set_query(Some(&form_text(&fields)));
            self.go(action, None).await;
        }
        self
    }

    /// Follows the link with this id.
    pub async fn follow(&mut self, link: &str) -> &mut Self {
        let to = self.page().link(link).map(str::to_owned);
        let to = to.unwrap_or_else(|| panic!("no link {link:?} on: {}", self.words()));
        self.open(&to).await
    }

    /// One request with this browser's cookies, whose redirect is not followed.
    pub async fn fetch(&mut self, request: http::request::Builder, body: String) -> Answer {
        let mut request = request;
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("cookie", cookies.join("; "));
        }
        if let Some(language) = self.language {
            request = request.header("accept-language", language);
        }
        let request: Request<Full<Bytes>> = request
            .header("user-agent", "Testbrowser/1")
            .body(Full::from(body))
            .expect("a request");
        let answer = self.it.send_from(self.address, request).await;
        self.keep_cookies(&answer);
        answer
    }

    async fn go(&mut self, mut url: Url, mut form: Option<String>) {
        self.typed.clear();
        let was_form = form.is_some();
        for _ in 0..MOST_REDIRECTS {
            if !url.as_str().starts_with(ISSUER) {
                self.url = url;
                self.answer = None;
                return;
            }
            let answer = match form.take() {
                Some(body) => {
                    let post = request("POST", &path_of(&url))
                        .header("content-type", "application/x-www-form-urlencoded")
                        .header("origin", ISSUER);
                    self.fetch(post, body).await
                }
                None => self.fetch(request("GET", &path_of(&url)), String::new()).await,
            };
            if !matches!(answer.status, 302 | 303) {
                check_page(&answer);
                self.url = url;
                self.answer = Some(answer);
                return;
            }
            let next = url
                .join(answer.header("location"))
                .expect("a redirect leads somewhere");
            if was_form {
                self.may_go_by_form(&next);
            }
            url = next;
        }
        panic!("it redirects for ever: {url}");
    }

    /// Chromium applies `form-action` to every redirect that answers a form (CSP3 §6.4.2.1).
    fn may_go_by_form(&self, to: &Url) {
        let Some(answer) = &self.answer else { return };
        let policy = answer.header("content-security-policy");
        let allowed = policy
            .split(';')
            .find_map(|it| it.trim().strip_prefix("form-action "))
            .unwrap_or_default();
        let origin = to.origin().ascii_serialization();
        let scheme = format!("{}:", to.scheme());
        let is_own = to.as_str().starts_with(ISSUER);
        let is_allowed = allowed.split(' ').any(|it| match it {
            "'self'" => is_own,
            other => other == origin || other == scheme,
        });
        assert!(
            is_allowed,
            "the browser does not let a form lead to {to}: {allowed}"
        );
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for header in answer.all("set-cookie") {
            let mut parts = header.split(';').map(str::trim);
            let (name, value) = parts.next().and_then(|it| it.split_once('=')).expect("a cookie");
            let rest: Vec<&str> = parts.collect();
            for owed in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
                assert!(rest.contains(&owed), "{name} lacks {owed}");
            }
            assert!(name.starts_with("__Host-"), "{name} is not bound to its host");
            if rest.contains(&"Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The page that is open.
    #[must_use]
    pub fn page(&self) -> Page {
        self.answer.as_ref().map(Answer::page).unwrap_or_default()
    }

    /// The last answer.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        self.answer
            .as_ref()
            .unwrap_or_else(|| panic!("the browser is at {}", self.url))
    }

    /// The status of the page that is open.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer().status
    }

    /// All words of the page that is open, or where else the browser is.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.answer {
            Some(answer) => format!(
                "[{} {}] {}",
                answer.status,
                self.url.path(),
                answer.page().words()
            ),
            None => format!("[at {}]", self.url),
        }
    }

    /// Where the browser is.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The path at which the browser is.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// Whether the page says this.
    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        assert!(
            self.words().contains(words),
            "{words:?} is not in: {}",
            self.words()
        );
        self
    }

    /// Whether the page does not say this.
    #[track_caller]
    pub fn sees_no(&mut self, words: &str) -> &mut Self {
        assert!(!self.words().contains(words), "{words:?} is in: {}", self.words());
        self
    }

    /// A cookie, by the end of its name.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(key, _)| key.ends_with(name))
            .map(|(_, value)| value.as_str())
    }

    /// Forgets a cookie, by the end of its name.
    pub fn forget(&mut self, name: &str) {
        self.cookies.retain(|key, _| !key.ends_with(name));
    }

    /// Signs in at the page `/sign-in`.
    pub async fn sign_in(&mut self, address: &str, password: &str) -> &mut Self {
        self.open("/sign-in").await;
        self.type_credentials(address, password).await
    }

    /// Types address and password into the page that is open, and sends them.
    pub async fn type_credentials(&mut self, address: &str, password: &str) -> &mut Self {
        if self.page().field("username").is_none() {
            self.press("use-another").await;
        }
        self.fill("Email address", address).fill("Password", password);
        self.press("sign-in").await
    }

    /// Goes where an application sends it to be let in, and signs this person of the fixture in
    /// where that is asked.
    pub async fn authorize(&mut self, authorization: &Authorization, person: &str) -> &mut Self {
        self.open(&authorization.path()).await;
        if self.answer.is_some() && self.path() == "/sign-in" {
            self.type_credentials(person, password_of(person)).await;
        }
        self
    }

    /// With what the browser came back to the application.
    #[must_use]
    pub fn returned(&self) -> Returned {
        assert!(
            self.answer.is_none(),
            "the browser is still here: {}",
            self.words()
        );
        Returned::read(&self.url)
    }
}

/// What every page owes, whatever it says.
fn check_page(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    if answer.header("content-type").starts_with("text/html") {
        assert_eq!(answer.header("cache-control"), "no-store");
        let page = answer.page();
        let headings = page.tags().filter(|tag| tag.name == "h1").count();
        assert_eq!(headings, 1, "one heading: {}", page.words());
        for tag in page.tags() {
            assert!(
                !tag.has("style") && !tag.has("onclick"),
                "{} carries a style or a script",
                tag.name
            );
            assert!(
                tag.name != "script" || tag.has("src"),
                "a script stands in the page"
            );
        }
    }
}
