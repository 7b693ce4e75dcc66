//! Structured logs on standard error.

use std::io::BufWriter;

use serde::{Deserialize, Serialize};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// `telemetry.*`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetrySettings {
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `info,latchkey_app=debug`.
    pub log: String,
    /// `text` or `json`.
    pub format: Format,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            log: "info".to_owned(),
            format: Format::Text,
        }
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Log lines under way; those that wait are written when this is dropped.
#[must_use = "dropping it ends logging"]
pub struct Logging(#[expect(dead_code, reason = "what matters is when it is dropped")] WorkerGuard);

/// Starts logging. A thread of its own writes, many lines at once, so that no request waits for
/// whoever reads them; where that is too slow, requests wait rather than lines be lost.
pub fn start(settings: &TelemetrySettings) -> Logging {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(false)
        .finish(BufWriter::with_capacity(64 * 1024, std::io::stderr()));
    let to_stderr = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_target(true);
    let started = match settings.format {
        Format::Text => to_stderr.with_ansi(false).try_init(),
        Format::Json => to_stderr.json().try_init(),
    };
    // Another part of this process (a test) logs already; its lines go the same way.
    drop(started);
    Logging(guard)
}
