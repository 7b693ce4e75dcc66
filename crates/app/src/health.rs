//! Whether the installation can serve.

use crate::{App, keys};

/// Checks database, schema and keys.
///
/// # Errors
/// What is missing, in words without secrets.
pub async fn check(app: &App) -> Result<(), &'static str> {
    app.db.ping().await.map_err(|_| "the database does not answer")?;
    let current = app.keys.current();
    if keys::ALGORITHMS
        .into_iter()
        .any(|algorithm| current.signer(algorithm).is_err())
    {
        return Err("a signing key is missing");
    }
    Ok(())
}
