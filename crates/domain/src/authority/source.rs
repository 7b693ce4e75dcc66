//! Where authority comes from: a member's own access, a token, the operator's place.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use super::{Authority, Holder, needs};
use crate::account::Account;
use crate::catalogue::{Catalogue, LATCHKEY, PermissionId, QualifiedPermission, is_of_the_installation};
use crate::member::Member;
use crate::role::{BuiltInRole, Role};

impl Authority {
    /// A member's authority: the effective access in each application, `latchkey` among them, as
    /// [`crate::access::permissions`] gave it. Someone who is not active has none.
    pub fn of_member(
        account: &Account,
        member: &Member,
        role: &Role,
        access: impl IntoIterator<Item = QualifiedPermission>,
    ) -> Self {
        let is_active = member.is_active();
        let is_owner = is_active && member.is_owner(account);
        let gives: BTreeSet<QualifiedPermission> = access.into_iter().filter(|_| is_active).collect();
        Self {
            holder: Holder::Member(member.id.clone()),
            is_owner,
            highest_role: if is_owner {
                BuiltInRole::Owner
            } else {
                role.base.min(BuiltInRole::Manager)
            },
            administration: of_latchkey(&gives),
            gives,
        }
    }

    /// A token's own authority: it administers users and groups, up to its highest role, and
    /// gives the permissions listed, or without a list what that role has by default.
    pub fn of_token(
        highest_role: BuiltInRole,
        permissions: Option<&BTreeSet<QualifiedPermission>>,
        catalogues: &[impl Borrow<Catalogue>],
    ) -> Self {
        let highest_role = highest_role.min(BuiltInRole::Manager);
        let role = Role::built_in(highest_role);
        let listed = |it: &QualifiedPermission| permissions.is_none_or(|list| list.contains(it));
        let gives = of_all(catalogues, |catalogue| {
            let within = match permissions {
                None => role.default_permissions(catalogue),
                Some(_) => ceiling_of(&role, catalogue),
            };
            within
                .into_iter()
                .filter(|it| !is_of_the_installation_in(catalogue, it))
                .collect()
        })
        .into_iter()
        .filter(listed)
        .collect();
        Self {
            holder: Holder::Token,
            is_owner: false,
            highest_role,
            administration: [
                needs::USERS_VIEW,
                needs::USERS_INVITE,
                needs::USERS_MANAGE,
                needs::GROUPS,
            ]
            .into_iter()
            .filter_map(|it| PermissionId::new(it).ok())
            .collect(),
            gives,
        }
    }

    /// The operator's authority: everything but what only the owner decides.
    pub fn of_operator(catalogues: &[impl Borrow<Catalogue>]) -> Self {
        let gives = of_all(catalogues, |catalogue| {
            catalogue.permissions.iter().map(|it| it.id.clone()).collect()
        });
        Self {
            holder: Holder::Operator,
            is_owner: false,
            highest_role: BuiltInRole::Manager,
            administration: crate::catalogue::latchkey()
                .permissions
                .into_iter()
                .map(|it| it.id)
                .collect(),
            gives,
        }
    }
}

fn of_latchkey(permissions: &BTreeSet<QualifiedPermission>) -> BTreeSet<PermissionId> {
    permissions
        .iter()
        .filter(|it| it.application.as_str() == LATCHKEY)
        .map(|it| it.permission.clone())
        .collect()
}

fn of_all(
    catalogues: &[impl Borrow<Catalogue>],
    permissions: impl Fn(&Catalogue) -> BTreeSet<PermissionId>,
) -> BTreeSet<QualifiedPermission> {
    catalogues
        .iter()
        .map(Borrow::borrow)
        .flat_map(|it| permissions(it).into_iter().map(|id| it.qualify(&id)))
        .collect()
}

fn ceiling_of(role: &Role, catalogue: &Catalogue) -> BTreeSet<PermissionId> {
    let permissions = catalogue.permissions.iter();
    permissions
        .filter(|it| role.ceiling_allows(it.class))
        .map(|it| it.id.clone())
        .collect()
}

fn is_of_the_installation_in(catalogue: &Catalogue, permission: &PermissionId) -> bool {
    catalogue.application.as_str() == LATCHKEY && is_of_the_installation(permission)
}
