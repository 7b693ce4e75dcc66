//! The catalogue of the built-in application `latchkey`: Latchkey's own administration is guarded
//! by permissions like any other application's. Docs: "Roles".

use super::{Area, Catalogue, Class, Permission, PermissionId};
use crate::id::ApplicationId;

/// The id of the built-in application.
pub const LATCHKEY: &str = "latchkey";

/// The id of the built-in application, as an id.
pub fn latchkey_id() -> ApplicationId {
    ApplicationId::new(LATCHKEY)
}

const AREAS: [(&str, &str, &str); 13] = [
    ("users", "Users", "The people of the account, and who may join"),
    ("roles", "Roles", "The account's roles and what each gives"),
    (
        "permission_sets",
        "Permission sets",
        "Named selections of permissions",
    ),
    (
        "groups",
        "Groups",
        "Groups of people and the permission sets they carry",
    ),
    ("settings", "Settings", "Branding, languages, domains and policy"),
    (
        "provisioning",
        "Provisioning",
        "Connected HR systems, their tokens, and webhooks",
    ),
    ("audit", "Audit", "The record of changes and sign-ins"),
    ("account", "Account", "The account itself"),
    ("billing", "Billing", "Billing information"),
    (
        "accounts",
        "Accounts",
        "All accounts of the installation; only in the system account",
    ),
    (
        "applications",
        "Applications",
        "Applications, catalogues and clients; only in the system account",
    ),
    ("keys", "Keys", "Signing keys; only in the system account"),
    (
        "terms",
        "Terms of use",
        "The installation's terms of use; only in the system account",
    ),
];

const PERMISSIONS: [(&str, &str, &str, Class); 17] = [
    (
        "users:view",
        "See users",
        "See who belongs to the account and what they may do",
        Class::Manage,
    ),
    (
        "users:invite",
        "Invite users",
        "Invite people and see pending invitations",
        Class::Manage,
    ),
    (
        "users:manage",
        "Manage users",
        "Change roles, access and status of people",
        Class::Manage,
    ),
    (
        "roles:manage",
        "Manage roles",
        "Define roles and change what a role gives",
        Class::Manage,
    ),
    (
        "permission_sets:manage",
        "Manage permission sets",
        "Create, change and delete permission sets",
        Class::Manage,
    ),
    (
        "groups:manage",
        "Manage groups",
        "Create groups and change who is in them",
        Class::Manage,
    ),
    (
        "settings:manage",
        "Manage settings",
        "Change branding, languages, domains and policy",
        Class::Manage,
    ),
    (
        "provisioning:manage",
        "Manage provisioning",
        "Connect HR systems, make tokens and webhooks",
        Class::Manage,
    ),
    (
        "audit:view",
        "See the audit trail",
        "See and export the record of changes and sign-ins",
        Class::Manage,
    ),
    (
        "account:view",
        "See the account",
        "See the account's own information",
        Class::Billing,
    ),
    (
        "account:manage",
        "Manage the account",
        "Change or close the account",
        Class::Billing,
    ),
    (
        "billing:view",
        "See billing",
        "See billing information",
        Class::Billing,
    ),
    (
        "billing:manage",
        "Manage billing",
        "Change billing information",
        Class::Billing,
    ),
    (
        "accounts:manage",
        "Manage accounts",
        "Create and administer all accounts",
        Class::Manage,
    ),
    (
        "applications:manage",
        "Manage applications",
        "Register applications, catalogues and clients",
        Class::Manage,
    ),
    (
        "keys:manage",
        "Manage keys",
        "See and rotate signing keys",
        Class::Manage,
    ),
    (
        "terms:manage",
        "Manage terms",
        "Publish the installation's terms of use",
        Class::Manage,
    ),
];

/// Permissions that have effect in the system account alone.
const OF_THE_INSTALLATION: [&str; 4] = ["accounts", "applications", "keys", "terms"];

/// The catalogue of the built-in application.
pub fn latchkey() -> Catalogue {
    let area = |(id, label, description): &(&str, &str, &str)| Area {
        id: (*id).to_owned(),
        label: (*label).to_owned(),
        description: (*description).to_owned(),
    };
    let permission = |(id, label, description, class): &(&str, &str, &str, Class)| {
        // Each id above is well formed: `every_permission_of_latchkey_is_well_formed`.
        let id = PermissionId::new(*id).ok()?;
        Some(Permission {
            area: id.area().to_owned(),
            id,
            label: (*label).to_owned(),
            description: (*description).to_owned(),
            class: *class,
        })
    };
    Catalogue {
        application: latchkey_id(),
        areas: AREAS.iter().map(area).collect(),
        permissions: PERMISSIONS.iter().filter_map(permission).collect(),
    }
}

/// Whether the permission of `latchkey` has effect in the system account alone.
pub fn is_of_the_installation(permission: &PermissionId) -> bool {
    OF_THE_INSTALLATION.contains(&permission.area())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_of_latchkey_is_well_formed() {
        let catalogue = latchkey();
        assert_eq!(catalogue.permissions.len(), PERMISSIONS.len());
        assert_eq!(catalogue.validate(), Ok(()));
    }

    #[test]
    fn only_the_account_and_its_billing_are_of_class_billing() {
        for permission in latchkey().permissions {
            let billing = ["account", "billing"].contains(&permission.area.as_str());
            assert_eq!(permission.class == Class::Billing, billing, "{}", permission.id);
        }
    }

    #[test]
    fn accounts_and_keys_are_of_the_installation_and_users_are_not() {
        assert!(is_of_the_installation(&PermissionId::new("keys:manage").unwrap()));
        assert!(!is_of_the_installation(
            &PermissionId::new("users:manage").unwrap()
        ));
        assert!(!is_of_the_installation(
            &PermissionId::new("account:manage").unwrap()
        ));
    }
}
