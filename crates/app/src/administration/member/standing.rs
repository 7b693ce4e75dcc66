//! Whether a member is let in: held, released, removed (docs: "Member status").

use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::Action;
use latchkey_domain::member::Hold;
use latchkey_domain::text::check_note;
use latchkey_store::sql::Tx;
use latchkey_store::{invitation as invitations, member as members};
use serde_json::json;

use super::super::acting::At;
use super::super::case::Case;
use super::MemberView;
use crate::invitation::{self, NewInvitation};
use crate::{App, Error, Result};

/// Puts a member on hold: what the account gave ends at once, and only [`release`] lifts it.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] for the owner or a second hold.
pub async fn hold(app: &App, at: &At, who: &str, reason: &str) -> Result<MemberView> {
    check_note(reason).map_err(|fault| Error::invalid("reason", fault.to_string()))?;
    app.db
        .write(async |tx| hold_in(app, tx, at, who, reason).await)
        .await
}

async fn hold_in(app: &App, tx: &mut Tx, at: &At, who: &str, reason: &str) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    case.acting
        .authority
        .may_hold(&case.target())
        .map_err(Error::denied)?;
    let hold = Hold {
        reason: reason.to_owned(),
        by: case.acting.name().to_owned(),
        at: app.now(),
    };
    let next = case
        .member()
        .hold(&case.acting.account, hold)
        .map_err(Error::rule)?;
    case.settle(app, tx, &next, "the member was put on hold").await?;
    let entry = case
        .entry(Action::MemberHeld)
        .before(json!({ "status": next.from }));
    entry
        .after(json!({ "status": next.to }))
        .reason(Some(reason))
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}

/// Lifts a hold; a suspension by the HR system stays.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] where there is no hold.
pub async fn release(app: &App, at: &At, who: &str) -> Result<MemberView> {
    let released = app
        .db
        .write(async |tx| release_in(app, tx, at, who).await)
        .await?;
    app.outbox.ring();
    Ok(released)
}

async fn release_in(app: &App, tx: &mut Tx, at: &At, who: &str) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    case.acting
        .authority
        .may_hold(&case.target())
        .map_err(Error::denied)?;
    let next = case.member().release().map_err(Error::rule)?;
    case.settle(app, tx, &next, "").await?;
    let entry = case
        .entry(Action::MemberReleased)
        .before(json!({ "status": next.from }));
    entry.after(json!({ "status": next.to })).write(app, tx).await?;
    if next.invites_anew {
        invite_anew(app, tx, &case).await?;
    }
    case.view(app, tx).await
}

/// Sends the invited a new invitation where the last one is over.
async fn invite_anew(app: &App, tx: &mut Tx, case: &Case) -> Result<()> {
    let member = case.member();
    let Some(last) = invitations::newest_of_member(tx, &member.account, &member.id).await? else {
        return Ok(());
    };
    if !last.has_ended(app.now()) {
        return Ok(());
    }
    let address =
        EmailAddress::parse(&last.address).map_err(|fault| Error::invalid("email", fault.to_string()))?;
    let new = NewInvitation {
        account: &case.acting.account,
        member,
        address: &address,
        inviter: case.acting.inviter(),
        message: last.message.as_deref(),
        language: last.language.as_deref(),
        application: last.application.as_ref(),
    };
    invitation::send(app, tx, &case.acting.caller, &new).await?;
    Ok(())
}

/// Removes a member for good: what the account gave ends at once, a pending invitation is taken
/// back; the person stays what they are elsewhere.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] for the owner.
pub async fn remove(app: &App, at: &At, who: &str) -> Result<MemberView> {
    app.db.write(async |tx| remove_in(app, tx, at, who).await).await
}

async fn remove_in(app: &App, tx: &mut Tx, at: &At, who: &str) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    case.acting
        .authority
        .may_remove(&case.target())
        .map_err(Error::denied)?;
    let next = case
        .member()
        .remove(&case.acting.account, app.now())
        .map_err(Error::rule)?;
    case.settle(app, tx, &next, "the member was removed").await?;
    members::forget_external_ids(tx, &case.member().account, &case.member().id).await?;
    case.entry(Action::MemberRemoved)
        .before(json!({ "status": next.from }))
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}
