//! Groups of members and the permission sets they carry.

use crate::member::folded;
use crate::sql::{Tx, sql};
use crate::{Result, row};
use latchkey_domain::id::{AccountId, GroupId, MemberId, PermissionSetId};
use latchkey_domain::time::Timestamp;

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
