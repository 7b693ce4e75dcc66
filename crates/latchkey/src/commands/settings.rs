//! `latchkey config check`

use serde_json::json;

use crate::cli::ConfigCommand;
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Shows the settings in force. Reading them has checked them, but for the files that mail needs.
pub fn run(config: &Config, wanted: &ConfigCommand, as_json: bool) -> Result<(), Refusal> {
    let ConfigCommand::Check = wanted;
    start::mailbox(config)?;
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

/// A database address without its passwords: neither the one before the host nor those in the query.
fn masked(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut shown = without_credentials(address);
    for (number, pair) in query.split('&').filter(|it| !it.is_empty()).enumerate() {
        shown.push(if number == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) if name.to_lowercase().contains("password") => {
                shown.push_str(name);
                shown.push_str("=***");
            }
            _ => shown.push_str(pair),
        }
    }
    shown
}

fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((credentials, place)) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{place}")
        }
        None => address.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn no_password_of_the_database_is_shown() {
        for (url, shown) in [
            ("sqlite:./data/latchkey.db", "sqlite:./data/latchkey.db"),
            ("postgres://id:s3cret@db/x", "postgres://id:***@db/x"),
            (
                "postgres://id:s3@cret@db/x?sslmode=require",
                "postgres://id:***@db/x?sslmode=require",
            ),
            (
                "postgres://db/x?user=id&password=s3@cret",
                "postgres://db/x?user=id&password=***",
            ),
            ("postgres://db/x?sslPassword=k", "postgres://db/x?sslPassword=***"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
