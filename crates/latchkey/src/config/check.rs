//! What settings are refused for, before anything is opened or migrated. Each value is read by the
//! very parser that the service uses, so that `config check` and `serve` say the same.

use latchkey_crypto::seal::MasterKey;
use latchkey_crypto::secret::Secret;
use latchkey_domain::throttle::LONGEST_BLOCK;
use latchkey_fetch::Cidr;
use latchkey_mail::TransportKind;
use latchkey_oidc::issuer::Issuer;
use latchkey_web::layers::trust::TrustedProxies;

use super::Config;
use crate::logging;
use crate::output::Refusal;

impl Config {
    /// Refuses what is only fit for development, and what is no value at all.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.check_fitness()?;
        self.check_issuer()?;
        self.database.check()?;
        if let Some(key) = &self.master_key {
            read_master_key("master_key", key)?;
        }
        for key in &self.older_master_keys {
            read_master_key("older_master_keys", key)?;
        }
        self.mail
            .check()
            .map_err(|fault| Refusal::new(fault.to_string()))?;
        TrustedProxies::parse(&self.security.trusted_proxies)?;
        for range in &self.security.outbound.allow {
            range
                .parse::<Cidr>()
                .map_err(|fault| Refusal::new(format!("security.outbound.allow: '{range}': {fault}")))?;
        }
        self.check_amounts()?;
        logging::check(&self.telemetry)
    }

    fn check_fitness(&self) -> Result<(), Refusal> {
        let is_dev = self.mail.transport == TransportKind::Dev;
        if self.is_on_loopback() {
            if is_dev && !self.listen.ip().is_loopback() {
                return Err(Refusal::new(
                    "listen: the development mail box would be open to the network; listen on 127.0.0.1, or set \
                     mail.transport to \"smtp\"",
                ));
            }
            return Ok(());
        }
        if !self.issuer.starts_with("https://") {
            return Err(Refusal::new(
                "issuer: people off this machine need an https:// issuer",
            ));
        }
        if self.master_key.is_none() {
            return Err(Refusal::new(
                "master_key (or master_key_file): set it; it is made only on loopback",
            ));
        }
        if is_dev {
            return Err(Refusal::new(
                "mail.transport: the development mail box shows every mail to everybody; set \"smtp\"",
            ));
        }
        Ok(())
    }

    fn check_issuer(&self) -> Result<(), Refusal> {
        let told = |fault: &dyn std::fmt::Display| Refusal::new(format!("issuer: {fault}"));
        let url = url::Url::parse(&self.issuer).map_err(|fault| told(&fault))?;
        if !matches!(url.path(), "" | "/") {
            return Err(Refusal::new(format!(
                "issuer: Latchkey can't live below '{}': its pages, documents and cookies are at the root of their \
                 host; give Latchkey a host name of its own, such as https://id.example.com",
                url.path()
            )));
        }
        Issuer::parse(&self.issuer).map_err(|fault| told(&fault))?;
        Ok(())
    }

    /// Nothing works with none of these.
    fn check_amounts(&self) -> Result<(), Refusal> {
        let (tokens, security, limits) = (&self.tokens, &self.security, &self.limits);
        for (name, is_none) in [
            ("tokens.access_seconds", tokens.access_seconds == 0),
            ("tokens.id_seconds", tokens.id_seconds == 0),
            ("tokens.code_seconds", tokens.code_seconds == 0),
            ("tokens.refresh_idle_seconds", tokens.refresh_idle_seconds == 0),
            (
                "tokens.refresh_absolute_seconds",
                tokens.refresh_absolute_seconds == 0,
            ),
            (
                "security.session_idle_seconds",
                security.session_idle_seconds == 0,
            ),
            (
                "security.session_absolute_seconds",
                security.session_absolute_seconds == 0,
            ),
            ("security.step_seconds", security.step_seconds == 0),
            ("limits.connections", limits.connections == 0),
            ("limits.requests", limits.requests == 0),
            ("limits.body_seconds", limits.body_seconds == 0),
        ] {
            if is_none {
                return Err(Refusal::new(format!("{name}: it has to be at least 1")));
            }
        }
        // For so long nobody is sent another link once strangers have asked for many.
        let least = LONGEST_BLOCK.as_secs();
        if security.reset_seconds < least {
            return Err(Refusal::new(format!(
                "security.reset_seconds: it has to be at least {least}"
            )));
        }
        Ok(())
    }
}

/// Reads a master key that a setting has.
pub fn read_master_key(setting: &str, text: &Secret) -> Result<MasterKey, Refusal> {
    MasterKey::parse(text.expose_secret()).map_err(|fault| Refusal::new(format!("{setting}: {fault}")))
}
