use super::*;
use crate::resource::Unknown;
use crate::schema::{ACCESS, ENTERPRISE_USER, INVITATION, USERS};
use proptest::prelude::*;
use serde_json::json;

pub(super) fn ana() -> Value {
    json!({
        "schemas": [USERS.core, ENTERPRISE_USER, ACCESS], "id": "42", "userName": "ana",
        "title": "Clerk", "active": true, "name": {"givenName": "Ana", "familyName": "Lima"},
        "emails": [
            {"value": "ana@x.example", "type": "work", "primary": true},
            {"value": "ana@home.example", "type": "home"},
        ],
        "roles": [{"value": "standard", "primary": true}],
        ENTERPRISE_USER: {"department": "Sales", "manager": {"value": "7", "displayName": "Eva"}},
        ACCESS: {"mobileAccess": true, "status": "active",
            "permissionSets": [{"value": "s1"}, {"value": "s2"}]},
    })
}

pub(super) fn on(current: &Value, operations: &Value) -> Result<Patched, ScimError> {
    with(current, operations, &Policy::default())
}

fn with(current: &Value, operations: &Value, policy: &Policy) -> Result<Patched, ScimError> {
    let body = json!({"schemas": [PATCH_SCHEMA], "Operations": operations});
    let current = Resource::from(current.as_object().unwrap().clone());
    PatchRequest::parse(body.as_object().unwrap().clone())?.apply(&current, &USERS, policy)
}

pub(super) fn patched(operations: &Value) -> Value {
    on(&ana(), operations).unwrap().resource.to_json()
}

fn refused(operations: &Value) -> Option<ScimType> {
    let error = on(&ana(), operations).unwrap_err();
    assert_eq!(error.status, 400);
    error.scim_type
}

#[test]
fn single_values_are_added_replaced_and_removed() {
    let after = patched(&json!([
        {"op": "add", "path": "nickName", "value": "An"},
        {"op": "replace", "path": "name.givenName", "value": "Anna"},
        {"op": "remove", "path": "title"},
        {"op": "remove", "path": "name.familyName"},
    ]));
    assert_eq!(after["nickName"], "An");
    assert_eq!(after["name"], json!({"givenName": "Anna"}));
    assert_eq!(after.get("title"), None);
}

#[test]
fn replacing_a_complex_value_leaves_what_is_not_named() {
    let after = patched(&json!([
        {"op": "replace", "path": "name", "value": {"givenName": "Anna", "familyName": null}},
        {"op": "add", "value": {"name": {"middleName": "M"}}},
    ]));
    assert_eq!(after["name"], json!({"givenName": "Anna", "middleName": "M"}));
}

#[test]
fn adding_a_value_that_is_there_changes_nothing() {
    let same = on(
        &ana(),
        &json!([
            {"op": "add", "path": "emails", "value": [{"value": "ANA@x.example", "type": "work"}]},
            {"op": "replace", "path": "title", "value": "Clerk"},
        ]),
    );
    let after = same.unwrap();
    assert_eq!(after.resource.get("emails").unwrap().as_array().unwrap().len(), 2);
    let nothing = on(
        &ana(),
        &json!([{"op": "replace", "path": "title", "value": "Clerk"}]),
    );
    assert!(!nothing.unwrap().changed);
}

#[test]
fn the_same_address_for_another_use_is_another_value() {
    let after = patched(&json!([{"op": "add", "path": "emails",
        "value": [{"value": "ana@x.example", "type": "other"}]}]));
    assert_eq!(after["emails"].as_array().unwrap().len(), 3);
}

#[test]
fn a_patch_can_not_add_values_without_end() {
    let operations: Vec<Value> = (0..=crate::resource::MAX_VALUES)
        .map(|n| json!({"op": "add", "path": "emails", "value": {"value": format!("{n}@x.example")}}))
        .collect();
    assert_eq!(refused(&json!(operations)), Some(ScimType::InvalidValue));
    let created: Vec<Value> = (0..=crate::resource::MAX_VALUES)
        .map(|n| json!({"op": "add", "path": format!("emails[type eq \"{n}\"].value"), "value": "a@x.example"}))
        .collect();
    assert_eq!(refused(&json!(created)), Some(ScimType::InvalidValue));
}

#[test]
fn a_new_primary_value_makes_the_others_not_primary() {
    let added = json!([{"op": "add", "path": "emails",
        "value": [{"value": "n@x.example", "primary": true}]}]);
    let filtered = json!([{"op": "replace", "path": "emails[type eq \"home\"].primary",
        "value": true}]);
    for (operations, primary) in [(added, "n@x.example"), (filtered, "ana@home.example")] {
        let after = patched(&operations);
        let primaries: Vec<&str> = after["emails"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|email| email["primary"] == true)
            .map(|email| email["value"].as_str().unwrap())
            .collect();
        assert_eq!(primaries, [primary]);
    }
}

#[test]
fn selected_values_are_changed_replaced_and_removed() {
    let after = patched(&json!([
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@x.example"},
        {"op": "replace", "path": "emails[type eq \"home\"]", "value": {"value": "h@x.example"}},
        {"op": "remove", "path": format!("{ACCESS}:permissionSets[value eq \"s1\"]")},
    ]));
    assert_eq!(
        after["emails"],
        json!([
        {"value": "new@x.example", "type": "work", "primary": true},
        {"value": "h@x.example", "type": "home"}])
    );
    assert_eq!(after[ACCESS]["permissionSets"], json!([{"value": "s2"}]));
}

#[test]
fn a_value_that_loses_what_it_must_have_is_removed() {
    let after = patched(&json!([{"op": "remove", "path": "emails[type eq \"home\"].value"}]));
    assert_eq!(after["emails"].as_array().unwrap().len(), 1);
}

#[test]
fn removing_what_is_not_there_is_no_error() {
    let operations = json!([
        {"op": "remove", "path": "emails[type eq \"other\"]"},
        {"op": "remove", "path": "nickName"},
    ]);
    assert!(!on(&ana(), &operations).unwrap().changed);
}

#[test]
fn a_filter_that_selects_nothing_and_says_nothing_to_create_is_no_target() {
    for path in [
        "emails[value co \"@y\"].value",
        "emails[type eq \"a\" or type eq \"b\"].value",
        "emails[type eq \"a\" and type eq \"b\"].value",
        "emails[type eq \"other\"].primary",
    ] {
        let value = if path.ends_with("primary") {
            json!(true)
        } else {
            json!("x")
        };
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        assert_eq!(refused(&operations), Some(ScimType::NoTarget), "{path}");
    }
}

#[test]
fn a_filter_that_names_a_value_that_is_not_there_creates_none() {
    for (path, value) in [
        ("emails[value eq \"third@x.example\"].display", json!("a")),
        ("emails[value eq \"third@x.example\"]", json!({"type": "home"})),
        (
            "emails[type eq \"other\" and value eq \"third@x.example\"].primary",
            json!(true),
        ),
    ] {
        for op in ["add", "replace"] {
            let operations = json!([{"op": op, "path": path, "value": value}]);
            assert_eq!(refused(&operations), Some(ScimType::NoTarget), "{path}");
        }
    }
    let kept = patched(
        &json!([{"op": "replace", "path": "emails[value eq \"ana@home.example\"]",
        "value": {"type": "other"}}]),
    );
    assert_eq!(
        kept["emails"][1],
        json!({"value": "ana@home.example", "type": "other"})
    );
}

#[test]
fn what_says_nothing_that_can_be_taken_takes_nothing_away() {
    for operation in [
        json!({"op": "replace", "path": "roles", "value": [{"display": "Manager"}]}),
        json!({"op": "add", "path": "roles", "value": {"valeu": "manager"}}),
        json!({"op": "replace", "path": "roles[primary eq \"True\"]", "value": {"display": "Manager"}}),
        json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": {"display": "Ana"}}),
        json!({"op": "replace", "value": {ACCESS: {"permissionSets": [{"display": "Sales desk"}]}}}),
    ] {
        let refused = refused(&json!([operation]));
        assert_eq!(refused, Some(ScimType::InvalidValue), "{operation}");
    }
}

#[test]
fn a_permission_set_is_taken_away_by_its_name_as_it_is_given() {
    let mut before = ana();
    before[ACCESS]["permissionSets"] = json!([{"value": "s1", "display": "Sales desk"}, {"value": "s2"}]);
    let path = format!("{ACCESS}:permissionSets");
    for operation in [
        json!({"op": "remove", "path": format!("{path}[value eq \"sales desk\"]")}),
        json!({"op": "remove", "path": path, "value": [{"value": "Sales desk"}]}),
        json!({"op": "remove", "path": path, "value": [{"value": "s1"}]}),
    ] {
        let after = on(&before, &json!([operation])).unwrap().resource.to_json();
        assert_eq!(
            after[ACCESS]["permissionSets"],
            json!([{"value": "s2"}]),
            "{operation}"
        );
    }
    // A role goes by its key alone.
    before["roles"] = json!([{"value": "lead", "display": "Standard"}]);
    let other = json!([{"op": "remove", "path": "roles[value eq \"standard\"]"}]);
    assert!(!on(&before, &other).unwrap().changed);
}

#[test]
fn read_only_and_required_attributes_are_kept() {
    for operation in [
        json!({"op": "replace", "path": "id", "value": "43"}),
        json!({"op": "add", "path": "groups", "value": [{"value": "g"}]}),
        json!({"op": "remove", "path": "meta"}),
        json!({"op": "replace", "path": format!("{ACCESS}:status"), "value": "active"}),
        json!({"op": "replace", "path": format!("{ACCESS}:overrides"), "value": []}),
        json!({"op": "replace", "path": format!("{ENTERPRISE_USER}:manager.displayName"), "value": "x"}),
        json!({"op": "remove", "path": "userName"}),
        json!({"op": "replace", "path": "userName", "value": null}),
    ] {
        assert_eq!(
            refused(&json!([operation])),
            Some(ScimType::Mutability),
            "{operation}"
        );
    }
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    for operation in [
        json!({"op": "replace", "path": "active", "value": "maybe"}),
        json!({"op": "replace", "path": "userName", "value": ["x"]}),
        json!({"op": "add", "path": "emails", "value": 5}),
        json!({"op": "add", "path": "title"}),
        json!({"op": "add", "value": "x"}),
        json!({"op": "remove", "path": "emails", "value": [{"type": "work"}]}),
        json!({"op": "replace", "path": ENTERPRISE_USER, "value": "x"}),
        json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": "x@y.example"}),
        json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": [1, 2]}),
    ] {
        let result = on(&ana(), &json!([operation]));
        match result {
            Err(error) => assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{operation}"),
            // A bare string stands for the value.
            Ok(after) => assert_eq!(
                after.resource.to_json()["emails"][0],
                json!({"type": "work", "value": "x@y.example"})
            ),
        }
    }
}

#[test]
fn brackets_and_sub_attributes_where_they_mean_nothing_are_invalid_paths() {
    for path in [
        "userName[value eq \"x\"]",
        "emails[type eq \"x\"",
        "emails.value",
        "a b",
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": "x"}]);
        assert_eq!(refused(&operations), Some(ScimType::InvalidPath), "{path}");
    }
    let bad = json!([{"op": "replace", "path": "emails[primary gt true].value", "value": "x"}]);
    assert_eq!(refused(&bad), Some(ScimType::InvalidFilter));
}

#[test]
fn a_remove_needs_a_path() {
    let operations = json!([{"op": "remove", "value": {"title": "x"}}]);
    assert_eq!(refused(&operations), Some(ScimType::NoTarget));
}

#[test]
fn unknown_attributes_are_left_out_and_reported_or_refused_as_set() {
    let operations = json!([
        {"op": "replace", "path": "password", "value": "x"},
        {"op": "replace", "value": {"active": false, "shoeSize": 4}},
    ]);
    let after = on(&ana(), &operations).unwrap();
    assert_eq!(after.ignored, ["password", "shoeSize"]);
    assert_eq!(after.resource.get("active"), Some(&json!(false)));
    let strict = Policy {
        unknown: Unknown::Refuse,
    };
    let error = with(&ana(), &operations, &strict).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::InvalidPath));
}

#[test]
fn one_operation_that_fails_undoes_all() {
    let before = ana();
    let operations = json!([
        {"op": "replace", "path": "title", "value": "Boss"},
        {"op": "replace", "path": "id", "value": "x"},
    ]);
    assert!(on(&before, &operations).is_err());
    assert_eq!(before, ana());
}

#[test]
fn an_extension_is_changed_and_removed_as_a_whole() {
    let after = patched(&json!([
        {"op": "add", "path": ENTERPRISE_USER, "value": {"costCenter": "9", "manager.value": "8"}},
        {"op": "remove", "path": ACCESS},
    ]));
    assert_eq!(after[ENTERPRISE_USER]["costCenter"], "9");
    assert_eq!(after[ENTERPRISE_USER]["department"], "Sales");
    assert_eq!(after[ENTERPRISE_USER]["manager"]["value"], "8");
    // What is read-only stays.
    assert_eq!(after[ACCESS], json!({"status": "active"}));
}

#[test]
fn resend_reaches_the_caller() {
    let path = format!("{INVITATION}:resend");
    let after = on(&ana(), &json!([{"op": "replace", "path": path, "value": true}])).unwrap();
    assert!(crate::user::invitation(&after.resource).resend);
}

#[test]
fn what_is_no_patch_is_refused() {
    for body in [
        json!({}),
        json!({"Operations": []}),
        json!({"Operations": {}}),
        json!({"Operations": [5]}),
        json!({"Operations": [{"op": "move", "path": "a"}]}),
        json!({"Operations": [{"path": "a", "value": 1}]}),
        json!({"schemas": ["urn:x"], "Operations": [{"op": "remove", "path": "title"}]}),
    ] {
        let error = PatchRequest::parse(body.as_object().unwrap().clone()).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidSyntax), "{body}");
    }
    let many = vec![json!({"op": "remove", "path": "title"}); MAX_OPERATIONS + 1];
    assert_eq!(on(&ana(), &json!(many)).unwrap_err().status, 413);
}

proptest! {
    #[test]
    fn no_path_makes_the_parser_panic(path in any::<String>()) {
        let _ = PatchPath::parse(&path);
    }

    #[test]
    fn no_patch_panics_and_what_it_makes_is_a_resource(
        op in proptest::sample::select(vec!["add", "remove", "replace"]),
        path in proptest::option::of(proptest::sample::select(vec![
            "userName", "emails", "emails[type eq \"work\"]", "emails[type eq \"x\"].value",
            "emails.value", "name", "name.givenName", "roles", ENTERPRISE_USER, ACCESS, "active",
            "roles[primary eq \"True\"].value", "meta", "nothing",
        ])),
        value in crate::resource::tests::any_json(),
    ) {
        let mut operation = json!({"op": op, "value": value});
        if let Some(path) = path {
            operation["path"] = path.into();
        }
        if let Ok(after) = on(&ana(), &json!([operation])) {
            let map = after.resource.into_map();
            let read = crate::resource::canonicalize(map, &USERS, &Policy::default());
            prop_assert!(read.is_ok(), "{read:?}");
        }
    }
}
