use super::*;
use crate::account::AccountStatus;
use crate::catalogue::latchkey;
use crate::examples::{NOW, acme, crm, member, permission, role, set};
use crate::member::{Hold, Standing};
use crate::overrides::Effect;

/// A subject whose parts a test changes before asking.
struct Case {
    account: Account,
    member: Member,
    role: Role,
    application_enabled: bool,
    system_account: bool,
    direct_sets: Vec<AssignedSet>,
    group_sets: Vec<GroupSet>,
    overrides: Vec<Override>,
}

fn case(built_in: BuiltInRole) -> Case {
    Case {
        account: acme(),
        member: member("m1", "standard"),
        role: role(built_in),
        application_enabled: true,
        system_account: false,
        direct_sets: Vec::new(),
        group_sets: Vec::new(),
        overrides: Vec::new(),
    }
}

impl Case {
    fn ask(&self, catalogue: &Catalogue) -> Access {
        let subject = Subject {
            account: &self.account,
            member: &self.member,
            role: &self.role,
            application_enabled: self.application_enabled,
            system_account: self.system_account,
            direct_sets: &self.direct_sets,
            group_sets: &self.group_sets,
            overrides: &self.overrides,
        };
        let access = effective(&subject, catalogue, NOW);
        assert_eq!(access.permissions, permissions(&subject, catalogue, NOW));
        access
    }

    fn has(&self, catalogue: &Catalogue) -> Vec<String> {
        let ids = self.ask(catalogue).permissions.into_iter();
        ids.map(|it| it.as_str().to_owned()).collect()
    }

    fn why(&self, id: &str) -> Vec<String> {
        let access = self.ask(&crm());
        let explained = access.explain(&PermissionId::new(id).unwrap()).unwrap();
        explained.because.iter().map(Reason::text).collect()
    }

    fn assign(mut self, name: &str, permissions: &[&str], expires_at: Option<Timestamp>) -> Self {
        self.direct_sets.push(AssignedSet {
            set: set(name, permissions),
            by: Some("Ana Lima".to_owned()),
            at: Some(Timestamp(0)),
            expires_at,
        });
        self
    }

    fn join(mut self, group: &str, name: &str, permissions: &[&str]) -> Self {
        self.group_sets.push(GroupSet {
            group: group.to_owned(),
            set: set(name, permissions),
            expires_at: None,
        });
        self
    }

    fn set(mut self, effect: Effect, text: &str) -> Self {
        self.overrides.push(Override {
            permission: permission(text),
            effect,
            note: Some("left the pilot".to_owned()),
            by: Some("Ana Lima".to_owned()),
            at: Timestamp::parse("2026-11-02").unwrap(),
            expires_at: None,
            dormant: false,
        });
        self
    }
}

const VIEW: &str = "contacts:view";
const EDIT: &str = "contacts:edit";
const PURGE: &str = "contacts:purge";

#[test]
fn a_role_gives_its_defaults() {
    assert_eq!(case(BuiltInRole::ReadOnly).has(&crm()), [VIEW]);
    assert_eq!(case(BuiltInRole::Standard).has(&crm()), [EDIT, VIEW]);
    assert_eq!(case(BuiltInRole::Manager).has(&crm()), [EDIT, PURGE, VIEW]);
}

#[test]
fn the_owner_has_the_whole_catalogue_whatever_else_is_stored() {
    let mut it = case(BuiltInRole::ReadOnly)
        .set(Effect::Deny, "crm/contacts:view")
        .assign("Little", &["crm/contacts:view"], None);
    it.account.owner = it.member.id.clone();
    assert_eq!(it.has(&crm()).len(), crm().permissions.len());
    assert_eq!(it.why(VIEW), ["the owner of the account has every permission"]);
}

#[test]
fn a_stored_role_named_owner_makes_no_owner() {
    assert_eq!(case(BuiltInRole::Owner).has(&crm()), [EDIT, PURGE, VIEW]);
}

#[test]
fn who_is_not_active_has_nothing_and_is_told_why() {
    let mut it = case(BuiltInRole::Standard);
    it.member.standing = Standing::invited();
    assert_eq!(it.why(VIEW), ["the invitation has not been accepted"]);
    it.member.standing = Standing {
        hr_active: false,
        hold: Some(Hold {
            reason: "lost laptop".to_owned(),
            by: "Ana Lima".to_owned(),
            at: Timestamp::parse("2026-11-02").unwrap(),
        }),
        ..Standing::accepted(Timestamp(0))
    };
    assert_eq!(
        it.why(VIEW),
        [
            "suspended by the HR system",
            "put on hold by Ana Lima on 2026-11-02: 'lost laptop'"
        ]
    );
    it.member.standing.removed_at = Timestamp::parse("2026-11-03").ok();
    assert_eq!(it.why(VIEW), ["removed from the account on 2026-11-03"]);
    assert!(it.has(&crm()).is_empty());
}

#[test]
fn a_suspended_owner_of_a_closed_account_has_nothing() {
    let mut it = case(BuiltInRole::Manager);
    it.account.owner = it.member.id.clone();
    it.account.status = AccountStatus::Closed;
    assert_eq!(it.why(VIEW), ["the account is closed"]);
    assert!(it.has(&latchkey()).is_empty());
}

#[test]
fn an_application_that_the_account_does_not_have_gives_nothing() {
    let mut it = case(BuiltInRole::Manager);
    it.application_enabled = false;
    assert_eq!(it.why(VIEW), ["the account does not have the application 'crm'"]);
    assert!(
        it.has(&latchkey()).contains(&"users:manage".to_owned()),
        "each has latchkey"
    );
}

#[test]
fn sets_assigned_directly_take_the_place_of_the_roles_defaults() {
    let it = case(BuiltInRole::Standard)
        .assign("Sales desk", &["crm/contacts:edit"], None)
        .assign("Cleaners", &["crm/contacts:purge"], None);
    assert_eq!(it.has(&crm()), [EDIT, PURGE]);
    assert_eq!(it.why(EDIT), ["from permission set 'Sales desk'"]);
    assert_eq!(
        it.why(VIEW),
        [
            "in none of the permission sets 'Sales desk', 'Cleaners', which take the place of the role's defaults"
        ]
    );
}

#[test]
fn a_set_of_another_application_changes_nothing_in_this_one() {
    let it = case(BuiltInRole::Standard).assign("Desk", &["helpdesk/tickets:view"], None);
    assert_eq!(it.has(&crm()), [EDIT, VIEW]);
}

#[test]
fn a_set_whose_permissions_the_catalogue_has_lost_brings_no_defaults_back() {
    let it = case(BuiltInRole::Standard).assign("Old", &["crm/letters:send"], None);
    assert!(it.has(&crm()).is_empty());
}

#[test]
fn a_set_whose_assignment_has_ended_counts_for_nothing() {
    let it = case(BuiltInRole::Standard).assign("Pilot", &["crm/contacts:purge"], Some(NOW));
    assert_eq!(it.has(&crm()), [EDIT, VIEW]);
    let end = NOW.date();
    assert_eq!(
        it.why(PURGE),
        [
            format!("permission set 'Pilot' was assigned until {end}"),
            "not a default of the role Standard".to_owned()
        ]
    );
}

#[test]
fn in_latchkey_sets_only_add_to_the_roles_defaults() {
    let it =
        case(BuiltInRole::Manager).assign("Sales desk", &["crm/contacts:view", "latchkey/users:view"], None);
    assert!(it.has(&latchkey()).contains(&"users:manage".to_owned()));
    assert_eq!(it.has(&crm()), [VIEW]);
    let clerk = case(BuiltInRole::Standard).assign("Clerk", &["latchkey/users:invite"], None);
    assert_eq!(clerk.has(&latchkey()), ["users:invite"]);
}

#[test]
fn joining_a_group_never_takes_anything_away() {
    let it = case(BuiltInRole::Standard).join("EMEA", "Sales desk", &["crm/contacts:purge"]);
    assert_eq!(it.has(&crm()), [EDIT, PURGE, VIEW]);
    assert_eq!(
        it.why(PURGE),
        ["from permission set 'Sales desk', through group 'EMEA'"]
    );
}

#[test]
fn a_membership_in_a_group_that_has_ended_counts_for_nothing() {
    let mut it = case(BuiltInRole::Standard).join("EMEA", "Sales desk", &["crm/contacts:purge"]);
    it.group_sets[0].expires_at = Some(NOW);
    assert_eq!(it.has(&crm()), [EDIT, VIEW]);
}

#[test]
fn a_deny_removes_what_everything_else_gives() {
    let it = case(BuiltInRole::Standard)
        .join("EMEA", "Sales desk", &["crm/contacts:edit"])
        .set(Effect::Grant, "crm/contacts:edit")
        .set(Effect::Deny, "crm/contacts:edit");
    assert_eq!(it.has(&crm()), [VIEW]);
    assert_eq!(
        it.why(EDIT),
        [
            "default of the role Standard",
            "from permission set 'Sales desk', through group 'EMEA'",
            "granted to this member by Ana Lima on 2026-11-02: 'left the pilot'",
            "removed for this member by Ana Lima on 2026-11-02: 'left the pilot'",
        ]
    );
}

#[test]
fn a_grant_and_a_deny_end_by_their_date() {
    let mut it = case(BuiltInRole::Standard)
        .set(Effect::Grant, "crm/contacts:purge")
        .set(Effect::Deny, "crm/contacts:edit");
    assert_eq!(it.has(&crm()), [PURGE, VIEW]);
    for own in &mut it.overrides {
        own.expires_at = Some(NOW);
    }
    assert_eq!(it.has(&crm()), [EDIT, VIEW]);
    let just_after = NOW.plus(std::time::Duration::from_millis(1));
    it.overrides[0].expires_at = Some(just_after);
    assert_eq!(it.has(&crm()), [EDIT, PURGE, VIEW]);
}

#[test]
fn nothing_goes_above_the_roles_ceiling() {
    let it = case(BuiltInRole::ReadOnly)
        .assign("Sales desk", &["crm/contacts:edit", "crm/contacts:view"], None)
        .set(Effect::Grant, "crm/contacts:purge");
    assert_eq!(it.has(&crm()), [VIEW]);
    assert_eq!(
        it.why(EDIT),
        [
            "from permission set 'Sales desk'",
            "above what Read Only may hold"
        ]
    );
    let manager = case(BuiltInRole::Manager).set(Effect::Grant, "crm/invoices:view");
    assert_eq!(manager.has(&crm()), [EDIT, PURGE, VIEW]);
}

#[test]
fn a_dormant_grant_gives_nothing_and_a_dormant_deny_still_takes() {
    let mut it = case(BuiltInRole::Standard)
        .set(Effect::Grant, "crm/contacts:purge")
        .set(Effect::Deny, "crm/contacts:edit");
    for own in &mut it.overrides {
        own.dormant = true;
    }
    assert_eq!(it.has(&crm()), [VIEW]);
    assert_eq!(
        it.why(PURGE)[0],
        "granted to this member by Ana Lima on 2026-11-02: 'left the pilot', \
         but cut when the role changed and not confirmed since"
    );
}

#[test]
fn an_adjusted_role_gives_what_the_account_chose() {
    let mut it = case(BuiltInRole::Standard);
    it.role.defaults = Some(crate::examples::permissions(&["crm/contacts:purge"]));
    assert_eq!(it.has(&crm()), [PURGE]);
    it.role.defaults = Some(crate::examples::permissions(&["crm/invoices:view"]));
    assert!(
        it.has(&crm()).is_empty(),
        "the ceiling holds for chosen defaults too"
    );
}

#[test]
fn the_installations_permissions_have_effect_in_the_system_account_alone() {
    let mut it = case(BuiltInRole::Manager);
    it.account.owner = it.member.id.clone();
    let of_installation = "applications:manage".to_owned();
    assert!(!it.has(&latchkey()).contains(&of_installation));
    it.system_account = true;
    assert!(it.has(&latchkey()).contains(&of_installation));
    assert_eq!(it.has(&latchkey()).len(), latchkey().permissions.len());
}

#[test]
fn a_service_member_has_access_like_a_person() {
    let mut it = case(BuiltInRole::Standard).set(Effect::Deny, "crm/contacts:edit");
    it.member.kind = crate::member::MemberKind::Service;
    it.member.user = None;
    assert_eq!(it.has(&crm()), [VIEW]);
}

#[test]
fn every_permission_of_the_catalogue_is_explained() {
    for built_in in BuiltInRole::ALL {
        let access = case(built_in).ask(&crm());
        assert_eq!(access.explanation.len(), crm().permissions.len());
        for explained in access.explanation {
            assert!(!explained.because.is_empty(), "{}", explained.permission);
            assert_eq!(
                explained.allowed,
                access.permissions.contains(&explained.permission)
            );
        }
    }
}

#[test]
fn a_preview_tells_what_would_be_gained_and_lost() {
    let before = case(BuiltInRole::Standard).ask(&crm()).permissions;
    let after = case(BuiltInRole::Standard)
        .assign("Cleaners", &["crm/contacts:view", "crm/contacts:purge"], None)
        .ask(&crm())
        .permissions;
    let difference = preview(&before, &after);
    assert_eq!(
        difference.gained,
        BTreeSet::from([PermissionId::new(PURGE).unwrap()])
    );
    assert_eq!(
        difference.lost,
        BTreeSet::from([PermissionId::new(EDIT).unwrap()])
    );
    assert!(preview(&before, &before).is_empty());
}

#[test]
fn what_someone_invited_will_have_is_known_before_they_accept() {
    let mut it = case(BuiltInRole::Standard);
    it.member.standing = Standing::invited();
    let subject = Subject {
        account: &it.account,
        member: &it.member,
        role: &it.role,
        application_enabled: true,
        system_account: false,
        direct_sets: &[],
        group_sets: &[],
        overrides: &[],
    };
    assert!(permissions(&subject, &crm(), NOW).is_empty());
    assert_eq!(permissions_when_active(&subject, &crm(), NOW).len(), 2);
}

#[test]
fn the_names_of_sets_in_force_are_told_once_each() {
    let it = case(BuiltInRole::Standard)
        .assign("Sales desk", &[], None)
        .assign("Pilot", &[], Some(NOW))
        .join("EMEA", "Sales desk", &[])
        .join("EMEA", "Archive", &[]);
    let subject = Subject {
        account: &it.account,
        member: &it.member,
        role: &it.role,
        application_enabled: true,
        system_account: false,
        direct_sets: &it.direct_sets,
        group_sets: &it.group_sets,
        overrides: &[],
    };
    assert_eq!(subject.set_names(NOW), ["Archive", "Sales desk"]);
}
