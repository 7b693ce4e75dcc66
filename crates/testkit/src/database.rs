//! A database for each test, copied from one that is migrated once.
//!
//! PostgreSQL runs in a throw-away cluster: one for the test process, or the one that
//! `LATCHKEY_TEST_POSTGRES` names. It must be there: no test is skipped.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test needs and does not get fails the test"
)]

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

pub use latchkey_store::db::Kind;
use latchkey_store::db::{Db, Settings};
use latchkey_xtask::postgres::{Cluster, create_database, drop_database};
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::sync::OnceCell;

/// When the schema of every test database was made, in Unix milliseconds.
const MIGRATED_AT: i64 = 1_767_225_600_000;

/// Runs the body on `SQLite` and on PostgreSQL: two tests, `NAME::sqlite` and `NAME::postgres`.
///
/// ```text
/// on_both_databases!(an_account_is_found_again, async |db| { … });
/// ```
///
/// The body is handed a `&Database`, which is a `Db` as well; with `NAME, empty, …` one without
/// tables; with `NAME, installed, …` a `&TestApp` with accounts, people and an application.
#[macro_export]
macro_rules! on_both_databases {
    ($name:ident, $body:expr) => {
        $crate::on_both_databases!(@ $name, $crate::database::run, $body);
    };
    ($name:ident, empty, $body:expr) => {
        $crate::on_both_databases!(@ $name, $crate::database::run_empty, $body);
    };
    ($name:ident, installed, $body:expr) => {
        $crate::on_both_databases!(@ $name, $crate::installation::run, $body);
    };
    (@ $name:ident, $run:path, $body:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn sqlite() {
                $run($crate::database::Kind::Sqlite, $body);
            }

            #[test]
            fn postgres() {
                $run($crate::database::Kind::Postgres, $body);
            }
        }
    };
}

/// An open database of one test's own; it is removed when the test has ended.
pub struct Database {
    db: Db,
    settings: Settings,
    place: Place,
}

enum Place {
    Folder(TempDir),
    Cluster { address: String, name: String },
}

impl Deref for Database {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Database {
    /// A migrated database of this kind.
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::sqlite().await,
            Kind::Postgres => Self::postgres().await,
        }
    }

    /// A migrated `SQLite` database.
    pub async fn sqlite() -> Self {
        static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
        Self::copy_of_file(TEMPLATE.get_or_init(sqlite_template).await).await
    }

    /// A migrated PostgreSQL database.
    pub async fn postgres() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let address = cluster().await;
        let template = TEMPLATE.get_or_init(|| postgres_template(address)).await;
        Self::copy_of_database(address, template).await
    }

    /// A database of this kind in which the installation that tests start from is declared.
    #[cfg(feature = "app")]
    pub async fn declared(kind: Kind) -> Self {
        static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
        static NAME: OnceCell<String> = OnceCell::const_new();
        if kind == Kind::Sqlite {
            let template = FILE.get_or_init(declared_file).await;
            return Self::copy_of_file(template).await;
        }
        let address = cluster().await;
        let template = NAME.get_or_init(declared_database).await;
        Self::copy_of_database(address, template).await
    }

    async fn copy_of_file(template: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("latchkey.db");
        std::fs::write(&path, template).expect("a copy of the template");
        Self::open(sqlite_settings(&path), Place::Folder(folder)).await
    }

    async fn copy_of_database(address: &str, template: &str) -> Self {
        let name = create(address, Some(template)).await;
        let settings = Settings::at(url_of(address, &name));
        let address = address.to_owned();
        Self::open(settings, Place::Cluster { address, name }).await
    }

    /// An empty database of this kind, for tests of migrations.
    pub async fn empty(kind: Kind) -> Self {
        if kind == Kind::Sqlite {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let settings = sqlite_settings(&folder.path().join("latchkey.db"));
            return Self::open(settings, Place::Folder(folder)).await;
        }
        let address = cluster().await;
        let name = create(address, None).await;
        let settings = Settings::at(url_of(address, &name));
        let address = address.to_owned();
        Self::open(settings, Place::Cluster { address, name }).await
    }

    async fn open(settings: Settings, place: Place) -> Self {
        let db = Db::open(&settings).await.expect("the database opens");
        Self { db, settings, place }
    }

    /// The open database itself, for what keeps one.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// How it was opened.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Opens it once more, as another node or another process would.
    pub async fn open_again(&self) -> Db {
        Db::open(&self.settings).await.expect("the database opens again")
    }

    /// Closes and removes it.
    pub async fn remove(self) {
        self.db.close().await;
        blocking(move || match self.place {
            Place::Folder(folder) => folder.close(),
            Place::Cluster { address, name } => drop_database(&address, &name),
        })
        .await;
    }
}

/// Runs a test's body with a migrated database of its own, on a runtime with several threads.
pub fn run(kind: Kind, body: impl AsyncFnOnce(&Database)) {
    on_a_runtime(async {
        let database = Database::new(kind).await;
        body(&database).await;
        database.remove().await;
    });
}

/// Runs a test's body with an empty database of its own.
pub fn run_empty(kind: Kind, body: impl AsyncFnOnce(&Database)) {
    on_a_runtime(async {
        let database = Database::empty(kind).await;
        body(&database).await;
        database.remove().await;
    });
}

pub(crate) fn on_a_runtime(test: impl Future<Output = ()>) {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test);
}

fn sqlite_settings(path: &std::path::Path) -> Settings {
    Settings::at(format!("sqlite:{}", path.display()))
}

/// The bytes of a migrated file.
async fn sqlite_template() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("template.db");
    migrate(&sqlite_settings(&path)).await;
    std::fs::read(&path).expect("the template")
}

/// The bytes of a file in which the installation is declared.
#[cfg(feature = "app")]
async fn declared_file() -> Vec<u8> {
    let migrated = Database::sqlite().await;
    crate::installation::declare_fixture(migrated.db()).await;
    migrated.db.close().await;
    let Place::Folder(folder) = &migrated.place else {
        panic!("a file has a folder")
    };
    std::fs::read(folder.path().join("latchkey.db")).expect("the template")
}

/// The name of a database in which the installation is declared.
#[cfg(feature = "app")]
async fn declared_database() -> String {
    let migrated = Database::postgres().await;
    crate::installation::declare_fixture(migrated.db()).await;
    migrated.db.close().await;
    let Place::Cluster { name, .. } = migrated.place else {
        panic!("a database has a cluster")
    };
    name
}

/// The name of a migrated database.
async fn postgres_template(address: &str) -> String {
    let name = create(address, None).await;
    migrate(&Settings::at(url_of(address, &name))).await;
    name
}

async fn migrate(settings: &Settings) {
    let db = Db::open(settings).await.expect("the template opens");
    db.migrate(MIGRATED_AT).await.expect("the template is migrated");
    db.close().await;
}

/// The address of the cluster's first database.
async fn cluster() -> &'static str {
    static CLUSTER: OnceCell<(Option<Cluster>, String)> = OnceCell::const_new();
    let (_, address) = CLUSTER
        .get_or_init(|| async {
            if let Some(address) = std::env::var_os("LATCHKEY_TEST_POSTGRES") {
                return (None, address.into_string().expect("an address in UTF-8"));
            }
            let cluster = blocking(Cluster::start).await;
            let address = cluster.url("postgres");
            (Some(cluster), address)
        })
        .await;
    address
}

/// Creates a database under a name nobody else uses.
async fn create(address: &str, template: Option<&str>) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("latchkey_{}_{count}", std::process::id());
    let (address, template) = (address.to_owned(), template.map(ToOwned::to_owned));
    let created = name.clone();
    blocking(move || create_database(&address, &created, template.as_deref())).await;
    name
}

/// The address with another database's name.
fn url_of(address: &str, name: &str) -> String {
    let (server, _) = address.rsplit_once('/').expect("the name of a database");
    format!("{server}/{name}")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("it does not panic")
        .unwrap_or_else(|error| panic!("{error}"))
}
