//! The configuration: defaults, then a file, then `LATCHKEY__SECTION__KEY` variables. Unknown keys
//! are errors that name the nearest known one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format as _, Toml};
use latchkey_app::settings::{LimitSettings, SecuritySettings, Settings, TokenSettings};
use latchkey_crypto::secret::Secret;
use serde::Deserialize;

use crate::logging::TelemetrySettings;
use crate::output::Refusal;

mod check;

pub use check::read_master_key;

/// All that an operator can set.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Under which address everybody reaches the service.
    pub issuer: String,
    /// On which address it listens.
    pub listen: SocketAddr,
    /// Where the database is.
    pub database: latchkey_store::db::Settings,
    /// The key under which secrets are sealed.
    pub master_key: Option<Secret>,
    /// A file with that key.
    pub master_key_file: Option<PathBuf>,
    /// Earlier keys that still open what they sealed.
    pub older_master_keys: Vec<Secret>,
    /// How mail leaves.
    pub mail: latchkey_mail::Settings,
    /// Sessions, links, passwords, outbound calls.
    pub security: SecuritySettings,
    /// Life times of tokens.
    pub tokens: TokenSettings,
    /// How much is taken in at once.
    pub limits: LimitSettings,
    /// What is logged.
    pub telemetry: TelemetrySettings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:8080".to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: latchkey_store::db::Settings::at("sqlite:./data/latchkey.db"),
            master_key: None,
            master_key_file: None,
            older_master_keys: Vec::new(),
            mail: latchkey_mail::Settings::default(),
            security: SecuritySettings::default(),
            tokens: TokenSettings::default(),
            limits: LimitSettings::default(),
            telemetry: TelemetrySettings::default(),
        }
    }
}

/// The file that is read where none is named and it is there.
const USUAL_FILE: &str = "config/latchkey.toml";

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Refusal`] names the key, what is wrong with it, and the nearest known one.
    pub fn read(file: Option<&Path>) -> Result<Self, Refusal> {
        let mut figment = Figment::new();
        match file {
            Some(file) if !file.is_file() => {
                return Err(Refusal::new(format!(
                    "there is no configuration file {}",
                    file.display()
                )));
            }
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if Path::new(USUAL_FILE).is_file() => figment = figment.merge(Toml::file_exact(USUAL_FILE)),
            None => {}
        }
        let figment = figment.merge(Env::prefixed("LATCHKEY__").split("__"));
        let mut config: Self = figment
            .extract()
            .map_err(|fault| Refusal::new(describe(&fault)))?;
        if let Some(file) = &config.master_key_file {
            let text = std::fs::read_to_string(file)
                .map_err(|fault| Refusal::new(format!("master_key_file {}: {fault}", file.display())))?;
            config.master_key = Some(Secret::new(text.trim()));
        }
        config.check()?;
        Ok(config)
    }

    /// Whether people reach the service on this machine alone.
    pub fn is_on_loopback(&self) -> bool {
        let Ok(issuer) = url::Url::parse(&self.issuer) else {
            return false;
        };
        match issuer.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The settings of the use cases.
    pub fn app_settings(&self) -> Settings {
        Settings {
            issuer: self.issuer.clone(),
            tokens: self.tokens.clone(),
            security: self.security.clone(),
            limits: self.limits.clone(),
        }
    }
}

fn describe(fault: &figment::Error) -> String {
    let place: Vec<&str> = fault.path.iter().map(String::as_str).collect();
    let place = place.join(".");
    match &fault.kind {
        Kind::UnknownField(name, known) => {
            let nearest = known
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)))
                .filter(|it| strsim::jaro_winkler(name, it) > 0.7);
            let section = place
                .rsplit_once('.')
                .map(|(section, _)| format!("{section}."))
                .unwrap_or_default();
            let hint = nearest
                .map(|it| format!("; did you mean '{section}{it}'?"))
                .unwrap_or_default();
            format!("'{section}{name}' is no setting{hint}")
        }
        other if place.is_empty() => other.to_string(),
        other => format!("{place}: {other}"),
    }
}

#[cfg(test)]
mod tests;
