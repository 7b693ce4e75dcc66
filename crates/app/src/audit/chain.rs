//! Gives records their places, after commit, so that the chain is no lock in anyone's way.

use latchkey_store::audit as kept;
use latchkey_store::sql::Tx;

use super::{START, chain_key, link};
use crate::{App, Error, Result};

/// Records placed in one transaction: it is nobody's way for long.
const BATCH: u8 = 200;

/// Chains every record that waits; answers how many.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn chain(app: &App) -> Result<usize> {
    let chains = app.db.read(async |tx| kept::chains_waiting(tx).await).await?;
    let mut placed = 0;
    for chain in chains {
        placed += chain_all(app, &chain).await?;
    }
    Ok(placed)
}

/// Chains what waits in one chain, however much it is.
async fn chain_all(app: &App, chain: &str) -> Result<usize> {
    let mut placed = 0;
    loop {
        let some = app
            .db
            .write_settled(async |tx| chain_some(app, tx, chain).await)
            .await?;
        placed += some;
        if some < usize::from(BATCH) {
            return Ok(placed);
        }
    }
}

async fn chain_some(app: &App, tx: &mut Tx, chain: &str) -> Result<usize> {
    let key = chain_key(app);
    let waiting = kept::unchained(tx, chain, BATCH.into()).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut head = kept::head(tx, chain).await?.unwrap_or_else(|| kept::Head {
        chain: chain.to_owned(),
        position: 0,
        link: START.to_owned(),
    });
    let mut placings = Vec::with_capacity(waiting.len());
    for record in &waiting {
        head.position += 1;
        head.link = link(&key, chain, head.position, &head.link, &record.digest);
        placings.push(kept::Placing {
            id: record.id.clone(),
            position: head.position,
            link: head.link.clone(),
        });
    }
    kept::place(tx, &placings).await?;
    kept::set_head(tx, &head).await?;
    Ok::<_, Error>(waiting.len())
}
