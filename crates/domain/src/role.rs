//! Roles: default permissions and a ceiling, both following from the classes. Docs: "Roles".

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Class, PermissionId, QualifiedPermission};

/// The four roles every account has, in the order of what they may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuiltInRole {
    /// Sees, changes nothing.
    ReadOnly,
    /// Sees and edits; more can be enabled, but no billing.
    Standard,
    /// Everything but billing.
    Manager,
    /// Everything. Held by exactly one member, whom ownership names.
    Owner,
}

impl BuiltInRole {
    /// All of them, lowest first.
    pub const ALL: [Self; 4] = [Self::ReadOnly, Self::Standard, Self::Manager, Self::Owner];

    /// The key in tokens, SCIM and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Standard => "standard",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "Read Only",
            Self::Standard => "Standard",
            Self::Manager => "Manager",
            Self::Owner => "Owner",
        }
    }

    /// The role of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == key)
    }

    /// The key as a [`RoleKey`].
    pub fn key(self) -> RoleKey {
        RoleKey(self.as_str().to_owned())
    }

    /// Whether a member of this role gets permissions of the class without anyone's doing.
    pub const fn gives_by_default(self, class: Class) -> bool {
        match self {
            Self::ReadOnly => matches!(class, Class::View),
            Self::Standard => matches!(class, Class::View | Class::Edit),
            Self::Manager => !matches!(class, Class::Billing),
            Self::Owner => true,
        }
    }

    /// Whether a member of this role may hold permissions of the class at all.
    pub const fn ceiling_allows(self, class: Class) -> bool {
        match self {
            Self::ReadOnly => matches!(class, Class::View),
            Self::Standard | Self::Manager => !matches!(class, Class::Billing),
            Self::Owner => true,
        }
    }
}

impl fmt::Display for BuiltInRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The key of a built-in or custom role: 1 to 64 of `a-z`, `0-9`, `_`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleKey(String);

/// A text that can't be the key of a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role key is 1 to 64 lower-case letters, digits and underscores, beginning with a letter")]
pub struct NotARoleKey;

impl RoleKey {
    /// Checks and takes the key.
    ///
    /// # Errors
    /// [`NotARoleKey`] for any other text.
    pub fn new(key: impl Into<String>) -> Result<Self, NotARoleKey> {
        let key = key.into();
        let starts_with_letter = key.starts_with(|c: char| c.is_ascii_lowercase());
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if starts_with_letter && key.len() <= 64 && key.chars().all(allowed) {
            Ok(Self(key))
        } else {
            Err(NotARoleKey)
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The built-in role of this key, if it is one.
    pub fn built_in(&self) -> Option<BuiltInRole> {
        BuiltInRole::from_key(&self.0)
    }
}

impl fmt::Display for RoleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RoleKey {
    type Error = NotARoleKey;

    fn try_from(key: String) -> Result<Self, NotARoleKey> {
        Self::new(key)
    }
}

impl From<RoleKey> for String {
    fn from(key: RoleKey) -> Self {
        key.0
    }
}

/// A role as it stands in one account: built in, adjusted, or the account's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its key; of a custom role never one of a built-in role.
    pub key: RoleKey,
    /// Its name for people.
    pub name: String,
    /// What it is for, in the account's words; empty for built-in roles.
    pub description: String,
    /// The built-in role whose ceiling it keeps; a built-in role's own.
    pub base: BuiltInRole,
    /// The default permissions the account chose, of all applications together; `None` follows
    /// the classes, so that a new permission lands in the role by itself.
    pub defaults: Option<BTreeSet<QualifiedPermission>>,
}

/// Why a role can't be defined so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleFault {
    /// A custom role has the key of a built-in role.
    #[error("this key belongs to a built-in role")]
    ReservedKey,
    /// A custom role is based on the owner; there is exactly one owner.
    #[error("a role can't be based on the owner")]
    BasedOnOwner,
    /// The owner's defaults can't be adjusted: the owner always has everything.
    #[error("the owner always has every permission")]
    OwnerAdjusted,
    /// A default permission is above the role's ceiling.
    #[error("{0} is above what this role may hold")]
    AboveCeiling(QualifiedPermission),
}

impl Role {
    /// A built-in role as it comes.
    pub fn built_in(role: BuiltInRole) -> Self {
        Self {
            key: role.key(),
            name: role.name().to_owned(),
            description: String::new(),
            base: role,
            defaults: None,
        }
    }

    /// Whether this is the account's own role.
    pub fn is_custom(&self) -> bool {
        self.key.built_in().is_none()
    }

    /// Whether it is the owner's role.
    pub fn is_owner(&self) -> bool {
        self.base == BuiltInRole::Owner
    }

    /// Whether a member of this role may hold permissions of the class at all.
    pub fn ceiling_allows(&self, class: Class) -> bool {
        self.base.ceiling_allows(class)
    }

    /// Whether the role gives this permission without anyone's doing.
    pub fn gives_by_default(&self, permission: &QualifiedPermission, class: Class) -> bool {
        match &self.defaults {
            Some(chosen) if !self.is_owner() => chosen.contains(permission),
            _ => self.base.gives_by_default(class),
        }
    }

    /// The permissions of one application that the role gives by default, within its ceiling.
    pub fn default_permissions(&self, catalogue: &Catalogue) -> BTreeSet<PermissionId> {
        catalogue
            .permissions
            .iter()
            .filter(|it| self.ceiling_allows(it.class))
            .filter(|it| self.gives_by_default(&catalogue.qualify(&it.id), it.class))
            .map(|it| it.id.clone())
            .collect()
    }

    /// Checks a custom role or an adjusted built-in one against the catalogues it names.
    ///
    /// # Errors
    /// The first [`RoleFault`]; a permission that no catalogue has is no fault of the role.
    pub fn validate(&self, catalogues: &[Catalogue]) -> Result<(), RoleFault> {
        if self.is_custom() && self.is_owner() {
            return Err(RoleFault::BasedOnOwner);
        }
        if self.key.built_in().is_some_and(|it| it != self.base) {
            return Err(RoleFault::ReservedKey);
        }
        let Some(chosen) = &self.defaults else {
            return Ok(());
        };
        if self.is_owner() {
            return Err(RoleFault::OwnerAdjusted);
        }
        let above = |wanted: &&QualifiedPermission| {
            catalogues
                .iter()
                .filter_map(|it| it.qualified(wanted))
                .any(|found| !self.ceiling_allows(found.class))
        };
        match chosen.iter().find(above) {
            Some(permission) => Err(RoleFault::AboveCeiling(permission.clone())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{crm, permission, permissions};

    fn custom(key: &str, base: BuiltInRole, defaults: &[&str]) -> Role {
        Role {
            key: RoleKey::new(key).unwrap(),
            name: "Sales lead".to_owned(),
            description: String::new(),
            base,
            defaults: Some(permissions(defaults)),
        }
    }

    #[test]
    fn roles_rank_by_what_they_may_hold() {
        for pair in BuiltInRole::ALL.windows(2) {
            assert!(pair[0] < pair[1]);
            for class in Class::ALL {
                let (lower, higher) = (pair[0], pair[1]);
                assert!(!lower.gives_by_default(class) || higher.gives_by_default(class));
                assert!(!lower.ceiling_allows(class) || higher.ceiling_allows(class));
                assert!(!lower.gives_by_default(class) || lower.ceiling_allows(class));
            }
        }
    }

    #[test]
    fn only_the_owner_may_hold_billing() {
        let holders = BuiltInRole::ALL
            .into_iter()
            .filter(|it| it.ceiling_allows(Class::Billing));
        assert_eq!(holders.collect::<Vec<_>>(), [BuiltInRole::Owner]);
    }

    #[test]
    fn a_role_key_is_a_plain_word() {
        for good in ["standard", "sales_lead", "tier2"] {
            assert!(RoleKey::new(good).is_ok(), "{good}");
        }
        for bad in ["", "Sales", "sales lead", "2tier", "_x", &"a".repeat(65)] {
            assert_eq!(RoleKey::new(bad), Err(NotARoleKey), "{bad}");
        }
    }

    #[test]
    fn a_custom_role_keeps_its_bases_ceiling() {
        let role = custom("lead", BuiltInRole::ReadOnly, &["crm/contacts:view"]);
        assert_eq!(role.validate(&[crm()]), Ok(()));
        let role = custom("lead", BuiltInRole::ReadOnly, &["crm/contacts:edit"]);
        assert_eq!(
            role.validate(&[crm()]),
            Err(RoleFault::AboveCeiling(permission("crm/contacts:edit")))
        );
        let role = custom("lead", BuiltInRole::Manager, &["crm/invoices:view"]);
        assert!(matches!(role.validate(&[crm()]), Err(RoleFault::AboveCeiling(_))));
    }

    #[test]
    fn nobody_defines_an_owner() {
        let role = custom("boss", BuiltInRole::Owner, &[]);
        assert_eq!(role.validate(&[]), Err(RoleFault::BasedOnOwner));
        let role = custom("owner", BuiltInRole::Manager, &[]);
        assert_eq!(role.validate(&[]), Err(RoleFault::ReservedKey));
        let role = custom("owner", BuiltInRole::Owner, &[]);
        assert_eq!(role.validate(&[]), Err(RoleFault::OwnerAdjusted));
    }

    #[test]
    fn a_built_in_roles_defaults_can_be_adjusted() {
        let role = Role {
            defaults: Some(permissions(&["crm/contacts:purge"])),
            ..Role::built_in(BuiltInRole::Standard)
        };
        assert_eq!(role.validate(&[crm()]), Ok(()));
        assert!(!role.is_custom());
        let ids = role.default_permissions(&crm());
        assert_eq!(
            ids,
            BTreeSet::from([PermissionId::new("contacts:purge").unwrap()])
        );
    }
}
