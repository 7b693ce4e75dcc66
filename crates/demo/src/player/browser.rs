//! A person's browser: cookies, redirects, links and forms, and the rules by which real ones
//! refuse a page's form.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, Method, header};
use url::Url;

use super::html::{Form, Html};
use super::http::{Answer, Ask, Http};
use super::transcript::Transcript;
use super::wrong::{OrWrong as _, Seen, ensure, wrong};

const MOST_REDIRECTS: usize = 12;

/// A browser with its cookies.
#[derive(Clone)]
pub(super) struct Browser {
    http: Http,
    transcript: Transcript,
    /// The issuer's authority; what goes there is recorded on its way.
    issuer: String,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where following a link or sending a form ended.
#[derive(Debug)]
pub(super) enum Landed {
    Page(Page),
    /// An address of an app on the device.
    App(Url),
}

/// A page on the screen.
#[derive(Debug)]
pub(super) struct Page {
    pub url: Url,
    pub status: u16,
    pub html: Html,
    pub policy: String,
    /// What a form of this page says of its origin: nothing under `no-referrer` (Fetch section
    /// 3.2, "append a request Origin header").
    origin: String,
}

impl Browser {
    pub fn new(http: Http, transcript: Transcript, issuer: &str) -> Self {
        Self {
            http,
            transcript,
            issuer: issuer.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens an address and follows where it leads.
    pub async fn open(&mut self, url: &str) -> Seen<Page> {
        self.follow(Ask::get(url)?, None).await?.page()
    }

    /// Opens an address that may lead to an app.
    pub async fn go(&mut self, url: &str) -> Seen<Landed> {
        self.follow(Ask::get(url)?, None).await
    }

    /// Follows the link with this id.
    pub async fn click(&mut self, page: &Page, id: &str) -> Seen<Page> {
        let target = page.link(id)?;
        self.open(target.as_str()).await
    }

    /// Presses a button without typing anything.
    pub async fn press(&mut self, page: &Page, button: &str) -> Seen<Page> {
        let form = page.form(button)?;
        self.send(page, &form).await?.page()
    }

    /// Sends a form.
    pub async fn send(&mut self, page: &Page, form: &Form) -> Seen<Landed> {
        ensure!(
            form.method == "post",
            "a form of {} is sent by {}",
            page.url,
            form.method
        );
        let target = page.url.join(&form.action)?;
        let ask = Ask::new(Method::POST, target.as_str())?
            .with_body("application/x-www-form-urlencoded", form.body())
            .with_header(header::ORIGIN, &page.origin)?;
        check_form_action(page, &target)?;
        self.follow(ask, Some(page)).await
    }

    /// One request, with cookies, no redirect followed.
    pub async fn once(&mut self, mut ask: Ask) -> Seen<Answer> {
        let url = ask.url.clone();
        let own = self.cookies.entry(authority(&url)).or_default();
        if !own.is_empty() {
            let pairs: Vec<String> = own.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let cookie = HeaderValue::from_str(&pairs.join("; "))?;
            ask.headers.insert(header::COOKIE, cookie);
        }
        ask.headers
            .insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        ask.headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static("Mozilla/5.0 (player)"),
        );
        let answer = if authority(&url) == self.issuer {
            self.http.send(ask).await?
        } else {
            self.http.send_recorded(ask, &self.transcript).await?
        };
        self.keep_cookies(&url, &answer);
        Ok(answer)
    }

    /// The same cookies at another address of the same service.
    pub fn with_cookies_at(mut self, address: &Url) -> Self {
        let own = self.cookies.get(&self.issuer).cloned().unwrap_or_default();
        self.issuer = authority(address);
        self.cookies.insert(self.issuer.clone(), own);
        self
    }

    async fn follow(&mut self, mut ask: Ask, from: Option<&Page>) -> Seen<Landed> {
        for _ in 0..MOST_REDIRECTS {
            let url = ask.url.clone();
            let is_form = ask.method == Method::POST;
            let answer = self.once(ask).await?;
            if !answer.status.is_redirection() {
                return Ok(Landed::Page(Page::read(url, &answer)?));
            }
            ensure!(
                !is_form || answer.status == 303,
                "a form is answered by {}, not 303",
                answer.status
            );
            let location = answer
                .header(header::LOCATION)
                .or_wrong(|| format!("{} without a Location", answer.status))?;
            let target = url.join(location)?;
            if let Some(page) = from {
                check_form_action(page, &target)?;
            }
            if !target.scheme().starts_with("http") {
                return Ok(Landed::App(target));
            }
            ask = Ask::get(target.as_str())?;
        }
        wrong(format!("more than {MOST_REDIRECTS} redirects"))
    }

    fn keep_cookies(&mut self, url: &Url, answer: &Answer) {
        let own = self.cookies.entry(authority(url)).or_default();
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap_or_default();
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if attributes.contains("Max-Age=0") {
                own.remove(name);
            } else {
                own.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Landed {
    pub fn page(self) -> Seen<Page> {
        match self {
            Self::Page(page) => Ok(page),
            Self::App(url) => wrong(format!("a page was expected, not the app: {url}")),
        }
    }

    pub fn app(self) -> Seen<Url> {
        match self {
            Self::App(url) => Ok(url),
            Self::Page(page) => wrong(format!("the app was expected, not {}", page.brief())),
        }
    }
}

impl Page {
    fn read(url: Url, answer: &Answer) -> Seen<Self> {
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        let origin = match answer.header(header::REFERRER_POLICY) {
            Some("no-referrer") => "null".to_owned(),
            _ => url.origin().ascii_serialization(),
        };
        let page = Self {
            html: Html::parse(&answer.text()),
            status: answer.status.as_u16(),
            policy: policy.unwrap_or_default().to_owned(),
            origin,
            url,
        };
        page.check()?;
        Ok(page)
    }

    /// What holds for every page.
    fn check(&self) -> Seen {
        let html = &self.html;
        let at = &self.url;
        let unlabelled = html.unlabelled();
        ensure!(html.count("h1") == 1, "not one h1: {}", self.brief());
        ensure!(
            html.attribute_of("html", "lang").is_some(),
            "{at} does not say its language"
        );
        ensure!(unlabelled.is_empty(), "{at}: no label for {unlabelled:?}");
        ensure!(!html.has_inline_code(), "{at} has inline script or style");
        ensure!(
            self.policy.contains("default-src 'none'") && !self.policy.contains("unsafe"),
            "{at} has no strict policy: {:?}",
            self.policy
        );
        Ok(())
    }

    pub fn path(&self) -> &str {
        self.url.path()
    }

    pub fn heading(&self) -> String {
        self.html.text_of("h1").unwrap_or_default()
    }

    /// Status, address and text, for saying what was seen.
    pub fn brief(&self) -> String {
        let text: String = self.html.text().chars().take(300).collect();
        format!("{} at {}: {text}", self.status, self.url)
    }

    /// The form that the button with this id sends.
    pub fn form(&self, button: &str) -> Seen<Form> {
        let form = self.html.form_of(button);
        form.or_wrong(|| format!("no button {button} in a form: {}", self.brief()))
    }

    /// Where the link with this id leads.
    pub fn link(&self, id: &str) -> Seen<Url> {
        let target = self.html.attribute_by_id(id, "href");
        let target = target.or_wrong(|| format!("no link {id}: {}", self.brief()))?;
        Ok(self.url.join(target)?)
    }

    pub fn says(&self, words: &str) -> bool {
        self.html.text().contains(words)
    }
}

/// Browsers hold a form's target, and every redirect that answers it, against `form-action`
/// (CSP level 3 section 6.4.1, as Chromium applies it).
fn check_form_action(page: &Page, target: &Url) -> Seen {
    let directive = page
        .policy
        .split(';')
        .filter_map(|it| it.trim().strip_prefix("form-action"))
        .next();
    let Some(sources) = directive else {
        return Ok(());
    };
    let origin = target.origin().ascii_serialization();
    let is_same = target.origin() == page.url.origin();
    let scheme = format!("{}:", target.scheme());
    let fits = |source: &str| (source == "'self'" && is_same) || source == origin || source == scheme;
    ensure!(
        sources.split_whitespace().any(fits),
        "a browser would not let the form of {} lead to {target}: form-action{sources}",
        page.url
    );
    Ok(())
}

pub(super) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(policy: &str) -> Page {
        Page {
            url: "http://127.0.0.1:8080/sign-in".parse().unwrap(),
            status: 200,
            html: Html::parse("<h1>Sign in</h1>"),
            policy: policy.to_owned(),
            origin: "http://127.0.0.1:8080".to_owned(),
        }
    }

    fn leads(policy: &str, target: &str) -> bool {
        check_form_action(&page(policy), &target.parse().unwrap()).is_ok()
    }

    #[test]
    fn a_form_leads_only_where_its_policy_lets_it() {
        let own = "default-src 'none'; form-action 'self'; base-uri 'none'";
        assert!(leads(own, "http://127.0.0.1:8080/choose-account"));
        assert!(!leads(own, "http://127.0.0.1:8081/callback"));
        let client = "default-src 'none'; form-action 'self' http://127.0.0.1:8081";
        assert!(leads(client, "http://127.0.0.1:8081/callback?code=c"));
        assert!(!leads(client, "http://127.0.0.1:8082/callback"));
        let app = "form-action 'self' com.example.crm:";
        assert!(leads(app, "com.example.crm:/callback"));
        assert!(!leads(own, "com.example.crm:/callback"));
    }

    #[test]
    fn cookies_are_kept_for_their_place_and_forgotten_when_told() {
        let http = Http::new().unwrap();
        let mut browser = Browser::new(http, Transcript::default(), "127.0.0.1:8080");
        let mut answer = Answer {
            status: axum::http::StatusCode::OK,
            headers: axum::http::HeaderMap::new(),
            body: axum::body::Bytes::new(),
        };
        let url: Url = "http://127.0.0.1:8080/".parse().unwrap();
        for value in ["a=1; Path=/", "b=2; Path=/; HttpOnly", "a=; Path=/; Max-Age=0"] {
            answer
                .headers
                .insert(header::SET_COOKIE, HeaderValue::from_static(value));
            browser.keep_cookies(&url, &answer);
        }
        let kept = &browser.cookies["127.0.0.1:8080"];
        assert_eq!(
            kept.iter().collect::<Vec<_>>(),
            [(&"b".to_owned(), &"2".to_owned())]
        );
        let node: Url = "http://127.0.0.1:9999/account".parse().unwrap();
        assert_eq!(browser.with_cookies_at(&node).cookies["127.0.0.1:9999"].len(), 1);
    }
}
