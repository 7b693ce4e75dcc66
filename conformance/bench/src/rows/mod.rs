//! The rows of the table, in the order in which they are measured.

pub mod accounts;
pub mod documents;
pub mod flows;
pub mod nodes;
pub mod passwords;
pub mod process;
pub mod scim;
pub mod tokens;

use std::time::Instant;

use crate::failure::Outcome;
use crate::installation::Installation;
use crate::measure::{Bench, Settings};
use crate::seed;

/// Connections where nothing else is said.
pub const CONNECTIONS: usize = 32;

/// People who sign in: as many as do at once anywhere.
pub const PEOPLE: usize = passwords::FLOOD;

/// Makes the data that the rows need, before any node runs.
pub async fn fill(installation: &Installation, settings: &Settings) -> Outcome {
    let began = Instant::now();
    let db = installation.open().await?;
    seed::people(&db, "bench", i64::try_from(PEOPLE)?).await?;
    if scim::wants_members(&settings.only) {
        scim::fill(&db, settings.members).await?;
    }
    if accounts::wants_tenants(&settings.only) {
        seed::tenants(&db, i64::try_from(settings.accounts)?).await?;
    }
    seed::analyze(&db).await?;
    db.close().await;
    eprintln!("  data made in {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// Measures every row that is asked for. What cannot be measured is a row too.
pub async fn all(bench: &mut Bench) {
    process::idle(bench);
    documents::rows(bench).await;
    tokens::rows(bench).await;
    flows::rows(bench).await;
    passwords::rows(bench).await;
    scim::rows(bench).await;
    accounts::rows(bench).await;
    process::start(bench).await;
    nodes::rows(bench).await;
}
