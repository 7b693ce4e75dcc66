//! Members and invitations as administrators see them, and as `--json` prints them.

use latchkey_domain::access::is_in_force;
use latchkey_domain::invitation::Invitation;
use latchkey_domain::member::Member;
use latchkey_domain::overrides::Effect;
use latchkey_domain::time::Timestamp;
use latchkey_store::sql::Tx;
use latchkey_store::{invitation as invitations, member as members, user as users};
use serde::Serialize;

use crate::access::Facts;
use crate::invitation::{Delivery, deliveries};
use crate::{App, Result};

/// A member.
#[derive(Debug, Clone, Serialize)]
pub struct MemberView {
    /// Its id.
    pub id: String,
    /// The person's `sub`, once accepted.
    pub user: Option<String>,
    /// The name to show.
    pub name: String,
    /// The account's address of the person.
    pub email: Option<String>,
    /// The person's own verified addresses.
    pub verified_addresses: Vec<String>,
    /// The role's key; `owner` for the owner.
    pub role: String,
    /// The role's name.
    pub role_name: String,
    /// `invited`, `active`, `suspended` or `removed`.
    pub status: &'static str,
    /// Whether the HR system lets the member in.
    pub hr_active: bool,
    /// The administrator's hold.
    pub hold: Option<HoldView>,
    /// Permission sets assigned directly.
    pub permission_sets: Vec<SetView>,
    /// Groups.
    pub groups: Vec<String>,
    /// Overrides.
    pub overrides: Vec<OverrideView>,
    /// Mobile Access.
    pub mobile_access: bool,
    /// Email Reminders.
    pub email_reminders: bool,
    /// When the member last signed in (RFC 3339).
    pub last_sign_in: Option<String>,
    /// The newest invitation.
    pub invitation: Option<InvitationView>,
}

/// A hold.
#[derive(Debug, Clone, Serialize)]
pub struct HoldView {
    /// Why.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
}

/// A permission set assigned to a member.
#[derive(Debug, Clone, Serialize)]
pub struct SetView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who assigned it.
    pub by: Option<String>,
    /// Until when it counts (RFC 3339).
    pub until: Option<String>,
    /// Whether that has come: it counts for nothing.
    pub ended: bool,
}

/// An override.
#[derive(Debug, Clone, Serialize)]
pub struct OverrideView {
    /// `application/area:action`.
    pub permission: String,
    /// Grant or deny.
    pub effect: Effect,
    /// Why.
    pub note: Option<String>,
    /// Who set it.
    pub by: Option<String>,
    /// When (RFC 3339).
    pub at: String,
    /// Until when it counts (RFC 3339).
    pub until: Option<String>,
    /// Whether that has come: it counts for nothing.
    pub ended: bool,
    /// Whether a change of role cut it, so that it waits to be confirmed.
    pub dormant: bool,
}

/// An invitation.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationView {
    /// Its id.
    pub id: String,
    /// The invited member.
    pub member: String,
    /// The member's name.
    pub name: String,
    /// The address it goes to.
    pub address: String,
    /// The role's key.
    pub role: String,
    /// `pending`, `accepted`, `revoked` or `expired`.
    pub status: &'static str,
    /// Who invited.
    pub inviter: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it was last sent (RFC 3339).
    pub sent_at: Option<String>,
    /// Until when it can be accepted (RFC 3339).
    pub expires_at: String,
    /// When it was accepted (RFC 3339).
    pub accepted_at: Option<String>,
    /// How often it was sent again.
    pub resends: u32,
    /// Whether it waits for another administrator's confirmation.
    pub awaiting_confirmation: bool,
    /// Its mails, the newest first.
    pub deliveries: Vec<Delivery>,
}

/// A member with all that is shown of it.
pub(super) async fn of(app: &App, tx: &mut Tx, facts: &Facts) -> Result<MemberView> {
    let member = &facts.member;
    let addresses = match &member.user {
        Some(user) => users::addresses(tx, user).await?,
        None => Vec::new(),
    };
    let last_sign_in = members::last_sign_in(tx, &member.account, &member.id).await?;
    let invitation = match invitations::newest_of_member(tx, &member.account, &member.id).await? {
        Some(it) => Some(of_invitation(app, tx, &it, member).await?),
        None => None,
    };
    let text = |at: Option<Timestamp>| at.map(Timestamp::rfc3339);
    let now = app.now();
    Ok(MemberView {
        id: member.id.to_string(),
        user: member.user.as_ref().map(ToString::to_string),
        name: member.name(),
        email: member.profile.email.clone(),
        verified_addresses: addresses.into_iter().map(|it| it.address).collect(),
        role: facts.role.key.to_string(),
        role_name: facts.role.name.clone(),
        status: member.status().as_str(),
        hr_active: member.standing.hr_active,
        hold: member.standing.hold.as_ref().map(|it| HoldView {
            reason: it.reason.clone(),
            by: it.by.clone(),
            at: it.at.rfc3339(),
        }),
        permission_sets: facts
            .direct_sets
            .iter()
            .map(|it| SetView {
                id: it.set.id.to_string(),
                name: it.set.name.clone(),
                by: it.by.clone(),
                until: text(it.expires_at),
                ended: !is_in_force(it.expires_at, now),
            })
            .collect(),
        groups: facts.groups.clone(),
        overrides: facts
            .overrides
            .iter()
            .map(|it| OverrideView {
                permission: it.permission.to_string(),
                effect: it.effect,
                note: it.note.clone(),
                by: it.by.clone(),
                at: it.at.rfc3339(),
                until: text(it.expires_at),
                ended: it.has_ended(now),
                dormant: it.dormant,
            })
            .collect(),
        mobile_access: member.mobile_access,
        email_reminders: member.email_reminders,
        last_sign_in: text(last_sign_in),
        invitation,
    })
}

/// An invitation with what became of its mails.
pub(super) async fn of_invitation(
    app: &App,
    tx: &mut Tx,
    invitation: &Invitation,
    member: &Member,
) -> Result<InvitationView> {
    let account = latchkey_store::account::find(tx, &member.account).await?;
    let is_owner = account.is_some_and(|it| member.is_owner(&it));
    Ok(InvitationView {
        id: invitation.id.to_string(),
        member: member.id.to_string(),
        name: member.name(),
        address: invitation.address.clone(),
        role: if is_owner {
            "owner".to_owned()
        } else {
            member.role.to_string()
        },
        status: invitation.state_at(app.now()).as_str(),
        inviter: invitation.inviter.label().to_owned(),
        created_at: invitation.created_at.rfc3339(),
        sent_at: invitation.sent_at.map(Timestamp::rfc3339),
        expires_at: invitation.expires_at.rfc3339(),
        accepted_at: invitation.accepted_at.map(Timestamp::rfc3339),
        resends: invitation.resends,
        awaiting_confirmation: invitation.awaiting_confirmation,
        deliveries: deliveries(tx, &invitation.id).await?,
    })
}
