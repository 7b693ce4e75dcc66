//! Puts an installation together from its configuration.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use latchkey_app::{App, Clock, Mailbox, Parts, Rng};
use latchkey_crypto::encoding::base64url;
use latchkey_crypto::password::PoolSettings;
use latchkey_crypto::seal::MasterKey;
use latchkey_crypto::secret::Secret;
use latchkey_mail::TransportKind;
use latchkey_mail::transport::Transport;
use latchkey_store::db::Db;
use latchkey_store::migrate::{MigrateError, SchemaState};
use tempfile::TempDir;

use crate::config::{Config, read_master_key};
use crate::output::Refusal;

/// The database, opened and migrated.
///
/// # Errors
/// [`Refusal`] says what the database answered.
pub async fn database(config: &Config) -> Result<Db, Refusal> {
    if let Some(path) = sqlite_path(config)
        && let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty())
    {
        make_folder(folder).map_err(|fault| Refusal::new(format!("{}: {fault}", folder.display())))?;
    }
    let db = Db::open(&config.database).await?;
    db.migrate(Clock::System.now().millis())
        .await
        .map_err(|fault| Refusal::new(fault.to_string()))?;
    Ok(db)
}

/// The installation.
///
/// # Errors
/// [`Refusal`] names the setting to change, or what does not answer.
pub async fn app(config: &Config) -> Result<Arc<App>, Refusal> {
    // What is wrong with the settings is said before the schema is touched.
    let outside = Outside::read(config, &master_key(config)?)?;
    let db = database(config).await?;
    Ok(App::new(config.app_settings(), outside.around(db, config)).await?)
}

/// The installation as it stands, for commands that only look: nothing is migrated, no key is made.
///
/// # Errors
/// As [`app`], and where the schema is missing or behind.
pub async fn app_as_it_stands(config: &Config) -> Result<Arc<App>, Refusal> {
    match standing(config).await? {
        Some(app) => Ok(app),
        None => Err(Refusal::new(
            "there is no installation in this database yet; run `latchkey migrate` first",
        )),
    }
}

/// The installation as it stands, to try something on; where there is none, an empty one in a
/// folder of its own, which lasts as long as what is answered beside it.
///
/// # Errors
/// As [`app`], and where the schema is behind.
pub async fn app_to_try(config: &Config) -> Result<(Arc<App>, Option<TempDir>), Refusal> {
    if let Some(app) = standing(config).await? {
        return Ok((app, None));
    }
    let told = |fault: std::io::Error| Refusal::new(fault.to_string());
    let folder = tempfile::Builder::new()
        .prefix("latchkey-try-")
        .tempdir()
        .map_err(told)?;
    let mut config = config.clone();
    config.database.url = format!("sqlite:{}", folder.path().join("latchkey.db").display());
    config.database.read_url = None;
    Ok((app(&config).await?, Some(folder)))
}

/// The installation as it stands, if there is one.
async fn standing(config: &Config) -> Result<Option<Arc<App>>, Refusal> {
    let outside = Outside::read(config, &master_key_as_it_stands(config)?)?;
    // Opening a file that is not there would make it.
    if sqlite_path(config).is_some_and(|it| !it.exists()) {
        return Ok(None);
    }
    let db = Db::open(&config.database).await?;
    let refusal = match db.schema_state().await {
        Ok(SchemaState::Current) => {
            let app = App::as_it_stands(config.app_settings(), outside.around(db, config)).await;
            let file = master_key_file(config);
            return match app {
                Err(_) if config.master_key.is_none() && !file.exists() => Err(Refusal::new(format!(
                    "master_key: the keys in the database were sealed with one, and {} is not there",
                    file.display()
                ))),
                app => Ok(Some(app?)),
            };
        }
        Ok(SchemaState::Missing) => {
            db.close().await;
            return Ok(None);
        }
        Ok(SchemaState::Behind(_)) => {
            Refusal::new("the schema is that of an earlier version; run `latchkey migrate` first")
        }
        Ok(SchemaState::Ahead(number)) => Refusal::new(MigrateError::Ahead(number).to_string()),
        Ok(SchemaState::Changed(number)) => Refusal::new(MigrateError::Changed(number).to_string()),
        Err(fault) => fault.into(),
    };
    db.close().await;
    Err(refusal)
}

/// What an installation has beside its database.
struct Outside {
    rng: Rng,
    master_key: MasterKey,
    older_keys: Vec<MasterKey>,
    mailbox: Mailbox,
}

impl Outside {
    fn read(config: &Config, key: &Secret) -> Result<Self, Refusal> {
        Ok(Self {
            mailbox: mailbox(config)?,
            rng: Rng::system()?,
            master_key: read_master_key("master_key", key)?,
            older_keys: config
                .older_master_keys
                .iter()
                .map(|key| read_master_key("older_master_keys", key))
                .collect::<Result<_, _>>()?,
        })
    }

    fn around(self, db: Db, config: &Config) -> Parts {
        Parts {
            db,
            clock: Clock::System,
            rng: self.rng,
            master_key: self.master_key,
            older_keys: self.older_keys,
            mailbox: self.mailbox,
            passwords: PoolSettings {
                queue: config.security.hash_queue,
                ..PoolSettings::default()
            },
        }
    }
}

/// How mail leaves, with the files that its settings name.
///
/// # Errors
/// [`Refusal`] names the setting of mail to change.
pub fn mailbox(config: &Config) -> Result<Mailbox, Refusal> {
    if config.mail.transport == TransportKind::Dev {
        return Ok(Mailbox::Development);
    }
    let smtp = Transport::smtp(&config.mail).map_err(|fault| Refusal::new(fault.to_string()))?;
    Ok(Mailbox::Transport(smtp))
}

/// The configured master key; on loopback one is made and kept beside the database.
fn master_key(config: &Config) -> Result<Secret, Refusal> {
    if let Some(key) = &config.master_key {
        return Ok(key.clone());
    }
    let file = master_key_file(config);
    make_master_key(&file)?;
    let text = std::fs::read_to_string(&file)
        .map_err(|fault| Refusal::new(format!("{}: {fault}", file.display())))?;
    Ok(Secret::new(text.trim()))
}

/// The master key without making one. Where there is none, nothing was sealed yet, and what is
/// sealed with the key of this moment is not kept.
fn master_key_as_it_stands(config: &Config) -> Result<Secret, Refusal> {
    if config.master_key.is_some() || master_key_file(config).exists() {
        return master_key(config);
    }
    Ok(Secret::new(base64url(Rng::system()?.bytes::<32>())))
}

fn master_key_file(config: &Config) -> PathBuf {
    let beside = sqlite_path(config).unwrap_or_else(|| PathBuf::from("./data/latchkey.db"));
    beside.with_file_name("master.key")
}

/// Makes a file with a new master key, for its owner alone, where there is none yet.
///
/// # Errors
/// [`Refusal`] says what the file system answered.
pub fn make_master_key(file: &Path) -> Result<(), Refusal> {
    let told = |fault: std::io::Error| Refusal::new(format!("{}: {fault}", file.display()));
    if let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) {
        make_folder(folder).map_err(told)?;
    }
    let made = base64url(Rng::system()?.bytes::<32>());
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
    {
        Ok(mut new) => new
            .write_all(made.as_bytes())
            .and_then(|()| new.sync_all())
            .map_err(told),
        Err(fault) if fault.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(fault) => Err(told(fault)),
    }
}

/// Makes a folder for the database and its key, where there is none, for its owner alone.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

fn sqlite_path(config: &Config) -> Option<PathBuf> {
    let path = config.database.url.strip_prefix("sqlite:")?;
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)).to_owned())
}
