//! Effective access against a second definition, written to be slow and obvious.

use std::collections::BTreeSet;

use latchkey_domain::access::{AssignedSet, GroupSet, Subject, effective, permissions};
use latchkey_domain::account::{Account, AccountSettings, AccountStatus};
use latchkey_domain::catalogue::{Area, Catalogue, Class, Permission, PermissionId, latchkey};
use latchkey_domain::id::{AccountId, ApplicationId, MemberId, PermissionSetId};
use latchkey_domain::member::{Hold, Member, MemberKind, Profile, Standing};
use latchkey_domain::overrides::{Effect, Override};
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::role::{BuiltInRole, Role, RoleKey};
use latchkey_domain::time::Timestamp;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_000);

/// What sets, overrides and roles choose from: permissions of the application asked about, of
/// `latchkey`, of another application, and one that no catalogue has.
const CHOICE: [&str; 9] = [
    "crm/contacts:view",
    "crm/contacts:edit",
    "crm/contacts:purge",
    "crm/contacts:charge",
    "crm/contacts:gone",
    "latchkey/users:invite",
    "latchkey/billing:view",
    "latchkey/keys:manage",
    "helpdesk/tickets:view",
];

#[derive(Debug, Clone)]
struct World {
    closed: bool,
    enabled: bool,
    system: bool,
    owner: bool,
    accepted: bool,
    removed: bool,
    hr_active: bool,
    held: bool,
    base: BuiltInRole,
    defaults: Option<Vec<&'static str>>,
    direct: Vec<(Vec<&'static str>, Option<i64>)>,
    carried: Vec<(Vec<&'static str>, Option<i64>)>,
    overrides: Vec<(&'static str, bool, Option<i64>, bool)>,
}

fn some_permissions() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(CHOICE.to_vec(), 0..=CHOICE.len())
}

fn some_end() -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(999_i64..=1_001)
}

fn often(usual: bool) -> impl Strategy<Value = bool> {
    prop_oneof![6 => Just(usual), 1 => Just(!usual)]
}

prop_compose! {
    fn standing()(
        closed in often(false),
        enabled in often(true),
        accepted in often(true),
        removed in often(false),
        hr_active in often(true),
        held in often(false),
    ) -> (bool, bool, bool, bool, bool, bool) {
        (closed, enabled, accepted, removed, hr_active, held)
    }
}

prop_compose! {
    fn world()(
        (closed, enabled, accepted, removed, hr_active, held) in standing(),
        (system, owner) in (any::<bool>(), often(false)),
        base in proptest::sample::select(BuiltInRole::ALL.to_vec()),
        defaults in proptest::option::weighted(0.3, some_permissions()),
        direct in proptest::collection::vec((some_permissions(), some_end()), 0..3),
        carried in proptest::collection::vec((some_permissions(), some_end()), 0..3),
        overrides in proptest::collection::vec(
            (proptest::sample::select(CHOICE.to_vec()), any::<bool>(), some_end(), any::<bool>()),
            0..6,
        ),
    ) -> World {
        World {
            closed, enabled, system, owner, accepted, removed, hr_active, held, base, defaults,
            direct, carried, overrides,
        }
    }
}

/// The second definition: sets of texts, six steps, nothing shared with the first.
fn obvious(world: &World, application: &str, catalogue: &[(String, &str)]) -> BTreeSet<String> {
    let of_application = |texts: &[&'static str]| -> BTreeSet<String> {
        let prefix = format!("{application}/");
        let ours = texts.iter().filter_map(|it| it.strip_prefix(&prefix));
        ours.map(str::to_owned).collect()
    };
    let lasts = |end: &Option<i64>| end.is_none() || end.is_some_and(|it| it > 1_000);
    let built_in = application == "latchkey";
    let known: BTreeSet<String> = catalogue
        .iter()
        .map(|(id, _)| id.clone())
        .filter(|it| world.system || !built_in || !it.starts_with("keys:"))
        .filter(|it| world.system || !built_in || !it.starts_with("accounts:"))
        .filter(|it| world.system || !built_in || !it.starts_with("applications:"))
        .filter(|it| world.system || !built_in || !it.starts_with("terms:"))
        .collect();
    let of_classes = |classes: &[&str]| -> BTreeSet<String> {
        let ours = catalogue.iter().filter(|(_, class)| classes.contains(class));
        ours.map(|(id, _)| id.clone()).collect()
    };

    // 1
    let active = world.accepted && !world.removed && world.hr_active && !world.held;
    if !active || world.closed || !(world.enabled || built_in) {
        return BTreeSet::new();
    }
    // 2
    if world.owner {
        return known;
    }
    // 3
    let role_defaults = match (&world.defaults, world.base) {
        (Some(chosen), base) if base != BuiltInRole::Owner => of_application(chosen),
        (_, BuiltInRole::ReadOnly) => of_classes(&["view"]),
        (_, BuiltInRole::Standard) => of_classes(&["view", "edit"]),
        (_, BuiltInRole::Manager | BuiltInRole::Owner) => of_classes(&["view", "edit", "manage"]),
    };
    let mut from_sets = BTreeSet::new();
    for (texts, end) in &world.direct {
        if lasts(end) {
            from_sets.extend(of_application(texts));
        }
    }
    let mut has = match (built_in, from_sets.is_empty()) {
        (true, _) => &role_defaults | &from_sets,
        (false, true) => role_defaults,
        (false, false) => from_sets,
    };
    // 4
    for (texts, end) in &world.carried {
        if lasts(end) {
            has.extend(of_application(texts));
        }
    }
    // 5
    for (text, grants, end, dormant) in &world.overrides {
        if *grants && lasts(end) && !dormant {
            has.extend(of_application(&[text]));
        }
    }
    for (text, grants, end, _) in &world.overrides {
        if !grants && lasts(end) {
            for denied in of_application(&[text]) {
                has.remove(&denied);
            }
        }
    }
    // 6
    let ceiling = match world.base {
        BuiltInRole::ReadOnly => of_classes(&["view"]),
        _ => of_classes(&["view", "edit", "manage"]),
    };
    &(&has & &ceiling) & &known
}

/// The catalogue that the texts of [`CHOICE`] are of, without `gone`.
fn crm() -> Catalogue {
    let permissions = [
        ("contacts:view", Class::View),
        ("contacts:edit", Class::Edit),
        ("contacts:purge", Class::Manage),
        ("contacts:charge", Class::Billing),
    ];
    let permission = |(id, class): (&str, Class)| Permission {
        id: PermissionId::new(id).unwrap_or_else(|_| unreachable!()),
        area: "contacts".to_owned(),
        label: id.to_owned(),
        description: String::new(),
        class,
    };
    Catalogue {
        application: ApplicationId::new("crm"),
        areas: vec![Area {
            id: "contacts".to_owned(),
            label: "Contacts".to_owned(),
            description: String::new(),
        }],
        permissions: permissions.into_iter().map(permission).collect(),
    }
}

fn account(world: &World) -> Account {
    Account {
        id: AccountId::new("acme"),
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        status: if world.closed {
            AccountStatus::Closed
        } else {
            AccountStatus::Active
        },
        owner: MemberId::new(if world.owner { "m1" } else { "other" }),
        settings: AccountSettings::default(),
        version: 1,
    }
}

fn member(world: &World) -> Member {
    Member {
        account: AccountId::new("acme"),
        id: MemberId::new("m1"),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: world.base.key(),
        standing: Standing {
            accepted_at: world.accepted.then_some(NOW),
            removed_at: world.removed.then_some(NOW),
            hr_active: world.hr_active,
            hold: world.held.then(|| Hold {
                reason: "why".to_owned(),
                by: "Ana".to_owned(),
                at: NOW,
            }),
        },
        mobile_access: false,
        email_reminders: false,
        profile: Profile {
            user_name: "m1".to_owned(),
            email: None,
            given_name: String::new(),
            family_name: String::new(),
            display_name: None,
            document: "{}".to_owned(),
        },
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn role(world: &World) -> Role {
    let mut role = Role::built_in(world.base);
    if let (Some(chosen), Ok(key)) = (&world.defaults, RoleKey::new("custom")) {
        role.key = key;
        role.defaults = Some(chosen.iter().filter_map(|it| it.parse().ok()).collect());
    }
    role
}

fn set(texts: &[&'static str]) -> PermissionSet {
    PermissionSet {
        account: AccountId::new("acme"),
        id: PermissionSetId::new("s"),
        name: "Set".to_owned(),
        description: String::new(),
        permissions: texts.iter().filter_map(|it| it.parse().ok()).collect(),
        version: 1,
    }
}

/// Asks the first definition, and whether its explanation says the same.
fn first(world: &World, catalogue: &Catalogue) -> BTreeSet<String> {
    let (account, member, role) = (account(world), member(world), role(world));
    let direct = world.direct.iter().map(|(texts, end)| AssignedSet {
        set: set(texts),
        by: None,
        at: None,
        expires_at: end.map(Timestamp),
    });
    let carried = world.carried.iter().map(|(texts, end)| GroupSet {
        group: "Group".to_owned(),
        set: set(texts),
        expires_at: end.map(Timestamp),
    });
    let overrides = world.overrides.iter().filter_map(|(text, grants, end, dormant)| {
        Some(Override {
            permission: text.parse().ok()?,
            effect: if *grants { Effect::Grant } else { Effect::Deny },
            note: None,
            by: None,
            at: NOW,
            expires_at: end.map(Timestamp),
            dormant: *dormant,
        })
    });
    let subject = Subject {
        account: &account,
        member: &member,
        role: &role,
        application_enabled: world.enabled,
        system_account: world.system,
        direct_sets: &direct.collect::<Vec<_>>(),
        group_sets: &carried.collect::<Vec<_>>(),
        overrides: &overrides.collect::<Vec<_>>(),
    };
    let access = effective(&subject, catalogue, NOW);
    assert_eq!(access.permissions, permissions(&subject, catalogue, NOW));
    assert_eq!(access.explanation.len(), catalogue.permissions.len());
    for explained in &access.explanation {
        assert_eq!(explained.allowed, access.allows(&explained.permission));
        assert!(
            !explained.because.is_empty(),
            "{} is unexplained",
            explained.permission
        );
    }
    access.permissions.iter().map(ToString::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn effective_access_is_what_the_six_steps_say(world in world()) {
        for catalogue in [crm(), latchkey()] {
            let listed: Vec<(String, &str)> = catalogue
                .permissions
                .iter()
                .map(|it| (it.id.to_string(), it.class.as_str()))
                .collect();
            let second = obvious(&world, catalogue.application.as_str(), &listed);
            prop_assert_eq!(first(&world, &catalogue), second, "in {}", catalogue.application);
        }
    }

    #[test]
    fn a_group_never_takes_anything_away(world in world(), texts in some_permissions()) {
        let before = first(&world, &crm());
        let mut joined = world;
        joined.carried.push((texts, None));
        prop_assert!(before.is_subset(&first(&joined, &crm())));
    }

    #[test]
    fn a_deny_never_gives_anything(world in world(), text in proptest::sample::select(CHOICE.to_vec())) {
        let before = first(&world, &crm());
        let mut denied = world;
        denied.overrides.push((text, false, None, false));
        prop_assert!(first(&denied, &crm()).is_subset(&before));
    }
}
