//! What everything is compared with: a bare server that does only the unavoidable work.
//!
//! Static JSON; one ES256 signature an answer with a key prepared once; one argon2id verification on
//! a fixed pool that keeps its memory; one insert through the same driver with group commit; the
//! rows of one provisioned member.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use latchkey_crypto::algorithm::Algorithm;
use latchkey_crypto::password::{PasswordPool, PoolSettings};
use latchkey_crypto::secret::Secret;
use latchkey_crypto::signing::SigningKey;
use latchkey_domain::time::Timestamp;
use latchkey_store::db::{Db, Settings as Database};
use latchkey_store::grant;
use latchkey_store::sql::DbError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::declared::PASSWORD;
use crate::failure::{Failure, Outcome};
use crate::rows_of_member;

/// What the reference is told.
#[derive(Deserialize, Serialize)]
pub struct Settings {
    pub listen: SocketAddr,
    pub database: String,
    /// The documents it serves as they are.
    pub discovery: PathBuf,
    pub jwks: PathBuf,
}

/// Moments do not matter here, as long as they are in the future.
const FAR: Timestamp = Timestamp::from_millis(4_102_444_800_000);

struct Reference {
    discovery: Bytes,
    jwks: Bytes,
    key: SigningKey,
    claims: Value,
    passwords: PasswordPool,
    stored: String,
    db: Db,
    number: AtomicI64,
}

type Shared = State<Arc<Reference>>;

/// Serves until the process is ended.
pub async fn serve(settings: &Settings) -> Outcome {
    let passwords = PasswordPool::new(PoolSettings {
        queue: 256,
        ..PoolSettings::default()
    })?;
    let stored = passwords.hash(Secret::from(PASSWORD), [7; 16]).await?;
    let db = Db::open(&Database::at(settings.database.as_str())).await?;
    db.migrate(FAR.millis()).await?;
    rows_of_member::make_account(&db).await?;
    let reference = Arc::new(Reference {
        discovery: std::fs::read(&settings.discovery)?.into(),
        jwks: std::fs::read(&settings.jwks)?.into(),
        key: SigningKey::generate(Algorithm::Es256)?,
        claims: claims(),
        passwords,
        stored,
        db,
        number: AtomicI64::new(0),
    });
    let router = Router::new()
        .route("/discovery", get(discovery))
        .route("/jwks", get(jwks))
        .route("/sign", any(sign))
        .route("/hash", any(hash))
        .route("/insert", any(insert))
        .route("/member", any(member))
        .with_state(reference);
    let listener = TcpListener::bind(settings.listen)
        .await?
        .tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, router).await?)
}

async fn discovery(State(it): Shared) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], it.discovery.clone())
}

async fn jwks(State(it): Shared) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], it.jwks.clone())
}

async fn sign(State(it): Shared) -> Result<String, StatusCode> {
    it.key
        .sign_jwt("at+jwt", &it.claims)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn hash(State(it): Shared) -> StatusCode {
    let verified = it.passwords.verify(Secret::from(PASSWORD), &it.stored);
    match verified.await {
        Ok(true) => StatusCode::OK,
        Ok(false) => StatusCode::INTERNAL_SERVER_ERROR,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn insert(State(it): Shared) -> Result<StatusCode, StatusCode> {
    let id = rows_of_member::id(1, it.number.fetch_add(1, Ordering::Relaxed));
    let written = it.db.write_settled(async |tx| {
        grant::revoke_token(tx, &id, FAR).await?;
        Ok::<_, DbError>(())
    });
    answered(written.await)
}

async fn member(State(it): Shared) -> Result<StatusCode, StatusCode> {
    let number = it.number.fetch_add(1, Ordering::Relaxed);
    answered(rows_of_member::write(&it.db, number).await)
}

fn answered(written: Result<(), DbError>) -> Result<StatusCode, StatusCode> {
    written
        .map(|()| StatusCode::OK)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// As much as an access token of the service says (RFC 9068 section 2.2).
fn claims() -> Value {
    json!({
        "iss": "http://127.0.0.1:8080",
        "sub": rows_of_member::id(2, 1),
        "aud": "https://bench.example/api",
        "client_id": "bench-batch",
        "exp": FAR.seconds(),
        "iat": FAR.seconds(),
        "jti": rows_of_member::id(2, 2),
        "scope": "account roles permissions",
        "account": {"id": rows_of_member::id(2, 3), "slug": "bench", "name": "Bench"},
        "roles": ["standard"],
        "permissions": ["contacts:view", "contacts:edit", "deals:view", "deals:edit", "reports:view"],
    })
}

impl Settings {
    /// As the one argument of `latchkey-bench reference`.
    pub fn as_argument(&self) -> Outcome<String> {
        serde_json::to_string(self).map_err(Failure::from)
    }
}
