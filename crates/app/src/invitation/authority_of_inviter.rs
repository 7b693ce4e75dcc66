//! Whether the inviter still has the right to an invitation at the moment of its acceptance.

use latchkey_domain::invitation::Inviter;
use latchkey_store::sql::Tx;

use super::link::Opened;
use crate::administration::authority;
use crate::{App, Error, Result, access};

/// Whether the inviter could invite this member, with the access they have now, once more. A
/// confirmed invitation is its confirmer's. What HR systems and the operator invited stands.
pub(super) async fn suffices(app: &App, tx: &mut Tx, opened: &Opened) -> Result<bool> {
    let Inviter::Member { id, .. } = &opened.invitation.inviter else {
        return Ok(true);
    };
    let account = &opened.account.id;
    let inviter = match authority::of_member(app, tx, account, id).await {
        Ok(authority) => authority,
        Err(Error::NotFound) => return Ok(false),
        Err(fault) => return Err(fault),
    };
    let invited = access::facts(app, tx, account, &opened.member.id).await?;
    let given = authority::when_active(app, tx, &invited).await?;
    Ok(inviter.may_invite(&opened.role, &given).is_ok())
}
