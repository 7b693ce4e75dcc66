//! What a member may do: role, permission sets, overrides.

use std::sync::Arc;

use latchkey_domain::audit::Action;
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::PermissionSetId;
use latchkey_domain::member::Member;
use latchkey_domain::overrides::{Effect, Override, after_role_change};
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::role::{Role, RoleKey};
use latchkey_domain::text::check_note;
use latchkey_domain::time::Timestamp;
use latchkey_store::access::{self as kept, Assignment};
use latchkey_store::sql::Tx;
use serde_json::json;

use super::super::acting::At;
use super::super::authority;
use super::super::case::Case;
use super::MemberView;
use crate::access::{self, Facts, Scene};
use crate::{App, Error, Result};

/// What stands beside an assignment or override.
#[derive(Debug, Clone, Copy, Default)]
pub struct Remark<'a> {
    /// Why.
    pub note: Option<&'a str>,
    /// From when on it counts for nothing.
    pub until: Option<Timestamp>,
}

impl Remark<'_> {
    fn check(&self, now: Timestamp) -> Result<()> {
        if let Some(note) = self.note {
            check_note(note).map_err(|fault| Error::invalid("note", fault.to_string()))?;
        }
        if self.until.is_some_and(|end| end <= now) {
            return Err(Error::invalid("until", "this is over already"));
        }
        Ok(())
    }
}

/// Gives a member another role. Grants above what it may hold are cut until confirmed.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Invalid`] for no such member or role.
pub async fn role(app: &App, at: &At, who: &str, key: &str) -> Result<MemberView> {
    app.db
        .write(async |tx| change_role(app, tx, at, who, key).await)
        .await
}

async fn change_role(app: &App, tx: &mut Tx, at: &At, who: &str, key: &str) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    let role = role_of(tx, &case, key).await?;
    let scenes = authority::scenes(app, tx, &case.member().account).await?;
    let overrides = after_role_change(&case.facts.overrides, &role, &authority::catalogues(&scenes));
    let member = Member {
        role: role.key.clone(),
        ..case.member().clone()
    };
    let after = Facts {
        member: member.clone(),
        role: role.clone(),
        overrides: overrides.clone(),
        ..Facts::clone(&case.facts)
    };
    let gained = case.gained(app, tx, &after).await?;
    case.acting
        .authority
        .may_change_role(&case.target(), &role, &gained)
        .map_err(Error::denied)?;
    if case.member().role == role.key {
        return case.view(app, tx).await;
    }
    let mut cut = Vec::new();
    for it in overrides.iter().filter(|it| !case.facts.overrides.contains(it)) {
        kept::set_override(tx, &member.account, &member.id, it).await?;
        cut.push(it.permission.to_string());
    }
    case.save(app, tx, &member).await?;
    let entry = case
        .entry(Action::MemberRoleChanged)
        .before(json!({ "role": case.member().role }));
    entry
        .after(json!({ "role": role.key, "cut": cut }))
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}

async fn role_of(tx: &mut Tx, case: &Case, key: &str) -> Result<Role> {
    let wanted = RoleKey::new(key).map_err(|fault| Error::invalid("role", fault.to_string()))?;
    let found = kept::role(tx, &case.member().account, &wanted).await?;
    found.ok_or_else(|| Error::invalid("role", format!("this account has no role '{key}'")))
}

/// Assigns a permission set, by name or id.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Invalid`] for no such member or set.
pub async fn assign(app: &App, at: &At, who: &str, set: &str, remark: &Remark<'_>) -> Result<MemberView> {
    remark.check(app.now())?;
    app.db
        .write(async |tx| assign_in(app, tx, (at, who), set, remark).await)
        .await
}

async fn assign_in(
    app: &App,
    tx: &mut Tx,
    (at, who): (&At, &str),
    set: &str,
    remark: &Remark<'_>,
) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    let set = set_of(tx, &case, set).await?;
    case.acting
        .authority
        .may_assign(&case.target(), &set.permissions)
        .map_err(Error::denied)?;
    let assignment = Assignment {
        set_id: set.id.clone(),
        name: set.name.clone(),
        assigned_by: case.acting.name().to_owned(),
        assigned_at: app.now(),
        expires_at: remark.until,
    };
    kept::assign(tx, &case.member().account, &case.member().id, &assignment).await?;
    case.save(app, tx, case.member()).await?;
    let after = json!({ "set": set.id, "name": set.name, "until": remark.until.map(Timestamp::rfc3339) });
    case.entry(Action::MemberSetAssigned)
        .after(after)
        .reason(remark.note)
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}

/// Takes a permission set from a member, by name or id.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Invalid`] for no such member or set,
/// [`Error::Rule`] where it was not assigned.
pub async fn unassign(app: &App, at: &At, who: &str, set: &str) -> Result<MemberView> {
    app.db
        .write(async |tx| unassign_in(app, tx, at, who, set).await)
        .await
}

async fn unassign_in(app: &App, tx: &mut Tx, at: &At, who: &str, set: &str) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    let set = set_of(tx, &case, set).await?;
    let mut after = Facts::clone(&case.facts);
    after.direct_sets.retain(|it| it.set.id != set.id);
    let left = after.direct_sets.len();
    let gained = case.gained(app, tx, &after).await?;
    case.acting
        .authority
        .may_unassign(&case.target(), left, &gained)
        .map_err(Error::denied)?;
    if !kept::unassign(tx, &case.member().account, &case.member().id, &set.id).await? {
        return Err(Error::Rule(format!(
            "{} does not have '{}'",
            case.member().name(),
            set.name
        )));
    }
    case.save(app, tx, case.member()).await?;
    let before = json!({ "set": set.id, "name": set.name });
    case.entry(Action::MemberSetRemoved)
        .before(before)
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}

async fn set_of(tx: &mut Tx, case: &Case, set: &str) -> Result<PermissionSet> {
    let account = &case.member().account;
    if let Some(found) = kept::set_by_name(tx, account, set).await? {
        return Ok(found);
    }
    let found = kept::set(tx, account, &PermissionSetId::from(set)).await?;
    found.ok_or_else(|| Error::invalid("set", format!("this account has no permission set '{set}'")))
}

/// Grants a member one permission.
///
/// # Errors
/// [`Error::Denied`] without the authority or above the role's ceiling, [`Error::Invalid`] for
/// no such member or permission.
pub async fn grant(
    app: &App,
    at: &At,
    who: &str,
    permission: &str,
    remark: &Remark<'_>,
) -> Result<MemberView> {
    remark.check(app.now())?;
    let wanted = (Effect::Grant, parse(permission)?);
    app.db
        .write(async |tx| put_override(app, tx, (at, who), &wanted, remark).await)
        .await
}

/// Denies a member one permission.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Invalid`] for no such member or permission.
pub async fn deny(
    app: &App,
    at: &At,
    who: &str,
    permission: &str,
    remark: &Remark<'_>,
) -> Result<MemberView> {
    remark.check(app.now())?;
    let wanted = (Effect::Deny, parse(permission)?);
    app.db
        .write(async |tx| put_override(app, tx, (at, who), &wanted, remark).await)
        .await
}

fn parse(permission: &str) -> Result<QualifiedPermission> {
    permission
        .parse()
        .map_err(|_| Error::invalid("permission", "write it as application/area:action"))
}

async fn put_override(
    app: &App,
    tx: &mut Tx,
    (at, who): (&At, &str),
    (effect, permission): &(Effect, QualifiedPermission),
    remark: &Remark<'_>,
) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    let scene = scene_of(app, tx, &case, permission).await?;
    let authority = &case.acting.authority;
    authority
        .may_override(&case.target(), permission, *effect, &scene.catalogue)
        .map_err(Error::denied)?;
    let wanted = Override {
        permission: permission.clone(),
        effect: *effect,
        note: remark.note.map(str::to_owned),
        by: Some(case.acting.name().to_owned()),
        at: app.now(),
        expires_at: remark.until,
        dormant: false,
    };
    let before = case
        .facts
        .overrides
        .iter()
        .find(|it| it.permission == *permission);
    let action = match effect {
        Effect::Grant => Action::MemberGranted,
        Effect::Deny => Action::MemberDenied,
    };
    let mut entry = case.entry(action).after(shown(&wanted)).reason(remark.note);
    if let Some(before) = before {
        entry = entry.before(shown(before));
    }
    kept::set_override(tx, &case.member().account, &case.member().id, &wanted).await?;
    case.save(app, tx, case.member()).await?;
    entry.write(app, tx).await?;
    case.view(app, tx).await
}

async fn scene_of(
    app: &App,
    tx: &mut Tx,
    case: &Case,
    permission: &QualifiedPermission,
) -> Result<Arc<Scene>> {
    access::scene(app, tx, &case.member().account, &permission.application).await
}

fn shown(it: &Override) -> serde_json::Value {
    json!({
        "permission": it.permission.to_string(),
        "effect": it.effect,
        "until": it.expires_at.map(Timestamp::rfc3339),
    })
}

/// Clears a member's override of one permission.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] where there is none.
pub async fn clear(app: &App, at: &At, who: &str, permission: &str) -> Result<MemberView> {
    let permission = parse(permission)?;
    app.db
        .write(async |tx| clear_in(app, tx, at, who, &permission).await)
        .await
}

async fn clear_in(
    app: &App,
    tx: &mut Tx,
    at: &At,
    who: &str,
    permission: &QualifiedPermission,
) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    let mut after = Facts::clone(&case.facts);
    after.overrides.retain(|it| it.permission != *permission);
    let gained = case.gained(app, tx, &after).await?;
    case.acting
        .authority
        .may_clear(&case.target(), &gained)
        .map_err(Error::denied)?;
    let Some(before) = case
        .facts
        .overrides
        .iter()
        .find(|it| it.permission == *permission)
    else {
        return Err(Error::Rule(format!(
            "{} has no override of {permission}",
            case.member().name()
        )));
    };
    kept::clear_override(tx, &case.member().account, &case.member().id, permission).await?;
    case.save(app, tx, case.member()).await?;
    case.entry(Action::MemberOverrideCleared)
        .before(shown(before))
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}

/// Confirms a grant that a change of role cut, so that it counts again.
///
/// # Errors
/// [`Error::Denied`] without the authority, [`Error::Rule`] where there is nothing to confirm.
pub async fn confirm(app: &App, at: &At, who: &str, permission: &str) -> Result<MemberView> {
    let permission = parse(permission)?;
    app.db
        .write(async |tx| confirm_in(app, tx, at, who, &permission).await)
        .await
}

async fn confirm_in(
    app: &App,
    tx: &mut Tx,
    at: &At,
    who: &str,
    permission: &QualifiedPermission,
) -> Result<MemberView> {
    let case = Case::open(app, tx, at, who).await?;
    let scene = scene_of(app, tx, &case, permission).await?;
    let authority = &case.acting.authority;
    let Some(before) = case
        .facts
        .overrides
        .iter()
        .find(|it| it.permission == *permission)
    else {
        return Err(Error::Rule(format!(
            "{} has no override of {permission}",
            case.member().name()
        )));
    };
    authority
        .may_override(&case.target(), permission, before.effect, &scene.catalogue)
        .map_err(Error::denied)?;
    let by = (case.acting.name(), app.now());
    let confirmed = before
        .confirm(&case.facts.role, &[&scene.catalogue], by)
        .map_err(Error::rule)?;
    kept::set_override(tx, &case.member().account, &case.member().id, &confirmed).await?;
    case.save(app, tx, case.member()).await?;
    case.entry(Action::MemberOverrideConfirmed)
        .after(shown(&confirmed))
        .write(app, tx)
        .await?;
    case.view(app, tx).await
}
