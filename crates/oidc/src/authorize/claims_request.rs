//! The `claims` parameter (OpenID Connect Core 1.0 §5.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scope::Scope;

/// The most claims asked for in each of the two places.
pub const MAX_CLAIMS: usize = 64;

/// How one claim is asked for; `null` on the wire is the default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Whether the client can't do without.
    #[serde(default)]
    pub essential: bool,
    /// The one value wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values wanted, the preferred first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}

impl ClaimRequest {
    /// Whether a value is one of those wanted; every value is where none is named.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        match (&self.value, &self.values) {
            (Some(wanted), _) => wanted == value,
            (None, Some(wanted)) => wanted.contains(value),
            (None, None) => true,
        }
    }
}

/// Single claims that a client asks for, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For UserInfo.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
    /// For the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
}

/// The parameter as it stands on the wire, where a claim may be `null` and other members are ignored.
#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    userinfo: Option<BTreeMap<String, Option<ClaimRequest>>>,
    #[serde(default)]
    id_token: Option<BTreeMap<String, Option<ClaimRequest>>>,
}

/// The `claims` parameter is not what Core §5.5 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClaimsRequestError {
    #[error(
        "claims must be a JSON object whose members userinfo and id_token are objects of claims, \
         each null or an object with essential, value and values"
    )]
    Shape,
    #[error("claims asks for more than {MAX_CLAIMS} claims in one place")]
    TooMany,
}

impl ClaimsRequest {
    /// Reads the parameter. Claims that are not known here are left out: they are ignored (§5.5), and the request
    /// has to travel through the pages.
    pub(crate) fn parse(text: &str) -> Result<Self, ClaimsRequestError> {
        // A derived struct would also be read from an array.
        if !text.trim_start().starts_with('{') {
            return Err(ClaimsRequestError::Shape);
        }
        let wire: Wire = serde_json::from_str(text).map_err(|_| ClaimsRequestError::Shape)?;
        let read = |claims: Option<BTreeMap<String, Option<ClaimRequest>>>| {
            let claims = claims.unwrap_or_default();
            if claims.len() > MAX_CLAIMS {
                return Err(ClaimsRequestError::TooMany);
            }
            let known = claims
                .into_iter()
                .filter(|(name, _)| is_known(name))
                .map(|(name, request)| (name, request.unwrap_or_default()));
            Ok(known.collect())
        };
        Ok(Self {
            userinfo: read(wire.userinfo)?,
            id_token: read(wire.id_token)?,
        })
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The `sub` that the client insists on; if another person is signed in, the answer is `login_required`
    /// (Core §5.5.1, §3.1.2.2).
    #[must_use]
    pub fn wanted_sub(&self) -> Option<&ClaimRequest> {
        self.id_token
            .get("sub")
            .filter(|request| request.value.is_some() || request.values.is_some())
    }
}

/// Whether it matters that the claim is asked for: one that a scope brings too, or `acr`, which may be asked for
/// so that the request must fail (§5.5.1.1). The ID token's other claims come unasked.
fn is_known(name: &str) -> bool {
    name == "acr" || Scope::ALL.iter().any(|scope| scope.claims().contains(&name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_example_of_the_specification_is_read() {
        let claims = ClaimsRequest::parse(
            r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
                "http://example.info/claims/groups": null},
               "id_token": {"auth_time": {"essential": true},
                "acr": {"values": ["urn:mace:incommon:iap:silver"]}}}"#,
        )
        .unwrap();
        assert!(claims.userinfo["given_name"].essential);
        let names: Vec<_> = claims.userinfo.keys().collect();
        assert_eq!(names, ["email", "given_name"], "nobody here has a nickname");
        let acr = &claims.id_token["acr"];
        assert!(acr.admits(&json!("urn:mace:incommon:iap:silver")));
        assert!(!acr.admits(&json!("other")));
    }

    #[test]
    fn a_claim_without_a_wish_is_asked_for_as_it_comes() {
        let claims = ClaimsRequest::parse(r#"{"userinfo": {"name": null}}"#).unwrap();
        assert_eq!(claims.userinfo["name"], ClaimRequest::default());
    }

    #[test]
    fn unknown_members_are_ignored() {
        let claims =
            ClaimsRequest::parse(r#"{"id_token": {"sub": {"value": "u1", "x": 1}}, "y": 2}"#).unwrap();
        assert!(claims.wanted_sub().unwrap().admits(&json!("u1")));
        assert!(!claims.wanted_sub().unwrap().admits(&json!("u2")));
    }

    #[test]
    fn what_is_no_claims_request_is_refused() {
        let deep = format!("{{\"userinfo\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        for bad in [
            "",
            "{",
            "null",
            "[]",
            "[null, null]",
            "\"x\"",
            r#"{"userinfo": []}"#,
            r#"{"userinfo": {"name": 1}}"#,
            r#"{"id_token": {"name": {"essential": "yes"}}}"#,
            r#"{"id_token": {"name": {"values": 1}}}"#,
            &deep,
        ] {
            assert_eq!(ClaimsRequest::parse(bad), Err(ClaimsRequestError::Shape), "{bad}");
        }
    }

    #[test]
    fn claims_are_bounded() {
        let many: BTreeMap<_, _> = (0..=MAX_CLAIMS).map(|n| (n.to_string(), Value::Null)).collect();
        let text = json!({ "userinfo": many }).to_string();
        assert_eq!(ClaimsRequest::parse(&text), Err(ClaimsRequestError::TooMany));
    }
}
