//! `latchkey keys list`, `latchkey keys rotate`

use latchkey_app::Caller;
use latchkey_app::domain::audit::Actor;
use latchkey_app::keys::{self, KeyLine};

use crate::cli::KeysCommand;
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Lists or rotates the signing keys.
pub async fn run(config: &Config, wanted: &KeysCommand, json: bool) -> Result<(), Refusal> {
    let app = match wanted {
        KeysCommand::List => start::app_as_it_stands(config).await?,
        KeysCommand::Rotate { .. } => start::app(config).await?,
    };
    if let KeysCommand::Rotate { now } = wanted {
        let operator = Caller::local(Actor::Operator {
            label: "keys rotate".to_owned(),
        });
        keys::rotate(&app, &operator, *now).await?;
    }
    let lines = keys::list(&app).await;
    app.db.close().await;
    answer(&lines?, json, |lines| {
        let line = |it: &KeyLine| format!("{:8} {:8} {} {}", it.state, it.algorithm, it.created_at, it.kid);
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}
