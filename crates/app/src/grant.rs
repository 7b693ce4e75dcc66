//! Whether what a client was given still stands.

use latchkey_domain::id::GrantId;

use crate::{App, Result};

/// How a grant stands, as UserInfo and introspection need it: at most a second old.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Whether tokens of it are good.
    pub active: bool,
}

/// How a grant stands.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn standing(app: &App, id: &GrantId) -> Result<Standing> {
    if let Some(known) = app.cache.standing(id) {
        return Ok(known);
    }
    let active = app
        .db
        .read(async |tx| {
            let Some(grant) = latchkey_store::grant::find(tx, id).await? else { return Ok(false) };
            let member = latchkey_store::member::find(tx, &grant.account_id, &grant.member_id).await?;
            let account = latchkey_store::account::find(tx, &grant.account_id).await?;
            let member_is_active = member.is_some_and(|it| it.is_active());
            let account_is_active =
                account.is_some_and(|it| it.status == latchkey_domain::account::AccountStatus::Active);
            Ok::<_, crate::Error>(grant.revoked_at.is_none() && member_is_active && account_is_active)
        })
        .await?;
    let standing = Standing { active };
    app.cache.keep_standing(id, standing.clone());
    Ok(standing)
}
