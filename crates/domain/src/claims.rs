//! What tokens carry of accounts, roles and permissions. Docs: "What tokens carry".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::catalogue::PermissionId;
use crate::id::{AccountId, MemberId};
use crate::member::Member;
use crate::role::{BuiltInRole, Role};

/// The most bytes of JSON that the list of permissions may take in a token.
pub const LONGEST_PERMISSIONS: usize = 4 * 1024;

/// Who the claims are about, at the moment of issuing.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// The account.
    pub account: &'a Account,
    /// The member.
    pub member: &'a Member,
    /// The member's role; who is owner is told by the account.
    pub role: &'a Role,
    /// The permissions of the audience's application, and only those.
    pub permissions: &'a BTreeSet<PermissionId>,
    /// The names of the member's permission sets.
    pub sets: &'a [String],
    /// The names of the member's groups.
    pub groups: &'a [String],
}

/// Which of the scopes that matter here were granted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClaimScopes {
    /// Scope `account`.
    pub account: bool,
    /// Scope `roles`.
    pub roles: bool,
    /// Scope `permissions`.
    pub permissions: bool,
    /// Scope `groups`.
    pub groups: bool,
}

impl ClaimScopes {
    /// Reads a space-separated list of scopes (RFC 6749 section 3.3).
    pub fn of(scope: &str) -> Self {
        let has = |wanted: &str| scope.split(' ').any(|it| it == wanted);
        Self {
            account: has("account"),
            roles: has("roles"),
            permissions: has("permissions"),
            groups: has("groups"),
        }
    }
}

/// Where the claims go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into a token, whose length is limited.
    Token,
    /// Into an answer of UserInfo, which has everything.
    UserInfo,
}

/// The `account` claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountClaim {
    /// The account's id.
    pub id: AccountId,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// The claims, named as in tokens; what was not asked for is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Scope `account`: the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountClaim>,
    /// Scope `account`: the member, the `id` of the SCIM `User`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Scope `roles`: the role's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Scope `roles`: the role's key and, for a custom role, its base (RFC 9068 section 2.2.3.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Scope `roles`: a custom role's base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_role: Option<String>,
    /// Scope `permissions`: the permissions of the audience's application, unprefixed, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    /// Scope `permissions`: the list was too long for a token; UserInfo has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_overage: Option<bool>,
    /// Scope `permissions`: the names of the permission sets (RFC 9068 section 2.2.3.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Vec<String>>,
    /// Scope `groups`: the names of the groups (RFC 9068 section 2.2.3.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
}

/// The claims that these scopes give about the claimant.
pub fn claims(claimant: &Claimant<'_>, scopes: ClaimScopes, place: Place) -> AccessClaims {
    let mut claims = AccessClaims::default();
    if scopes.account {
        claims.account = Some(AccountClaim {
            id: claimant.account.id.clone(),
            slug: claimant.account.slug.clone(),
            name: claimant.account.name.clone(),
        });
        claims.member = Some(claimant.member.id.clone());
    }
    if scopes.roles {
        add_roles(&mut claims, claimant);
    }
    if scopes.permissions {
        let permissions: Vec<String> = claimant
            .permissions
            .iter()
            .map(|it| it.as_str().to_owned())
            .collect();
        if place == Place::Token && json_length(&permissions) > LONGEST_PERMISSIONS {
            claims.permissions_overage = Some(true);
        } else {
            claims.permissions = Some(permissions);
        }
        claims.entitlements = Some(claimant.sets.to_vec());
    }
    if scopes.groups {
        claims.groups = Some(claimant.groups.to_vec());
    }
    claims
}

fn add_roles(claims: &mut AccessClaims, claimant: &Claimant<'_>) {
    if claimant.member.is_owner(claimant.account) {
        let owner = BuiltInRole::Owner.as_str().to_owned();
        claims.roles = Some(vec![owner.clone()]);
        claims.role = Some(owner);
        return;
    }
    // A stored role of the owner's name gives no more than a manager's, in claims too.
    let role = claimant.role;
    let base = role.base.min(BuiltInRole::Manager).as_str().to_owned();
    if role.is_custom() {
        let key = role.key.to_string();
        claims.roles = Some(vec![key.clone(), base.clone()]);
        claims.role = Some(key);
        claims.base_role = Some(base);
    } else {
        claims.roles = Some(vec![base.clone()]);
        claims.role = Some(base);
    }
}

/// The length of the list as compact JSON; permissions hold nothing that JSON escapes.
fn json_length(permissions: &[String]) -> usize {
    let items: usize = permissions.iter().map(|it| it.len() + 3).sum();
    (items + 1).max(2)
}

#[cfg(test)]
mod tests;
