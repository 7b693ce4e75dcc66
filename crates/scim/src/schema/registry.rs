//! The schema files, compiled in and read once.

use super::Schema;
use serde_json::Value;
use std::sync::LazyLock;

/// The URN of the core User schema (RFC 7643 section 4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The URN of the enterprise extension (RFC 7643 section 4.3).
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The URN of the core Group schema (RFC 7643 section 4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The URN of Latchkey's access extension.
pub const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
/// The URN of Latchkey's invitation extension.
pub const INVITATION: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";
/// The URN of Latchkey's permission sets.
pub const PERMISSION_SET: &str = "urn:latchkey:params:scim:schemas:core:1.0:PermissionSet";

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../../../scim-schemas/", $name, ".json"))
    };
}

/// Every file but the common attributes.
const TEXTS: [&str; 9] = [
    file!("User"),
    file!("EnterpriseUser"),
    file!("Access"),
    file!("Invitation"),
    file!("Group"),
    file!("PermissionSet"),
    file!("ServiceProviderConfig"),
    file!("ResourceType"),
    file!("Schema"),
];

struct Loaded {
    schema: Schema,
    document: Value,
}

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and a test reads every file"
)]
fn load(text: &str) -> Loaded {
    Loaded {
        schema: serde_json::from_str(text).expect("a schema file has the structure of RFC 7643"),
        document: serde_json::from_str(text).expect("a schema file is JSON"),
    }
}

static LOADED: LazyLock<Vec<Loaded>> = LazyLock::new(|| TEXTS.iter().map(|text| load(text)).collect());

static COMMON: LazyLock<Loaded> = LazyLock::new(|| load(file!("Common")));

fn loaded() -> &'static [Loaded] {
    &LOADED
}

/// `schemas`, `id`, `externalId` and `meta`, which no schema document lists (RFC 7643 section 3.1).
pub(crate) fn common() -> &'static Schema {
    &COMMON.schema
}

/// The schema with that URN, in any case.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Schema> {
    find(id).map(|loaded| &loaded.schema)
}

/// The schema file with that URN, in any case, as JSON.
#[must_use]
pub fn document(id: &str) -> Option<&'static Value> {
    find(id).map(|loaded| &loaded.document)
}

fn find(id: &str) -> Option<&'static Loaded> {
    loaded()
        .iter()
        .find(|loaded| loaded.schema.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, AttributeType, Mutability};

    fn each(attributes: &[Attribute], inside: &str, check: &mut impl FnMut(&str, &Attribute)) {
        for attribute in attributes {
            let path = format!("{inside}{}", attribute.name);
            check(&path, attribute);
            each(&attribute.sub_attributes, &format!("{path}."), check);
        }
    }

    #[test]
    fn every_file_reads_and_is_found_by_its_urn_in_any_case() {
        assert_eq!(loaded().len(), TEXTS.len());
        for loaded in loaded() {
            let id = loaded.schema.id.to_uppercase();
            assert_eq!(by_id(&id).unwrap().name, loaded.schema.name);
        }
        assert_eq!(common().attributes.len(), 4);
    }

    #[test]
    fn complex_attributes_have_parts_and_no_others_do() {
        for loaded in loaded() {
            each(&loaded.schema.attributes, "", &mut |path, attribute| {
                assert_eq!(
                    attribute.kind == AttributeType::Complex,
                    !attribute.sub_attributes.is_empty(),
                    "{path}"
                );
                assert!(!attribute.description.is_empty(), "{path}");
            });
        }
    }

    #[test]
    fn nothing_below_a_read_only_attribute_can_be_written() {
        for loaded in loaded() {
            for attribute in loaded.schema.attributes.iter().filter(|a| a.is_read_only()) {
                each(&attribute.sub_attributes, "", &mut |path, sub| {
                    assert_eq!(sub.mutability, Mutability::ReadOnly, "{path}");
                });
            }
        }
    }

    #[test]
    fn passwords_and_certificates_are_not_taken_and_the_schema_says_so() {
        let user = by_id(USER).unwrap();
        assert!(user.attribute("password").is_none());
        assert!(user.attribute("x509Certificates").is_none());
        assert!(
            user.description
                .contains("password and x509Certificates are not taken")
        );
    }
}
