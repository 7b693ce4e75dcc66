//! What the service says about itself (RFC 7644 section 4; RFC 7643 sections 5 to 7).
//!
//! Only what is served is listed: a schema file alone makes no endpoint.

use crate::error::ScimError;
use crate::list::ListResponse;
use crate::schema::{ACCESS, ENTERPRISE_USER, INVITATION, ResourceType, USER, USERS, document};
use serde_json::{Value, json};

/// The resource types that are served.
pub const SERVED: [&ResourceType; 1] = [&USERS];

/// The schemas of what is served, in the order of the list. Those of the discovery documents
/// themselves are served too (RFC 7643 section 8.7.2).
pub const SERVED_SCHEMAS: [&str; 7] = [
    USER,
    ENTERPRISE_USER,
    ACCESS,
    INVITATION,
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
];

/// What the service supports; the caller says what is true of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Where people find the documentation.
    pub documentation_uri: Option<String>,
    /// Operations and bytes that a bulk request may have; none if there is no bulk.
    pub bulk: Option<BulkLimits>,
    /// How many resources a page has when the client names no count.
    pub default_page_size: u64,
    /// How many resources a page has at most.
    pub max_page_size: u64,
    /// Whether lists can be sorted.
    pub sort: bool,
    /// For how many seconds a cursor can be used; none if there are no cursors.
    pub cursor_timeout: Option<u64>,
}

/// The limits of a bulk request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkLimits {
    /// How many operations.
    pub max_operations: u64,
    /// How many bytes.
    pub max_payload_size: u64,
}

/// The ServiceProviderConfig document. `base` is the base URL of SCIM, without a slash at its end.
#[must_use]
pub fn service_provider_config(base: &str, capabilities: &Capabilities) -> Value {
    let bulk = capabilities.bulk.unwrap_or(BulkLimits {
        max_operations: 0,
        max_payload_size: 0,
    });
    let mut pagination = json!({
        "cursor": capabilities.cursor_timeout.is_some(),
        "index": true,
        "defaultPaginationMethod": "index",
        "defaultPageSize": capabilities.default_page_size,
        "maxPageSize": capabilities.max_page_size,
    });
    insert(&mut pagination, "cursorTimeout", capabilities.cursor_timeout);
    let mut config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {
            "supported": capabilities.bulk.is_some(),
            "maxOperations": bulk.max_operations,
            "maxPayloadSize": bulk.max_payload_size,
        },
        "filter": {"supported": true, "maxResults": capabilities.max_page_size},
        "changePassword": {"supported": false},
        "sort": {"supported": capabilities.sort},
        "etag": {"supported": true},
        "pagination": pagination,
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token made for one account, sent in the Authorization header.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    });
    insert(
        &mut config,
        "documentationUri",
        capabilities.documentation_uri.clone(),
    );
    config
}

/// The list of resource types.
#[must_use]
pub fn resource_types(base: &str) -> Value {
    list(SERVED.iter().map(|served| describe(base, served)).collect())
}

/// One resource type.
///
/// # Errors
/// 404 for a name that is not served.
pub fn resource_type(base: &str, name: &str) -> Result<Value, ScimError> {
    SERVED
        .iter()
        .find(|served| served.name.eq_ignore_ascii_case(name))
        .map(|served| describe(base, served))
        .ok_or_else(|| ScimError::not_found("ResourceType", name))
}

/// The list of schemas.
#[must_use]
pub fn schemas(base: &str) -> Value {
    let served = SERVED_SCHEMAS.iter();
    list(served.filter_map(|id| located(base, id)).collect())
}

/// One schema, by its URN.
///
/// # Errors
/// 404 for one that is not served.
pub fn schema(base: &str, id: &str) -> Result<Value, ScimError> {
    SERVED_SCHEMAS
        .iter()
        .find(|served| served.eq_ignore_ascii_case(id))
        .and_then(|served| located(base, served))
        .ok_or_else(|| ScimError::not_found("Schema", id))
}

/// The refusal of a `filter` on a discovery document (RFC 7644 section 4).
#[must_use]
pub fn filter_refused() -> ScimError {
    ScimError::status(403, "Discovery documents can't be filtered; read the whole list.")
}

fn insert(document: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(map), Some(value)) = (document.as_object_mut(), value) {
        map.insert(name.to_owned(), value.into());
    }
}

fn describe(base: &str, served: &ResourceType) -> Value {
    let extensions: Vec<Value> = served
        .extensions
        .iter()
        .map(|id| json!({"schema": id, "required": false}))
        .collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": served.name,
        "name": served.name,
        "description": served.description,
        "endpoint": served.endpoint,
        "schema": served.core,
        "schemaExtensions": extensions,
        "meta": {
            "resourceType": "ResourceType",
            "location": format!("{base}/ResourceTypes/{}", served.name),
        },
    })
}

fn located(base: &str, id: &str) -> Option<Value> {
    let mut schema = document(id)?.clone();
    let meta = json!({"resourceType": "Schema", "location": format!("{base}/Schemas/{id}")});
    insert(&mut schema, "meta", Some(meta));
    Some(schema)
}

fn list(resources: Vec<Value>) -> Value {
    ListResponse {
        total_results: u64::try_from(resources.len()).unwrap_or(u64::MAX),
        start_index: Some(1),
        resources,
        ..ListResponse::default()
    }
    .into_json()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://id.example/scim/v2";

    fn capabilities() -> Capabilities {
        Capabilities {
            documentation_uri: Some("https://id.example/docs/scim".to_owned()),
            bulk: None,
            default_page_size: 100,
            max_page_size: 200,
            sort: true,
            cursor_timeout: None,
        }
    }

    #[test]
    fn the_discovery_documents_are_as_reviewed() {
        insta::with_settings!({sort_maps => true}, {
            insta::assert_json_snapshot!("config", service_provider_config(BASE, &capabilities()));
            insta::assert_json_snapshot!("resource_types", resource_types(BASE));
            insta::assert_json_snapshot!("schemas", schemas(BASE));
        });
    }

    #[test]
    fn what_is_not_served_is_not_found() {
        assert_eq!(resource_type(BASE, "Group").unwrap_err().status, 404);
        assert_eq!(schema(BASE, crate::schema::GROUP).unwrap_err().status, 404);
        assert_eq!(schema(BASE, "urn:x").unwrap_err().status, 404);
        assert_eq!(filter_refused().status, 403);
    }

    #[test]
    fn each_document_is_found_by_id_as_the_list_has_it() {
        let all = schemas(BASE);
        for listed in all["Resources"].as_array().unwrap() {
            let id = listed["id"].as_str().unwrap();
            assert_eq!(&schema(BASE, id).unwrap(), listed);
        }
        assert_eq!(all["totalResults"], SERVED_SCHEMAS.len());
    }

    #[test]
    fn every_schema_of_a_served_resource_type_is_served() {
        for served in SERVED {
            assert!(SERVED_SCHEMAS.contains(&served.core));
            assert!(served.extensions.iter().all(|id| SERVED_SCHEMAS.contains(id)));
        }
    }
}
