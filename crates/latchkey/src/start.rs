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

use crate::config::Config;
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
    let db = database(config).await?;
    app_on(config, db).await
}

async fn app_on(config: &Config, db: Db) -> Result<Arc<App>, Refusal> {
    let rng = Rng::system()?;
    let parse = |text: &Secret| {
        MasterKey::parse(text.expose_secret()).map_err(|fault| Refusal::new(format!("master_key: {fault}")))
    };
    let master_key = parse(&master_key(config)?)?;
    let older_keys = config
        .older_master_keys
        .iter()
        .map(parse)
        .collect::<Result<_, _>>()?;
    let passwords = PoolSettings {
        queue: config.security.hash_queue,
        ..PoolSettings::default()
    };
    let mailbox = mailbox(config)?;
    let parts = Parts {
        db,
        clock: Clock::System,
        rng,
        master_key,
        older_keys,
        mailbox,
        passwords,
    };
    Ok(App::new(config.app_settings(), parts).await?)
}

fn mailbox(config: &Config) -> Result<Mailbox, Refusal> {
    if config.mail.transport == TransportKind::Dev {
        return Ok(Mailbox::Development);
    }
    let told = |fault: latchkey_mail::SettingsError| Refusal::new(fault.to_string());
    config.mail.check().map_err(told)?;
    Ok(Mailbox::Transport(Transport::smtp(&config.mail).map_err(told)?))
}

/// The configured master key; on loopback one is made and kept beside the database.
fn master_key(config: &Config) -> Result<Secret, Refusal> {
    if let Some(key) = &config.master_key {
        return Ok(key.clone());
    }
    let beside = sqlite_path(config).unwrap_or_else(|| PathBuf::from("./data/latchkey.db"));
    let file = beside.with_file_name("master.key");
    make_master_key(&file)?;
    let text = std::fs::read_to_string(&file)
        .map_err(|fault| Refusal::new(format!("{}: {fault}", file.display())))?;
    Ok(Secret::new(text.trim()))
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
