//! One test for each habit of a real client in [`crate::quirks`] that concerns PATCH.

use super::tests::{ana, on, patched};
use crate::error::ScimType;
use crate::schema::{ENTERPRISE_USER, USERS};
use serde_json::json;

#[test]
fn entra_capitalizes_op_and_writes_booleans_as_words() {
    let after = patched(&json!([{"op": "Replace", "path": "active", "value": "False"}]));
    assert_eq!(after["active"], false);
}

#[test]
fn entra_replaces_without_path_by_dotted_urn_and_bracketed_names() {
    let manager = format!("{ENTERPRISE_USER}:manager");
    let department = format!("{ENTERPRISE_USER}:department");
    let core = format!("{}:title", USERS.core);
    let after = patched(&json!([{"op": "Replace", "value": {
        "name.givenName": "Anna", department: "Ops", manager: "9", core: "Boss",
        "emails[type eq \"work\"].value": "new@x.example",
    }}]));
    assert_eq!(after["name"], json!({"givenName": "Anna", "familyName": "Lima"}));
    assert_eq!(after[ENTERPRISE_USER]["department"], "Ops");
    assert_eq!(after[ENTERPRISE_USER]["manager"]["value"], "9");
    assert_eq!(after["title"], "Boss");
    assert_eq!(after["emails"][0]["value"], "new@x.example");
}

#[test]
fn entra_replaces_a_work_address_that_is_not_there_and_it_is_created() {
    let bare = json!({"id": "1", "userName": "ana"});
    for op in ["Add", "Replace"] {
        let operations = json!([{"op": op, "path": "emails[type eq \"work\"].value",
            "value": "ana@x.example"}]);
        let after = on(&bare, &operations).unwrap().resource.to_json();
        assert_eq!(
            after["emails"],
            json!([{"type": "work", "value": "ana@x.example"}])
        );
    }
    let second = patched(
        &json!([{"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value",
        "value": "+351 1"}]),
    );
    assert_eq!(
        second["phoneNumbers"],
        json!([{"type": "mobile", "value": "+351 1"}])
    );
}

#[test]
fn entra_adds_one_object_or_an_array() {
    let one = json!({"value": "o@x.example", "type": "other"});
    for value in [one.clone(), json!([one])] {
        let after = patched(&json!([{"op": "Add", "path": "emails", "value": value}]));
        assert_eq!(after["emails"].as_array().unwrap().len(), 3);
        assert_eq!(after["emails"][2], one);
    }
}

#[test]
fn entra_removes_the_values_in_the_body_and_no_others() {
    let work = json!({"value": "ana@x.example"});
    for value in [json!([work]), work, json!("ana@x.example")] {
        let after = patched(&json!([{"op": "Remove", "path": "emails", "value": value}]));
        assert_eq!(
            after["emails"],
            json!([{"value": "ana@home.example", "type": "home"}])
        );
    }
    let none = on(&ana(), &json!([{"op": "Remove", "path": "emails", "value": []}])).unwrap();
    assert!(!none.changed);
}

#[test]
fn entra_sets_manager_as_a_bare_string_and_clears_it_with_an_empty_one() {
    let path = format!("{ENTERPRISE_USER}:manager");
    let after = patched(&json!([{"op": "Add", "path": path, "value": "9"}]));
    assert_eq!(after[ENTERPRISE_USER]["manager"]["value"], "9");
    for value in [
        json!(""),
        json!({"value": ""}),
        json!({"value": null}),
        json!(null),
    ] {
        let after = patched(&json!([{"op": "Replace", "path": path, "value": value}]));
        assert_eq!(after[ENTERPRISE_USER], json!({"department": "Sales"}), "{value}");
    }
}

#[test]
fn entra_names_the_role_by_its_primary_value() {
    let operations = json!([{"op": "Replace", "path": "roles[primary eq \"True\"].value",
        "value": "manager"}]);
    let roles = json!([{"value": "manager", "primary": true}]);
    assert_eq!(patched(&operations)["roles"], roles);
    let none = json!({"id": "1", "userName": "ana"});
    let after = on(&none, &operations).unwrap().resource.to_json();
    assert_eq!(after["roles"], roles);
}

#[test]
fn entra_adds_a_role_and_it_takes_the_place_of_the_one_there_is() {
    let added = json!([{"op": "Add", "path": "roles", "value": [{"value": "manager"}]}]);
    assert_eq!(patched(&added)["roles"], json!([{"value": "manager"}]));
    let after = patched(&json!([
        {"op": "Add", "path": "roles", "value": [{"value": "manager"}]},
        {"op": "Remove", "path": "roles[value eq \"standard\"]"},
    ]));
    assert_eq!(after["roles"], json!([{"value": "manager"}]));
}

#[test]
fn okta_deactivates_without_path() {
    let after = patched(&json!([{"op": "replace", "value": {"active": false}}]));
    assert_eq!(after["active"], false);
}

#[test]
fn okta_sends_the_id_along_without_path_and_it_is_left_out() {
    let operations = json!([{"op": "replace", "value": {"id": "other", "title": "Boss"}}]);
    let after = patched(&operations);
    assert_eq!((&after["id"], &after["title"]), (&json!("42"), &json!("Boss")));
    let by_path = json!([{"op": "replace", "path": "id", "value": "other"}]);
    let error = on(&ana(), &by_path).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::Mutability));
}

#[test]
fn one_login_marks_several_values_as_primary() {
    let after = patched(&json!([{"op": "replace", "path": "emails", "value": [
        {"value": "1@x.example", "primary": true}, {"value": "2@x.example", "primary": true}]}]));
    let emails = after["emails"].as_array().unwrap();
    let primary = emails.iter().filter(|email| email["primary"] == true).count();
    assert_eq!(primary, 1);
}

#[test]
fn a_body_without_schemas_is_taken() {
    let body = json!({"operations": [{"OP": "remove", "Path": "title"}]});
    let request = super::PatchRequest::parse(body.as_object().unwrap().clone()).unwrap();
    assert_eq!(request.operations.len(), 1);
}
