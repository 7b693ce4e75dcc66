//! `latchkey explain MEMBER [PERMISSION]`

use latchkey_app::administration::{self, At, Explanation, Question};

use crate::cli::Explain;
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Says what a member may do, and why.
pub async fn run(config: &Config, wanted: &Explain, json: bool) -> Result<(), Refusal> {
    let app = start::app_as_it_stands(config).await?;
    let question = Question {
        member: &wanted.member,
        permission: wanted.permission.as_deref(),
        application: wanted.application.as_deref(),
    };
    let found = administration::explain(&app, &At::from(&wanted.place), &question).await;
    app.db.close().await;
    answer(&found?, json, |found| {
        found.iter().map(words).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

fn words(it: &Explanation) -> String {
    let mut lines = vec![format!(
        "{}  {}",
        if it.allowed { "yes" } else { "no " },
        it.permission
    )];
    lines.extend(it.because.iter().map(|reason| format!("     {}", reason.text())));
    lines.join("\n")
}
