//! What gives a member their effective access: roles, permission sets, groups, overrides.

mod groups;
mod overrides;
mod role;
mod sets;

pub use groups::*;
pub use overrides::*;
pub use role::*;
pub use sets::*;

use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::{AccountId, ApplicationId, MemberId};

use crate::Result;
use crate::sql::{Columns, Row, Tx, sql};

impl Row for QualifiedPermission {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            application: columns.get("application_id")?,
            permission: columns.get("permission_id")?,
        })
    }
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
