//! `latchkey audit verify`

use latchkey_app::audit;

use crate::cli::AuditCommand;
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Proves the trail, or says what does not hold.
pub async fn run(config: &Config, wanted: &AuditCommand, json: bool) -> Result<(), Refusal> {
    let AuditCommand::Verify = wanted;
    let app = start::app(config).await?;
    audit::chain(&app).await?;
    let report = audit::verify(&app).await;
    app.db.close().await;
    let report = report?;
    answer(&report, json, |it| {
        let mut lines = vec![format!(
            "{} records in {} chains verified, {} values erased, {} records not chained yet",
            it.records, it.chains, it.erased_values, it.waiting
        )];
        lines.extend(it.faults.iter().map(|fault| {
            let record = fault.record.as_deref().unwrap_or("-");
            format!("chain {} at {} (record {record}): {}", fault.chain, fault.position, fault.what)
        }));
        lines.join("\n")
    });
    match report.faults.len() {
        0 => Ok(()),
        count => Err(Refusal::new(format!("the audit trail does not hold: {count} faults"))),
    }
}
