//! PUT (RFC 7644 section 3.5.1).
//!
//! An omitted attribute of the core schema or the enterprise extension is cleared. What says who
//! may do what (`active`, `roles` and everything in Latchkey's own extensions) stays when omitted,
//! which the RFC leaves to the service: clients that have never heard of it would strip people of
//! their access. Null and `[]` clear these too.

use crate::error::ScimError;
use crate::resource::{Incoming, Resource, check_required};
use crate::schema::{Attribute, Mutability, ResourceType, Schema, spelled};
use serde_json::Value;

/// The resource as it is after the PUT.
///
/// # Errors
/// 400 `mutability` where an immutable attribute would change; 400 `invalidValue` where something
/// required is missing.
pub fn replace(
    current: &Resource,
    incoming: &Incoming,
    resource_type: &ResourceType,
) -> Result<Resource, ScimError> {
    let mut result = current.clone();
    for (extension, attribute) in resource_type.attributes() {
        if attribute.is_read_only() {
            continue;
        }
        let old = current.value(extension, attribute);
        let new = incoming.resource.value(extension, attribute);
        let path = spelled(extension, attribute);
        let is_omitted = new.is_none() && !incoming.cleared.contains(&path);
        if attribute.mutability == Mutability::Immutable && old.is_some() {
            if !is_omitted && new != old {
                return Err(ScimError::mutability(format!("{path} can't be changed.")));
            }
            continue;
        }
        if is_omitted && stays_when_omitted(extension, attribute) {
            continue;
        }
        result.set_value(extension, attribute, new.cloned().unwrap_or(Value::Null));
    }
    check_required(&result, resource_type)?;
    result.set_schemas(resource_type);
    Ok(result)
}

fn stays_when_omitted(extension: Option<&Schema>, attribute: &Attribute) -> bool {
    match extension {
        Some(schema) => schema.id.starts_with("urn:latchkey:"),
        None => matches!(attribute.name.as_str(), "active" | "roles"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Policy, canonicalize};
    use crate::schema::{ACCESS, ENTERPRISE_USER, USERS};
    use serde_json::json;

    fn put(body: &Value) -> Result<Value, ScimError> {
        let current = json!({
            "schemas": [USERS.core, ENTERPRISE_USER, ACCESS],
            "id": "42", "userName": "ana", "title": "Clerk", "active": true,
            "externalId": "e1",
            "roles": [{"value": "manager", "primary": true}],
            "entitlements": [{"value": "s1", "display": "Sales"}],
            ENTERPRISE_USER: {"department": "Sales"},
            ACCESS: {"permissionSets": [{"value": "s1"}], "mobileAccess": true,
                "overrides": [{"permission": "crm/a:b", "effect": "deny"}], "status": "active"},
        });
        let current = Resource::from(current.as_object().unwrap().clone());
        let incoming = canonicalize(body.as_object().unwrap().clone(), &USERS, &Policy::default())?;
        replace(&current, &incoming, &USERS).map(|r| r.to_json())
    }

    #[test]
    fn omitted_profile_is_cleared_and_omitted_access_stays() {
        let after = put(&json!({"userName": "ana"})).unwrap();
        assert_eq!(after.get("title"), None);
        assert_eq!(after.get("externalId"), None);
        assert_eq!(after.get(ENTERPRISE_USER), None);
        assert_eq!(after["active"], true);
        assert_eq!(after["roles"][0]["value"], "manager");
        assert_eq!(after[ACCESS]["mobileAccess"], true);
        assert_eq!(after[ACCESS]["permissionSets"][0]["value"], "s1");
        assert_eq!(after["id"], "42");
    }

    #[test]
    fn null_and_an_empty_list_clear_what_would_stay() {
        let body = json!({"userName": "ana", "roles": [], "active": null,
            ACCESS: {"permissionSets": [], "mobileAccess": null}});
        let after = put(&body).unwrap();
        assert_eq!(after.get("roles"), None);
        assert_eq!(after.get("active"), None);
        assert_eq!(after[ACCESS].get("permissionSets"), None);
        assert_eq!(after[ACCESS].get("mobileAccess"), None);
        assert_eq!(after[ACCESS]["status"], "active");
    }

    #[test]
    fn read_only_attributes_are_ignored_and_stay() {
        let body = json!({"id": "43", "userName": "ana", "entitlements": [],
            "meta": {"version": "x"}, ACCESS: {"status": "suspended", "overrides": []}});
        let after = put(&body).unwrap();
        assert_eq!(after["id"], "42");
        assert_eq!(after["entitlements"][0]["value"], "s1");
        assert_eq!(after[ACCESS]["status"], "active");
        assert_eq!(after[ACCESS]["overrides"][0]["effect"], "deny");
    }

    #[test]
    fn a_required_attribute_can_not_be_left_out() {
        let error = put(&json!({"title": "x"})).unwrap_err();
        assert_eq!(error.detail, "userName is required.");
        assert_eq!(put(&json!({"userName": " "})).unwrap_err().status, 400);
    }
}
