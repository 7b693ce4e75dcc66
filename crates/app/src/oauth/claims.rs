//! The claims of a person and a member, as those asked for. Docs: "What tokens carry".

use std::sync::Arc;

use latchkey_domain::claims::{self, AccessClaims, ClaimScopes, Claimant, Place};
use latchkey_domain::id::{AccountId, ApplicationId};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::claims::{AccountClaim, MembershipClaims, PersonClaims, Selection};
use latchkey_oidc::scope::{Scope, ScopeSet};
use latchkey_store::user::{User, VerifiedAddress};

use crate::access::{self, Facts, Scene};
use crate::{App, Result};

/// An application as access is computed in it, from memory where it is known.
pub(super) async fn scene(app: &App, account: &AccountId, id: &ApplicationId) -> Result<Arc<Scene>> {
    match app.cache.scene(account, id) {
        Some(known) => Ok(known),
        None => {
            app.db
                .read(async |tx| access::scene(app, tx, account, id).await)
                .await
        }
    }
}

/// All that is known of a person that claims can carry.
pub(super) fn person(user: &User, addresses: &[VerifiedAddress]) -> PersonClaims {
    let primary = addresses
        .iter()
        .find(|it| it.is_primary)
        .or_else(|| addresses.first());
    let text = |text: &str| Some(text.trim().to_owned()).filter(|it| !it.is_empty());
    PersonClaims {
        name: text(&format!("{} {}", user.given_name, user.family_name)),
        given_name: text(&user.given_name),
        family_name: text(&user.family_name),
        preferred_username: primary.map(|it| it.address.clone()),
        locale: user.language.clone(),
        zoneinfo: user.time_zone.clone(),
        email: primary.map(|it| it.address.clone()),
        email_verified: primary.map(|_| true),
        ..PersonClaims::default()
    }
}

/// What is asked for of a member's account, role, permissions and groups, of this moment.
pub(super) fn membership(
    facts: &Facts,
    scene: &Scene,
    selection: &Selection<'_>,
    place: Place,
    now: Timestamp,
) -> MembershipClaims {
    let wants = |scope: Scope| scope.claims().iter().any(|claim| selection.asks_for(claim));
    let scopes = ClaimScopes {
        account: wants(Scope::Account),
        roles: wants(Scope::Roles),
        permissions: wants(Scope::Permissions),
        groups: wants(Scope::Groups),
    };
    let permissions = if scopes.permissions {
        facts.permissions(scene, now)
    } else {
        Default::default()
    };
    let sets = if scopes.permissions {
        facts.set_names(now)
    } else {
        Vec::new()
    };
    let claimant = Claimant {
        account: &facts.account,
        member: &facts.member,
        role: &facts.role,
        permissions: &permissions,
        sets: &sets,
        groups: &facts.groups,
    };
    on_the_wire(claims::claims(&claimant, scopes, place)).select(selection)
}

fn on_the_wire(claims: AccessClaims) -> MembershipClaims {
    MembershipClaims {
        account: claims.account.map(|it| AccountClaim {
            id: it.id.to_string(),
            slug: it.slug,
            name: it.name,
        }),
        member: claims.member.map(|it| it.to_string()),
        role: claims.role,
        roles: claims.roles,
        base_role: claims.base_role,
        permissions: claims.permissions,
        permissions_overage: claims.permissions_overage,
        entitlements: claims.entitlements,
        groups: claims.groups,
    }
}

/// Whether any claim of the person is asked for.
pub(super) fn wants_person(scopes: &ScopeSet, selection: &Selection<'_>) -> bool {
    scopes.contains(Scope::OpenId)
        && [Scope::Profile, Scope::Email]
            .iter()
            .any(|scope| scope.claims().iter().any(|claim| selection.asks_for(claim)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> User {
        User {
            id: "u1".into(),
            given_name: "Ana".to_owned(),
            family_name: "Lima".to_owned(),
            language: Some("de".to_owned()),
            time_zone: None,
            version: 1,
            created_at: Timestamp(0),
        }
    }

    fn address(text: &str, is_primary: bool) -> VerifiedAddress {
        VerifiedAddress {
            address: text.to_owned(),
            address_folded: text.to_lowercase(),
            is_primary,
            verified_at: Timestamp(0),
            method: "invitation".to_owned(),
        }
    }

    #[test]
    fn the_address_in_claims_is_the_primary_verified_one() {
        let claims = person(
            &user(),
            &[address("old@a.example", false), address("ana@a.example", true)],
        );
        assert_eq!(claims.email.as_deref(), Some("ana@a.example"));
        assert_eq!(claims.email_verified, Some(true));
        assert_eq!(claims.name.as_deref(), Some("Ana Lima"));
    }

    #[test]
    fn without_a_verified_address_nothing_is_said_of_one() {
        let claims = person(&user(), &[]);
        assert_eq!((claims.email, claims.email_verified), (None, None));
    }
}
