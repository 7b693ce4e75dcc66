//! The rows of the table, in the order in which they are measured.

pub mod documents;
pub mod flows;
pub mod nodes;
pub mod passwords;
pub mod process;
pub mod scim;
pub mod tokens;

use crate::measure::Bench;

/// Connections where nothing else is said.
pub const CONNECTIONS: usize = 32;

/// Measures every row that is asked for. What cannot be measured is a row too.
pub async fn all(bench: &mut Bench) {
    process::idle(bench);
    documents::rows(bench).await;
    tokens::rows(bench).await;
    flows::rows(bench).await;
    passwords::rows(bench).await;
    scim::rows(bench).await;
    process::start(bench).await;
    nodes::rows(bench).await;
}
