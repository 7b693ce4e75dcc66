//! Sending: the row, the link, the mail and the audit record, in one transaction.

use std::time::Duration;

use latchkey_crypto::token::OpaqueToken;
use latchkey_domain::account::Account;
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::Action;
use latchkey_domain::catalogue::LATCHKEY;
use latchkey_domain::id::ApplicationId;
use latchkey_domain::invitation::{
    DeliveredBy, Invitation, InvitationLimits, InvitationRefusal, InvitationState, Inviter, Link, SentSoFar,
};
use latchkey_domain::member::Member;
use latchkey_domain::role::{BuiltInRole, Role};
use latchkey_domain::text::{check_message, check_person_name};
use latchkey_mail::compose::{self, Mail};
use latchkey_store::application::{self, Application};
use latchkey_store::invitation::{self as kept, StoredLink};
use latchkey_store::sql::Tx;
use serde_json::json;

use crate::audit::Entry;
use crate::outbox::{self, Posting};
use crate::{App, Caller, Error, Result, person};

/// What is called by name where no application is.
const SERVICE: &str = "Latchkey";
const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// An invitation about to be sent.
#[derive(Debug, Clone)]
pub struct NewInvitation<'a> {
    /// The account.
    pub account: &'a Account,
    /// The member invited, kept already.
    pub member: &'a Member,
    /// Where it goes.
    pub address: &'a EmailAddress,
    /// Who invites.
    pub inviter: Inviter,
    /// The inviter's personal message.
    pub message: Option<&'a str>,
    /// The language of the mail; the account's where none is named.
    pub language: Option<&'a str>,
    /// Where the person lands; the account's first application where none is named.
    pub application: Option<&'a ApplicationId>,
}

/// Invites a member: keeps the invitation and its link, posts the mail, records it. Ring
/// [`App::outbox`] after the commit.
///
/// # Errors
/// [`Error::Conflict`] where an invitation of this member is pending, [`Error::RateLimited`] at
/// a limit, [`Error::Invalid`] for a message with a link or an application the account lacks.
pub async fn send(app: &App, tx: &mut Tx, caller: &Caller, new: &NewInvitation<'_>) -> Result<Invitation> {
    let now = app.now();
    if let Some(message) = new.message {
        check_message(message).map_err(|fault| Error::invalid("message", fault.to_string()))?;
    }
    end_what_is_over(app, tx, new).await?;
    let destination = destination(app, tx, new.account, new.application).await?;
    let draft = Invitation {
        account: new.account.id.clone(),
        id: app.new_id(),
        member: new.member.id.clone(),
        address: new.address.as_str().to_owned(),
        state: InvitationState::Draft,
        inviter: new.inviter.clone(),
        message: new.message.map(str::to_owned),
        language: new.language.map(str::to_owned),
        application: destination.as_ref().map(|it| it.id.clone()),
        created_at: now,
        sent_at: None,
        expires_at: now,
        accepted_at: None,
        revoked_at: None,
        resends: 0,
        awaiting_confirmation: false,
        version: 1,
    };
    check_limits(app, tx, &draft).await?;
    let invitation = draft
        .send(new.account.settings.invitation_lifetime(), now)
        .map_err(Error::rule)?;
    kept::insert(tx, &invitation).await?;
    let letter = Letter {
        account: new.account,
        member: new.member,
        destination: destination.as_ref(),
    };
    post(app, tx, &invitation, &letter).await?;
    entry(caller, Action::InvitationSent, &invitation)
        .write(app, tx)
        .await?;
    Ok(invitation)
}

/// Sends a pending invitation again with a new link; every earlier link ends. Ring
/// [`App::outbox`] after the commit.
///
/// # Errors
/// [`Error::RateLimited`] a moment after it was sent, [`Error::Rule`] where it has ended or was
/// sent too often, [`Error::Stale`].
pub async fn resend(app: &App, tx: &mut Tx, caller: &Caller, invitation: &Invitation) -> Result<Invitation> {
    let now = app.now();
    let (account, member) = parties(tx, invitation).await?;
    let again = invitation
        .resend(account.settings.invitation_lifetime(), now)
        .map_err(refusal)?;
    save(tx, &again).await?;
    kept::replace_links(tx, &again.account, &again.id, now).await?;
    let destination = destination(app, tx, &account, again.application.as_ref()).await?;
    let letter = Letter {
        account: &account,
        member: &member,
        destination: destination.as_ref(),
    };
    post(app, tx, &again, &letter).await?;
    entry(caller, Action::InvitationResent, &again)
        .write(app, tx)
        .await?;
    Ok(Invitation {
        version: again.version + 1,
        ..again
    })
}

/// Takes a pending invitation back; its links say so from now on. The member is the caller's.
///
/// # Errors
/// [`Error::Rule`] where it has ended, [`Error::Stale`].
pub async fn revoke(app: &App, tx: &mut Tx, caller: &Caller, invitation: &Invitation) -> Result<Invitation> {
    let revoked = invitation.revoke(app.now()).map_err(refusal)?;
    save(tx, &revoked).await?;
    entry(caller, Action::InvitationRevoked, &revoked)
        .write(app, tx)
        .await?;
    Ok(Invitation {
        version: revoked.version + 1,
        ..revoked
    })
}

/// Sends a pending invitation to another address: takes the old one back, so that its links end,
/// and sends a new one of the same inviter, message, language and application.
///
/// # Errors
/// As [`revoke`] and [`send`].
pub async fn readdress(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    invitation: &Invitation,
    address: &EmailAddress,
) -> Result<Invitation> {
    let (account, member) = parties(tx, invitation).await?;
    revoke(app, tx, caller, invitation).await?;
    let new = NewInvitation {
        account: &account,
        member: &member,
        address,
        inviter: invitation.inviter.clone(),
        message: invitation.message.as_deref(),
        language: invitation.language.as_deref(),
        application: invitation.application.as_ref(),
    };
    send(app, tx, caller, &new).await
}

/// The audit entry about an invitation.
pub(super) fn entry<'a>(caller: &'a Caller, action: Action, invitation: &Invitation) -> Entry<'a> {
    Entry::new(caller, action)
        .account(&invitation.account)
        .target("invitation", &invitation.id)
        .after(json!({
            "member": invitation.member,
            "address": invitation.address,
            "inviter": invitation.inviter.label(),
            "expires_at": invitation.expires_at.rfc3339(),
            "resends": invitation.resends,
        }))
}

/// Saves an invitation that moved.
///
/// # Errors
/// [`Error::Stale`] where somebody else moved it first.
pub(super) async fn save(tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    if kept::update(tx, invitation).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// A refusal as an error.
pub(super) fn refusal(why: InvitationRefusal) -> Error {
    match why {
        InvitationRefusal::TooSoon { wait } => Error::RateLimited { retry_after: wait },
        other => Error::rule(other),
    }
}

/// Writes down that the member's last invitation is over, if its time is; refuses a second one.
async fn end_what_is_over(app: &App, tx: &mut Tx, new: &NewInvitation<'_>) -> Result<()> {
    let Some(last) = kept::newest_of_member(tx, &new.account.id, &new.member.id).await? else {
        return Ok(());
    };
    if let Some(expired) = last.expire(app.now()) {
        save(tx, &expired).await?;
        let system = Caller::local(latchkey_domain::audit::Actor::System);
        return entry(&system, Action::InvitationExpired, &expired)
            .write(app, tx)
            .await;
    }
    if last.has_ended(app.now()) {
        Ok(())
    } else {
        Err(Error::Conflict("an invitation of this member"))
    }
}

async fn check_limits(app: &App, tx: &mut Tx, draft: &Invitation) -> Result<()> {
    let (by_inviter, in_account, to_recipient) = kept::sent_since(tx, draft, app.now().minus(DAY)).await?;
    let count = |it: i64| u32::try_from(it).unwrap_or(u32::MAX);
    let sent = SentSoFar {
        by_inviter: count(by_inviter),
        in_account: count(in_account),
        to_recipient: count(to_recipient),
    };
    let limits = match draft.inviter {
        Inviter::Member { .. } => InvitationLimits::for_people(),
        Inviter::ProvisioningClient { .. } | Inviter::Operator { .. } => InvitationLimits::for_provisioning(),
    };
    limits
        .check(sent)
        .map_err(|_| Error::RateLimited { retry_after: HOUR })
}

async fn parties(tx: &mut Tx, invitation: &Invitation) -> Result<(Account, Member)> {
    let account = latchkey_store::account::find(tx, &invitation.account)
        .await?
        .ok_or(Error::NotFound)?;
    let member = latchkey_store::member::find(tx, &invitation.account, &invitation.member)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((account, member))
}

/// The application a person is invited to: the one named, else the account's first that a sign-in
/// can start at, else its first.
///
/// # Errors
/// [`Error::Invalid`] for one that the account does not have.
pub(super) async fn destination(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    named: Option<&ApplicationId>,
) -> Result<Option<Application>> {
    let mut of_account = application::of_account(tx, &account.id).await?;
    let Some(named) = named else {
        of_account.retain(|it| it.id.as_str() != LATCHKEY);
        for it in &of_account {
            if person::door(app, tx, &it.id).await?.is_some() {
                return Ok(Some(it.clone()));
            }
        }
        return Ok(of_account.into_iter().next());
    };
    let found = of_account.into_iter().find(|it| it.id == *named);
    found
        .map(Some)
        .ok_or_else(|| Error::invalid("application", "the account does not have this application"))
}

/// What the mail says beside the invitation itself.
struct Letter<'a> {
    account: &'a Account,
    member: &'a Member,
    destination: Option<&'a Application>,
}

/// Makes the link and posts the mail that carries it. The link's secret is kept nowhere else.
async fn post(app: &App, tx: &mut Tx, invitation: &Invitation, letter: &Letter<'_>) -> Result<()> {
    let secret = OpaqueToken::from_bytes(app.rng.bytes());
    let stored = StoredLink {
        account_id: invitation.account.clone(),
        invitation_id: invitation.id.clone(),
        link: Link {
            delivered_by: DeliveredBy::Mail,
            expires_at: invitation.expires_at,
            replaced_at: None,
        },
    };
    kept::insert_link(tx, &secret.digest(), &stored, app.now()).await?;
    let role = role_of(tx, letter.account, letter.member).await?;
    // Names come from HR systems too; one that could pass for a link is left out of the mail.
    let fit = |name: &str| check_person_name(name).is_ok();
    let given_name = Some(letter.member.profile.given_name.clone()).filter(|it| fit(it));
    let inviter = invitation.inviter.person().filter(|it| fit(it));
    let mail = Mail::Invitation(compose::Invitation {
        given_name: given_name.unwrap_or_default(),
        inviter: inviter.map(str::to_owned),
        account: letter.account.name.clone(),
        role: compose::Role::of(role.key.as_str(), &role.name),
        application: letter
            .destination
            .map_or_else(|| SERVICE.to_owned(), |it| it.name.clone()),
        link: app.issuer.url(&format!("/invitation/{}", secret.text())),
        expires_at: invitation.expires_at.millis(),
        personal_message: invitation.message.clone(),
    });
    let languages = invitation
        .language
        .iter()
        .chain(&letter.account.settings.language);
    let posting = Posting {
        account: Some(&invitation.account),
        subject_id: Some(invitation.id.as_str()),
        dedup_key: format!("invitation {} {}", invitation.id, secret.digest()),
        to: &invitation.address,
        languages: languages.cloned().collect(),
    };
    outbox::post_mail(app, tx, posting, &mail).await
}

/// A member's role as it stands in the account.
pub(super) async fn role_of(tx: &mut Tx, account: &Account, member: &Member) -> Result<Role> {
    if member.is_owner(account) {
        return Ok(Role::built_in(BuiltInRole::Owner));
    }
    latchkey_store::access::role(tx, &account.id, &member.role)
        .await?
        .ok_or_else(|| Error::bug(format!("member {} has an unknown role", member.id)))
}
