//! `latchkey config check`

use serde_json::json;

use crate::cli::ConfigCommand;
use crate::config::Config;
use crate::output::{Refusal, answer};

/// Shows the settings in force. Reading them has checked them.
pub fn run(config: &Config, wanted: &ConfigCommand, as_json: bool) -> Result<(), Refusal> {
    let ConfigCommand::Check = wanted;
    let shown = json!({
        "issuer": config.issuer,
        "listen": config.listen,
        "database": { "url": masked(&config.database.url) },
        "master_key": config.master_key.as_ref().map(|_| "***"),
        "mail": config.mail,
        "security": config.security,
        "tokens": config.tokens,
        "limits": config.limits,
        "telemetry": config.telemetry,
    });
    answer(&shown, as_json, |it| {
        toml::to_string_pretty(&without_nulls(it)).unwrap_or_default()
    });
    Ok(())
}

/// A database address without its password.
fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((credentials, place)) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{place}")
        }
        None => url.to_owned(),
    }
}

/// TOML has no null.
fn without_nulls(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => map
            .iter()
            .filter(|(_, it)| !it.is_null())
            .map(|(key, it)| (key.clone(), without_nulls(it)))
            .collect(),
        other => other.clone(),
    }
}
