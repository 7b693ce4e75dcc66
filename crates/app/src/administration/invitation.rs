//! Invitations as administrators handle them: sent, listed, sent again, confirmed, taken back
//! (docs: "Invitations").

use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::Action;
use latchkey_domain::authority::{Target, check_required_set, needs};
use latchkey_domain::id::{ApplicationId, InvitationId};
use latchkey_domain::invitation::Invitation;
use latchkey_domain::member::{Member, MemberKind, MemberStatus, Profile, Standing};
use latchkey_domain::role::RoleKey;
use latchkey_domain::text::check_person_name;
use latchkey_store::access::{self as kept, Assignment};
use latchkey_store::sql::Tx;
use latchkey_store::{invitation as invitations, member as members};
use serde_json::json;

use super::acting::{Acting, At, member_of};
use super::case::Case;
use super::{InvitationView, authority, view};
use crate::access::{self, Facts};
use crate::audit::Entry;
use crate::invitation::{self as invitation, NewInvitation};
use crate::{App, Error, Result};

/// Whom to invite, and to what.
#[derive(Debug, Clone, Default)]
pub struct Invite {
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// The address.
    pub email: String,
    /// The role's key; the account's default role where none is named.
    pub role: Option<String>,
    /// Permission sets, by name.
    pub permission_sets: Vec<String>,
    /// Mobile Access.
    pub mobile_access: bool,
    /// Email Reminders.
    pub email_reminders: bool,
    /// A personal message.
    pub message: Option<String>,
    /// The language of the mail (BCP 47).
    pub language: Option<String>,
    /// The application the person lands in.
    pub application: Option<String>,
}

/// Invites somebody.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Invalid`] for a name, address, role, set or
/// message that can't be, [`Error::Rule`] for somebody who is in the account or invited already,
/// [`Error::RateLimited`] at a limit.
pub async fn send(app: &App, at: &At, invite: &Invite) -> Result<InvitationView> {
    let name =
        |field, text: &str| check_person_name(text).map_err(|fault| Error::invalid(field, fault.to_string()));
    name("given_name", &invite.given_name)?;
    name("family_name", &invite.family_name)?;
    let address =
        EmailAddress::parse(&invite.email).map_err(|fault| Error::invalid("email", fault.to_string()))?;
    let sent = app
        .db
        .write(async |tx| send_in(app, tx, at, invite, &address).await)
        .await?;
    app.outbox.ring();
    Ok(sent)
}

async fn send_in(
    app: &App,
    tx: &mut Tx,
    at: &At,
    invite: &Invite,
    address: &EmailAddress,
) -> Result<InvitationView> {
    let acting = Acting::enter(app, tx, at).await?;
    acting.may(needs::USERS_INVITE)?;
    let facts = invited(app, tx, &acting, invite, address).await?;
    let given = authority::when_active(app, tx, &facts).await?;
    acting
        .authority
        .may_invite(&facts.role, &given)
        .map_err(Error::denied)?;
    let target = Target {
        account: &facts.account,
        member: &facts.member,
        role: &facts.role,
    };
    check_required_set(&target, facts.direct_sets.len()).map_err(Error::denied)?;
    let application = invite.application.as_deref().map(ApplicationId::from);
    let new = NewInvitation {
        account: &facts.account,
        member: &facts.member,
        address,
        inviter: acting.inviter(),
        message: invite.message.as_deref(),
        language: invite.language.as_deref(),
        application: application.as_ref(),
    };
    let sent = invitation::send(app, tx, &acting.caller, &new).await?;
    view::of_invitation(app, tx, &sent, &facts.member).await
}

/// The member to be invited, kept, with all that it would have. Somebody whose invitation is
/// over is invited as the same member, with what is said now.
async fn invited(
    app: &App,
    tx: &mut Tx,
    acting: &Acting,
    invite: &Invite,
    address: &EmailAddress,
) -> Result<Facts> {
    let account = &acting.account;
    let present = match member_of(tx, account, address.as_str()).await {
        Ok(it) => Some(it),
        Err(Error::NotFound) => None,
        Err(fault) => return Err(fault),
    };
    let key = invite
        .role
        .as_deref()
        .unwrap_or(account.settings.default_role.as_str());
    let key = RoleKey::new(key).map_err(|fault| Error::invalid("role", fault.to_string()))?;
    if kept::role(tx, &account.id, &key).await?.is_none() {
        return Err(Error::invalid(
            "role",
            format!("this account has no role '{key}'"),
        ));
    }
    let now = app.now();
    let kept_name = present.as_ref().map(|it| it.profile.user_name.clone());
    let wanted = Member {
        account: account.id.clone(),
        id: present.as_ref().map_or_else(|| app.new_id(), |it| it.id.clone()),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: key,
        standing: Standing::invited(),
        mobile_access: invite.mobile_access,
        email_reminders: invite.email_reminders,
        profile: Profile {
            user_name: kept_name.unwrap_or_else(|| address.as_str().to_owned()),
            email: Some(address.as_str().to_owned()),
            given_name: invite.given_name.trim().to_owned(),
            family_name: invite.family_name.trim().to_owned(),
            display_name: present.as_ref().and_then(|it| it.profile.display_name.clone()),
            document: present
                .as_ref()
                .map_or_else(|| "{}".to_owned(), |it| it.profile.document.clone()),
        },
        version: present.as_ref().map_or(1, |it| it.version),
        created_at: present.as_ref().map_or(now, |it| it.created_at),
        updated_at: now,
    };
    match &present {
        Some(it) => renew(app, tx, acting, it, &wanted).await?,
        None => {
            members::insert(tx, &wanted).await?;
            Entry::new(&acting.caller, Action::MemberCreated)
                .account(&account.id)
                .target("member", &wanted.id)
                .after(json!({ "email": address.as_str(), "role": wanted.role }))
                .write(app, tx)
                .await?;
        }
    }
    assign(app, tx, acting, &wanted, &invite.permission_sets).await?;
    let stored = members::find(tx, &account.id, &wanted.id)
        .await?
        .ok_or(Error::NotFound)?;
    access::load(tx, account.clone(), stored).await
}

/// Takes up a member whose invitation is over, or says why that can't be.
async fn renew(app: &App, tx: &mut Tx, acting: &Acting, present: &Member, wanted: &Member) -> Result<()> {
    let address = wanted.profile.email.as_deref().unwrap_or_default();
    if present.status() != MemberStatus::Invited {
        return Err(Error::Rule(format!(
            "{address} is in this account already ({})",
            present.status().as_str()
        )));
    }
    if present.is_owner(&acting.account) {
        return Err(Error::Rule(format!(
            "{address} is invited as the owner; send that invitation again"
        )));
    }
    let last = invitations::newest_of_member(tx, &present.account, &present.id).await?;
    if last.is_some_and(|it| !it.has_ended(app.now())) {
        return Err(Error::Rule(format!(
            "{address} is invited already; send that invitation again"
        )));
    }
    for it in kept::assignments(tx, &present.account, &present.id).await? {
        kept::unassign(tx, &present.account, &present.id, &it.set_id).await?;
        Entry::new(&acting.caller, Action::MemberSetRemoved)
            .account(&present.account)
            .target("member", &present.id)
            .before(json!({ "set": it.set_id, "name": it.name }))
            .write(app, tx)
            .await?;
    }
    if !members::update(tx, wanted, app.now()).await? {
        return Err(Error::Stale);
    }
    tx.notify(&format!("access {}", wanted.account)).await?;
    Entry::new(&acting.caller, Action::MemberRoleChanged)
        .account(&wanted.account)
        .target("member", &wanted.id)
        .before(json!({ "role": present.role }))
        .after(json!({ "role": wanted.role }))
        .reason(Some("invited anew"))
        .write(app, tx)
        .await
}

async fn assign(app: &App, tx: &mut Tx, acting: &Acting, member: &Member, names: &[String]) -> Result<()> {
    for name in names {
        let found = kept::set_by_name(tx, &member.account, name).await?;
        let set = found.ok_or_else(|| {
            Error::invalid(
                "permission_sets",
                format!("this account has no permission set '{name}'"),
            )
        })?;
        let assignment = Assignment {
            set_id: set.id.clone(),
            name: set.name.clone(),
            assigned_by: acting.name().to_owned(),
            assigned_at: app.now(),
            expires_at: None,
        };
        kept::assign(tx, &member.account, &member.id, &assignment).await?;
        Entry::new(&acting.caller, Action::MemberSetAssigned)
            .account(&member.account)
            .target("member", &member.id)
            .after(json!({ "set": set.id, "name": set.name }))
            .write(app, tx)
            .await?;
    }
    Ok(())
}

/// The invitations of an account that wait for an answer, or whose time is over unanswered, the
/// newest first.
///
/// # Errors
/// [`Error::Denied`] without `latchkey/users:invite` or `latchkey/users:view`.
pub async fn list(app: &App, at: &At) -> Result<Vec<InvitationView>> {
    app.db
        .read(async |tx| {
            let acting = Acting::enter(app, tx, at).await?;
            if acting.may(needs::USERS_INVITE).is_err() {
                acting.may(needs::USERS_VIEW)?;
            }
            let mut found = Vec::new();
            for it in invitations::pending(tx, &acting.account.id).await? {
                if let Some(member) = members::find(tx, &acting.account.id, &it.member).await? {
                    found.push(view::of_invitation(app, tx, &it, &member).await?);
                }
            }
            Ok::<_, Error>(found)
        })
        .await
}

/// Sends a member's invitation again, by the invitation's id, or the member's address or id. One
/// whose time is over is followed by a new one.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::RateLimited`] a moment after the last,
/// [`Error::Rule`] where it was accepted or taken back.
pub async fn resend(app: &App, at: &At, which: &str) -> Result<InvitationView> {
    let sent = app
        .db
        .write(async |tx| resend_in(app, tx, at, which).await)
        .await?;
    app.outbox.ring();
    Ok(sent)
}

async fn resend_in(app: &App, tx: &mut Tx, at: &At, which: &str) -> Result<InvitationView> {
    let (case, last) = find(app, tx, at, which).await?;
    check_may_invite(app, tx, &case).await?;
    let caller = &case.acting.caller;
    let is_over = last.has_ended(app.now()) && last.accepted_at.is_none() && last.revoked_at.is_none();
    let sent = if is_over && case.member().status() == MemberStatus::Invited {
        let address =
            EmailAddress::parse(&last.address).map_err(|fault| Error::invalid("email", fault.to_string()))?;
        let new = NewInvitation {
            account: &case.acting.account,
            member: case.member(),
            address: &address,
            inviter: case.acting.inviter(),
            message: last.message.as_deref(),
            language: last.language.as_deref(),
            application: last.application.as_ref(),
        };
        invitation::send(app, tx, caller, &new).await?
    } else {
        invitation::resend(app, tx, caller, &last).await?
    };
    view::of_invitation(app, tx, &sent, case.member()).await
}

/// Confirms an invitation whose inviter has lost the right to it: whoever confirms is its inviter
/// from now on.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] where there is nothing to confirm.
pub async fn confirm(app: &App, at: &At, which: &str) -> Result<InvitationView> {
    app.db
        .write(async |tx| confirm_in(app, tx, at, which).await)
        .await
}

async fn confirm_in(app: &App, tx: &mut Tx, at: &At, which: &str) -> Result<InvitationView> {
    let (case, last) = find(app, tx, at, which).await?;
    check_may_invite(app, tx, &case).await?;
    let confirmed = last
        .confirm(case.acting.inviter(), app.now())
        .map_err(Error::rule)?;
    if !invitations::update(tx, &confirmed).await? {
        return Err(Error::Stale);
    }
    Entry::new(&case.acting.caller, Action::InvitationConfirmed)
        .account(&confirmed.account)
        .target("invitation", &confirmed.id)
        .before(json!({ "inviter": last.inviter.label() }))
        .after(json!({ "inviter": confirmed.inviter.label() }))
        .write(app, tx)
        .await?;
    view::of_invitation(app, tx, &confirmed, case.member()).await
}

/// Takes an invitation back and removes the invited member. The owner's can't be.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] where it has ended.
pub async fn revoke(app: &App, at: &At, which: &str) -> Result<InvitationView> {
    app.db.write(async |tx| revoke_in(app, tx, at, which).await).await
}

async fn revoke_in(app: &App, tx: &mut Tx, at: &At, which: &str) -> Result<InvitationView> {
    let (case, last) = find(app, tx, at, which).await?;
    case.acting
        .authority
        .may_remove(&case.target())
        .map_err(Error::denied)?;
    if case.member().standing.accepted_at.is_some() {
        return Err(Error::Rule(
            "this invitation was accepted; remove the user instead".to_owned(),
        ));
    }
    let next = case
        .member()
        .remove(&case.acting.account, app.now())
        .map_err(Error::rule)?;
    case.settle(app, tx, &next, "the invitation was taken back")
        .await?;
    members::forget_external_ids(tx, &case.member().account, &case.member().id).await?;
    case.entry(Action::MemberRemoved)
        .before(json!({ "status": next.from }))
        .reason(Some("the invitation was taken back"))
        .write(app, tx)
        .await?;
    let now = invitations::find(tx, &last.account, &last.id)
        .await?
        .unwrap_or(last);
    view::of_invitation(app, tx, &now, case.member()).await
}

/// The invitation by its id, else the newest of the member named.
async fn find(app: &App, tx: &mut Tx, at: &At, which: &str) -> Result<(Case, Invitation)> {
    let acting = Acting::enter(app, tx, at).await?;
    let by_id = invitations::find(tx, &acting.account.id, &InvitationId::from(which)).await?;
    let who = by_id.as_ref().map_or(which, |it| it.member.as_str());
    let case = Case::open(app, tx, at, who).await?;
    let found = match by_id {
        Some(it) => Some(it),
        None => invitations::newest_of_member(tx, &case.member().account, &case.member().id).await?,
    };
    let invitation =
        found.ok_or_else(|| Error::Rule(format!("{} was never invited", case.member().name())))?;
    Ok((case, invitation))
}

/// Whether whoever acts could invite this member, as it stands, once more. The owner's own first
/// invitation is anybody's to send again who may invite at all.
async fn check_may_invite(app: &App, tx: &mut Tx, case: &Case) -> Result<()> {
    if case.target().is_owner() {
        return case.acting.may(needs::USERS_INVITE);
    }
    let given = authority::when_active(app, tx, &case.facts).await?;
    case.acting
        .authority
        .may_invite(&case.facts.role, &given)
        .map_err(Error::denied)
}
