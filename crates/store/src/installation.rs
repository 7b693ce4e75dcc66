//! Small facts about the installation, by name.

use crate::Result;
use crate::sql::{Tx, sql};

/// The fact that names the system account: the one of those who run the installation.
pub const SYSTEM_ACCOUNT: &str = "system account";

/// A fact.
pub async fn fact(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    tx.optional(sql("SELECT value FROM installation WHERE name = $1").bind(name))
        .await
}

/// Keeps a fact.
pub async fn set_fact(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    tx.execute(
        sql("INSERT INTO installation (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(value),
    )
    .await?;
    Ok(())
}
