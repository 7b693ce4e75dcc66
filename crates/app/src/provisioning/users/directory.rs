//! The directory profile of a member, as a SCIM resource has it and as it is kept.
//!
//! What is searched or shown elsewhere (user name, address, names) has a column of its own;
//! everything else stays in one JSON document, in the words of the schemas, and comes back as it
//! was sent.

use latchkey_domain::address::EmailAddress;
use latchkey_domain::member::Profile;
use latchkey_domain::text::{check_person_name, is_hidden};
use latchkey_scim::address::invited_address;
use latchkey_scim::schema::{ACCESS, ENTERPRISE_USER, INVITATION};
use latchkey_scim::{Resource, ScimError, user};
use serde_json::{Map, Value, json};

use crate::provisioning::invalid;

/// The longest `userName`, in characters: it is part of an index.
const LONGEST_USER_NAME: usize = 256;
/// The longest `externalId`, in bytes: it is part of an index.
const LONGEST_EXTERNAL_ID: usize = 1_024;

/// The largest document, in bytes: all that is kept of one user beside the columns.
const LARGEST_DOCUMENT: usize = 128 * 1024;

/// The document of a member of whom nothing but its columns was ever told.
const EMPTY: &str = "{}";

/// What the document does not keep: it has a place of its own, or is computed.
const KEPT_ELSEWHERE: [&str; 11] = [
    "schemas",
    "id",
    "externalId",
    "meta",
    "userName",
    "displayName",
    "active",
    "roles",
    "groups",
    "entitlements",
    ACCESS,
];

/// The profile that a resource describes.
///
/// # Errors
/// 400 `invalidValue` for names that are too long, hold a link or characters that can't be seen;
/// 413 for more attributes than are kept.
pub(super) fn kept(resource: &Resource) -> Result<Profile, ScimError> {
    let name = user::name(resource);
    let display_name = resource
        .text("displayName")
        .map(str::trim)
        .filter(|it| !it.is_empty());
    for (attribute, text) in [
        ("name.givenName", name.given_name.as_deref()),
        ("name.familyName", name.family_name.as_deref()),
        ("name.middleName", name.middle_name.as_deref()),
        ("name.honorificPrefix", name.honorific_prefix.as_deref()),
        ("name.honorificSuffix", name.honorific_suffix.as_deref()),
        ("name.formatted", name.formatted.as_deref()),
        ("displayName", display_name),
        ("nickName", resource.text("nickName")),
    ] {
        if let Some(text) = text.filter(|it| !it.trim().is_empty()) {
            check_person_name(text).map_err(|fault| invalid(attribute, fault))?;
        }
    }
    let document = Value::Object(document(resource)).to_string();
    if document.len() > LARGEST_DOCUMENT {
        let detail = format!("One user may have at most {LARGEST_DOCUMENT} bytes of attributes.");
        return Err(ScimError::status(413, detail));
    }
    Ok(Profile {
        user_name: user_name(resource)?,
        email: address(resource).map(|it| it.as_str().to_owned()),
        given_name: name.given_name.unwrap_or_default().trim().to_owned(),
        family_name: name.family_name.unwrap_or_default().trim().to_owned(),
        display_name: display_name.map(str::to_owned),
        document,
    })
}

/// The address to invite, where there is one that mail can go to.
pub(super) fn address(resource: &Resource) -> Option<EmailAddress> {
    invited_address(resource).and_then(|text| EmailAddress::parse(&text).ok())
}

/// `externalId`, checked.
///
/// # Errors
/// 400 `invalidValue` for one that is too long.
pub(super) fn external_id(resource: &Resource) -> Result<Option<String>, ScimError> {
    let text = user::external_id(resource).filter(|it| !it.is_empty());
    if text.is_some_and(|it| it.len() > LONGEST_EXTERNAL_ID) {
        return Err(invalid(
            "externalId",
            format_args!("at most {LONGEST_EXTERNAL_ID} bytes are taken"),
        ));
    }
    Ok(text.map(str::to_owned))
}

fn user_name(resource: &Resource) -> Result<String, ScimError> {
    let text = user::user_name(resource).unwrap_or_default().trim();
    if text.is_empty() {
        return Err(invalid("userName", "it is required"));
    }
    if text.chars().count() > LONGEST_USER_NAME {
        return Err(invalid(
            "userName",
            format_args!("at most {LONGEST_USER_NAME} characters are taken"),
        ));
    }
    if text.chars().any(|c| c.is_control() || is_hidden(c)) {
        return Err(invalid("userName", "it has a character that can't be seen"));
    }
    Ok(text.to_owned())
}

fn document(resource: &Resource) -> Map<String, Value> {
    let mut document = resource.as_map().clone();
    document.retain(|name, _| !KEPT_ELSEWHERE.contains(&name.as_str()));
    drop_parts(&mut document, "name", |part| {
        !matches!(part, "givenName" | "familyName")
    });
    drop_parts(&mut document, INVITATION, |part| {
        matches!(part, "send" | "message" | "language" | "application")
    });
    if let Some(Value::Object(enterprise)) = document.get_mut(ENTERPRISE_USER) {
        drop_parts(enterprise, "manager", |part| part == "value");
    }
    drop_parts(&mut document, ENTERPRISE_USER, |_| true);
    document
}

/// Keeps the parts of an object that `keep` says, and drops it where none is left.
fn drop_parts(document: &mut Map<String, Value>, name: &str, keep: impl Fn(&str) -> bool) {
    let Some(Value::Object(parts)) = document.get_mut(name) else {
        return;
    };
    parts.retain(|part, _| keep(part));
    if parts.is_empty() {
        document.remove(name);
    }
}

/// The resource that a kept profile describes: the directory attributes alone.
pub(super) fn shown(profile: &Profile) -> Resource {
    let document: Map<String, Value> = serde_json::from_str(&profile.document).unwrap_or_default();
    let mut resource = Resource::from(document);
    resource.set("userName", profile.user_name.as_str());
    resource.set("displayName", profile.display_name.as_deref());
    let mut name = match resource.get("name") {
        Some(Value::Object(name)) => name.clone(),
        _ => Map::new(),
    };
    for (part, text) in [
        ("givenName", &profile.given_name),
        ("familyName", &profile.family_name),
    ] {
        if !text.is_empty() {
            name.insert(part.to_owned(), text.as_str().into());
        }
    }
    if !name.is_empty() {
        resource.set("name", Value::Object(name));
    }
    show_address(&mut resource, profile);
    resource
}

/// The address may have been given by another interface, or changed there since; that one is then
/// the primary.
fn show_address(resource: &mut Resource, profile: &Profile) {
    let email = profile.email.as_deref();
    let kept = email.map(str::to_lowercase);
    let is_of_scim = profile.document.len() > EMPTY.len();
    if is_of_scim && address(resource).map(|it| it.folded()) == kept {
        return;
    }
    let Some(email) = email else {
        resource.set("emails", Value::Null);
        return;
    };
    let mut emails = vec![json!({ "value": email, "type": "work", "primary": true })];
    if let Some(Value::Array(others)) = resource.get("emails") {
        let is_other = |it: &&Value| it.get("value").and_then(Value::as_str).map(str::to_lowercase) != kept;
        emails.extend(others.iter().filter(is_other).cloned().map(|mut other| {
            if let Some(parts) = other.as_object_mut() {
                parts.remove("primary");
            }
            other
        }));
    }
    resource.set("emails", Value::Array(emails));
}

/// What a change of the resource changes of the profile: before and after, by name. `member` is
/// the profile that is kept.
///
/// # Errors
/// As [`kept`], of the resource as it is to be.
pub(super) fn difference(
    member: &Profile,
    before: &Resource,
    after: &Resource,
) -> Result<Option<(Value, Value)>, ScimError> {
    let new = kept(after)?;
    let is_kept = new == *member || kept(before).is_ok_and(|old| old == new);
    if is_kept && before.get("externalId") == after.get("externalId") {
        return Ok(None);
    }
    let (mut old, mut new) = (told(before), told(after));
    let same: Vec<String> = old
        .iter()
        .filter(|(name, value)| new.get(*name) == Some(value))
        .map(|it| it.0.clone())
        .collect();
    for name in same {
        old.remove(&name);
        new.remove(&name);
    }
    Ok(Some((Value::Object(old), Value::Object(new))))
}

/// The profile's own attributes, as the audit trail is told of them.
fn told(resource: &Resource) -> Map<String, Value> {
    let mut map = document(resource);
    for name in ["userName", "displayName", "externalId", "name"] {
        map.remove(name);
        if let Some(value) = resource.get(name) {
            map.insert(name.to_owned(), value.clone());
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(value: &Value) -> Resource {
        Resource::from(value.as_object().unwrap().clone())
    }

    fn full() -> Value {
        json!({
            "userName": "ana", "externalId": "e1", "displayName": "Ana L.", "title": "Clerk", "active": true,
            "name": {"givenName": "Ana", "familyName": "Lima", "honorificPrefix": "Dr."},
            "emails": [{"value": "ana@home.example", "type": "home"}, {"value": "Ana@Work.example", "type": "work"}],
            "phoneNumbers": [{"value": "+351 1", "type": "work"}],
            "addresses": [{"locality": "Porto", "type": "work"}],
            "roles": [{"value": "manager"}],
            ENTERPRISE_USER: {"department": "Sales", "manager": {"value": "42", "displayName": "Max"}},
            ACCESS: {"mobileAccess": true},
            INVITATION: {"send": false, "resend": true, "message": "Hi"},
        })
    }

    #[test]
    fn a_profile_comes_back_as_it_was_sent() {
        let profile = kept(&resource(&full())).unwrap();
        assert_eq!(profile.email.as_deref(), Some("Ana@work.example"));
        assert_eq!(
            (profile.given_name.as_str(), profile.family_name.as_str()),
            ("Ana", "Lima")
        );
        let back = shown(&profile).to_json();
        for name in [
            "userName",
            "displayName",
            "title",
            "name",
            "emails",
            "phoneNumbers",
            "addresses",
        ] {
            assert_eq!(back[name], full()[name], "{name}");
        }
        assert_eq!(
            back[ENTERPRISE_USER],
            json!({"department": "Sales", "manager": {"value": "42"}})
        );
        assert_eq!(back[INVITATION], json!({"send": false, "message": "Hi"}));
        for elsewhere in ["externalId", "active", "roles", ACCESS] {
            assert_eq!(back.get(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn what_another_interface_changed_is_what_is_shown() {
        let mut profile = kept(&resource(&full())).unwrap();
        profile.given_name = "Anna".to_owned();
        profile.email = Some("new@work.example".to_owned());
        let back = shown(&profile).to_json();
        assert_eq!(back["name"]["givenName"], "Anna");
        assert_eq!(
            back["emails"][0],
            json!({"value": "new@work.example", "type": "work", "primary": true})
        );
        assert_eq!(back["emails"].as_array().unwrap().len(), 3);
        profile.email = None;
        assert_eq!(shown(&profile).get("emails"), None);
    }

    #[test]
    fn a_user_name_that_is_an_address_is_shown_as_one_and_saying_it_again_changes_nothing() {
        let bare = resource(&json!({"userName": "ana@x.example"}));
        let profile = kept(&bare).unwrap();
        assert_eq!(profile.email.as_deref(), Some("ana@x.example"));
        let back = shown(&profile);
        let work = json!({"value": "ana@x.example", "type": "work", "primary": true});
        assert_eq!(back.to_json()["emails"], json!([work]));
        assert_eq!(difference(&profile, &back, &bare).unwrap(), None);
        assert_eq!(difference(&profile, &back, &back).unwrap(), None);
    }

    #[test]
    fn a_member_that_was_not_made_over_scim_has_its_columns_shown() {
        let profile = Profile {
            user_name: "ana".to_owned(),
            email: Some("ana@x.example".to_owned()),
            given_name: "Ana".to_owned(),
            family_name: String::new(),
            display_name: None,
            document: "{}".to_owned(),
        };
        let back = shown(&profile).to_json();
        assert_eq!(back["name"], json!({"givenName": "Ana"}));
        assert_eq!(back["emails"][0]["value"], "ana@x.example");
    }

    #[test]
    fn names_that_smuggle_something_are_refused() {
        for (body, attribute) in [
            (
                json!({"userName": "ana", "name": {"givenName": "Ana https://x.example"}}),
                "name.givenName",
            ),
            (
                json!({"userName": "ana", "displayName": "A\u{202E}b"}),
                "displayName",
            ),
            (json!({"userName": "a\u{200B}na"}), "userName"),
            (json!({"userName": "x".repeat(257)}), "userName"),
            (json!({"userName": "  "}), "userName"),
        ] {
            let error = kept(&resource(&body)).unwrap_err();
            assert!(
                error.status == 400 && error.detail.starts_with(attribute),
                "{}",
                error.detail
            );
        }
        assert!(external_id(&resource(&json!({"externalId": "x".repeat(1025)}))).is_err());
    }

    #[test]
    fn only_what_changed_is_told_to_the_audit_trail() {
        let mut after = full();
        after["title"] = json!("Boss");
        after["emails"] = Value::Null;
        after["active"] = json!(false);
        let mut after = resource(&after);
        after.set("emails", Value::Null);
        let (before, profile) = (resource(&full()), kept(&resource(&full())).unwrap());
        let (old, new) = difference(&profile, &before, &after).unwrap().unwrap();
        assert_eq!(old, json!({"title": "Clerk", "emails": full()["emails"]}));
        assert_eq!(new, json!({"title": "Boss"}));
        assert_eq!(difference(&profile, &before, &before).unwrap(), None);
    }
}
