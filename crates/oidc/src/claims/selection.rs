//! Which claims are asked for (OpenID Connect Core 1.0 §5.4 and §5.5).

use std::collections::BTreeMap;

use crate::authorize::ClaimRequest;
use crate::scope::{Scope, ScopeSet};

/// The claims that scopes and the `claims` parameter ask for, for one place.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a> {
    scopes: &'a ScopeSet,
    requested: Option<&'a BTreeMap<String, ClaimRequest>>,
}

impl<'a> Selection<'a> {
    /// What the scopes ask for.
    #[must_use]
    pub fn of_scopes(scopes: &'a ScopeSet) -> Self {
        Self {
            scopes,
            requested: None,
        }
    }

    /// What the scopes ask for, and single claims beside. A client that needs the person's consent gets no
    /// single claims but those consented to; that is for the caller to see to.
    #[must_use]
    pub fn with_requested(scopes: &'a ScopeSet, requested: &'a BTreeMap<String, ClaimRequest>) -> Self {
        Self {
            scopes,
            requested: Some(requested),
        }
    }

    /// Whether the claim is asked for.
    #[must_use]
    pub fn asks_for(&self, claim: &str) -> bool {
        self.scopes.asks_for(claim)
            || self
                .requested
                .is_some_and(|requested| requested.contains_key(claim))
    }

    /// Whether any claim of the scope is asked for.
    #[must_use]
    pub fn asks_of(&self, scope: Scope) -> bool {
        let is_requested = |requested: &BTreeMap<String, ClaimRequest>| {
            !requested.is_empty() && scope.claims().iter().any(|it| requested.contains_key(*it))
        };
        self.scopes.contains(scope) || self.requested.is_some_and(is_requested)
    }
}

/// Clears a claim that is not asked for.
pub(super) fn keep<T>(selection: &Selection<'_>, claim: &str, slot: &mut Option<T>) {
    if slot.is_some() && !selection.asks_for(claim) {
        *slot = None;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::claims::{AccountClaim, MembershipClaims, PersonClaims};

    fn person() -> PersonClaims {
        let text = || Some("x".to_owned());
        PersonClaims {
            name: text(),
            given_name: text(),
            family_name: text(),
            preferred_username: text(),
            zoneinfo: text(),
            locale: text(),
            email: text(),
            email_verified: Some(true),
        }
    }

    fn membership() -> MembershipClaims {
        MembershipClaims {
            account: Some(AccountClaim {
                id: "a".into(),
                slug: "b".into(),
                name: "c".into(),
            }),
            member: Some("m".into()),
            role: Some("r".into()),
            roles: Some(vec![]),
            base_role: Some("b".into()),
            permissions: Some(vec![]),
            permissions_overage: Some(true),
            entitlements: Some(vec![]),
            groups: Some(vec![]),
        }
    }

    fn selected(selection: &Selection<'_>) -> Vec<String> {
        let names = |value: Value| -> Vec<String> {
            serde_json::from_value::<Map<_, _>>(value)
                .unwrap()
                .into_iter()
                .map(|(name, _)| name)
                .collect()
        };
        let mut all = names(serde_json::to_value(person().select(selection)).unwrap());
        all.extend(names(
            serde_json::to_value(membership().select(selection)).unwrap(),
        ));
        all.sort();
        all
    }

    #[test]
    fn each_scope_brings_exactly_its_claims() {
        for scope in Scope::ALL {
            let scopes: ScopeSet = [*scope].into_iter().collect();
            let mut expected: Vec<_> = scope
                .claims()
                .iter()
                .filter(|claim| **claim != "sub")
                .map(ToString::to_string)
                .collect();
            expected.sort();
            assert_eq!(selected(&Selection::of_scopes(&scopes)), expected, "{scope}");
        }
    }

    #[test]
    fn a_single_claim_can_be_asked_for() {
        let scopes = ScopeSet::parse("openid").unwrap();
        let requested = BTreeMap::from([("email".to_owned(), ClaimRequest::default())]);
        let selection = Selection::with_requested(&scopes, &requested);
        assert_eq!(selected(&selection), ["email"]);
        let of: Vec<_> = Scope::ALL.iter().filter(|it| selection.asks_of(**it)).collect();
        assert_eq!(of, [&Scope::OpenId, &Scope::Email]);
    }

    #[test]
    fn nothing_is_told_unasked() {
        let scopes = ScopeSet::default();
        assert!(selected(&Selection::of_scopes(&scopes)).is_empty());
    }
}
