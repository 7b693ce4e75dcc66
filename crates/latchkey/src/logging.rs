//! Structured logs on standard error.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

mod lines;
mod text;

use lines::Lines;
use text::Text;

use crate::output::Refusal;

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

/// How long the last lines may take, should nobody read them.
const LAST: Duration = Duration::from_secs(1);

/// Log lines under way; those that wait are written when this is dropped.
#[must_use = "dropping it ends logging"]
pub struct Logging(Lines);

impl Drop for Logging {
    fn drop(&mut self) {
        self.0.finish(LAST);
    }
}

/// Starts logging. A thread of its own writes, many lines at once, so that no request waits for
/// whoever reads them; where that is too slow, requests wait rather than lines be lost.
///
/// # Errors
/// [`Refusal`] for a filter that is none, and where the system has no thread to give.
pub fn start(settings: &TelemetrySettings) -> Result<Logging, Refusal> {
    let filter = filter(&settings.log)?;
    let lines = Lines::default();
    lines
        .write_to(std::io::stderr())
        .map_err(|fault| Refusal::new(format!("no thread writes the log: {fault}")))?;
    let filtered = tracing_subscriber::registry().with(filter);
    let written = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(lines.clone());
    let started = match settings.format {
        Format::Text => filtered
            .with(written.event_format(Text).fmt_fields(Text))
            .try_init(),
        Format::Json => filtered.with(written.json()).try_init(),
    };
    // Another part of this process (a test) logs already; its lines go the same way.
    drop(started);
    Ok(Logging(lines))
}

/// Checks the settings, and starts nothing.
///
/// # Errors
/// [`Refusal`] for a filter that is none.
pub fn check(settings: &TelemetrySettings) -> Result<(), Refusal> {
    filter(&settings.log).map(drop)
}

/// What is logged. Levels and targets suffice for nearly everybody; only what also names spans or
/// values needs the filter that keeps account of each span.
fn filter(wanted: &str) -> Result<Box<dyn Layer<Registry> + Send + Sync>, Refusal> {
    if let Ok(targets) = wanted.parse::<Targets>() {
        return Ok(targets.boxed());
    }
    match EnvFilter::try_new(wanted) {
        Ok(filter) => Ok(filter.boxed()),
        Err(fault) => Err(Refusal::new(format!(
            "telemetry.log: '{wanted}' is neither error, warn, info, debug nor a filter: {fault}"
        ))),
    }
}
