//! Roles as they stand in an account: built in or its own, with the defaults it chose.

use crate::Result;
use crate::read::word;
use crate::sql::{Columns, Row, Tx, sql};
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::{AccountId, RoleId};
use latchkey_domain::role::{BuiltInRole, Role, RoleKey};
use latchkey_domain::time::Timestamp;

/// An account's own role, without its defaults.
struct CustomRole {
    key: RoleKey,
    name: String,
    description: String,
    base: BuiltInRole,
}

impl Row for CustomRole {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            key: columns.get("key")?,
            name: columns.get("name")?,
            description: columns.get("description")?,
            base: word(columns, "base", BuiltInRole::from_key)?,
        })
    }
}

/// A role as it stands in an account: built in or its own, with the defaults the account chose.
pub async fn role(tx: &mut Tx, account: &AccountId, key: &RoleKey) -> Result<Option<Role>> {
    let mut role = match key.built_in() {
        Some(built_in) => Role::built_in(built_in),
        None => {
            let found: Option<CustomRole> = tx
                .optional(
                    sql("SELECT key, name, description, base FROM custom_role
                         WHERE account_id = $1 AND key = $2")
                    .bind(account)
                    .bind(key.as_str()),
                )
                .await?;
            let Some(custom) = found else { return Ok(None) };
            Role {
                key: custom.key,
                name: custom.name,
                description: custom.description,
                base: custom.base,
                defaults: None,
            }
        }
    };
    let adjusted: Option<String> = tx
        .optional(
            sql("SELECT role_key FROM role_adjustment WHERE account_id = $1 AND role_key = $2")
                .bind(account)
                .bind(key.as_str()),
        )
        .await?;
    if adjusted.is_some() {
        let chosen: Vec<QualifiedPermission> = tx
            .all(
                sql("SELECT application_id, permission_id FROM role_default
                     WHERE account_id = $1 AND role_key = $2")
                .bind(account)
                .bind(key.as_str()),
            )
            .await?;
        role.defaults = Some(chosen.into_iter().collect());
    }
    Ok(Some(role))
}

/// The keys of an account's own roles.
pub async fn custom_role_keys(tx: &mut Tx, account: &AccountId) -> Result<Vec<RoleKey>> {
    tx.all(sql("SELECT key FROM custom_role WHERE account_id = $1 ORDER BY key").bind(account))
        .await
}

/// Keeps an account's own role, new or changed, without its defaults.
pub async fn save_custom_role(
    tx: &mut Tx,
    account: &AccountId,
    id: &RoleId,
    role: &Role,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO custom_role (account_id, id, key, name, description, base, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
             ON CONFLICT (account_id, key) DO UPDATE SET name = excluded.name,
                 description = excluded.description, base = excluded.base,
                 version = custom_role.version + 1",
        )
        .bind(account)
        .bind(id)
        .bind(role.key.as_str())
        .bind(role.name.as_str())
        .bind(role.description.as_str())
        .bind(role.base.as_str())
        .bind(now),
    )
    .await?;
    Ok(())
}

/// Keeps the defaults an account chose for a role; `None` follows the classes again.
pub async fn set_role_defaults(tx: &mut Tx, account: &AccountId, role: &Role, now: Timestamp) -> Result<()> {
    let key = role.key.as_str();
    tx.execute(
        sql("DELETE FROM role_default WHERE account_id = $1 AND role_key = $2")
            .bind(account)
            .bind(key),
    )
    .await?;
    tx.execute(
        sql("DELETE FROM role_adjustment WHERE account_id = $1 AND role_key = $2")
            .bind(account)
            .bind(key),
    )
    .await?;
    let Some(chosen) = &role.defaults else {
        return Ok(());
    };
    tx.execute(
        sql("INSERT INTO role_adjustment (account_id, role_key, changed_at) VALUES ($1, $2, $3)")
            .bind(account)
            .bind(key)
            .bind(now),
    )
    .await?;
    for permission in chosen {
        tx.execute(
            sql(
                "INSERT INTO role_default (account_id, role_key, application_id, permission_id)
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(account)
            .bind(key)
            .bind(&permission.application)
            .bind(permission.permission.as_str()),
        )
        .await?;
    }
    Ok(())
}
