//! Overrides: one member's own grants and denials.

use crate::Result;
use crate::read::word;
use crate::sql::{Columns, Row, Tx, sql};
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::{AccountId, MemberId};
use latchkey_domain::overrides::{Effect, Override};

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
