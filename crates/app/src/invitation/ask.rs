//! Asking for a new invitation in the place of one that is over: the inviter is told by mail.

use std::time::Duration;

use latchkey_domain::audit::Action;
use latchkey_domain::id::MemberId;
use latchkey_domain::text::check_person_name;
use latchkey_mail::compose::{self, Mail};
use latchkey_store::sql::Tx;
use latchkey_store::user::{self, User};
use latchkey_store::{member, outbox as posted};

use super::link::{self, Opened, Standing};
use super::send::entry;
use crate::outbox::{self, Posting};
use crate::{App, Caller, Error, Result};

/// An inviter is told once in this time of one invitation.
const ONCE_IN: Duration = Duration::from_secs(86_400);

/// Tells the inviter, or the owner where the inviter is gone or no person, that the invited would
/// like a new invitation; answers whether there was anyone to tell.
///
/// # Errors
/// [`Error::NotFound`] for no such link, [`Error::Rule`] for one whose invitation is not over.
pub async fn ask_again(app: &App, caller: &Caller, secret: &str) -> Result<bool> {
    let told = app
        .db
        .write(async |tx| {
            let opened = link::find(app, tx, secret).await?.ok_or(Error::NotFound)?;
            if opened.standing(app) != Standing::Expired {
                return Err(Error::rule("this invitation is not over"));
            }
            tell(app, tx, caller, &opened).await
        })
        .await?;
    app.outbox.ring();
    Ok(told)
}

async fn tell(app: &App, tx: &mut Tx, caller: &Caller, opened: &Opened) -> Result<bool> {
    let now = app.now();
    let inviter = opened.invitation.inviter.member();
    let Some((reader, address)) = first_reader(tx, opened, inviter).await? else {
        return Ok(false);
    };
    let subject = format!("asked {}", opened.invitation.id);
    let last = posted::about(tx, &subject).await?.into_iter().next();
    if last.is_some_and(|it| now.since(it.created_at) < ONCE_IN) {
        return Ok(true);
    }
    let invitation = &opened.invitation;
    let name = Some(opened.member.name()).filter(|it| check_person_name(it).is_ok());
    let mail = Mail::InvitationAsked(compose::InvitationAsked {
        given_name: reader.given_name,
        name: name.unwrap_or_else(|| invitation.address.clone()),
        address: invitation.address.clone(),
        account: opened.account.name.clone(),
        expired_at: invitation.expires_at.millis(),
    });
    let languages = reader
        .language
        .into_iter()
        .chain(opened.account.settings.language.clone());
    let posting = Posting {
        account: Some(&invitation.account),
        subject_id: Some(&subject),
        dedup_key: format!("{subject} {}", now.date()),
        to: &address,
        languages: languages.collect(),
    };
    outbox::post_mail(app, tx, posting, &mail).await?;
    entry(caller, Action::InvitationAsked, invitation)
        .write(app, tx)
        .await?;
    Ok(true)
}

/// The inviter, else the owner: whoever is an active member with an address.
async fn first_reader(
    tx: &mut Tx,
    opened: &Opened,
    inviter: Option<&MemberId>,
) -> Result<Option<(User, String)>> {
    for id in inviter.into_iter().chain([&opened.account.owner]) {
        let Some(found) = member::find(tx, &opened.account.id, id).await? else {
            continue;
        };
        let Some(person) = found.user.as_ref().filter(|_| found.is_active()) else {
            continue;
        };
        let Some(reader) = user::find(tx, person).await? else {
            continue;
        };
        if let Some(address) = user::addresses(tx, person).await?.into_iter().next() {
            return Ok(Some((reader, address.address)));
        }
    }
    Ok(None)
}
