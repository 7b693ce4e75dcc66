//! `latchkey apply FILE…`

use latchkey_app::apply::{self, Options, Report};

use crate::cli::Apply;
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Makes the installation match declared state and says what that changed.
pub async fn run(config: &Config, wanted: &Apply, json: bool) -> Result<(), Refusal> {
    let state = apply::read(&wanted.files)?;
    let (app, _folder) = if wanted.dry_run {
        start::app_to_try(config).await?
    } else {
        (start::app(config).await?, None)
    };
    let options = Options {
        dry_run: wanted.dry_run,
        allow_passwords: wanted.allow_passwords,
    };
    let report = apply::apply(&app, &state, options).await;
    app.db.close().await;
    let mut report = report?;
    if wanted.dry_run {
        // They were undone with everything else.
        report.secrets.clear();
    }
    answer(&report, json, |report| words(report, wanted.dry_run));
    Ok(())
}

fn words(report: &Report, dry_run: bool) -> String {
    if report.changes.is_empty() {
        return "nothing to change".to_owned();
    }
    let would = if dry_run { "would be " } else { "" };
    let changes = report
        .changes
        .iter()
        .map(|it| format!("{would}{} {} {}", it.action, it.kind, it.name));
    let secrets = report.secrets.iter();
    let secrets = secrets.map(|it| format!("secret of {}, shown this once: {}", it.name, it.secret));
    changes.chain(secrets).collect::<Vec<_>>().join("\n")
}
