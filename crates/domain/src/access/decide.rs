//! The decision about one permission: steps 1 to 6 of "Effective access, and why".

use super::reason::{Reason, Rule};
use super::{Subject, is_in_force};
use crate::account::AccountStatus;
use crate::catalogue::{Catalogue, LATCHKEY, Permission, QualifiedPermission, is_of_the_installation};
use crate::member::{Member, MemberStatus};
use crate::overrides::{Effect, Override};
use crate::role::BuiltInRole;
use crate::time::Timestamp;

/// Where reasons go; the cheap path lets them go unmade.
pub(super) trait Because {
    /// Takes the reason, or does not even make it.
    fn add(&mut self, reason: impl FnOnce() -> Reason);
}

impl Because for Vec<Reason> {
    fn add(&mut self, reason: impl FnOnce() -> Reason) {
        self.push(reason());
    }
}

/// Lets every reason go.
pub(super) struct Silent;

impl Because for Silent {
    fn add(&mut self, _: impl FnOnce() -> Reason) {}
}

/// One subject, one application, one moment.
pub(super) struct Case<'a> {
    subject: &'a Subject<'a>,
    catalogue: &'a Catalogue,
    now: Timestamp,
    /// Step 1: what shuts the subject out of the application altogether.
    shut_out: Vec<Reason>,
    ceiling: BuiltInRole,
    /// Step 3: whether sets assigned directly take the place of the role's defaults.
    sets_are_the_base: bool,
}

impl<'a> Case<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, catalogue: &'a Catalogue, now: Timestamp) -> Self {
        let mut case = Self::when_active(subject, catalogue, now);
        case.shut_out.extend(member_reasons(subject.member));
        case
    }

    pub(super) fn when_active(subject: &'a Subject<'a>, catalogue: &'a Catalogue, now: Timestamp) -> Self {
        let mut shut_out = Vec::new();
        if subject.account.status == AccountStatus::Closed {
            shut_out.push(Reason::new(Rule::AccountClosed));
        }
        let built_in = catalogue.application.as_str() == LATCHKEY;
        if !subject.application_enabled && !built_in {
            shut_out.push(Reason::new(Rule::NoApplication).subject(&catalogue.application));
        }
        // A set counts as one of this application's by any permission of it, even one that the
        // catalogue has lost: a removed permission must not bring the role's defaults back.
        let names_this = |it: &QualifiedPermission| it.application == catalogue.application;
        let sets_are_the_base = !built_in
            && subject
                .direct_sets
                .iter()
                .filter(|it| is_in_force(it.expires_at, now))
                .any(|it| it.set.permissions.iter().any(names_this));
        Self {
            subject,
            catalogue,
            now,
            shut_out,
            ceiling: subject.ceiling(),
            sets_are_the_base,
        }
    }

    /// Whether the subject has the permission; each step adds its reasons.
    pub(super) fn decide(&self, permission: &Permission, because: &mut impl Because) -> bool {
        // 1
        if !self.shut_out.is_empty() {
            for reason in &self.shut_out {
                because.add(|| reason.clone());
            }
            return false;
        }
        if self.is_out_of_place(permission) {
            because.add(|| Reason::new(Rule::SystemAccountOnly));
            return false;
        }
        // 2
        if self.ceiling == BuiltInRole::Owner {
            because.add(|| Reason::new(Rule::Owner));
            return true;
        }
        let qualified = self.catalogue.qualify(&permission.id);
        // 3, 4, 5; each is asked, so that all reasons are told.
        let by_base = self.base(permission, &qualified, because);
        let by_group = self.groups(&qualified, because);
        let by_grant = self.grants(&qualified, because);
        let is_denied = self.denies(&qualified, because);
        let given = by_base || by_group || by_grant;
        // 6
        let is_above = !self.ceiling.ceiling_allows(permission.class);
        if is_above {
            because.add(|| Reason::new(Rule::Ceiling).subject(&self.subject.role.name));
        }
        if !given && !is_denied && !is_above {
            self.tell_what_does_not_give_it(because);
        }
        given && !is_denied && !is_above
    }

    fn is_out_of_place(&self, permission: &Permission) -> bool {
        self.catalogue.application.as_str() == LATCHKEY
            && !self.subject.system_account
            && is_of_the_installation(&permission.id)
    }

    fn base(
        &self,
        permission: &Permission,
        qualified: &QualifiedPermission,
        because: &mut impl Because,
    ) -> bool {
        let mut given = false;
        for assigned in self.subject.direct_sets {
            if !assigned.set.permissions.contains(qualified) {
                continue;
            }
            let reason = |rule| {
                Reason::new(rule)
                    .subject(&assigned.set.name)
                    .by(assigned.by.as_deref(), assigned.at)
                    .until(assigned.expires_at)
            };
            if is_in_force(assigned.expires_at, self.now) {
                given = true;
                because.add(|| reason(Rule::PermissionSet));
            } else {
                because.add(|| reason(Rule::PermissionSetEnded));
            }
        }
        let role = self.subject.role;
        if !self.sets_are_the_base && role.gives_by_default(qualified, permission.class) {
            given = true;
            because.add(|| Reason::new(Rule::RoleDefault).subject(&role.name));
        }
        given
    }

    fn groups(&self, qualified: &QualifiedPermission, because: &mut impl Because) -> bool {
        let mut given = false;
        for carried in self.subject.group_sets {
            if carried.set.permissions.contains(qualified) && is_in_force(carried.expires_at, self.now) {
                given = true;
                because.add(|| {
                    Reason::new(Rule::Group)
                        .subject(&carried.set.name)
                        .group(&carried.group)
                        .until(carried.expires_at)
                });
            }
        }
        given
    }

    fn grants(&self, qualified: &QualifiedPermission, because: &mut impl Because) -> bool {
        let mut given = false;
        for it in self.overrides_of(qualified, Effect::Grant) {
            if it.has_ended(self.now) {
                because.add(|| Reason::of(Rule::GrantEnded, it));
            } else if it.dormant {
                because.add(|| Reason::of(Rule::GrantDormant, it));
            } else {
                given = true;
                because.add(|| Reason::of(Rule::Grant, it));
            }
        }
        given
    }

    /// A deny counts whatever else is said of it, but for its end.
    fn denies(&self, qualified: &QualifiedPermission, because: &mut impl Because) -> bool {
        let mut denied = false;
        for it in self.overrides_of(qualified, Effect::Deny) {
            if it.has_ended(self.now) {
                because.add(|| Reason::of(Rule::DenyEnded, it));
            } else {
                denied = true;
                because.add(|| Reason::of(Rule::Deny, it));
            }
        }
        denied
    }

    fn overrides_of<'b>(
        &'b self,
        qualified: &'b QualifiedPermission,
        effect: Effect,
    ) -> impl Iterator<Item = &'b Override> {
        self.subject
            .overrides
            .iter()
            .filter(move |it| it.effect == effect && it.permission == *qualified)
    }

    fn tell_what_does_not_give_it(&self, because: &mut impl Because) {
        if !self.sets_are_the_base {
            because.add(|| Reason::new(Rule::NotARoleDefault).subject(&self.subject.role.name));
            return;
        }
        because.add(|| {
            let names: Vec<&str> = self
                .subject
                .direct_sets
                .iter()
                .filter(|it| is_in_force(it.expires_at, self.now))
                .map(|it| it.set.name.as_str())
                .collect();
            Reason::new(Rule::NotInPermissionSets).subject(&names.join("', '"))
        });
    }
}

/// Step 1, as far as it is about the member.
fn member_reasons(member: &Member) -> Vec<Reason> {
    let standing = &member.standing;
    match standing.status() {
        MemberStatus::Active => Vec::new(),
        MemberStatus::Invited => vec![Reason::new(Rule::NotAccepted)],
        MemberStatus::Removed => vec![Reason::new(Rule::Removed).by(None, standing.removed_at)],
        MemberStatus::Suspended => {
            let hr = (!standing.hr_active).then(|| Reason::new(Rule::SuspendedByHr));
            let hold = standing.hold.as_ref().map(|hold| {
                Reason::new(Rule::OnHold)
                    .by(Some(&hold.by), Some(hold.at))
                    .note(Some(&hold.reason))
            });
            hr.into_iter().chain(hold).collect()
        }
    }
}
