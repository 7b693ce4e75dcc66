//! People: their names, verified addresses, passwords.

use latchkey_domain::id::UserId;
use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

/// A person who can sign in.
#[derive(Debug, Clone)]
pub struct User {
    /// `sub`.
    pub id: UserId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Preferred language, as a tag.
    pub language: Option<String>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// Grows with each change.
    pub version: i64,
    /// When the person first came.
    pub created_at: Timestamp,
}

row!(User {
    id,
    given_name,
    family_name,
    language,
    time_zone,
    version,
    created_at
});

/// A verified address of a person.
#[derive(Debug, Clone)]
pub struct VerifiedAddress {
    /// As it was written.
    pub address: String,
    /// Its key for comparison.
    pub address_folded: String,
    /// Whether it is the one claims carry.
    pub is_primary: bool,
    /// When it was proven.
    pub verified_at: Timestamp,
    /// How: `invitation`, `confirmation` or `operator`.
    pub method: String,
}

row!(VerifiedAddress {
    address,
    address_folded,
    is_primary,
    verified_at,
    method
});

/// Keeps a new person.
pub async fn insert(tx: &mut Tx, user: &User) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO users (id, given_name, family_name, language, time_zone, version, created_at)
             VALUES ($1, $2, $3, $4, $5, 1, $6)",
        )
        .bind(&user.id)
        .bind(user.given_name.as_str())
        .bind(user.family_name.as_str())
        .bind(user.language.as_deref())
        .bind(user.time_zone.as_deref())
        .bind(user.created_at),
    )
    .await?;
    Ok(())
}

/// One person.
pub async fn find(tx: &mut Tx, id: &UserId) -> Result<Option<User>> {
    tx.optional(
        sql("SELECT id, given_name, family_name, language, time_zone, version, created_at FROM users WHERE id = $1")
            .bind(id),
    )
    .await
}

/// The person who proved this address.
pub async fn by_address(tx: &mut Tx, address_folded: &str) -> Result<Option<User>> {
    tx.optional(
        sql(
            "SELECT u.id, u.given_name, u.family_name, u.language, u.time_zone, u.version, u.created_at
             FROM user_email e JOIN users u ON u.id = e.user_id
             WHERE e.address_folded = $1 AND e.verified_at IS NOT NULL",
        )
        .bind(address_folded),
    )
    .await
}

/// Changes a person's names; false where somebody else changed the person first.
pub async fn rename(tx: &mut Tx, user: &User) -> Result<bool> {
    let changed = tx
        .execute(
            sql(
                "UPDATE users SET given_name = $1, family_name = $2, version = version + 1
                 WHERE id = $3 AND version = $4",
            )
            .bind(user.given_name.as_str())
            .bind(user.family_name.as_str())
            .bind(&user.id)
            .bind(user.version),
        )
        .await?;
    Ok(changed == 1)
}

/// Adds a verified address to a person, whose version grows by one; the first one is the primary
/// one.
pub async fn add_address(tx: &mut Tx, id: &str, user: &UserId, address: &VerifiedAddress) -> Result<()> {
    tx.execute(
        sql("INSERT INTO user_email (id, user_id, address, address_folded, is_primary, verified_at, method, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id)
        .bind(user)
        .bind(address.address.as_str())
        .bind(address.address_folded.as_str())
        .bind(address.is_primary)
        .bind(address.verified_at)
        .bind(address.method.as_str())
        .bind(address.verified_at),
    )
    .await?;
    tx.execute(sql("UPDATE users SET version = version + 1 WHERE id = $1").bind(user))
        .await?;
    Ok(())
}

/// A person's verified addresses, the primary one first.
pub async fn addresses(tx: &mut Tx, user: &UserId) -> Result<Vec<VerifiedAddress>> {
    tx.all(
        sql(
            "SELECT address, address_folded, is_primary, verified_at, method FROM user_email
             WHERE user_id = $1 AND verified_at IS NOT NULL ORDER BY is_primary DESC, created_at",
        )
        .bind(user),
    )
    .await
}

/// The person's password hash (PHC string), where there is one.
pub async fn password_hash(tx: &mut Tx, user: &UserId) -> Result<Option<String>> {
    tx.optional(sql("SELECT password_hash FROM user_password WHERE user_id = $1").bind(user))
        .await
}

/// Holds a person's password as it is until this transaction ends: whoever changes it at the same
/// time comes before (and this answers false) or after (and sees what this transaction wrote).
pub async fn hold_password(tx: &mut Tx, user: &UserId, phc: &str) -> Result<bool> {
    let held = tx
        .execute(
            sql("UPDATE user_password SET changed_at = changed_at WHERE user_id = $1 AND password_hash = $2")
                .bind(user)
                .bind(phc),
        )
        .await?;
    Ok(held == 1)
}

/// Keeps a password hash in the place of any before.
pub async fn set_password_hash(tx: &mut Tx, user: &UserId, phc: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO user_password (user_id, password_hash, changed_at) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash,
                 changed_at = excluded.changed_at",
        )
        .bind(user)
        .bind(phc)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// A link for setting a new password.
#[derive(Debug, Clone)]
pub struct PasswordReset {
    /// Digest of the link's secret.
    pub token_hash: String,
    /// Whose password.
    pub user_id: UserId,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

row!(PasswordReset {
    token_hash,
    user_id,
    created_at,
    expires_at,
    used_at
});

/// Keeps a reset link.
pub async fn insert_reset(tx: &mut Tx, reset: &PasswordReset) -> Result<()> {
    tx.execute(
        sql("INSERT INTO password_reset (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(reset.token_hash.as_str())
            .bind(&reset.user_id)
            .bind(reset.created_at)
            .bind(reset.expires_at),
    )
    .await?;
    Ok(())
}

/// A reset link by its digest.
pub async fn reset(tx: &mut Tx, token_hash: &str) -> Result<Option<PasswordReset>> {
    tx.optional(
        sql("SELECT token_hash, user_id, created_at, expires_at, used_at FROM password_reset WHERE token_hash = $1")
            .bind(token_hash),
    )
    .await
}

/// Uses up a reset link, and every other one of the person; false where it was used already.
pub async fn use_reset(tx: &mut Tx, reset: &PasswordReset, now: Timestamp) -> Result<bool> {
    let used = tx
        .execute(
            sql("UPDATE password_reset SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL")
                .bind(now)
                .bind(reset.token_hash.as_str()),
        )
        .await?;
    tx.execute(
        sql("UPDATE password_reset SET used_at = $1 WHERE user_id = $2 AND used_at IS NULL")
            .bind(now)
            .bind(&reset.user_id),
    )
    .await?;
    Ok(used == 1)
}
