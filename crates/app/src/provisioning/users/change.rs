//! PUT, PATCH and DELETE: from a member as it is to what a resource asks for, or nothing of it.

use std::collections::BTreeSet;

use latchkey_domain::access::{AssignedSet, is_in_force};
use latchkey_domain::audit::Action;
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::member::Member;
use latchkey_domain::overrides::after_role_change;
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::role::Role;
use latchkey_scim::filter::fold;
use latchkey_scim::{Resource, ScimError, ScimType};
use latchkey_store::access as kept;
use latchkey_store::sql::Tx;
use serde_json::{Map, Value, json};

use super::create::PERMISSION_SETS;
use super::directory;
use super::inviting::{self, Outcome};
use super::wanted::{Wanted, refusal, standing_refusal};
use super::work::{Seen, Work, target};
use crate::access::{self, Facts};
use crate::administration::authority::catalogues;
use crate::grant;
use crate::provisioning::{Result, invalid};

/// How a refused DELETE begins: it is about no attribute.
const REMOVAL: &str = "This user can't be removed";

/// What is to change of a member's access.
struct NewAccess {
    role: Option<Role>,
    sets: Option<Vec<PermissionSet>>,
}

impl Work<'_> {
    /// Makes the member what the resource asks for; true where an invitation was posted.
    ///
    /// # Errors
    /// 403 for what the token may not do, and for what nobody may do to the owner; 409 for a name
    /// that is taken; 400 for what there is not.
    pub(super) async fn change(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        resource: &Resource,
    ) -> Result<(Member, bool)> {
        let wanted = Wanted::read(resource, Some(&seen.resource))?;
        inviting::check_application(tx, &self.account, (Some(&seen.resource), resource)).await?;
        let mut member = seen.member.clone();
        let profile = self
            .change_profile(tx, seen, (&wanted, resource), &mut member)
            .await?;
        let access = self.change_access(tx, seen, &wanted, &mut member).await?;
        let toggles = self.change_toggles(tx, seen, &wanted, &mut member).await?;
        let standing = self.change_standing(tx, seen, &wanted, &mut member).await?;
        if profile || access || toggles || standing {
            self.save(tx, &mut member).await?;
        }
        let outcome = self
            .invite(tx, (Some(&seen.member), &member), &wanted, resource)
            .await?;
        if access || toggles || standing {
            self.tell(tx).await?;
        }
        Ok((member, outcome == Outcome::Sent))
    }

    async fn change_profile(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        (wanted, resource): (&Wanted, &Resource),
        member: &mut Member,
    ) -> Result<bool> {
        let profiles = (&seen.member.profile, &wanted.profile);
        let Some((before, after)) = directory::difference(profiles, (&seen.resource, resource)) else {
            return Ok(false);
        };
        self.may_change_profile(seen, wanted, first_named(&before, &after))?;
        member.profile = wanted.profile.clone();
        if seen.beside.external_id != wanted.external_id {
            let external_id = wanted.external_id.as_deref();
            latchkey_store::member::set_external_id(tx, &self.by.client, member, external_id).await?;
        }
        let entry = self.entry(Action::MemberProfileChanged, &member.id);
        entry.before(before).after(after).write(self.app, tx).await?;
        Ok(true)
    }

    /// Whether the profile may become this one; `attribute` is one that changes. The link of a
    /// pending invitation follows the address, so that this asks for more than any other attribute.
    fn may_change_profile(&self, seen: &Seen, wanted: &Wanted, attribute: &str) -> Result<()> {
        let folded = |email: &Option<String>| email.as_deref().map(fold);
        let target = target(self, seen);
        if folded(&seen.member.profile.email) == folded(&wanted.profile.email) {
            let may = self.authority.may_edit_profile(&target);
            may.map_err(|why| refusal(attribute, &why))?;
        } else {
            let may = self.authority.may_change_address(&target);
            may.map_err(|why| refusal("emails", &why))?;
        }
        Ok(())
    }

    async fn change_access(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        wanted: &Wanted,
        member: &mut Member,
    ) -> Result<bool> {
        let new = NewAccess {
            role: self.new_role(tx, seen, wanted).await?,
            sets: self.new_sets(tx, seen, wanted).await?,
        };
        if new.role.is_none() && new.sets.is_none() {
            return Ok(false);
        }
        let gained = self.gained(tx, seen, &new).await?;
        if let Some(role) = &new.role {
            self.set_role(tx, seen, role, &gained).await?;
            member.role = role.key.clone();
        }
        if let Some(sets) = &new.sets {
            self.assign(tx, seen, sets).await?;
            self.unassign(tx, seen, sets, &gained).await?;
        }
        Ok(true)
    }

    async fn new_role(&self, tx: &mut Tx, seen: &Seen, wanted: &Wanted) -> Result<Option<Role>> {
        let present = &seen.beside.role;
        if wanted.role.as_deref() == Some(present.key.as_str()) {
            return Ok(None);
        }
        if seen.member.is_owner(&self.account) {
            let detail = "roles: the owner's role moves by a transfer of ownership only.";
            return Err(ScimError::of(ScimType::Mutability, detail)
                .with_status(403)
                .into());
        }
        let role = wanted.role(tx, &self.account).await?;
        Ok((role.key != present.key).then_some(role))
    }

    async fn new_sets(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        wanted: &Wanted,
    ) -> Result<Option<Vec<PermissionSet>>> {
        let present: BTreeSet<&str> = seen.beside.sets.iter().map(|it| it.set_id.as_str()).collect();
        if wanted.sets.iter().map(String::as_str).collect::<BTreeSet<_>>() == present {
            return Ok(None);
        }
        let sets = wanted.sets(tx, &self.account).await?;
        let is_same = sets.iter().map(|it| it.id.as_str()).collect::<BTreeSet<_>>() == present;
        Ok((!is_same).then_some(sets))
    }

    /// What the member could do then, once active, and can't now.
    async fn gained(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        new: &NewAccess,
    ) -> Result<BTreeSet<QualifiedPermission>> {
        let now = access::facts(self.app, tx, &self.account.id, &seen.member.id).await?;
        let mut then = Facts::clone(&now);
        if let Some(role) = &new.role {
            then.member.role = role.key.clone();
            then.overrides = after_role_change(&then.overrides, role, &catalogues(&self.scenes));
            then.role = role.clone();
        }
        if let Some(sets) = &new.sets {
            then.direct_sets = sets.iter().map(|set| self.kept_or_new(&now, set)).collect();
        }
        let before = self.when_active(&now);
        let after = self.when_active(&then);
        Ok(after.difference(&before).cloned().collect())
    }

    fn kept_or_new(&self, now: &Facts, set: &PermissionSet) -> AssignedSet {
        let is_there = |it: &&AssignedSet| it.set.id == set.id && is_in_force(it.expires_at, self.now);
        now.direct_sets
            .iter()
            .find(is_there)
            .cloned()
            .unwrap_or_else(|| self.assigned(set))
    }

    async fn set_role(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        role: &Role,
        gained: &BTreeSet<QualifiedPermission>,
    ) -> Result<()> {
        let id = &seen.member.id;
        self.authority
            .may_change_role(&target(self, seen), role, gained)
            .map_err(|why| refusal("roles", &why))?;
        let overrides = kept::overrides(tx, &self.account.id, id).await?;
        let cut = after_role_change(&overrides, role, &catalogues(&self.scenes));
        for changed in cut
            .iter()
            .zip(&overrides)
            .filter(|(new, old)| new != old)
            .map(|it| it.0)
        {
            kept::set_override(tx, &self.account.id, id, changed).await?;
        }
        let entry = self.entry(Action::MemberRoleChanged, id);
        let (before, after) = (
            json!({ "role": seen.beside.role.key }),
            json!({ "role": role.key }),
        );
        entry.before(before).after(after).write(self.app, tx).await?;
        Ok(())
    }

    async fn assign(&self, tx: &mut Tx, seen: &Seen, sets: &[PermissionSet]) -> Result<()> {
        let id = &seen.member.id;
        let is_new = |set: &&PermissionSet| seen.beside.sets.iter().all(|it| it.set_id != set.id);
        for set in sets.iter().filter(is_new) {
            let may = self.authority.may_assign(&target(self, seen), &set.permissions);
            may.map_err(|why| refusal(PERMISSION_SETS, &why))?;
            kept::assign(tx, &self.account.id, id, &self.assignment(set)).await?;
            let entry = self.entry(Action::MemberSetAssigned, id);
            entry
                .after(json!({ "permission_set": set.id, "name": set.name }))
                .write(self.app, tx)
                .await?;
        }
        Ok(())
    }

    async fn unassign(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        sets: &[PermissionSet],
        gained: &BTreeSet<QualifiedPermission>,
    ) -> Result<()> {
        let id = &seen.member.id;
        for old in seen
            .beside
            .sets
            .iter()
            .filter(|old| sets.iter().all(|it| it.id != old.set_id))
        {
            let may = self
                .authority
                .may_unassign(&target(self, seen), sets.len(), gained);
            may.map_err(|why| refusal(PERMISSION_SETS, &why))?;
            kept::unassign(tx, &self.account.id, id, &old.set_id).await?;
            let entry = self.entry(Action::MemberSetRemoved, id);
            entry
                .before(json!({ "permission_set": old.set_id, "name": old.name }))
                .write(self.app, tx)
                .await?;
        }
        Ok(())
    }

    async fn change_toggles(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        wanted: &Wanted,
        member: &mut Member,
    ) -> Result<bool> {
        let (mobile, reminders) = (wanted.mobile_access, wanted.email_reminders);
        if (mobile, reminders) == (member.mobile_access, member.email_reminders) {
            return Ok(false);
        }
        let attribute = if mobile == member.mobile_access {
            "emailReminders"
        } else {
            "mobileAccess"
        };
        self.authority
            .may_set_toggles(&target(self, seen))
            .map_err(|why| refusal(attribute, &why))?;
        let mut toggles = Vec::new();
        if mobile != member.mobile_access {
            toggles.push((Action::MemberMobileAccessChanged, "mobile_access", mobile));
        }
        if reminders != member.email_reminders {
            toggles.push((Action::MemberEmailRemindersChanged, "email_reminders", reminders));
        }
        for (action, name, is_on) in toggles {
            let entry = self.entry(action, &member.id);
            entry
                .before(json!({ name: !is_on }))
                .after(json!({ name: is_on }))
                .write(self.app, tx)
                .await?;
        }
        if member.mobile_access != mobile {
            grant::mobile_access_changed(tx, (&self.account.id, &member.id), self.now).await?;
        }
        member.mobile_access = mobile;
        member.email_reminders = reminders;
        Ok(true)
    }

    async fn change_standing(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        wanted: &Wanted,
        member: &mut Member,
    ) -> Result<bool> {
        let before = member.standing.hr_active;
        let Some(active) = wanted.active.filter(|it| *it != before) else {
            return match (wanted.active, before) {
                // Taking the word back may not lift what it did.
                (None, false) => Err(invalid("active", "only true lifts the suspension").into()),
                _ => Ok(false),
            };
        };
        let transition = member
            .hr_says(&self.account, active)
            .map_err(|why| standing_refusal("active", why))?;
        self.authority
            .may_hold(&target(self, seen))
            .map_err(|why| refusal("active", &why))?;
        let action = if active {
            Action::MemberReactivated
        } else {
            Action::MemberDeactivated
        };
        let state = |active: bool, status| json!({ "active": active, "status": status });
        self.entry(action, &member.id)
            .before(state(before, transition.from))
            .after(state(active, transition.to))
            .write(self.app, tx)
            .await?;
        self.follow(tx, member, &transition, "the HR system suspended the member")
            .await?;
        member.standing = transition.standing;
        Ok(true)
    }

    /// Removes a member for good. Whoever is hired again is a new member.
    ///
    /// # Errors
    /// 403 for the owner, and for someone whom the token may not administer.
    pub(super) async fn remove(&self, tx: &mut Tx, seen: &Seen) -> Result<()> {
        let mut member = seen.member.clone();
        let transition = member
            .remove(&self.account, self.now)
            .map_err(|why| standing_refusal(REMOVAL, why))?;
        self.authority
            .may_remove(&target(self, seen))
            .map_err(|why| refusal(REMOVAL, &why))?;
        self.follow(tx, &member, &transition, "the HR system removed the member")
            .await?;
        member.standing = transition.standing;
        self.save(tx, &mut member).await?;
        latchkey_store::member::forget_external_ids(tx, &self.account.id, &member.id).await?;
        self.entry(Action::MemberRemoved, &member.id)
            .before(json!({
                "user_name": member.profile.user_name,
                "name": member.name(),
                "status": transition.from,
                "role": seen.beside.role.key,
            }))
            .write(self.app, tx)
            .await?;
        self.tell(tx).await
    }
}

/// The first attribute that one of these documents has.
fn first_named<'a>(before: &'a Value, after: &'a Value) -> &'a str {
    let documents = [before, after].into_iter().filter_map(Value::as_object);
    documents
        .flat_map(Map::keys)
        .next()
        .map_or("userName", String::as_str)
}
