//! An installation in this process: the whole service on a test's own database, with a clock that
//! stands until it is moved, repeatable randomness, cheap password hashes and mail in memory.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test needs and does not get fails the test"
)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use latchkey_app::apply::{self, Options, Report};
use latchkey_app::crypto::password::{Cost, PoolSettings};
use latchkey_app::crypto::seal::MasterKey;
use latchkey_app::domain::time::Timestamp;
use latchkey_app::{App, Clock, Mailbox, Parts, Rng, Settings};
use latchkey_mail::Message;
use latchkey_mail::transport::{Memory, Transport};
use latchkey_store::db::{Db, Notice};
use latchkey_store::sql::sql;
use latchkey_web::state::Web;
use tokio::sync::Mutex;
use tokio::sync::broadcast::Receiver;
use tower::ServiceExt as _;
use url::Url;

use crate::answer::Answer;
use crate::database::Database;
use crate::digest::Digest;

/// The issuer.
pub const ISSUER: &str = "https://id.example";

/// When tests begin: 5 January 2026, 9:00 UTC.
pub const BEGINNING: Timestamp = Timestamp::from_seconds(1_767_603_600);

/// Accounts, applications and people that every installation starts with.
const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/installation.toml");

type Answering = Pin<Box<dyn Future<Output = Answer>>>;
type Service = Arc<dyn Fn(Request<Full<Bytes>>) -> Answering>;

/// The service in this process.
pub struct TestApp {
    /// The use cases.
    pub app: Arc<App>,
    /// The state of the HTTP service.
    pub web: Arc<Web>,
    /// The mail that left.
    pub mail: Memory,
    service: Service,
    notices: Mutex<Receiver<Notice>>,
    place: Option<latchkey_store::db::Settings>,
}

impl TestApp {
    /// Starts on a migrated database, with nothing declared yet.
    pub async fn start(db: Db) -> Self {
        Self::start_with(
            db,
            Settings {
                issuer: ISSUER.to_owned(),
                ..Settings::default()
            },
        )
        .await
    }

    /// Starts with other settings.
    pub async fn start_with(db: Db, settings: Settings) -> Self {
        Self::start_at(db, settings, (Clock::fixed(BEGINNING), CHEAP)).await
    }

    async fn start_at(db: Db, settings: Settings, (clock, passwords): (Clock, PoolSettings)) -> Self {
        // Every node has its own randomness: two that start alike must not make the same ids.
        static NODES: AtomicU32 = AtomicU32::new(1);
        let node = NODES.fetch_add(1, Ordering::Relaxed);
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&node.to_be_bytes());
        let mail = Memory::default();
        let notices = Mutex::new(db.listen());
        let parts = Parts {
            db,
            clock,
            rng: Rng::seeded(seed),
            master_key: MasterKey::from_bytes(&[7; 32]),
            older_keys: Vec::new(),
            mailbox: Mailbox::Transport(Transport::Memory(mail.clone())),
            passwords,
        };
        let app = App::new(settings, parts).await.expect("the installation starts");
        let web = Web::new(Arc::clone(&app)).expect("the service starts");
        let router = latchkey_web::router(&web);
        let service: Service = Arc::new(move |request| {
            let answer = router.clone().oneshot(request);
            Box::pin(async move { Answer::read(answer.await.expect("it always answers")).await })
        });
        Self {
            app,
            web,
            mail,
            service,
            notices,
            place: None,
        }
    }

    /// Another node on the same database, with connections of its own; it remembers nothing and
    /// shares the clock.
    pub async fn another_node(&self) -> Self {
        self.node_with(self.app.settings.clone(), CHEAP).await
    }

    /// A node with other settings, and passwords hashed in another way.
    pub async fn node_with(&self, settings: Settings, passwords: PoolSettings) -> Self {
        let db = match &self.place {
            Some(place) => Db::open(place).await.expect("the database opens again"),
            None => self.app.db.clone(),
        };
        let mut node = Self::start_at(db, settings, (self.app.clock.clone(), passwords)).await;
        node.place.clone_from(&self.place);
        node
    }

    /// Sends a request from this network address.
    pub async fn send_from(&self, address: IpAddr, mut request: Request<Full<Bytes>>) -> Answer {
        latchkey_web::serve::tell_peer(&mut request, SocketAddr::new(address, 40_000));
        (self.service)(request).await
    }

    /// Sends a request from nowhere in particular.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        self.send_from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), request)
            .await
    }

    /// Sends a request that is put together here.
    pub async fn call(&self, builder: http::request::Builder, body: impl Into<Bytes>) -> Answer {
        self.send(builder.body(Full::new(body.into())).expect("a request"))
            .await
    }

    /// Asks for a page or document, as anybody.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path).body(Full::default()).expect("a request"))
            .await
    }

    /// Sends a form, as anybody.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form_request(path, fields).expect("a request")).await
    }

    /// Moves the clock.
    pub fn pass(&self, time: Duration) {
        self.app.clock.advance(time);
    }

    /// Declares more of the installation, in TOML.
    pub async fn declare(&self, toml: &str) -> Report {
        let outcome = self.try_declare(toml).await;
        outcome.unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// The same for what may be refused.
    ///
    /// # Errors
    /// What `latchkey apply` refuses it for.
    pub async fn try_declare(&self, toml: &str) -> latchkey_app::Result<Report> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("more.toml");
        std::fs::write(&file, toml).expect("the declaration is written");
        std::fs::write(folder.path().join("terms.md"), TERMS).expect("the terms are written");
        self.declare_file(&file).await
    }

    async fn declare_file(&self, file: &Path) -> latchkey_app::Result<Report> {
        let state = apply::read(&[file])?;
        let options = Options {
            dry_run: false,
            allow_passwords: true,
        };
        apply::apply(&self.app, &state, options).await
    }

    /// Lets all mail leave that is due.
    pub async fn deliver(&self) {
        latchkey_app::outbox::send_due(&self.app)
            .await
            .expect("mail leaves");
    }

    /// Gives audit records that wait their places, as the job does.
    pub async fn chain(&self) {
        while latchkey_app::audit::chain(&self.app)
            .await
            .expect("records are chained")
            > 0
        {}
    }

    /// Heeds what nodes were told of changes, as the job does: waits for one notice at most a
    /// second, then takes all that are there.
    pub async fn heed(&self) {
        let mut notices = self.notices.lock().await;
        let first = tokio::time::timeout(A_SECOND, notices.recv()).await;
        let mut next = first.ok().and_then(Result::ok);
        while let Some(notice) = next {
            match notice {
                Notice::Changed(what) => self.app.cache.heed(&what),
                Notice::Resync => self.app.cache.forget_everything(),
            }
            next = notices.try_recv().ok();
        }
    }

    /// The mails to an address, the oldest first, after all that is due has left.
    pub async fn mails_to(&self, address: &str) -> Vec<Message> {
        self.deliver().await;
        self.mail
            .sent()
            .into_iter()
            .filter(|it| it.to == address)
            .collect()
    }

    /// The last mail to an address.
    pub async fn last_mail(&self, address: &str) -> Message {
        let all = self.mails_to(address).await;
        all.into_iter()
            .last()
            .unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// The path of the link in the last mail to an address.
    pub async fn link_to(&self, address: &str) -> String {
        let link = link_in(&self.last_mail(address).await.text);
        link.strip_prefix(ISSUER)
            .unwrap_or_else(|| panic!("{link} leads elsewhere"))
            .to_owned()
    }

    /// Runs a statement behind the service's back, as somebody at the database could.
    pub async fn tamper(&self, statement: &'static str) -> u64 {
        let outcome = self
            .app
            .db
            .write(async |tx| tx.execute(sql(statement)).await)
            .await;
        outcome.expect("the statement runs")
    }

    /// The one text that a query finds, behind the service's back.
    pub async fn ask(&self, query: &'static str) -> String {
        let outcome = self
            .app
            .db
            .read(async |tx| tx.one::<String>(sql(query)).await)
            .await;
        outcome.expect("the query finds a text")
    }

    /// What the database holds, without the audit trail and the counters of failed tries.
    pub async fn digest(&self) -> Digest {
        Digest::of(&self.app.db, &crate::digest::RECORDS).await
    }
}

/// The text of the terms that [`TestApp::declare`] can name as `terms.md`.
const TERMS: &str = "# Terms of use\n\nBe kind to your customers.\n";

/// Within this, every node hears of a change.
const A_SECOND: Duration = Duration::from_secs(1);

/// Hashes that cost next to nothing.
const CHEAP: PoolSettings = PoolSettings {
    threads: 1,
    queue: 64,
    cost: Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    },
};

/// The first link of ours in a mail's text.
fn link_in(text: &str) -> String {
    text.split_whitespace()
        .find(|word| word.starts_with(ISSUER))
        .unwrap_or_else(|| panic!("no link in {text}"))
        .trim_end_matches(['.', ',', ')', '>'])
        .to_owned()
}

/// The beginning of a request to the service.
#[must_use]
pub fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "id.example")
}

/// A form as a client sends it.
///
/// # Errors
/// For a path that is none.
pub fn form_request(path: &str, fields: &[(&str, &str)]) -> http::Result<Request<Full<Bytes>>> {
    request("POST", path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::from(form_text(fields)))
}

/// Names and values as `application/x-www-form-urlencoded`.
#[must_use]
pub fn form_text(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A path below the issuer with a query.
#[must_use]
pub fn with_query(path: &str, fields: &[(&str, &str)]) -> String {
    format!("{path}?{}", form_text(fields))
}

/// Path and query of a URL.
#[must_use]
pub fn path_of(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

/// Declares the fixture in a migrated database: for the template that tests copy.
pub(crate) async fn declare_fixture(db: Db) {
    let it = TestApp::start(db).await;
    let declared = it.declare_file(Path::new(FIXTURE)).await;
    declared.unwrap_or_else(|fault| panic!("{fault}"));
    it.deliver().await;
    it.chain().await;
}

/// Runs a test's body with an installation of its own, on a database of this kind.
pub fn run(kind: crate::database::Kind, body: impl AsyncFnOnce(&TestApp)) {
    crate::database::on_a_runtime(async {
        let database = Database::declared(kind).await;
        let mut it = TestApp::start(database.db()).await;
        it.place = Some(database.settings().clone());
        body(&it).await;
        drop(it);
        database.remove().await;
    });
}
