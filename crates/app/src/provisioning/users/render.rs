//! A member as a SCIM `User` (RFC 7643 section 4.1): what is read for it, and the resource.

use latchkey_domain::access::is_in_force;
use latchkey_domain::account::Account;
use latchkey_domain::id::GroupId;
use latchkey_domain::invitation::{Invitation, InvitationState};
use latchkey_domain::member::{Member, MemberStatus};
use latchkey_domain::overrides::Override;
use latchkey_domain::role::{BuiltInRole, Role};
use latchkey_domain::time::Timestamp;
use latchkey_scim::Resource;
use latchkey_scim::resource::Meta;
use latchkey_scim::schema::{ACCESS, ENTERPRISE_USER, INVITATION, USERS};
use latchkey_scim::user;
use latchkey_store::access::{self as kept, Assignment};
use latchkey_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::{directory, inviting};
use crate::administration::authority;
use crate::invitation::{self, Delivery};
use crate::provisioning::{Provisioner, base};
use crate::{App, Error, Result, access};

/// What belongs to a member beside its own row, as its resource shows it.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    /// What the asking provisioning client calls the member.
    pub(super) external_id: Option<String>,
    /// The role; the owner's for the owner.
    pub(super) role: Role,
    /// Sets assigned directly, in force.
    pub(super) sets: Vec<Assignment>,
    /// Overrides in force.
    pub(super) overrides: Vec<Override>,
    /// Groups.
    pub(super) groups: Vec<(GroupId, String)>,
    /// When the member last signed in.
    pub(super) last_sign_in: Option<Timestamp>,
    /// The newest invitation and what became of its mails.
    pub(super) invitation: Option<(Invitation, Vec<Delivery>)>,
    /// Whether the address is that of somebody who is a member already, which is why nothing was
    /// sent to it.
    pub(super) belongs_here: bool,
    /// The name of the superior, where the superior is a member.
    pub(super) manager: Option<String>,
    /// Everything the member may do, where it is asked for.
    pub(super) effective: Option<Vec<String>>,
}

/// For whom members are shown, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Viewer<'a> {
    pub(super) app: &'a App,
    pub(super) by: &'a Provisioner,
    /// Whether `effectivePermissions` is asked for.
    pub(super) effective: bool,
}

impl Viewer<'_> {
    /// A member as its resource, as this transaction sees it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without the database.
    pub(super) async fn resource(&self, tx: &mut Tx, account: &Account, member: &Member) -> Result<Resource> {
        let beside = self.beside(tx, account, member).await?;
        Ok(rendered(member, &beside, &base(self.app), self.app.now()))
    }

    /// What is shown of a member beside its row.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without the database.
    pub(super) async fn beside(&self, tx: &mut Tx, account: &Account, member: &Member) -> Result<Beside> {
        let (id, now) = (&account.id, self.app.now());
        let mut sets = kept::assignments(tx, id, &member.id).await?;
        sets.retain(|it| is_set_in_force(it, now));
        let mut overrides = kept::overrides(tx, id, &member.id).await?;
        overrides.retain(|it| is_override_in_force(it, now));
        let invitation = invited(tx, member).await?;
        Ok(Beside {
            external_id: latchkey_store::member::external_id(tx, id, &self.by.client, &member.id).await?,
            role: role_of(tx, account, member).await?,
            sets,
            overrides,
            groups: kept::groups(tx, id, &member.id, now).await?,
            last_sign_in: latchkey_store::member::last_sign_in(tx, id, &member.id).await?,
            belongs_here: invitation.is_none()
                && member.status() == MemberStatus::Invited
                && inviting::belongs_here(tx, member).await?,
            invitation,
            manager: manager_name(tx, member).await?,
            effective: self.effective_permissions(tx, account, member).await?,
        })
    }

    /// All that the member may do, where it is asked for.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without the database.
    pub(super) async fn effective_permissions(
        &self,
        tx: &mut Tx,
        account: &Account,
        member: &Member,
    ) -> Result<Option<Vec<String>>> {
        if !self.effective {
            return Ok(None);
        }
        // Not from memory, and not remembered: this transaction may have changed the member.
        let facts = access::load(tx, account.clone(), member.clone()).await?;
        let (scenes, now) = (
            authority::scenes(self.app, tx, &account.id).await?,
            self.app.now(),
        );
        let all = authority::in_all(&scenes, |scene| facts.permissions(scene, now));
        Ok(Some(all.map(|it| it.to_string()).collect()))
    }
}

/// Whether an assignment still counts.
pub(super) fn is_set_in_force(it: &Assignment, now: Timestamp) -> bool {
    is_in_force(it.expires_at, now)
}

/// Whether an override counts: neither ended nor cut by a change of role.
pub(super) fn is_override_in_force(it: &Override, now: Timestamp) -> bool {
    !it.dormant && !it.has_ended(now)
}

/// A member's role; the owner's is told by the account.
///
/// # Errors
/// A [bug](Error::Bug) for a role that the account does not have.
pub(super) async fn role_of(tx: &mut Tx, account: &Account, member: &Member) -> Result<Role> {
    if member.is_owner(account) {
        return Ok(Role::built_in(BuiltInRole::Owner));
    }
    let role = kept::role(tx, &account.id, &member.role).await?;
    role.ok_or_else(|| Error::bug(format!("member {} has an unknown role", member.id)))
}

/// The newest invitation of a member, with what became of its mails.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(super) async fn invited(tx: &mut Tx, member: &Member) -> Result<Option<(Invitation, Vec<Delivery>)>> {
    let newest = latchkey_store::invitation::newest_of_member(tx, &member.account, &member.id).await?;
    let Some(newest) = newest else { return Ok(None) };
    let deliveries = invitation::deliveries(tx, &newest.id).await?;
    Ok(Some((newest, deliveries)))
}

fn is_not_to_be_sent(member: &Member) -> bool {
    user::invitation(&directory::shown(&member.profile)).send == Some(false)
}

/// The name of a member's superior, where that is a member too.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(super) async fn manager_name(tx: &mut Tx, member: &Member) -> Result<Option<String>> {
    // Most have none: a look at the text saves reading the document.
    if !member.profile.document.contains("\"manager\"") {
        return Ok(None);
    }
    let profile = directory::shown(&member.profile);
    let Some(id) = user::manager(&profile) else {
        return Ok(None);
    };
    let manager = latchkey_store::member::find(tx, &member.account, &id.to_owned().into()).await?;
    Ok(manager
        .filter(|it| it.status() != MemberStatus::Removed)
        .map(|it| it.name()))
}

/// The part of a resource that the member's own row tells: enough for most filters.
pub(super) fn profile_alone(member: &Member, base: &str) -> Resource {
    let mut resource = directory::shown(&member.profile);
    resource.set("id", member.id.as_str());
    resource.set("active", member.standing.hr_active);
    set_meta(&mut resource, member, base);
    resource
}

fn set_meta(resource: &mut Resource, member: &Member, base: &str) {
    let meta = Meta {
        created: moment(member.created_at),
        last_modified: moment(member.updated_at),
        location: format!("{base}/Users/{}", member.id),
        version: member.version,
    };
    resource.set_meta(&USERS, &meta);
}

/// The resource, with everything but what is only on request; `base` is the base URL of SCIM.
pub(super) fn rendered(member: &Member, beside: &Beside, base: &str, now: Timestamp) -> Resource {
    let mut resource = directory::shown(&member.profile);
    resource.set("id", member.id.as_str());
    resource.set("externalId", beside.external_id.as_deref());
    resource.set("active", member.standing.hr_active);
    let role = json!([{ "value": beside.role.key, "display": beside.role.name, "primary": true }]);
    resource.set("roles", role);
    let sets: Vec<Value> = beside
        .sets
        .iter()
        .map(|it| json!({ "value": it.set_id, "display": it.name }))
        .collect();
    resource.set("entitlements", list(sets.clone()));
    let groups = beside
        .groups
        .iter()
        .map(|(id, name)| json!({ "value": id, "display": name, "type": "direct" }));
    resource.set("groups", list(groups.collect()));
    show_manager(&mut resource, beside.manager.as_deref(), base);
    resource.set_in(ACCESS, "permissionSets", list(sets));
    show_access(&mut resource, member, beside);
    show_invitation(&mut resource, member, beside, now);
    set_meta(&mut resource, member, base);
    resource.set_schemas(&USERS);
    resource
}

fn show_access(resource: &mut Resource, member: &Member, beside: &Beside) {
    let overrides = beside.overrides.iter().map(|it| {
        let mut shown = json!({ "permission": it.permission.to_string(), "effect": it.effect.as_str() });
        if let (Some(note), Some(parts)) = (&it.note, shown.as_object_mut()) {
            parts.insert("note".to_owned(), note.as_str().into());
        }
        shown
    });
    resource.set_in(
        ACCESS,
        "user",
        member.user.as_ref().map(latchkey_domain::id::UserId::as_str),
    );
    resource.set_in(ACCESS, "overrides", list(overrides.collect()));
    resource.set_in(ACCESS, "mobileAccess", member.mobile_access);
    resource.set_in(ACCESS, "emailReminders", member.email_reminders);
    resource.set_in(ACCESS, "status", member.status().as_str());
    resource.set_in(ACCESS, "lastSignIn", beside.last_sign_in.map(Timestamp::rfc3339));
    if let Some(effective) = &beside.effective {
        resource.set_in(
            ACCESS,
            "effectivePermissions",
            list(effective.iter().map(|it| json!(it)).collect()),
        );
    }
}

fn show_invitation(resource: &mut Resource, member: &Member, beside: &Beside, now: Timestamp) {
    let Some((invitation, deliveries)) = &beside.invitation else {
        resource.set_in(INVITATION, "status", not_sent(member, beside));
        return;
    };
    let mails = deliveries.iter().map(|it| {
        let mut shown = Map::new();
        shown.insert("recipient".to_owned(), invitation.address.as_str().into());
        shown.insert("status".to_owned(), it.state.as_str().into());
        shown.insert("at".to_owned(), it.at.rfc3339().into());
        if let Some(words) = &it.server_said {
            shown.insert("detail".to_owned(), words.as_str().into());
        }
        Value::Object(shown)
    });
    let state = invitation.state_at(now);
    resource.set_in(INVITATION, "status", state.as_str());
    resource.set_in(INVITATION, "sentAt", invitation.sent_at.map(Timestamp::rfc3339));
    let ends = (state == InvitationState::Pending || state == InvitationState::Expired)
        .then_some(invitation.expires_at);
    resource.set_in(INVITATION, "expiresAt", ends.map(Timestamp::rfc3339));
    resource.set_in(INVITATION, "deliveries", list(mails.collect()));
    resource.set_in(
        INVITATION,
        "acceptedAt",
        invitation.accepted_at.map(Timestamp::rfc3339),
    );
}

/// Why no invitation was ever sent; nothing for members who need none.
fn not_sent(member: &Member, beside: &Beside) -> Option<&'static str> {
    if member.standing.accepted_at.is_some() {
        return None;
    }
    Some(if !member.standing.hr_active {
        "not sent: the user is not active"
    } else if member.profile.email.is_none() {
        "not sent: the user has no email address"
    } else if is_not_to_be_sent(member) {
        "not sent: send is false"
    } else if beside.belongs_here {
        "not sent: the address belongs to a member of this account already"
    } else {
        "not sent"
    })
}

fn show_manager(resource: &mut Resource, name: Option<&str>, base: &str) {
    let (Some(name), Some(id)) = (name, user::manager(resource)) else {
        return;
    };
    let manager = json!({ "value": id, "displayName": name, "$ref": format!("{base}/Users/{id}") });
    resource.set_in(ENTERPRISE_USER, "manager", manager);
}

/// A list, or no value where it is empty (RFC 7643 section 2.5).
fn list(values: Vec<Value>) -> Value {
    if values.is_empty() {
        Value::Null
    } else {
        Value::Array(values)
    }
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default()
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
