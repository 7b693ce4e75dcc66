//! `latchkey audit verify`, `latchkey audit export`

use std::path::Path;

use latchkey_app::audit::{self, Exported, Head, Report};
use latchkey_app::domain::audit::Actor;
use latchkey_app::{App, Caller};
use serde::Deserialize;

use crate::cli::AuditCommand;
use crate::config::Config;
use crate::output::{Refusal, answer, say};
use crate::start;

/// Proves the trail or takes it out.
pub async fn run(config: &Config, wanted: &AuditCommand, json: bool) -> Result<(), Refusal> {
    let app = start::app_as_it_stands(config).await?;
    audit::chain(&app).await?;
    let outcome = match wanted {
        AuditCommand::Verify { since } => verify(&app, since.as_deref(), json).await,
        AuditCommand::Export { account } => export(&app, account.as_deref(), json).await,
    };
    app.db.close().await;
    outcome
}

async fn verify(app: &App, since: Option<&Path>, json: bool) -> Result<(), Refusal> {
    let earlier = since.map(heads_of).transpose()?.unwrap_or_default();
    let report = audit::verify(app, &earlier).await?;
    answer(&report, json, words);
    match report.faults.len() {
        0 => Ok(()),
        count => Err(Refusal::answered(format!(
            "the audit trail does not hold: {count} faults"
        ))),
    }
}

fn heads_of(file: &Path) -> Result<Vec<Head>, Refusal> {
    #[derive(Deserialize)]
    struct Earlier {
        heads: Vec<Head>,
    }
    let told = |fault: &dyn std::fmt::Display| Refusal::new(format!("--since {}: {fault}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|fault| told(&fault))?;
    let earlier: Earlier = serde_json::from_str(&text).map_err(|fault| told(&fault))?;
    Ok(earlier.heads)
}

fn words(report: &Report) -> String {
    let mut lines = vec![format!(
        "{} records in {} chains verified, {} values erased, {} records not chained yet",
        report.records, report.chains, report.erased_values, report.waiting
    )];
    lines.extend(report.faults.iter().map(|fault| {
        let record = fault.record.as_deref().unwrap_or("-");
        format!(
            "chain {} at {} (record {record}): {}",
            fault.chain, fault.position, fault.what
        )
    }));
    lines.join("\n")
}

async fn export(app: &App, account: Option<&str>, json: bool) -> Result<(), Refusal> {
    let operator = Caller::local(Actor::Operator {
        label: "audit export".to_owned(),
    });
    for record in audit::export(app, &operator, account).await? {
        let line = if json {
            serde_json::to_string(&record).map_err(|fault| Refusal::new(fault.to_string()))?
        } else {
            line(&record)
        };
        say(&line);
    }
    Ok(())
}

fn line(record: &Exported) -> String {
    let value = |name: &str| {
        let values = record.values.as_ref();
        values.and_then(|it| it.get(name)?.as_deref()).unwrap_or("-")
    };
    let target = record.target.as_deref().unwrap_or("-");
    let target_id = record.target_id.as_deref().unwrap_or("-");
    format!(
        "{} {} by {} on {target} {target_id}: {}",
        record.at,
        record.action,
        value("actor"),
        value("after")
    )
}
