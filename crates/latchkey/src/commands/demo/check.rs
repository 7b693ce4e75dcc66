//! `latchkey demo --check`: the player drives this very binary from outside.

use std::sync::Arc;

use latchkey_app::Rng;
use latchkey_demo::player::{self, CheckOptions, Intruder};
use latchkey_store::db::schema::OwnSchema;

use crate::cli::Demo;
use crate::output::Refusal;

/// Plays the main job; on PostgreSQL in a schema of its own, which is dropped at the end.
pub async fn run(wanted: Demo) -> Result<(), Refusal> {
    let schema = match &wanted.database {
        Some(url) if url.starts_with("postgres") => Some(Arc::new(make_schema(url).await?)),
        _ => None,
    };
    let options = CheckOptions {
        exe: std::env::current_exe().map_err(|fault| Refusal::new(fault.to_string()))?,
        database: schema.as_ref().map_or(wanted.database, |it| Some(it.url.clone())),
        intruder: schema.clone().map(intruder),
        nodes: wanted.nodes,
        kill_at_every_step: wanted.kill_at_every_step,
        transcript: wanted.transcript,
    };
    let played = player::check(options).await;
    if let Some(schema) = schema {
        schema.remove().await?;
    }
    played.map_err(|deviation| Refusal::new(deviation.to_string()))
}

async fn make_schema(url: &str) -> Result<OwnSchema, Refusal> {
    let random: String = Rng::system()?
        .bytes::<6>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(OwnSchema::create(url, &format!("latchkey_demo_{random}")).await?)
}

/// On PostgreSQL the database is no file whose bytes the player could change.
fn intruder(schema: Arc<OwnSchema>) -> Intruder {
    Box::new(move |text, other| {
        let schema = schema.clone();
        Box::pin(async move {
            let altered = schema.forge_audit_value(text, &other).await;
            altered.map_err(|fault| fault.to_string())
        })
    })
}
