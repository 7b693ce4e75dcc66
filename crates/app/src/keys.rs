//! Signing keys: made on the first start, sealed under the master key, rotated without refusing a token.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use latchkey_crypto::algorithm::Algorithm;
use latchkey_crypto::signing::SigningKey;
use latchkey_crypto::verify::VerifyingKeys;
use latchkey_domain::audit::Action;
use latchkey_domain::time::Timestamp;
use latchkey_store::signing_key;
use latchkey_store::sql::Tx;
use serde_json::{Value, json};

use crate::settings::seconds;
use crate::{App, Caller, Error, Result, audit};

/// The algorithms that every installation has a key for.
pub const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Rs256];

/// The notice that tells other nodes to load the keys again.
pub const NOTICE: &str = "keys";

const PURPOSE: &str = "signing key";

/// The keys as they stand: those that sign, and all that are published.
#[derive(Debug, Default)]
pub struct KeySet {
    signing: Vec<Arc<SigningKey>>,
    /// The JWK set (RFC 7517 §5) as it is published.
    pub jwks: Value,
    /// Verifies with any published key.
    pub verifying: VerifyingKeys,
}

impl KeySet {
    /// The key that signs with this algorithm now.
    ///
    /// # Errors
    /// A [bug](Error::Bug) where the installation has no key for it.
    pub fn signer(&self, algorithm: Algorithm) -> Result<&SigningKey> {
        self.signing
            .iter()
            .find(|key| key.algorithm() == algorithm)
            .map(AsRef::as_ref)
            .ok_or_else(|| Error::bug(format!("no signing key for {algorithm}")))
    }
}

/// The keys this node has loaded.
#[derive(Debug, Default)]
pub struct KeyRing(RwLock<Arc<KeySet>>);

impl KeyRing {
    /// The keys now; cheap.
    pub fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, set: KeySet) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(set);
    }
}

/// One key as the operator sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct KeyLine {
    /// `kid`.
    pub kid: String,
    /// JWA algorithm.
    pub algorithm: String,
    /// `next`, `current` or `retired`.
    pub state: String,
    /// RFC 3339.
    pub created_at: String,
}

/// Makes the keys that are missing and loads all of them. Safe on several nodes at once.
///
/// # Errors
/// [`Error::Unavailable`] without the database, a [bug](Error::Bug) where a key cannot be opened
/// (another master key).
pub async fn ensure(app: &App) -> Result<()> {
    let kept = app.db.read(async |tx| signing_key::all(tx).await).await?;
    for algorithm in ALGORITHMS {
        for state in ["current", "next"] {
            let is_there = kept
                .iter()
                .any(|key| key.algorithm == algorithm.as_str() && key.state == state);
            if !is_there {
                make(app, algorithm, state).await?;
            }
        }
    }
    load(app).await
}

async fn make(app: &App, algorithm: Algorithm, state: &'static str) -> Result<()> {
    let row = sealed_row(app, algorithm, state, app.now())?;
    let made = app
        .db
        .write(async |tx| {
            signing_key::insert(tx, &row).await?;
            audit::Entry::new(&system(), Action::KeyCreated)
                .target("key", &row.id)
                .write(app, tx)
                .await
        })
        .await;
    match made {
        // Another node made one in the meantime: theirs is as good.
        Err(Error::Conflict(_)) => Ok(()),
        other => other,
    }
}

fn system() -> Caller {
    Caller::local(latchkey_domain::audit::Actor::System)
}

fn sealed_row(
    app: &App,
    algorithm: Algorithm,
    state: &str,
    now: Timestamp,
) -> Result<signing_key::SigningKey> {
    let key = SigningKey::generate(algorithm)?;
    let private = key.to_pkcs8()?;
    let private_sealed = app.sealer.seal(
        PURPOSE,
        key.kid().as_bytes(),
        private.expose_secret(),
        app.rng.bytes(),
    )?;
    Ok(signing_key::SigningKey {
        id: key.kid().to_owned(),
        algorithm: algorithm.to_string(),
        state: state.to_owned(),
        public_jwk: key.public_jwk().to_string(),
        private_sealed,
        created_at: now,
        current_at: (state == "current").then_some(now),
        retired_at: None,
    })
}

/// Loads the keys from the database.
///
/// # Errors
/// As [`ensure`].
pub async fn load(app: &App) -> Result<()> {
    let kept = app.db.read(async |tx| signing_key::all(tx).await).await?;
    let mut signing = Vec::new();
    let mut published = Vec::new();
    for row in &kept {
        let public: Value = serde_json::from_str(&row.public_jwk).map_err(|e| Error::Bug(e.into()))?;
        published.push(public);
        if row.state == "current" {
            let algorithm = row
                .algorithm
                .parse::<Algorithm>()
                .map_err(|e| Error::bug(e.to_string()))?;
            let private = app.sealer.open(PURPOSE, row.id.as_bytes(), &row.private_sealed)?;
            signing.push(Arc::new(
                SigningKey::from_pkcs8(algorithm, private.expose_secret())?.with_kid(&row.id),
            ));
        }
    }
    let jwks = json!({ "keys": published });
    let verifying = VerifyingKeys::from_jwks(&jwks);
    app.keys.replace(KeySet {
        signing,
        jwks,
        verifying,
    });
    Ok(())
}

/// The keys of the installation, the oldest first.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn list(app: &App) -> Result<Vec<KeyLine>> {
    let kept = app.db.read(async |tx| signing_key::all(tx).await).await?;
    Ok(kept
        .into_iter()
        .map(|key| KeyLine {
            kid: key.id,
            algorithm: key.algorithm,
            state: key.state,
            created_at: key.created_at.rfc3339(),
        })
        .collect())
}

/// Makes each `next` key current and makes a new `next` one. The old one stays published.
///
/// # Errors
/// [`Error::Rule`] while a `next` key is younger than relying parties may cache the key set,
/// unless `at_once`.
pub async fn rotate(app: &App, caller: &Caller, at_once: bool) -> Result<()> {
    let now = app.now();
    let mut fresh = Vec::new();
    for algorithm in ALGORITHMS {
        fresh.push((algorithm, sealed_row(app, algorithm, "next", now)?));
    }
    let published_for = seconds(app.settings.tokens.jwks_cache_seconds);
    let keep_retired = seconds(
        app.settings
            .tokens
            .access_seconds
            .max(app.settings.tokens.id_seconds),
    ) + DAY;
    app.db
        .write(async |tx| {
            let kept = signing_key::all(tx).await?;
            for (algorithm, next) in &fresh {
                rotate_one(tx, &kept, (*algorithm, next), (now, published_for, at_once)).await?;
                audit::Entry::new(caller, Action::KeyRotated)
                    .target("key", &next.id)
                    .write(app, tx)
                    .await?;
            }
            signing_key::remove_retired(tx, now.minus(keep_retired)).await?;
            tx.notify(NOTICE).await?;
            Ok::<_, Error>(())
        })
        .await?;
    load(app).await
}

const DAY: Duration = Duration::from_secs(86_400);

async fn rotate_one(
    tx: &mut Tx,
    kept: &[signing_key::SigningKey],
    (algorithm, fresh): (Algorithm, &signing_key::SigningKey),
    (now, published_for, at_once): (Timestamp, Duration, bool),
) -> Result<()> {
    let next = kept
        .iter()
        .find(|key| key.algorithm == algorithm.as_str() && key.state == "next");
    if let Some(next) = next
        && !at_once
        && now.since(next.created_at) < published_for
    {
        let left = published_for.saturating_sub(now.since(next.created_at));
        return Err(Error::Rule(format!(
            "the next {algorithm} key was published less than {} seconds ago, so relying parties may not know it yet; \
             try again in {} seconds, or use --now",
            published_for.as_secs(),
            left.as_secs().max(1)
        )));
    }
    signing_key::advance(tx, algorithm.as_str(), now).await?;
    signing_key::insert(tx, fresh).await?;
    Ok(())
}
