//! What gives a member their effective access: roles, permission sets, groups, overrides.

use std::collections::BTreeSet;

use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::{AccountId, ApplicationId, GroupId, MemberId, PermissionSetId, RoleId};
use latchkey_domain::overrides::{Effect, Override};
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::role::{BuiltInRole, Role, RoleKey};
use latchkey_domain::time::Timestamp;

use crate::member::folded;
use crate::read::word;
use crate::sql::{Columns, Row, Tx, sql};
use crate::{Result, row};

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

/// A permission set that a group of the member carries.
#[derive(Debug, Clone)]
pub struct GroupSet {
    /// The group.
    pub group_id: GroupId,
    /// Its name.
    pub group_name: String,
    /// The set.
    pub set_id: PermissionSetId,
    /// Its name.
    pub set_name: String,
    /// Until when the member belongs to the group.
    pub expires_at: Option<Timestamp>,
}

row!(GroupSet {
    group_id,
    group_name,
    set_id,
    set_name,
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

impl Row for QualifiedPermission {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            application: columns.get("application_id")?,
            permission: columns.get("permission_id")?,
        })
    }
}

impl Row for Override {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            permission: QualifiedPermission::read(columns)?,
            effect: word(columns, "effect", Effect::from_key)?,
            note: columns.get("note")?,
            by: columns.get("set_by")?,
            at: columns.get("set_at")?,
            expires_at: columns.get("expires_at")?,
            dormant: columns.get("dormant")?,
        })
    }
}

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

/// The sets that a member's groups carry, by group and set.
pub async fn group_sets(tx: &mut Tx, account: &AccountId, member: &MemberId) -> Result<Vec<GroupSet>> {
    tx.all(
        sql(
            "SELECT g.id AS group_id, g.name AS group_name, s.id AS set_id, s.name AS set_name, m.expires_at
             FROM group_membership m
             JOIN member_group g ON g.account_id = m.account_id AND g.id = m.group_id
             JOIN group_permission_set c ON c.account_id = m.account_id AND c.group_id = m.group_id
             JOIN permission_set s ON s.account_id = m.account_id AND s.id = c.set_id
             WHERE m.account_id = $1 AND m.member_id = $2 ORDER BY g.name_folded, s.name_folded",
        )
        .bind(account)
        .bind(member),
    )
    .await
}

/// The names of the groups a member belongs to now.
pub async fn group_names(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    now: Timestamp,
) -> Result<Vec<String>> {
    tx.all(
        sql("SELECT g.name FROM group_membership m
             JOIN member_group g ON g.account_id = m.account_id AND g.id = m.group_id
             WHERE m.account_id = $1 AND m.member_id = $2 AND (m.expires_at IS NULL OR m.expires_at > $3)
             ORDER BY g.name_folded")
        .bind(account)
        .bind(member)
        .bind(now),
    )
    .await
}

/// The groups a member belongs to now, with their names.
pub async fn groups(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    now: Timestamp,
) -> Result<Vec<(GroupId, String)>> {
    tx.all(
        sql("SELECT g.id, g.name FROM group_membership m
             JOIN member_group g ON g.account_id = m.account_id AND g.id = m.group_id
             WHERE m.account_id = $1 AND m.member_id = $2 AND (m.expires_at IS NULL OR m.expires_at > $3)
             ORDER BY g.name_folded")
        .bind(account)
        .bind(member)
        .bind(now),
    )
    .await
}

/// Keeps a new group.
pub async fn insert_group(
    tx: &mut Tx,
    account: &AccountId,
    id: &GroupId,
    name: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO member_group (account_id, id, name, name_folded, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, 1, $5, $6)",
        )
        .bind(account)
        .bind(id)
        .bind(name)
        .bind(folded(name))
        .bind(now)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// Adds a member to a group.
pub async fn join_group(
    tx: &mut Tx,
    account: &AccountId,
    group: &GroupId,
    member: &MemberId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO group_membership (account_id, group_id, member_id, added_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, group_id, member_id) DO NOTHING",
        )
        .bind(account)
        .bind(group)
        .bind(member)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// Lets a group carry a permission set.
pub async fn group_carries(
    tx: &mut Tx,
    account: &AccountId,
    group: &GroupId,
    set: &PermissionSetId,
) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO group_permission_set (account_id, group_id, set_id) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, group_id, set_id) DO NOTHING",
        )
        .bind(account)
        .bind(group)
        .bind(set),
    )
    .await?;
    Ok(())
}

/// A member's overrides, by permission.
pub async fn overrides(tx: &mut Tx, account: &AccountId, member: &MemberId) -> Result<Vec<Override>> {
    tx.all(
        sql(
            "SELECT application_id, permission_id, effect, note, set_by, set_at, expires_at, dormant
             FROM member_override WHERE account_id = $1 AND member_id = $2
             ORDER BY application_id, permission_id",
        )
        .bind(account)
        .bind(member),
    )
    .await
}

/// Keeps an override, in the place of one of the same permission.
pub async fn set_override(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    wanted: &Override,
) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO member_override (account_id, member_id, application_id, permission_id, effect, note,
                 set_by, set_at, expires_at, dormant)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (account_id, member_id, application_id, permission_id) DO UPDATE SET
                 effect = excluded.effect, note = excluded.note, set_by = excluded.set_by,
                 set_at = excluded.set_at, expires_at = excluded.expires_at, dormant = excluded.dormant",
        )
        .bind(account)
        .bind(member)
        .bind(&wanted.permission.application)
        .bind(wanted.permission.permission.as_str())
        .bind(wanted.effect.as_str())
        .bind(wanted.note.as_deref())
        .bind(wanted.by.as_deref().unwrap_or(""))
        .bind(wanted.at)
        .bind(wanted.expires_at)
        .bind(wanted.dormant),
    )
    .await?;
    Ok(())
}

/// Removes an override; false where there was none.
pub async fn clear_override(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    permission: &QualifiedPermission,
) -> Result<bool> {
    let removed = tx
        .execute(
            sql("DELETE FROM member_override
                 WHERE account_id = $1 AND member_id = $2 AND application_id = $3 AND permission_id = $4")
            .bind(account)
            .bind(member)
            .bind(&permission.application)
            .bind(permission.permission.as_str()),
        )
        .await?;
    Ok(removed == 1)
}

/// The applications that anything of a member's own names (sets, overrides).
pub async fn applications_named(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
) -> Result<Vec<ApplicationId>> {
    tx.all(
        sql(
            "SELECT application_id FROM member_override WHERE account_id = $1 AND member_id = $2
             UNION
             SELECT p.application_id FROM member_permission_set m
             JOIN permission_set_permission p ON p.account_id = m.account_id AND p.set_id = m.set_id
             WHERE m.account_id = $1 AND m.member_id = $2 ORDER BY application_id",
        )
        .bind(account)
        .bind(member),
    )
    .await
}
