//! Members: looked at, and changed (docs: "Roles", "Member status", "Mobile Access").

mod access;
mod standing;
mod toggles;

pub use access::{Remark, assign, clear, confirm, deny, grant, role, unassign};
pub use standing::{hold, release, remove};
pub use toggles::{email_reminders, mobile_access};

use latchkey_domain::authority::needs;
use latchkey_domain::member::MemberKind;
use latchkey_store::member as members;
use latchkey_store::sql::Tx;

use super::acting::{Acting, At};
use super::case::Case;
use super::{MemberView, view};
use crate::{App, Error, Result};

/// The most members in one answer of [`list`].
pub const PAGE: i64 = 500;

/// One member.
///
/// # Errors
/// [`Error::Denied`] without `latchkey/users:view` for anybody but oneself, [`Error::Invalid`]
/// for nobody.
pub async fn show(app: &App, at: &At, who: &str) -> Result<MemberView> {
    app.db.read(async |tx| look(app, tx, at, who).await).await
}

async fn look(app: &App, tx: &mut Tx, at: &At, who: &str) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    if case.acting.member.as_ref() != Some(&case.member().id) {
        case.acting.may(needs::USERS_VIEW)?;
    }
    view::of(app, tx, &case.facts).await
}

/// The members of an account by id, after `after`, at most [`PAGE`].
///
/// # Errors
/// [`Error::Denied`] without `latchkey/users:view`.
pub async fn list(app: &App, at: &At, after: &str) -> Result<Vec<MemberView>> {
    app.db
        .read(async |tx| {
            let acting = Acting::enter(app, tx, at).await?;
            acting.may(needs::USERS_VIEW)?;
            let mut found = Vec::new();
            for it in members::page(tx, &acting.account.id, after, PAGE).await? {
                let facts = crate::access::facts(app, tx, &acting.account.id, &it.id).await?;
                if it.kind == MemberKind::Person {
                    found.push(view::of(app, tx, &facts).await?);
                }
            }
            Ok::<_, Error>(found)
        })
        .await
}
