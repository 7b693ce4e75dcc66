//! `latchkey migrate`

use serde_json::json;

use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Brings the schema up to date.
pub async fn run(config: &Config, as_json: bool) -> Result<(), Refusal> {
    let db = start::database(config).await?;
    db.close().await;
    answer(&json!({ "schema": "up to date" }), as_json, |_| {
        "the schema is up to date".to_owned()
    });
    Ok(())
}
