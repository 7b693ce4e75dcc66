use super::*;
use crate::error::ScimError;
use crate::schema::{ACCESS, ENTERPRISE_USER, USERS};
use proptest::prelude::*;
use serde_json::json;

fn read(body: &Value) -> Result<Incoming, ScimError> {
    canonicalize(body.as_object().unwrap().clone(), &USERS, &Policy::default())
}

fn document(body: &Value) -> Value {
    read(body).unwrap().resource.to_json()
}

fn detail(body: &Value) -> String {
    let error = read(body).unwrap_err();
    assert_eq!(error.status, 400);
    error.detail
}

#[test]
fn names_and_canonical_values_get_their_canonical_case() {
    let body = json!({"USERNAME": "Ana", "Emails": [{"VALUE": "A@x.example", "Type": "WORK"}],
        ENTERPRISE_USER.to_lowercase(): {"DEPARTMENT": "Sales"}});
    assert_eq!(
        document(&body),
        json!({"schemas": [USERS.core, ENTERPRISE_USER], "userName": "Ana",
            "emails": [{"value": "A@x.example", "type": "work"}],
            ENTERPRISE_USER: {"department": "Sales"}})
    );
}

#[test]
fn each_wrong_type_is_named_with_what_would_be_right() {
    for (body, says) in [
        (json!({"userName": 5}), "userName must be a string, not a number."),
        (json!({"active": "yes"}), "active must be true or false."),
        (
            json!({"active": 1}),
            "active must be true or false, not a number.",
        ),
        (
            json!({"emails": {"value": "a"}}),
            "emails must be an array, not an object.",
        ),
        (json!({"emails": [5]}), "emails must be an object, not a number."),
        (
            json!({"emails": [{"value": ["a"]}]}),
            "emails.value must be a string, not an array.",
        ),
        (json!({"emails": [{"type": "work"}]}), "emails.value is required."),
        (
            json!({"name": "Ana Lima"}),
            "name must be an object, not a string.",
        ),
        (json!({ENTERPRISE_USER: "x"}), "must be an object, not a string."),
        (json!({"userName": "a\0"}), "userName contains NUL."),
        (json!({"schemas": ["urn:x"]}), "schemas must be an array of URNs"),
        (json!({"schemas": "urn:x"}), "schemas must be an array of URNs"),
    ] {
        let detail = detail(&body);
        assert!(detail.contains(says), "{detail}");
    }
}

#[test]
fn a_name_given_twice_in_different_case_is_refused() {
    assert!(detail(&json!({"userName": "a", "USERNAME": "b"})).contains("userName is given twice"));
    let inside = json!({"name": {"givenName": "a", "GIVENNAME": "b"}});
    assert!(detail(&inside).contains("name.givenName is given twice"));
}

#[test]
fn texts_and_lists_too_long_are_refused() {
    assert!(detail(&json!({"title": "x".repeat(MAX_STRING + 1)})).contains("at most"));
    let many: Vec<Value> = (0..=MAX_VALUES)
        .map(|n| json!({"value": n.to_string()}))
        .collect();
    assert!(detail(&json!({"emails": many})).contains("at most"));
}

#[test]
fn unknown_attributes_are_left_out_and_reported_or_refused_as_set() {
    let body = json!({"userName": "a", "password": "secret", "name": {"x": 1},
        ENTERPRISE_USER: {"y": 1}, "urn:example:ext": {"z": 1}});
    let incoming = read(&body).unwrap();
    assert_eq!(
        incoming.resource.to_json(),
        json!({"schemas": [USERS.core], "userName": "a"})
    );
    let mut ignored = incoming.ignored;
    ignored.sort();
    let enterprise = format!("{ENTERPRISE_USER}:y");
    assert_eq!(
        ignored,
        ["name.x", "password", "urn:example:ext", enterprise.as_str()]
    );
    let strict = Policy {
        unknown: Unknown::Refuse,
    };
    let error = canonicalize(body.as_object().unwrap().clone(), &USERS, &strict).unwrap_err();
    assert_eq!(error.status, 400);
}

#[test]
fn read_only_attributes_are_left_out() {
    let body = json!({"userName": "a", "id": "x", "meta": {}, "groups": [{"value": "g"}],
        "entitlements": [{"value": "e"}], "roles": [{"value": "standard", "display": "S"}],
        ACCESS: {"status": "active", "user": "u", "mobileAccess": false}});
    assert_eq!(
        document(&body),
        json!({"schemas": [USERS.core, ACCESS], "userName": "a",
            "roles": [{"value": "standard"}], ACCESS: {"mobileAccess": false}})
    );
}

#[test]
fn overrides_are_nobodys_to_write_and_the_schema_says_so() {
    let overrides = json!([{"permission": "crm/a:b", "effect": "GRANT"}]);
    let body = json!({"userName": "a", ACCESS: {"overrides": overrides}});
    assert_eq!(read(&body).unwrap().resource.extension(ACCESS), None);
    let schema = crate::schema::by_id(ACCESS).unwrap();
    assert!(schema.attribute("overrides").unwrap().is_read_only());
}

#[test]
fn a_value_of_which_nothing_can_be_taken_is_refused_where_it_must_have_one() {
    for (body, says) in [
        (
            json!({"roles": [{"display": "Read Only"}]}),
            "roles.value is required.",
        ),
        (
            json!({"roles": [{"valeu": "read_only"}]}),
            "roles.value is required.",
        ),
        (json!({"emails": [{"x": 1}]}), "emails.value is required."),
        (
            json!({ACCESS: {"permissionSets": [{"value": "s1"}, {"display": "Sales desk"}]}}),
            "permissionSets.value is required.",
        ),
    ] {
        let detail = detail(&body);
        assert!(detail.ends_with(says), "{detail}");
    }
    let nothing = json!({"userName": "a", "roles": [null, {}, {"value": null}], "addresses": [{"x": 1}]});
    let mut cleared = read(&nothing).unwrap().cleared;
    cleared.sort();
    assert_eq!(cleared, ["addresses", "roles"]);
}

#[test]
fn null_and_empty_lists_are_reported_as_cleared() {
    let body = json!({"userName": "a", "title": null, "roles": [], "emails": [null]});
    let mut cleared = read(&body).unwrap().cleared;
    cleared.sort();
    assert_eq!(cleared, ["emails", "roles", "title"]);
}

#[test]
fn what_is_required_must_be_there_and_not_blank() {
    let lacking = read(&json!({"title": "x"})).unwrap().resource;
    assert_eq!(
        check_required(&lacking, &USERS).unwrap_err().detail,
        "userName is required."
    );
    let blank = read(&json!({"userName": "  "})).unwrap().resource;
    assert!(check_required(&blank, &USERS).is_err());
    let there = read(&json!({"userName": "a"})).unwrap().resource;
    assert!(check_required(&there, &USERS).is_ok());
}

/// OneLogin: several primary values. JumpCloud and others: no `schemas`, no `type`.
#[test]
fn of_several_primary_values_the_first_stays_so() {
    let body = json!({"userName": "a", "emails": [
        {"value": "1@x.example", "primary": true}, {"value": "2@x.example", "primary": true}]});
    assert_eq!(
        document(&body)["emails"],
        json!([{"value": "1@x.example", "primary": true},
            {"value": "2@x.example", "primary": false}])
    );
}

/// Entra ID: `manager` as a bare string, booleans as words.
#[test]
fn bare_strings_stand_for_the_value_and_words_for_booleans() {
    let body = json!({"userName": "a", "active": "False", "roles": ["standard"],
        ENTERPRISE_USER: {"manager": "42"}});
    let read = document(&body);
    assert_eq!(read["active"], false);
    assert_eq!(read["roles"], json!([{"value": "standard"}]));
    assert_eq!(read[ENTERPRISE_USER], json!({"manager": {"value": "42"}}));
}

#[test]
fn setting_and_taking_away_keeps_schemas_truthful() {
    let mut resource = Resource::new();
    resource.set("userName", "a");
    resource.set_in(ACCESS, "mobileAccess", true);
    resource.set_schemas(&USERS);
    assert_eq!(resource.get("schemas"), Some(&json!([USERS.core, ACCESS])));
    resource.set_in(ACCESS, "MOBILEACCESS", Value::Null);
    resource.set_schemas(&USERS);
    assert_eq!(
        resource.to_json(),
        json!({"schemas": [USERS.core], "userName": "a"})
    );
}

#[test]
fn meta_has_the_version_as_the_entity_tag_has_it() {
    let mut resource = Resource::new();
    let time: jiff::Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
    let meta = Meta {
        created: time,
        last_modified: time,
        location: "https://id.example/scim/v2/Users/1".to_owned(),
        version: 3,
    };
    resource.set_meta(&USERS, &meta);
    assert_eq!(
        resource.get("meta"),
        Some(&json!({"resourceType": "User", "created": "2026-11-24T08:00:00Z",
            "lastModified": "2026-11-24T08:00:00Z", "version": "W/\"3\"",
            "location": "https://id.example/scim/v2/Users/1"}))
    );
}

/// Any JSON, with names of the schemas now and then.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        Just(Value::from("True")),
    ];
    let name = prop_oneof![
        3 => proptest::sample::select(vec![
            "userName", "emails", "value", "type", "primary", "name", "givenName", "active",
            "roles", ENTERPRISE_USER, ACCESS, "manager", "permissionSets", "schemas", "op", "path",
            "Operations", "emails[type eq \"work\"].value", "name.givenName", "meta",
        ]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = crate::json::from_slice(&body);
    }

    #[test]
    fn no_document_makes_the_reader_panic_and_what_passes_passes_again(body in any_json()) {
        if let Value::Object(map) = body
            && let Ok(once) = canonicalize(map, &USERS, &Policy::default())
        {
            let again = canonicalize(once.resource.clone().into_map(), &USERS, &Policy::default());
            prop_assert_eq!(again.unwrap().resource, once.resource);
        }
    }
}
