//! What clients were given: grants, refresh tokens, revoked tokens.

use std::collections::HashSet;
use std::sync::LazyLock;

use latchkey_domain::id::{AccountId, ClientId, GrantId, MemberId, UserId};
use latchkey_domain::time::Timestamp;

use crate::sql::many::Many;
use crate::sql::{DbError, Tx, sql};
use crate::{Result, row};

pub mod refresh;

/// What one authorization gave a client. Refresh tokens hang on it.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The grant. Its authorization code named it, so that its row says that the code was redeemed.
    pub id: GrantId,
    /// The account it is for.
    pub account_id: AccountId,
    /// The member it is for.
    pub member_id: MemberId,
    /// The person.
    pub user_id: UserId,
    /// The client that holds it.
    pub client_id: ClientId,
    /// The account's part of the session it came from.
    pub sid: Option<String>,
    /// Granted scopes, separated by spaces.
    pub scope: String,
    /// Resources (audiences) granted, separated by spaces; empty for the application's default.
    pub resources: String,
    /// Single claims asked for, as JSON (OpenID Connect Core 1.0 §5.5), where there are any.
    pub claims: Option<String>,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub amr: String,
    /// Whether it outlives the session (`offline_access`).
    pub offline: bool,
    /// Whether a native client holds it.
    pub native: bool,
    /// The version the phone application gave of itself.
    pub app_version: Option<String>,
    /// The phone's platform.
    pub platform: Option<String>,
    /// The platform's version.
    pub platform_version: Option<String>,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

row!(Grant {
    id,
    account_id,
    member_id,
    user_id,
    client_id,
    sid,
    scope,
    resources,
    claims,
    auth_time,
    amr,
    offline,
    native,
    app_version,
    platform,
    platform_version,
    created_at,
    expires_at,
    revoked_at
});

static INSERT: LazyLock<Many> = LazyLock::new(|| {
    Many::new(18, |rows| {
        format!(
            "INSERT INTO oauth_grant (id, account_id, member_id, user_id, client_id, sid, scope, resources, claims,
                 auth_time, amr, offline, native, app_version, platform, platform_version, created_at, expires_at)
             VALUES {rows} ON CONFLICT (id) DO NOTHING"
        )
    })
});

/// Keeps new grants; the caller has seen in this transaction that there is none of them. Where
/// another transaction inserts one first, PostgreSQL has this one wait for it and run again.
///
/// # Errors
/// [`DbError::Other`] where there is one all the same: its code was redeemed meanwhile.
pub async fn insert(tx: &mut Tx, grants: &[&Grant]) -> Result<()> {
    for (statement, some) in INSERT.of(grants) {
        let statement = some.iter().fold(statement, |statement, grant| {
            statement
                .bind(&grant.id)
                .bind(&grant.account_id)
                .bind(&grant.member_id)
                .bind(&grant.user_id)
                .bind(&grant.client_id)
                .bind(grant.sid.as_deref())
                .bind(&grant.scope)
                .bind(&grant.resources)
                .bind(grant.claims.as_deref())
                .bind(grant.auth_time)
                .bind(&grant.amr)
                .bind(grant.offline)
                .bind(grant.native)
                .bind(grant.app_version.as_deref())
                .bind(grant.platform.as_deref())
                .bind(grant.platform_version.as_deref())
                .bind(grant.created_at)
                .bind(grant.expires_at)
        });
        if tx.execute(statement).await? != some.len() as u64 {
            return Err(DbError::Other(
                "a code was used in the middle of its redemption".to_owned(),
            ));
        }
    }
    Ok(())
}

static PRESENT: LazyLock<Many> =
    LazyLock::new(|| Many::new(1, |ids| format!("SELECT id FROM oauth_grant WHERE id IN ({ids})")));

/// Those of these grants that there are: their codes were redeemed before (RFC 9700 section 4.5).
pub async fn present(tx: &mut Tx, ids: &[&GrantId]) -> Result<HashSet<GrantId>> {
    let mut found = HashSet::new();
    for (statement, some) in PRESENT.of(ids) {
        let statement = some.iter().fold(statement, |statement, id| statement.bind(*id));
        found.extend(tx.all::<GrantId>(statement).await?);
    }
    Ok(found)
}

/// A grant, revoked or not.
pub async fn find(tx: &mut Tx, id: &GrantId) -> Result<Option<Grant>> {
    tx.optional(
        sql("SELECT id, account_id, member_id, user_id, client_id, sid, scope, resources, claims, auth_time, amr, offline,
                 native, app_version, platform, platform_version, created_at, expires_at, revoked_at
             FROM oauth_grant WHERE id = $1")
        .bind(id),
    )
    .await
}

/// Revokes one grant and, with it, its whole family of tokens.
pub async fn revoke(tx: &mut Tx, id: &GrantId, because: &str, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            sql("UPDATE oauth_grant SET revoked_at = $1, revoked_because = $2 WHERE id = $3 AND revoked_at IS NULL")
                .bind(now)
                .bind(because)
                .bind(id),
        )
        .await?;
    Ok(changed == 1)
}

/// Revokes every grant of a member.
pub async fn revoke_of_member(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    because: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        sql("UPDATE oauth_grant SET revoked_at = $1, revoked_because = $2
             WHERE account_id = $3 AND member_id = $4 AND revoked_at IS NULL")
        .bind(now)
        .bind(because)
        .bind(account)
        .bind(member),
    )
    .await
}

/// Revokes a member's grants held by native clients (Mobile Access turned off).
pub async fn revoke_native_of_member(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    because: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        sql("UPDATE oauth_grant SET revoked_at = $1, revoked_because = $2
             WHERE account_id = $3 AND member_id = $4 AND native AND revoked_at IS NULL")
        .bind(now)
        .bind(because)
        .bind(account)
        .bind(member),
    )
    .await
}

/// Revokes the grants that came from one account's part of a session; offline ones are kept when `keep_offline`.
pub async fn revoke_of_sid(
    tx: &mut Tx,
    sid: &str,
    keep_offline: bool,
    because: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        sql("UPDATE oauth_grant SET revoked_at = $1, revoked_because = $2
             WHERE sid = $3 AND revoked_at IS NULL AND NOT (offline AND $4)")
        .bind(now)
        .bind(because)
        .bind(sid)
        .bind(keep_offline),
    )
    .await
}

/// Revokes every grant of a person (password reset), but those of `except_sids_of` session.
pub async fn revoke_of_user(tx: &mut Tx, user: &UserId, because: &str, now: Timestamp) -> Result<u64> {
    tx.execute(
        sql("UPDATE oauth_grant SET revoked_at = $1, revoked_because = $2 WHERE user_id = $3 AND revoked_at IS NULL")
            .bind(now)
            .bind(because)
            .bind(user),
    )
    .await
}

/// Revokes one access token by its `jti`.
pub async fn revoke_token(tx: &mut Tx, jti: &str, expires_at: Timestamp) -> Result<()> {
    tx.execute(
        sql("INSERT INTO revoked_token (jti, expires_at) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING")
            .bind(jti)
            .bind(expires_at),
    )
    .await?;
    Ok(())
}

/// Whether an access token was revoked by itself.
pub async fn is_token_revoked(tx: &mut Tx, jti: &str) -> Result<bool> {
    let found: Option<String> = tx
        .optional(sql("SELECT jti FROM revoked_token WHERE jti = $1").bind(jti))
        .await?;
    Ok(found.is_some())
}

/// Removes what has expired; answers how many rows. A grant stays at least as long as its code is
/// recognized (its lifetime and an hour): its row is what tells that the code was used.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let mut removed = 0;
    for statement in [
        "DELETE FROM refresh_token WHERE expires_at < $1",
        "DELETE FROM revoked_token WHERE expires_at < $1",
    ] {
        removed += tx.execute(sql(statement).bind(now)).await?;
    }
    Ok(removed)
}
