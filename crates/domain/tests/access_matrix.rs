//! The access matrix: who has what by default, who may hold it, and who may do what to whom, as
//! the reviewed text file `access_matrix.txt` beside this test. When a rule changes on purpose,
//! the new text is written to the target folder, to be read and put in its place.

use std::fmt::Write;
use std::path::Path;

use latchkey_domain::access::{Subject, permissions};
use latchkey_domain::account::{Account, AccountSettings, AccountStatus};
use latchkey_domain::authority::{Authority, Refusal, Target, needs};
use latchkey_domain::catalogue::{
    Area, Catalogue, Class, Permission, PermissionId, QualifiedPermission, latchkey,
};
use latchkey_domain::id::{AccountId, ApplicationId, MemberId};
use latchkey_domain::member::{Hold, Member, MemberKind, Profile, Standing};
use latchkey_domain::overrides::{Effect, Override};
use latchkey_domain::role::{BuiltInRole, Role};
use latchkey_domain::time::Timestamp;

const NOW: Timestamp = Timestamp(1_000);

fn crm() -> Catalogue {
    let permission = |class: Class| Permission {
        id: PermissionId::new(format!("records:{class}")).unwrap_or_else(|_| unreachable!()),
        area: "records".to_owned(),
        label: class.to_string(),
        description: String::new(),
        class,
    };
    Catalogue {
        application: ApplicationId::new("crm"),
        areas: vec![Area {
            id: "records".to_owned(),
            label: "Records".to_owned(),
            description: String::new(),
        }],
        permissions: Class::ALL.map(permission).to_vec(),
    }
}

fn account() -> Account {
    Account {
        id: AccountId::new("acme"),
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        status: AccountStatus::Active,
        owner: MemberId::new("owner"),
        settings: AccountSettings::default(),
        version: 1,
    }
}

/// The owner is the member called `owner`; all others are called by their role.
fn member(id: &str) -> Member {
    Member {
        account: AccountId::new("acme"),
        id: MemberId::new(id),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: BuiltInRole::Standard.key(),
        standing: Standing::accepted(Timestamp(0)),
        mobile_access: false,
        email_reminders: false,
        profile: Profile {
            user_name: id.to_owned(),
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

fn grant(permission: QualifiedPermission) -> Override {
    Override {
        permission,
        effect: Effect::Grant,
        note: None,
        by: None,
        at: NOW,
        expires_at: None,
        dormant: false,
    }
}

struct Case {
    account: Account,
    member: Member,
    system: bool,
    overrides: Vec<Override>,
}

impl Case {
    fn of(role: BuiltInRole) -> Self {
        Self {
            account: account(),
            member: member(role.as_str()),
            system: false,
            overrides: Vec::new(),
        }
    }

    fn has(&self, role: BuiltInRole, catalogue: &Catalogue, id: &PermissionId) -> bool {
        let role = Role::built_in(role);
        let subject = Subject {
            account: &self.account,
            member: &self.member,
            role: &role,
            application_enabled: true,
            system_account: self.system,
            direct_sets: &[],
            group_sets: &[],
            overrides: &self.overrides,
        };
        permissions(&subject, catalogue, NOW).contains(id)
    }
}

/// `has` by default, `can` be granted, or never (`-`).
fn cell(role: BuiltInRole, system: bool, catalogue: &Catalogue, permission: &Permission) -> &'static str {
    let mut case = Case {
        system,
        ..Case::of(role)
    };
    if case.has(role, catalogue, &permission.id) {
        return "has";
    }
    case.overrides = vec![grant(catalogue.qualify(&permission.id))];
    if case.has(role, catalogue, &permission.id) {
        "can"
    } else {
        "-"
    }
}

fn roles_by_permissions(text: &mut String, system: bool) {
    line(text, "permission", &BuiltInRole::ALL.map(BuiltInRole::as_str));
    for catalogue in [crm(), latchkey()] {
        for permission in &catalogue.permissions {
            let cells = BuiltInRole::ALL.map(|role| cell(role, system, &catalogue, permission));
            line(text, &catalogue.qualify(&permission.id).to_string(), &cells);
        }
    }
}

/// What each standing leaves of a standard member's and of the owner's access.
fn standings(text: &mut String) {
    line(text, "standing", &["standard", "owner"]);
    let hold = Hold {
        reason: "why".to_owned(),
        by: "Ana".to_owned(),
        at: NOW,
    };
    let active = Standing::accepted(Timestamp(0));
    let all = [
        ("active", active.clone(), AccountStatus::Active),
        ("invited", Standing::invited(), AccountStatus::Active),
        (
            "suspended by HR",
            Standing {
                hr_active: false,
                ..active.clone()
            },
            AccountStatus::Active,
        ),
        (
            "on hold",
            Standing {
                hold: Some(hold),
                ..active.clone()
            },
            AccountStatus::Active,
        ),
        (
            "removed",
            Standing {
                removed_at: Some(NOW),
                ..active.clone()
            },
            AccountStatus::Active,
        ),
        ("account closed", active, AccountStatus::Closed),
    ];
    for (name, standing, status) in all {
        let cells = [BuiltInRole::Standard, BuiltInRole::Owner].map(|role| {
            let mut case = Case::of(role);
            case.member.standing = standing.clone();
            case.account.status = status;
            let catalogue = crm();
            let count = catalogue
                .permissions
                .iter()
                .filter(|it| case.has(role, &catalogue, &it.id))
                .count();
            format!("{count} of 4")
        });
        line(text, name, &[&cells[0], &cells[1]]);
    }
}

/// A member of this role, with these permissions of `latchkey` granted.
fn actor(role: BuiltInRole, granted: &[&str]) -> Authority {
    let mut case = Case::of(role);
    let granted = granted.iter().filter_map(|it| PermissionId::new(*it).ok());
    case.overrides = granted.map(|it| grant(latchkey().qualify(&it))).collect();
    let all = [crm(), latchkey()].into_iter().flat_map(|catalogue| {
        let of = catalogue.permissions.iter().map(|it| it.id.clone());
        let held: Vec<PermissionId> = of.filter(|id| case.has(role, &catalogue, id)).collect();
        held.into_iter().map(move |id| catalogue.qualify(&id))
    });
    let access: Vec<QualifiedPermission> = all.collect();
    Authority::of_member(&case.account, &case.member, &Role::built_in(role), access)
}

fn word(answer: &Result<(), Refusal>) -> &'static str {
    match answer {
        Ok(()) => "yes",
        Err(Refusal::Missing { .. }) => "no right",
        Err(Refusal::Owner) => "owner",
        Err(Refusal::OwnerByTransferOnly) => "transfer only",
        Err(Refusal::Oneself) => "oneself",
        Err(Refusal::Outranked) => "outranked",
        Err(Refusal::RoleAboveOwn { .. }) => "role above own",
        Err(Refusal::AboveOwn { .. }) => "above own",
        Err(Refusal::AboveCeiling { .. }) => "above ceiling",
        Err(_) => "other",
    }
}

fn record(class: Class) -> QualifiedPermission {
    let permission = PermissionId::new(format!("records:{class}"));
    QualifiedPermission::new(
        ApplicationId::new("crm"),
        permission.unwrap_or_else(|_| unreachable!()),
    )
}

fn defaults(role: BuiltInRole) -> Vec<QualifiedPermission> {
    let catalogue = crm();
    let ids = Role::built_in(role).default_permissions(&catalogue);
    ids.iter().map(|it| catalogue.qualify(it)).collect()
}

type Act = (&'static str, fn(&Authority, &Target<'_>) -> Result<(), Refusal>);

const ACTS: [Act; 13] = [
    ("change the profile", |it, target| it.may_edit_profile(target)),
    ("change the address", |it, target| it.may_change_address(target)),
    ("switch Mobile Access", |it, target| it.may_set_toggles(target)),
    ("hold or release", |it, target| it.may_hold(target)),
    ("remove", |it, target| it.may_remove(target)),
    ("make read_only", |it, target| {
        it.may_change_role(target, &Role::built_in(BuiltInRole::ReadOnly), [])
    }),
    ("make standard", |it, target| {
        let gained = defaults(BuiltInRole::Standard);
        it.may_change_role(target, &Role::built_in(BuiltInRole::Standard), &gained)
    }),
    ("make manager", |it, target| {
        let gained = defaults(BuiltInRole::Manager);
        it.may_change_role(target, &Role::built_in(BuiltInRole::Manager), &gained)
    }),
    ("make owner", |it, target| {
        it.may_change_role(target, &Role::built_in(BuiltInRole::Owner), [])
    }),
    ("assign a set of edit", |it, target| {
        it.may_assign(target, [&record(Class::Edit)])
    }),
    ("grant of class edit", |it, target| {
        it.may_override(target, &record(Class::Edit), Effect::Grant, &crm())
    }),
    ("grant of class billing", |it, target| {
        it.may_override(target, &record(Class::Billing), Effect::Grant, &crm())
    }),
    ("deny of class view", |it, target| {
        it.may_override(target, &record(Class::View), Effect::Deny, &crm())
    }),
];

fn actors() -> Vec<(&'static str, Authority)> {
    let catalogues = [crm(), latchkey()];
    let token = |role| Authority::of_token(role, None, &catalogues);
    vec![
        ("a read_only member", actor(BuiltInRole::ReadOnly, &[])),
        ("a standard member", actor(BuiltInRole::Standard, &[])),
        (
            "a standard member granted users:invite",
            actor(BuiltInRole::Standard, &[needs::USERS_INVITE]),
        ),
        (
            "a standard member granted users:manage",
            actor(BuiltInRole::Standard, &[needs::USERS_MANAGE]),
        ),
        ("a manager", actor(BuiltInRole::Manager, &[])),
        ("the owner", actor(BuiltInRole::Owner, &[])),
        (
            "a SCIM token, highest role standard",
            token(BuiltInRole::Standard),
        ),
        ("a SCIM token, highest role manager", token(BuiltInRole::Manager)),
        ("the operator", Authority::of_operator(&catalogues)),
    ]
}

/// Each actor on a colleague of each role, and on themself where they are a member.
fn acts_by_targets(text: &mut String) {
    let account = account();
    for (name, authority) in actors() {
        let _ = writeln!(text, "\n== {name}");
        line(
            text,
            "to",
            &["read_only", "standard", "manager", "owner", "themself"],
        );
        for (act, may) in ACTS {
            let on = |id: &str, role: BuiltInRole| {
                let (member, role) = (member(id), Role::built_in(role));
                let target = Target {
                    account: &account,
                    member: &member,
                    role: &role,
                };
                word(&may(&authority, &target))
            };
            let themself = match (&authority.holder, authority.highest_role) {
                (latchkey_domain::authority::Holder::Member(id), role) => on(id.as_str(), role),
                _ => "",
            };
            line(
                text,
                act,
                &[
                    on("colleague", BuiltInRole::ReadOnly),
                    on("colleague", BuiltInRole::Standard),
                    on("colleague", BuiltInRole::Manager),
                    on("owner", BuiltInRole::Owner),
                    themself,
                ],
            );
        }
        let invites =
            BuiltInRole::ALL.map(|role| word(&authority.may_invite(&Role::built_in(role), &defaults(role))));
        line(text, "invite as", &invites);
    }
}

fn line(text: &mut String, head: &str, cells: &[&str]) {
    let mut line = format!("{head:<32}");
    for cell in cells {
        let _ = write!(line, "{cell:<16}");
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

fn matrix() -> String {
    let mut text = String::from(
        "Who has which permission (has), who can be granted it (can), and who can never hold it (-).\n\n",
    );
    roles_by_permissions(&mut text, false);
    text.push_str("\nThe same in the system account.\n\n");
    roles_by_permissions(&mut text, true);
    text.push_str("\nWhat of four permissions, one of each class, a member's standing leaves.\n\n");
    standings(&mut text);
    text.push_str("\nWho may do what to whom, and the rule that refuses it.\n");
    acts_by_targets(&mut text);
    text
}

#[test]
fn the_access_matrix_is_the_reviewed_one() {
    let found = matrix();
    let reviewed = include_str!("access_matrix.txt");
    if found != reviewed {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("access_matrix.txt");
        std::fs::write(&path, &found).unwrap();
        let first = found
            .lines()
            .zip(reviewed.lines())
            .find(|(found, reviewed)| found != reviewed);
        panic!(
            "the access matrix has changed, first at {first:?}; review {} and put it in the place of access_matrix.txt",
            path.display()
        );
    }
}
