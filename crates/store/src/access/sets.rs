//! Permission sets, and whom they are assigned to.

use crate::member::folded;
use crate::sql::{Tx, sql};
use crate::{Result, row};
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::{AccountId, MemberId, PermissionSetId};
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::time::Timestamp;
use std::collections::BTreeSet;

/// A permission set as it is assigned to a member.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The set.
    pub set_id: PermissionSetId,
    /// Its name.
    pub name: String,
    /// The name of who assigned it.
    pub assigned_by: String,
    /// When.
    pub assigned_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Option<Timestamp>,
}

row!(Assignment {
    set_id,
    name,
    assigned_by,
    assigned_at,
    expires_at
});

struct SetHead {
    id: PermissionSetId,
    account_id: AccountId,
    name: String,
    description: String,
    version: i64,
}

row!(SetHead {
    id,
    account_id,
    name,
    description,
    version
});

/// Keeps a permission set, new or changed, with all it gives.
pub async fn save_set(tx: &mut Tx, set: &PermissionSet, now: Timestamp) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO permission_set (account_id, id, name, name_folded, description, version, created_at)
             VALUES ($1, $2, $3, $4, $5, 1, $6)
             ON CONFLICT (account_id, id) DO UPDATE SET name = excluded.name,
                 name_folded = excluded.name_folded, description = excluded.description,
                 version = permission_set.version + 1",
        )
        .bind(&set.account)
        .bind(&set.id)
        .bind(set.name.as_str())
        .bind(folded(&set.name))
        .bind(set.description.as_str())
        .bind(now),
    )
    .await?;
    tx.execute(
        sql("DELETE FROM permission_set_permission WHERE account_id = $1 AND set_id = $2")
            .bind(&set.account)
            .bind(&set.id),
    )
    .await?;
    for permission in &set.permissions {
        tx.execute(
            sql(
                "INSERT INTO permission_set_permission (account_id, set_id, application_id, permission_id)
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(&set.account)
            .bind(&set.id)
            .bind(&permission.application)
            .bind(permission.permission.as_str()),
        )
        .await?;
    }
    Ok(())
}

/// One permission set.
pub async fn set(tx: &mut Tx, account: &AccountId, id: &PermissionSetId) -> Result<Option<PermissionSet>> {
    let head: Option<SetHead> = tx
        .optional(
            sql(
                "SELECT id, account_id, name, description, version FROM permission_set
                 WHERE account_id = $1 AND id = $2",
            )
            .bind(account)
            .bind(id),
        )
        .await?;
    with_permissions(tx, head).await
}

/// The permission set of this name, without regard to case.
pub async fn set_by_name(tx: &mut Tx, account: &AccountId, name: &str) -> Result<Option<PermissionSet>> {
    let head: Option<SetHead> = tx
        .optional(
            sql(
                "SELECT id, account_id, name, description, version FROM permission_set
                 WHERE account_id = $1 AND name_folded = $2",
            )
            .bind(account)
            .bind(folded(name)),
        )
        .await?;
    with_permissions(tx, head).await
}

/// The permission sets of an account, by name.
pub async fn sets(tx: &mut Tx, account: &AccountId) -> Result<Vec<PermissionSet>> {
    let heads: Vec<SetHead> = tx
        .all(
            sql(
                "SELECT id, account_id, name, description, version FROM permission_set
                 WHERE account_id = $1 ORDER BY name_folded",
            )
            .bind(account),
        )
        .await?;
    let mut sets = Vec::with_capacity(heads.len());
    for head in heads {
        sets.extend(with_permissions(tx, Some(head)).await?);
    }
    Ok(sets)
}

async fn with_permissions(tx: &mut Tx, head: Option<SetHead>) -> Result<Option<PermissionSet>> {
    let Some(head) = head else { return Ok(None) };
    let permissions: Vec<QualifiedPermission> = tx
        .all(
            sql(
                "SELECT application_id, permission_id FROM permission_set_permission
                 WHERE account_id = $1 AND set_id = $2",
            )
            .bind(&head.account_id)
            .bind(&head.id),
        )
        .await?;
    Ok(Some(PermissionSet {
        account: head.account_id,
        id: head.id,
        name: head.name,
        description: head.description,
        permissions: permissions.into_iter().collect::<BTreeSet<_>>(),
        version: head.version,
    }))
}

/// The sets assigned to a member itself, by name.
pub async fn assignments(tx: &mut Tx, account: &AccountId, member: &MemberId) -> Result<Vec<Assignment>> {
    tx.all(
        sql(
            "SELECT m.set_id, s.name, m.assigned_by, m.assigned_at, m.expires_at
             FROM member_permission_set m
             JOIN permission_set s ON s.account_id = m.account_id AND s.id = m.set_id
             WHERE m.account_id = $1 AND m.member_id = $2 ORDER BY s.name_folded",
        )
        .bind(account)
        .bind(member),
    )
    .await
}

/// Assigns a set to a member, or changes the assignment's end.
pub async fn assign(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    assignment: &Assignment,
) -> Result<()> {
    tx.execute(
        sql("INSERT INTO member_permission_set (account_id, member_id, set_id, assigned_by, assigned_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (account_id, member_id, set_id) DO UPDATE SET assigned_by = excluded.assigned_by,
                 assigned_at = excluded.assigned_at, expires_at = excluded.expires_at")
        .bind(account)
        .bind(member)
        .bind(&assignment.set_id)
        .bind(assignment.assigned_by.as_str())
        .bind(assignment.assigned_at)
        .bind(assignment.expires_at),
    )
    .await?;
    Ok(())
}

/// Takes a set from a member; false where it was not assigned.
pub async fn unassign(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    set: &PermissionSetId,
) -> Result<bool> {
    let removed = tx
        .execute(
            sql("DELETE FROM member_permission_set
                 WHERE account_id = $1 AND member_id = $2 AND set_id = $3")
            .bind(account)
            .bind(member)
            .bind(set),
        )
        .await?;
    Ok(removed == 1)
}
