//! What an operator can set. Each section has defaults with which everything works on loopback.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Settings of the use cases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The issuer: scheme, host and port under which everybody reaches the service.
    pub issuer: String,
    /// Life times of tokens.
    pub tokens: TokenSettings,
    /// Sessions and passwords.
    pub security: SecuritySettings,
    /// How much is taken in at once.
    pub limits: LimitSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:8080".to_owned(),
            tokens: TokenSettings::default(),
            security: SecuritySettings::default(),
            limits: LimitSettings::default(),
        }
    }
}

/// How much one node takes in at once, so that it stays quick for others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// Open connections; further ones wait until another is closed.
    pub connections: usize,
    /// Requests under way; more are answered 503.
    pub requests: usize,
    /// The body of a request must have come within this many seconds.
    pub body_seconds: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            connections: 8_192,
            requests: 1_024,
            body_seconds: 10,
        }
    }
}

/// Life times of tokens and keys, in seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSettings {
    /// Access tokens.
    pub access_seconds: u64,
    /// ID tokens.
    pub id_seconds: u64,
    /// Authorization codes.
    pub code_seconds: u64,
    /// A refresh token that is not used.
    pub refresh_idle_seconds: u64,
    /// A family of refresh tokens altogether.
    pub refresh_absolute_seconds: u64,
    /// How long the successor of a rotated refresh token may be asked for again.
    pub refresh_grace_seconds: u64,
    /// How long relying parties may cache the key set (`Cache-Control` of the JWKS).
    pub jwks_cache_seconds: u64,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            access_seconds: 300,
            id_seconds: 300,
            code_seconds: 60,
            refresh_idle_seconds: 30 * 86_400,
            refresh_absolute_seconds: 365 * 86_400,
            refresh_grace_seconds: 30,
            jwks_cache_seconds: 300,
        }
    }
}

/// Sessions, links and passwords.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecuritySettings {
    /// A session that is not used ends after this many seconds.
    pub session_idle_seconds: u64,
    /// A session ends after this many seconds altogether.
    pub session_absolute_seconds: u64,
    /// A step of a sign-in in progress is good for this many seconds.
    pub step_seconds: u64,
    /// A link for a new password is good for this many seconds.
    pub reset_seconds: u64,
    /// How many password hashes may wait for a free thread; more are answered 503.
    pub hash_queue: usize,
    /// Proxies whose `X-Forwarded-For` is believed, as addresses or CIDR ranges.
    pub trusted_proxies: Vec<String>,
    /// Outbound calls.
    pub outbound: OutboundSettings,
}

impl Default for SecuritySettings {
    fn default() -> Self {
        Self {
            session_idle_seconds: 7 * 86_400,
            session_absolute_seconds: 30 * 86_400,
            step_seconds: 3_600,
            reset_seconds: 3_600,
            hash_queue: 256,
            trusted_proxies: Vec::new(),
            outbound: OutboundSettings::default(),
        }
    }
}

/// What the guarded fetcher may reach beyond public https addresses.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundSettings {
    /// Private ranges it may reach, in CIDR notation.
    pub allow: Vec<String>,
    /// A file of PEM certificates it trusts beside the public ones.
    pub ca_file: Option<std::path::PathBuf>,
}

/// Seconds as a duration.
pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
