//! `latchkey demo --check`: the player drives this very binary from outside.

use latchkey_app::Rng;
use latchkey_demo::player::{self, CheckOptions};
use latchkey_store::db::schema;

use crate::cli::Demo;
use crate::output::Refusal;

/// Plays the main job; on PostgreSQL in a schema of its own, which is dropped at the end.
pub async fn run(wanted: Demo) -> Result<(), Refusal> {
    let exe = std::env::current_exe().map_err(|fault| Refusal::new(fault.to_string()))?;
    let own_schema = match &wanted.database {
        Some(url) if url.starts_with("postgres") => Some(make_schema(url).await?),
        _ => None,
    };
    let options = CheckOptions {
        exe,
        database: own_schema
            .as_ref()
            .map_or_else(|| wanted.database.clone(), |it| Some(it.url.clone())),
        nodes: wanted.nodes,
        kill_at_every_step: wanted.kill_at_every_step,
        transcript: wanted.transcript.clone(),
    };
    let played = player::check(options).await;
    if let (Some(schema), Some(url)) = (&own_schema, &wanted.database) {
        schema::drop(url, &schema.name).await?;
    }
    played.map_err(|deviation| Refusal::new(deviation.to_string()))
}

struct OwnSchema {
    name: String,
    url: String,
}

async fn make_schema(url: &str) -> Result<OwnSchema, Refusal> {
    let random: String = Rng::system()?
        .bytes::<6>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = format!("latchkey_demo_{random}");
    let url = schema::create(url, &name).await?;
    Ok(OwnSchema { name, url })
}
