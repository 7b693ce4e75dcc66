//! What all steps share: the installation, the CRM, the names, and what has been acknowledged.

use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use axum::Router;
use axum::http::{Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::CheckOptions;
use super::browser::Browser;
use super::house::{Done, House};
use super::http::{Answer, Ask, Http};
use super::promises::Promises;
use super::proxy::{self, Proxy};
use super::transcript::Transcript;
use super::wrong::{OrWrong as _, Seen, ensure};
use crate::crm::{self, CrmSettings};
use crate::state::{self, Client, Facts, Person, Scim};

/// A run.
pub(super) struct Play {
    pub house: House,
    pub http: Http,
    pub transcript: Transcript,
    pub facts: Facts,
    /// The issuer, no slash at the end.
    pub issuer: String,
    /// The CRM's address, no slash at the end.
    pub crm: String,
    pub promises: Promises,
    pub places: Vec<(String, String)>,
    authority: String,
    kill: bool,
    step: String,
    began: Instant,
    /// The proxy and the CRM; they end with the run.
    servers: JoinSet<()>,
}

impl Play {
    /// Sets everything up but starts no node yet.
    pub async fn new(options: &CheckOptions) -> Seen<Self> {
        let http = Http::new()?;
        let transcript = Transcript::default();
        let front = TcpListener::bind("127.0.0.1:0").await?;
        let shop = TcpListener::bind("127.0.0.1:0").await?;
        let (at, crm_at) = (front.local_addr()?, shop.local_addr()?);
        let (issuer, crm) = (format!("http://{at}"), format!("http://{crm_at}"));
        let house = House::new(options, &issuer, http.clone()).await?;
        let facts = state::facts(&issuer, &crm)?;
        let mut play = Self {
            places: places(at, crm_at),
            authority: at.to_string(),
            kill: options.kill_at_every_step,
            promises: Promises::default(),
            step: String::new(),
            began: Instant::now(),
            servers: JoinSet::new(),
            house,
            http,
            transcript,
            facts,
            issuer,
            crm,
        };
        let router = proxy::router(Proxy {
            issuer: play.issuer.clone(),
            nodes: play.house.addresses(),
            next: AtomicUsize::new(0),
            http: play.http.clone(),
            transcript: play.transcript.clone(),
        });
        play.serve(front, router);
        let settings = play.crm_settings()?;
        play.serve(shop, crm::router(settings)?);
        Ok(play)
    }

    fn crm_settings(&self) -> Seen<CrmSettings> {
        let secret = self.client(state::CRM)?.secret.clone();
        Ok(CrmSettings {
            issuer: self.issuer.clone(),
            base_url: self.crm.clone(),
            client_id: state::CRM.to_owned(),
            client_secret: secret.unwrap_or_default(),
            allow_loopback: true,
        })
    }

    fn serve(&mut self, listener: TcpListener, router: Router) {
        self.servers.spawn(async move {
            if let Err(fault) = axum::serve(listener, router).await {
                tracing::error!(%fault, "a server of the player ended");
            }
        });
    }

    /// Names the step that begins.
    pub fn step(&mut self, name: &str) {
        name.clone_into(&mut self.step);
        self.began = Instant::now();
        self.transcript.begin(name);
    }

    pub fn current(&self) -> &str {
        &self.step
    }

    /// The step ended well: says what was seen, and, if asked to, ends the nodes with SIGKILL,
    /// starts them again and looks whether everything acknowledged is still there.
    pub async fn seen(&mut self, what: &str) -> Seen {
        let took = self.began.elapsed().as_millis();
        say(&format!("ok  {:<58} {what} ({took} ms)", self.step));
        if self.kill && !self.promises.is_empty() {
            self.house.kill()?;
            self.house.start().await?;
            self.keep_promises().await?;
        }
        Ok(())
    }

    /// Ends the run's processes as an operator does.
    pub async fn stop_nodes(&mut self) -> Seen {
        self.kill = false;
        self.house.stop().await
    }

    pub async fn keep_promises(&mut self) -> Seen {
        let promises = std::mem::take(&mut self.promises);
        let kept = promises.check(self).await;
        self.promises = promises;
        kept
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.transcript.clone(), &self.authority)
    }

    pub fn person(&self, email: &str) -> Seen<Person> {
        let found = self.facts.people.iter().find(|it| it.email == email);
        found.cloned().or_wrong(|| format!("nobody is {email}"))
    }

    pub fn client(&self, id: &str) -> Seen<&Client> {
        let found = self.facts.clients.iter().find(|it| it.id == id);
        found.or_wrong(|| format!("no client is {id}"))
    }

    pub fn hr(&self, account: &str) -> Seen<Scim> {
        let found = self.facts.scim.iter().find(|it| it.account == account);
        found.cloned().or_wrong(|| format!("{account} has no HR"))
    }

    /// A node's address.
    pub fn node(&self) -> Seen<String> {
        let all = self.house.addresses();
        all.into_iter().next().or_wrong(|| "no node".to_owned())
    }

    /// A request to the issuer.
    pub async fn ask(&self, ask: Ask) -> Seen<Answer> {
        self.http.send(ask).await
    }

    /// A request over SCIM.
    pub async fn scim(&self, hr: &Scim, method: Method, path: &str, body: Option<&Value>) -> Seen<Answer> {
        let mut ask = Ask::new(method, &format!("{}{path}", hr.url))?.with_bearer(&hr.token)?;
        if let Some(body) = body {
            ask = ask.with_body("application/scim+json", body.to_string());
        }
        self.ask(ask).await
    }

    /// A request of one of the CRM's clients at one of the issuer's endpoints, or a node's.
    pub async fn as_client(&self, id: &str, url: &str, fields: &[(&str, &str)]) -> Seen<Answer> {
        let client = self.client(id)?;
        let encode = |it: &str| -> String { url::form_urlencoded::byte_serialize(it.as_bytes()).collect() };
        match &client.secret {
            Some(secret) => {
                let pair = STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
                let ask = Ask::form(url, fields)?;
                let ask = ask.with_header(header::AUTHORIZATION, &format!("Basic {pair}"))?;
                self.ask(ask).await
            }
            None => {
                let mut fields = fields.to_vec();
                fields.push(("client_id", id));
                self.ask(Ask::form(url, &fields)?).await
            }
        }
    }

    /// Runs a command that must succeed.
    pub async fn command(&self, arguments: &[&str]) -> Seen<Done> {
        let done = self.house.command(arguments).await?;
        ensure!(
            done.code == Some(0),
            "latchkey {} ended with {:?}: {} {}",
            arguments.join(" "),
            done.code,
            done.output,
            done.errors
        );
        Ok(done)
    }

    /// Runs a command that must be refused with a reason (exit code 1), and answers the reason.
    pub async fn refused(&self, arguments: &[&str]) -> Seen<String> {
        let done = self.house.command(arguments).await?;
        let said = format!("{} {}", done.output, done.errors);
        ensure!(
            done.code == Some(1) && said.trim().len() > 5,
            "latchkey {} should be refused with a reason, but ended with {:?}: {said}",
            arguments.join(" "),
            done.code
        );
        let line = said.trim().lines().next().unwrap_or_default().to_owned();
        Ok(line)
    }

    /// The transcript as a file.
    pub fn write_transcript(&self, options: &CheckOptions) -> Seen {
        if let Some(path) = &options.transcript {
            self.transcript.write(path, &self.places)?;
        }
        Ok(())
    }
}

fn places(issuer: SocketAddr, crm: SocketAddr) -> Vec<(String, String)> {
    vec![
        (issuer.to_string(), "127.0.0.1:8080".to_owned()),
        (crm.to_string(), "127.0.0.1:8081".to_owned()),
    ]
}

/// A line for whoever watches.
pub(super) fn say(line: &str) {
    println!("{line}");
}
