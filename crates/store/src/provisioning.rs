//! Provisioning clients (HR systems) and their tokens.

use latchkey_domain::account::Account;
use latchkey_domain::id::{AccountId, ProvisioningClientId, ScimTokenId};
use latchkey_domain::time::Timestamp;

use crate::account::account_columns;
use crate::sql::{Columns, Row, Tx, sql};
use crate::{Result, installation};

/// All that is read of a token `t` and its provisioning client `c`, so that the list of columns
/// stands once.
macro_rules! token_columns {
    () => {
        "t.account_id, t.id AS token_id, t.provisioning_client_id, c.name AS client_name, t.token_hash, \
         t.highest_role, t.permissions, t.created_by, t.created_at, t.expires_at, t.revoked_at"
    };
}

/// Tokens with their provisioning clients.
macro_rules! from_tokens {
    () => {
        " FROM scim_token t JOIN provisioning_client c
             ON c.account_id = t.account_id AND c.id = t.provisioning_client_id "
    };
}

/// A token that may call the SCIM interface of one account.
#[derive(Debug, Clone)]
pub struct ScimToken {
    /// The account it is of.
    pub account_id: AccountId,
    /// The token.
    pub id: ScimTokenId,
    /// The HR system it is of.
    pub provisioning_client_id: ProvisioningClientId,
    /// That system's name.
    pub name: String,
    /// Digest of the token.
    pub token_hash: String,
    /// The highest role it may give: `read_only`, `standard` or `manager`.
    pub highest_role: String,
    /// The permissions it may give, as a JSON list; nothing for all that its highest role may hold.
    pub permissions: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Row for ScimToken {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            account_id: columns.get("account_id")?,
            id: columns.get("token_id")?,
            provisioning_client_id: columns.get("provisioning_client_id")?,
            name: columns.get("client_name")?,
            token_hash: columns.get("token_hash")?,
            highest_role: columns.get("highest_role")?,
            permissions: columns.get("permissions")?,
            created_by: columns.get("created_by")?,
            created_at: columns.get("created_at")?,
            expires_at: columns.get("expires_at")?,
            revoked_at: columns.get("revoked_at")?,
        })
    }
}

/// The provisioning client of this name in an account.
pub async fn client_by_name(
    tx: &mut Tx,
    account: &AccountId,
    name: &str,
) -> Result<Option<ProvisioningClientId>> {
    tx.optional(
        sql("SELECT id FROM provisioning_client WHERE account_id = $1 AND name = $2")
            .bind(account)
            .bind(name),
    )
    .await
}

/// Keeps a new provisioning client.
pub async fn insert_client(
    tx: &mut Tx,
    account: &AccountId,
    id: &ProvisioningClientId,
    name: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        sql("INSERT INTO provisioning_client (account_id, id, name, created_at) VALUES ($1, $2, $3, $4)")
            .bind(account)
            .bind(id)
            .bind(name)
            .bind(now),
    )
    .await?;
    Ok(())
}

/// Keeps a new token.
pub async fn insert_token(tx: &mut Tx, token: &ScimToken) -> Result<()> {
    tx.execute(
        sql("INSERT INTO scim_token (account_id, id, provisioning_client_id, token_hash, highest_role, permissions,
                 created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(&token.account_id)
        .bind(&token.id)
        .bind(&token.provisioning_client_id)
        .bind(token.token_hash.as_str())
        .bind(token.highest_role.as_str())
        .bind(token.permissions.as_deref())
        .bind(token.created_by.as_str())
        .bind(token.created_at)
        .bind(token.expires_at),
    )
    .await?;
    Ok(())
}

/// Changes what a token may give.
pub async fn set_authority(tx: &mut Tx, token: &ScimToken) -> Result<()> {
    tx.execute(
        sql("UPDATE scim_token SET highest_role = $1, permissions = $2 WHERE account_id = $3 AND id = $4")
            .bind(token.highest_role.as_str())
            .bind(token.permissions.as_deref())
            .bind(&token.account_id)
            .bind(&token.id),
    )
    .await?;
    Ok(())
}

/// A token as somebody presents it, with its account.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The token, revoked or not.
    pub token: ScimToken,
    /// The account it is of.
    pub account: Account,
    /// Whether that is the account of those who run the installation.
    pub is_system_account: bool,
}

impl Row for Presented {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        let account = Account::read(columns)?;
        let system: Option<String> = columns.get("system_account")?;
        Ok(Self {
            is_system_account: system.as_deref() == Some(account.id.as_str()),
            account,
            token: ScimToken::read(columns)?,
        })
    }
}

/// A token by its digest, revoked or not, with its account.
pub async fn presented(tx: &mut Tx, token_hash: &str) -> Result<Option<Presented>> {
    tx.optional(
        sql(concat!(
            "SELECT ",
            account_columns!(),
            ", ",
            token_columns!(),
            ", (SELECT f.value FROM installation f WHERE f.name = $2) AS system_account",
            from_tokens!(),
            "JOIN account a ON a.id = t.account_id JOIN ownership o ON o.account_id = a.id
             WHERE t.token_hash = $1"
        ))
        .bind(token_hash)
        .bind(installation::SYSTEM_ACCOUNT),
    )
    .await
}

/// The tokens of an account that are not revoked, by name and age.
pub async fn tokens(tx: &mut Tx, account: &AccountId) -> Result<Vec<ScimToken>> {
    tx.all(
        sql(concat!(
            "SELECT ",
            token_columns!(),
            from_tokens!(),
            "WHERE t.account_id = $1 AND t.revoked_at IS NULL ORDER BY c.name, t.created_at"
        ))
        .bind(account),
    )
    .await
}

/// Revokes a token.
pub async fn revoke(tx: &mut Tx, account: &AccountId, id: &ScimTokenId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            sql("UPDATE scim_token SET revoked_at = $1
                 WHERE account_id = $2 AND id = $3 AND revoked_at IS NULL")
            .bind(now)
            .bind(account)
            .bind(id),
        )
        .await?;
    Ok(changed == 1)
}
