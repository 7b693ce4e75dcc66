//! Values that the tests of this crate begin with.

use std::collections::BTreeSet;

use crate::account::{Account, AccountSettings, AccountStatus};
use crate::catalogue::{Area, Catalogue, Class, Permission, PermissionId, QualifiedPermission};
use crate::id::{AccountId, ApplicationId, MemberId, PermissionSetId, UserId};
use crate::member::{Member, MemberKind, Profile, Standing};
use crate::permission_set::PermissionSet;
use crate::role::{BuiltInRole, Role, RoleKey};
use crate::time::Timestamp;

/// The moment at which examples happen.
pub(crate) const NOW: Timestamp = Timestamp(1_793_577_600_000);

/// An account whose owner is the member `owner`.
pub(crate) fn acme() -> Account {
    Account {
        id: AccountId::new("acme"),
        slug: "acme".to_owned(),
        name: "Acme Ltd".to_owned(),
        status: AccountStatus::Active,
        owner: MemberId::new("owner"),
        settings: AccountSettings::default(),
        version: 1,
    }
}

/// An active member of [`acme`].
pub(crate) fn member(id: &str, role: &str) -> Member {
    Member {
        account: AccountId::new("acme"),
        id: MemberId::new(id),
        kind: MemberKind::Person,
        user: Some(UserId::new(format!("user-of-{id}"))),
        client: None,
        role: RoleKey::new(role).unwrap(),
        standing: Standing::accepted(Timestamp(0)),
        mobile_access: false,
        email_reminders: false,
        profile: Profile {
            user_name: format!("{id}@acme.example"),
            email: Some(format!("{id}@acme.example")),
            given_name: "Stan".to_owned(),
            family_name: "Dard".to_owned(),
            display_name: None,
            document: "{}".to_owned(),
        },
        version: 1,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

/// A built-in role.
pub(crate) fn role(role: BuiltInRole) -> Role {
    Role::built_in(role)
}

/// A catalogue with a permission of every class.
pub(crate) fn crm() -> Catalogue {
    let permissions = [
        ("contacts:view", Class::View),
        ("contacts:edit", Class::Edit),
        ("contacts:purge", Class::Manage),
        ("invoices:view", Class::Billing),
    ];
    let areas = ["contacts", "invoices"].map(|id| Area {
        id: id.to_owned(),
        label: id.to_owned(),
        description: String::new(),
    });
    Catalogue {
        application: ApplicationId::new("crm"),
        areas: areas.to_vec(),
        permissions: permissions
            .into_iter()
            .map(|(id, class)| Permission {
                id: PermissionId::new(id).unwrap(),
                area: id.split(':').next().unwrap().to_owned(),
                label: id.to_owned(),
                description: String::new(),
                class,
            })
            .collect(),
    }
}

/// A permission written `application/area:action`.
pub(crate) fn permission(text: &str) -> QualifiedPermission {
    text.parse().unwrap()
}

/// Several of them.
pub(crate) fn permissions(texts: &[&str]) -> BTreeSet<QualifiedPermission> {
    texts.iter().map(|it| permission(it)).collect()
}

/// A permission set of this name.
pub(crate) fn set(name: &str, texts: &[&str]) -> PermissionSet {
    PermissionSet {
        account: AccountId::new("acme"),
        id: PermissionSetId::new(name),
        name: name.to_owned(),
        description: String::new(),
        permissions: permissions(texts),
        version: 1,
    }
}
