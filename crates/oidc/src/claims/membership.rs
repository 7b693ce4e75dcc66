//! Claims about the person's place in an account (docs: "What tokens carry").

use serde::{Deserialize, Serialize};

use super::Selection;
use super::selection::keep;

/// The longest list of permissions that a token carries, in bytes of JSON.
pub const MAX_PERMISSIONS: usize = 4096;

/// The account acted in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountClaim {
    /// The account's id; relying applications key on `sub` and this.
    pub id: String,
    /// The account's short name.
    pub slug: String,
    /// The account's name.
    pub name: String,
}

/// Account, role and permissions, of the moment of issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MembershipClaims {
    /// The account acted in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountClaim>,
    /// The member's id, which is the id of the SCIM User.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The role's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The role's key and, for a custom role, that of the role it is based on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The role that a custom role is based on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_role: Option<String>,
    /// The permissions in the audience's application, and only those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    /// True where the list is too long for a token; UserInfo has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_overage: Option<bool>,
    /// The names of the member's permission sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Vec<String>>,
    /// The names of the member's groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
}

impl MembershipClaims {
    /// What is asked for of all that holds.
    #[must_use]
    pub fn select(mut self, selection: &Selection<'_>) -> Self {
        keep(selection, "account", &mut self.account);
        keep(selection, "member", &mut self.member);
        keep(selection, "role", &mut self.role);
        keep(selection, "roles", &mut self.roles);
        keep(selection, "base_role", &mut self.base_role);
        keep(selection, "permissions", &mut self.permissions);
        keep(selection, "permissions_overage", &mut self.permissions_overage);
        keep(selection, "entitlements", &mut self.entitlements);
        keep(selection, "groups", &mut self.groups);
        self
    }

    /// Replaces a list of permissions above [`MAX_PERMISSIONS`] by `permissions_overage`, for a token.
    #[must_use]
    pub fn fit_token(mut self) -> Self {
        let bytes = self.permissions.as_deref().map_or(0, json_length);
        if bytes > MAX_PERMISSIONS {
            self.permissions = None;
            self.permissions_overage = Some(true);
        }
        self
    }
}

/// The length of a JSON array of words that need no escapes, as permissions are: quotes, commas and brackets.
fn json_length(words: &[String]) -> usize {
    words.iter().map(|word| word.len() + 3).sum::<usize>() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(count: usize) -> MembershipClaims {
        MembershipClaims {
            permissions: Some((0..count).map(|n| format!("contacts:{n:05}")).collect()),
            ..MembershipClaims::default()
        }
    }

    #[test]
    fn the_length_is_that_of_the_json() {
        let permissions = with(7).permissions.unwrap();
        let json = serde_json::to_string(&permissions).unwrap();
        assert_eq!(json_length(&permissions), json.len());
    }

    #[test]
    fn a_list_of_exactly_the_limit_fits_and_one_more_does_not() {
        // Each of these takes 17 bytes, with one for the brackets.
        let fits = (MAX_PERMISSIONS - 1) / 17;
        let small = with(fits).fit_token();
        assert_eq!(small.permissions.unwrap().len(), fits);
        assert_eq!(small.permissions_overage, None);
        let large = with(fits + 1).fit_token();
        assert_eq!(large.permissions, None);
        assert_eq!(large.permissions_overage, Some(true));
    }

    #[test]
    fn no_permissions_is_an_empty_list_and_not_a_missing_one() {
        let none = with(0).fit_token();
        assert_eq!(serde_json::to_string(&none).unwrap(), r#"{"permissions":[]}"#);
    }
}
