//! What the tokens say about a person (docs: "What tokens carry"), and what that allows here.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

/// The claims of the scopes `account`, `roles` and `permissions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AccessClaims {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_overage: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Vec<String>>,
}

/// The account a token is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    pub id: String,
    pub slug: String,
    pub name: String,
}

impl AdditionalClaims for AccessClaims {}

/// The permissions of the CRM's catalogue that its pages ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    ContactsView,
    ContactsEdit,
    DealsView,
    ReportsView,
    ReportsExport,
    InvoicesView,
    InvoicesManage,
}

impl Permission {
    pub fn id(self) -> &'static str {
        match self {
            Self::ContactsView => "contacts:view",
            Self::ContactsEdit => "contacts:edit",
            Self::DealsView => "deals:view",
            Self::ReportsView => "reports:view",
            Self::ReportsExport => "reports:export",
            Self::InvoicesView => "invoices:view",
            Self::InvoicesManage => "invoices:manage",
        }
    }
}

impl AccessClaims {
    pub fn allows(&self, permission: Permission) -> bool {
        let list = self.permissions.iter().flatten();
        list.into_iter().any(|it| it == permission.id())
    }

    /// The list was too long for a token and is to be taken from UserInfo.
    pub fn is_cut(&self) -> bool {
        self.permissions_overage == Some(true)
    }

    /// The role in words.
    pub fn role_name(&self) -> &str {
        match self.role.as_deref() {
            Some("owner") => "Owner",
            Some("manager") => "Manager",
            Some("standard") => "Standard user",
            Some("read_only") => "Read only",
            Some(other) => other,
            None => "No role",
        }
    }

    /// What the data of this account is kept under.
    pub fn account_id(&self) -> &str {
        self.account.as_ref().map_or("", |it| it.id.as_str())
    }

    pub fn account_name(&self) -> &str {
        self.account.as_ref().map_or("No account", |it| it.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_claim_lists_is_allowed() {
        let claims: AccessClaims = serde_json::from_value(serde_json::json!({
            "role": "standard",
            "permissions": ["contacts:view", "contacts:edit"],
        }))
        .unwrap();
        assert!(claims.allows(Permission::ContactsEdit));
        assert!(!claims.allows(Permission::InvoicesView));
        assert!(!AccessClaims::default().allows(Permission::ContactsView));
        assert_eq!(claims.role_name(), "Standard user");
    }

    #[test]
    fn every_permission_is_one_of_the_catalogue() {
        let catalogue = include_str!("../../../../config/demo/crm.catalogue.toml");
        for permission in [
            Permission::ContactsView,
            Permission::ContactsEdit,
            Permission::DealsView,
            Permission::ReportsView,
            Permission::ReportsExport,
            Permission::InvoicesView,
            Permission::InvoicesManage,
        ] {
            let id = permission.id();
            assert!(catalogue.contains(&format!("id = \"{id}\"")), "{id}");
        }
    }
}
