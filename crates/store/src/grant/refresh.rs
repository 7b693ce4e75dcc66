//! Refresh tokens, kept as digests (RFC 6749 section 6, RFC 9700 section 4.14).

use std::sync::LazyLock;

use latchkey_domain::id::GrantId;
use latchkey_domain::time::Timestamp;

use super::Grant;
use crate::session::Open;
use crate::sql::many::Many;
use crate::sql::{Columns, DbError, Row, Tx, sql};
use crate::{Result, row};

/// A refresh token, kept as a digest.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    /// Digest of the token.
    pub token_hash: String,
    /// The grant it renews.
    pub grant_id: GrantId,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was exchanged for its successor, if it was.
    pub used_at: Option<Timestamp>,
}

row!(RefreshToken {
    token_hash,
    grant_id,
    created_at,
    expires_at,
    used_at
});

/// A refresh token as somebody presents it, with all that it hangs on.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The token.
    pub token: RefreshToken,
    /// The grant it renews, revoked or not.
    pub grant: Grant,
    /// The session behind the grant, while it and the account's part in it are open.
    pub session: Option<Open>,
}

impl Row for Presented {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        let grant = Grant::read(columns)?;
        let token = RefreshToken {
            token_hash: columns.get("token_hash")?,
            grant_id: grant.id.clone(),
            created_at: columns.get("token_created_at")?,
            expires_at: columns.get("token_expires_at")?,
            used_at: columns.get("used_at")?,
        };
        let session = (
            columns.get("session_id")?,
            columns.get("session_created_at")?,
            columns.get("session_last_seen_at")?,
        );
        let session = match session {
            (Some(id), Some(created_at), Some(last_seen_at)) => Some(Open {
                id,
                created_at,
                last_seen_at,
            }),
            _ => None,
        };
        Ok(Self {
            token,
            grant,
            session,
        })
    }
}

static PRESENTED: LazyLock<Many> = LazyLock::new(|| {
    Many::new(1, |hashes| {
        format!(
            "SELECT r.token_hash, r.created_at AS token_created_at, r.expires_at AS token_expires_at, r.used_at,
                 g.id, g.account_id, g.member_id, g.user_id, g.client_id, g.sid, g.scope, g.resources, g.claims,
                 g.auth_time, g.amr, g.offline, g.native, g.app_version, g.platform, g.platform_version,
                 g.created_at, g.expires_at, g.revoked_at,
                 s.id AS session_id, s.created_at AS session_created_at, s.last_seen_at AS session_last_seen_at
             FROM refresh_token r JOIN oauth_grant g ON g.id = r.grant_id
             LEFT JOIN session_account p ON p.sid = g.sid AND p.ended_at IS NULL
             LEFT JOIN session s ON s.id = p.session_id AND s.ended_at IS NULL
             WHERE r.token_hash IN ({hashes})"
        )
    })
});

/// The refresh tokens of these digests, each with its grant and session, in no order.
pub async fn presented(tx: &mut Tx, hashes: &[&str]) -> Result<Vec<Presented>> {
    let mut found = Vec::with_capacity(hashes.len());
    for (statement, some) in PRESENTED.of(hashes) {
        let statement = some
            .iter()
            .fold(statement, |statement, hash| statement.bind(*hash));
        found.extend(tx.all::<Presented>(statement).await?);
    }
    Ok(found)
}

static INSERT: LazyLock<Many> = LazyLock::new(|| {
    Many::new(4, |rows| {
        format!("INSERT INTO refresh_token (token_hash, grant_id, created_at, expires_at) VALUES {rows}")
    })
});

/// Keeps new refresh tokens.
pub async fn insert(tx: &mut Tx, tokens: &[&RefreshToken]) -> Result<()> {
    for (statement, some) in INSERT.of(tokens) {
        let statement = some.iter().fold(statement, |statement, token| {
            statement
                .bind(&token.token_hash)
                .bind(&token.grant_id)
                .bind(token.created_at)
                .bind(token.expires_at)
        });
        tx.execute(statement).await?;
    }
    Ok(())
}

/// A refresh token by its digest.
pub async fn find(tx: &mut Tx, token_hash: &str) -> Result<Option<RefreshToken>> {
    tx.optional(
        sql("SELECT token_hash, grant_id, created_at, expires_at, used_at FROM refresh_token WHERE token_hash = $1")
            .bind(token_hash),
    )
    .await
}

/// A refresh token that is exchanged for its successor.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// Digest of the token.
    pub token_hash: &'a str,
    /// When it is exchanged.
    pub at: Timestamp,
}

static USE: LazyLock<Many> = LazyLock::new(|| {
    Many::new(2, |rows| {
        format!(
            "WITH exchange (token_hash, at) AS (VALUES {rows})
             UPDATE refresh_token SET used_at = exchange.at FROM exchange
             WHERE refresh_token.token_hash = exchange.token_hash AND refresh_token.used_at IS NULL"
        )
    })
});

/// Marks refresh tokens as exchanged, none of which was when this transaction looked. Of two
/// transactions at the same time, PostgreSQL has the second wait for the first and run again.
///
/// # Errors
/// [`DbError::Other`] where one was exchanged all the same.
pub async fn exchange(tx: &mut Tx, exchanges: &[Exchange<'_>]) -> Result<()> {
    for (statement, some) in USE.of(exchanges) {
        let statement = some.iter().fold(statement, |statement, it| {
            statement.bind(it.token_hash).bind(it.at)
        });
        if tx.execute(statement).await? != some.len() as u64 {
            return Err(DbError::Other(
                "a refresh token was used in the middle of its rotation".to_owned(),
            ));
        }
    }
    Ok(())
}

/// Moves the end of a refresh token that is used again and again.
pub async fn extend(tx: &mut Tx, token_hash: &str, expires_at: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE refresh_token SET expires_at = $1 WHERE token_hash = $2")
            .bind(expires_at)
            .bind(token_hash),
    )
    .await?;
    Ok(())
}
