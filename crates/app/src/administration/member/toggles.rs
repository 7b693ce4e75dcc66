//! A member's two switches: Mobile Access and Email Reminders.

use latchkey_domain::audit::Action;
use latchkey_domain::member::Member;
use latchkey_store::sql::Tx;
use serde_json::json;

use super::super::acting::At;
use super::super::case::Case;
use super::MemberView;
use crate::{App, Error, Result, grant};

/// Turns Mobile Access on or off; off ends the member's native sign-ins at once.
///
/// # Errors
/// [`Error::Denied`] without the authority.
pub async fn mobile_access(app: &App, at: &At, who: &str, on: bool) -> Result<MemberView> {
    app.db
        .write(async |tx| set_mobile(app, tx, at, who, on).await)
        .await
}

async fn set_mobile(app: &App, tx: &mut Tx, at: &At, who: &str, on: bool) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    case.acting
        .authority
        .may_set_toggles(&case.target())
        .map_err(Error::denied)?;
    let before = case.member();
    if before.mobile_access == on {
        return case.view(app, tx).await;
    }
    case.save(
        app,
        tx,
        &Member {
            mobile_access: on,
            ..before.clone()
        },
    )
    .await?;
    grant::mobile_access_changed(tx, (&before.account, &before.id), app.now()).await?;
    let entry = case
        .entry(Action::MemberMobileAccessChanged)
        .before(json!(before.mobile_access));
    entry.after(json!(on)).write(app, tx).await?;
    case.view(app, tx).await
}

/// Turns Email Reminders on or off.
///
/// # Errors
/// [`Error::Denied`] without the authority.
pub async fn email_reminders(app: &App, at: &At, who: &str, on: bool) -> Result<MemberView> {
    app.db
        .write(async |tx| set_reminders(app, tx, at, who, on).await)
        .await
}

async fn set_reminders(app: &App, tx: &mut Tx, at: &At, who: &str, on: bool) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    case.acting
        .authority
        .may_set_toggles(&case.target())
        .map_err(Error::denied)?;
    let before = case.member();
    if before.email_reminders == on {
        return case.view(app, tx).await;
    }
    case.save(
        app,
        tx,
        &Member {
            email_reminders: on,
            ..before.clone()
        },
    )
    .await?;
    let entry = case
        .entry(Action::MemberEmailRemindersChanged)
        .before(json!(before.email_reminders));
    entry.after(json!(on)).write(app, tx).await?;
    case.view(app, tx).await
}
