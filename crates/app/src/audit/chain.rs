//! Gives records their places, after commit, so that the chain is no lock in anyone's way.

use latchkey_store::audit as kept;
use latchkey_store::sql::Tx;

use super::{START, chain_key, link};
use crate::{App, Error, Result};

const BATCH: i64 = 500;

/// Chains every record that waits; answers how many.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn chain(app: &App) -> Result<usize> {
    let chains = app.db.read(async |tx| kept::chains_waiting(tx).await).await?;
    let mut placed = 0;
    for chain in chains {
        placed += app
            .db
            .write_settled(async |tx| chain_one(app, tx, &chain).await)
            .await?;
    }
    Ok(placed)
}

async fn chain_one(app: &App, tx: &mut Tx, chain: &str) -> Result<usize> {
    let key = chain_key(app);
    let waiting = kept::unchained(tx, chain, BATCH).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut head = kept::head(tx, chain).await?.unwrap_or_else(|| kept::Head {
        chain: chain.to_owned(),
        position: 0,
        link: START.to_owned(),
    });
    for record in &waiting {
        head.position += 1;
        head.link = link(&key, chain, head.position, &head.link, &record.digest);
        kept::place(tx, &record.id, head.position, &head.link).await?;
    }
    kept::set_head(tx, &head).await?;
    Ok::<_, Error>(waiting.len())
}
