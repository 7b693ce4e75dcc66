//! The claims of a person and a member, as those asked for. Docs: "What tokens carry".

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_domain::catalogue::PermissionId;
use latchkey_domain::claims::{self, AccessClaims, ClaimScopes, Claimant, Place};
use latchkey_domain::id::{AccountId, ApplicationId};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::ClaimsRequest;
use latchkey_oidc::claims::{AccountClaim, MembershipClaims, PersonClaims, Selection};
use latchkey_oidc::scope::{Scope, ScopeSet};

use crate::access::{self, Facts, Scene};
use crate::known::{Known, Person};
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
pub(super) fn person(person: &Person) -> PersonClaims {
    let Person { user, addresses } = person;
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
    }
}

/// What these facts give in this scene, and until when nothing but a change alters it.
#[derive(Debug)]
pub(crate) struct Entitled {
    facts: Arc<Facts>,
    scene: Arc<Scene>,
    permissions: BTreeSet<PermissionId>,
    sets: Vec<String>,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Entitled {
    fn new(facts: &Arc<Facts>, scene: &Arc<Scene>, now: Timestamp) -> Self {
        let sets = facts.direct_sets.iter().map(|it| it.expires_at);
        let carried = facts.group_sets.iter().map(|it| it.expires_at);
        let overrides = facts.overrides.iter().map(|it| it.expires_at);
        let ends = sets.chain(carried).chain(overrides).flatten();
        Self {
            permissions: facts.permissions(scene, now),
            sets: facts.set_names(now),
            since: now,
            until: ends.filter(|it| now < *it).min(),
            facts: Arc::clone(facts),
            scene: Arc::clone(scene),
        }
    }

    /// Whether it is about these very facts and this very scene (which it holds, so that no others
    /// come to lie in their place), and of this moment.
    pub(crate) fn holds(&self, facts: &Arc<Facts>, scene: &Arc<Scene>, now: Timestamp) -> bool {
        Arc::ptr_eq(&self.facts, facts)
            && Arc::ptr_eq(&self.scene, scene)
            && self.since <= now
            && self.until.is_none_or(|it| now < it)
    }
}

/// What a member may do in an application, worked out once for the same facts and scene.
fn entitled(app: &App, facts: &Arc<Facts>, scene: &Arc<Scene>, now: Timestamp) -> Arc<Entitled> {
    app.cache.entitled(facts, scene, now).unwrap_or_else(|| {
        let found = Arc::new(Entitled::new(facts, scene, now));
        app.cache.keep_entitled(facts, scene, Arc::clone(&found));
        found
    })
}

/// What is asked for of a member's account, role, permissions and groups, of this moment.
pub(super) fn membership(
    app: &App,
    (facts, scene): (&Arc<Facts>, &Arc<Scene>),
    selection: &Selection<'_>,
    place: Place,
    now: Timestamp,
) -> MembershipClaims {
    let scopes = ClaimScopes {
        account: selection.asks_of(Scope::Account),
        roles: selection.asks_of(Scope::Roles),
        permissions: selection.asks_of(Scope::Permissions),
        groups: selection.asks_of(Scope::Groups),
    };
    let entitled = scopes.permissions.then(|| entitled(app, facts, scene, now));
    let nothing = (BTreeSet::new(), Vec::new());
    let (permissions, sets) = match &entitled {
        Some(it) => (&it.permissions, &it.sets),
        None => (&nothing.0, &nothing.1),
    };
    let claimant = Claimant {
        account: &facts.account,
        member: &facts.member,
        role: &facts.role,
        permissions,
        sets,
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

/// What tokens may say of the person behind a member: nothing where no claim of it is asked for.
pub(super) fn wanted_of_person(known: &Known, scopes: &ScopeSet, requested: &ClaimsRequest) -> PersonClaims {
    let selection = Selection::with_requested(scopes, &requested.id_token);
    match &known.person {
        Some(it) if wants_person(scopes, &selection) => person(it),
        _ => PersonClaims::default(),
    }
}

/// Whether any claim of the person is asked for.
fn wants_person(scopes: &ScopeSet, selection: &Selection<'_>) -> bool {
    scopes.contains(Scope::OpenId)
        && [Scope::Profile, Scope::Email]
            .iter()
            .any(|scope| selection.asks_of(*scope))
}

#[cfg(test)]
mod tests {
    use latchkey_store::user::{User, VerifiedAddress};

    use super::*;

    fn person_with(addresses: Vec<VerifiedAddress>) -> Person {
        let user = User {
            id: "u1".into(),
            given_name: "Ana".to_owned(),
            family_name: "Lima".to_owned(),
            language: Some("de".to_owned()),
            time_zone: None,
            version: 1,
            created_at: Timestamp(0),
        };
        Person { user, addresses }
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
        let both = vec![address("old@a.example", false), address("ana@a.example", true)];
        let claims = person(&person_with(both));
        assert_eq!(claims.email.as_deref(), Some("ana@a.example"));
        assert_eq!(claims.email_verified, Some(true));
        assert_eq!(claims.name.as_deref(), Some("Ana Lima"));
    }

    #[test]
    fn without_a_verified_address_nothing_is_said_of_one() {
        let claims = person(&person_with(Vec::new()));
        assert_eq!((claims.email, claims.email_verified), (None, None));
    }
}
