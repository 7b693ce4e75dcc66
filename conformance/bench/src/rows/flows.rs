//! Signing in to an application with a session, and staying signed in.

use http::StatusCode;

use crate::browser::{Browser, Request, code_of};
use crate::declared::{Client, SPA, WEB};
use crate::failure::Outcome;
use crate::load::{Placed, Work};
use crate::measure::Bench;
use crate::report::{Kind, Row};
use crate::rows::tokens::basic;
use crate::seed;
use crate::wire::{Answer, Ask, Wire};

/// Flows at once.
pub const PARALLEL: usize = 64;
/// What an ordinary application asks for.
pub const SCOPE: &str = "openid profile email account roles permissions";
const OFFLINE: &str = "openid profile email account roles permissions offline_access";

pub async fn rows(bench: &mut Bench) {
    let on_sqlite = bench.settings.name == "SQLite";
    let flow = Kind::ratio(
        "sso-and-code",
        "authorize with a session + code redemption, PKCE, a request",
        if on_sqlite { 0.5 } else { 0.35 },
    );
    let refresh = Kind::ratio(
        "refresh",
        "refresh with rotation",
        if on_sqlite { 0.5 } else { 0.3 },
    );
    if bench.wants(flow.id) {
        let row = flows(bench, flow).await;
        bench.keep(flow, row);
    }
    if bench.wants(refresh.id) {
        let row = refreshes(bench, refresh).await;
        bench.keep(refresh, row);
    }
}

async fn flows(bench: &Bench, kind: Kind) -> Outcome<Row> {
    let measured = signed_in(bench).await?;
    let reference = bench.at_reference(PARALLEL, &Ask::get("/sign"));
    bench
        .compare(kind, measured, ("one ES256 signature", reference))
        .await
}

/// So many browsers with a session each.
pub async fn signed_in(bench: &Bench) -> Outcome<Vec<Placed<Flow>>> {
    let mut works = Vec::with_capacity(PARALLEL);
    for number in 0..PARALLEL {
        let mut flow = Flow::new(WEB, SCOPE, number);
        let mut wire = Wire::connect(bench.node.address).await?;
        flow.sign_in(&mut wire).await?;
        works.push((bench.node.address, flow));
    }
    Ok(works)
}

async fn refreshes(bench: &Bench, kind: Kind) -> Outcome<Row> {
    let mut works = Vec::with_capacity(PARALLEL);
    for number in 0..PARALLEL {
        let mut wire = Wire::connect(bench.node.address).await?;
        let mut flow = Flow::new(SPA, OFFLINE, number);
        flow.sign_in(&mut wire).await?;
        let token = flow.go(&mut wire).await?.member("refresh_token")?;
        works.push((bench.node.address, Refresh(token)));
    }
    let reference = bench.at_reference(PARALLEL, &Ask::get("/sign"));
    bench
        .compare(kind, works, ("one ES256 signature", reference))
        .await
}

/// A person with a session who goes to the application again and again.
pub struct Flow {
    client: Client,
    scope: &'static str,
    cookies: String,
    browser: usize,
    turn: u64,
}

impl Flow {
    fn new(client: Client, scope: &'static str, browser: usize) -> Self {
        Self {
            client,
            scope,
            cookies: String::new(),
            browser,
            turn: 0,
        }
    }

    async fn sign_in(&mut self, wire: &mut Wire) -> Outcome {
        let verifier = self.verifier();
        let mut browser = Browser::default();
        let email = seed::address(self.browser + 1);
        browser.sign_in(wire, &self.request(&verifier), &email).await?;
        self.cookies = browser.cookies();
        Ok(())
    }

    /// One flow: the last answer.
    async fn go(&mut self, wire: &mut Wire) -> Outcome<Answer> {
        self.turn += 1;
        let verifier = self.verifier();
        redeem(wire, &self.request(&verifier), &self.cookies).await
    }

    fn request<'a>(&self, verifier: &'a str) -> Request<'a> {
        Request {
            client: self.client,
            scope: self.scope,
            verifier,
        }
    }

    fn verifier(&self) -> String {
        format!(
            "verifier-of-browser-{:04}-in-turn-{:020}",
            self.browser, self.turn
        )
    }
}

impl Work for Flow {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        self.go(wire).await.map(drop)
    }
}

/// Asks for a code with a session and exchanges it for tokens: two requests.
pub async fn redeem(wire: &mut Wire, request: &Request<'_>, cookies: &str) -> Outcome<Answer> {
    let authorize = Ask::get(request.path()).cookies(cookies)?;
    let code = code_of(&wire.send(&authorize).await?, request.client)?;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", request.client.redirect_uri),
        ("code_verifier", request.verifier),
    ];
    let token = if request.client.secret.is_some() {
        Ask::form("/oauth2/token", &fields).authorized(&basic(request.client))?
    } else {
        fields.push(("client_id", request.client.id));
        Ask::form("/oauth2/token", &fields)
    };
    wire.send(&token).await?.expect(StatusCode::OK)
}

/// A public client that exchanges its refresh token for the next one.
struct Refresh(String);

impl Work for Refresh {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.0.as_str()),
            ("client_id", SPA.id),
        ];
        let answer = wire.send(&Ask::form("/oauth2/token", &fields)).await?;
        let next = answer.expect(StatusCode::OK)?.member("refresh_token")?;
        if next == self.0 {
            return Err(crate::failure::Failure::new("the refresh token did not rotate"));
        }
        self.0 = next;
        Ok(())
    }
}
