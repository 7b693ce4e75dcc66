//! The directory profile of a member, as a SCIM resource has it and as it is kept.
//!
//! What is searched or shown elsewhere (user name, address, names) has a column of its own;
//! everything else stays in one JSON document, in the words of the schemas, and comes back as it
//! was sent.

use latchkey_domain::address::EmailAddress;
use latchkey_domain::member::Profile;
use latchkey_domain::text::{check_person_name, is_hidden};
use latchkey_scim::address::invited_address;
use latchkey_scim::filter::fold;
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

/// The profile that a resource describes. `before` is the resource that a change begins with: what
/// stays as it was is not checked again, as it may have been kept under other rules.
///
/// # Errors
/// 400 `invalidValue` for names that are too long, hold a link or characters that can't be seen;
/// 413 for more attributes than are kept.
pub(super) fn kept(resource: &Resource, before: Option<&Resource>) -> Result<Profile, ScimError> {
    check_names(resource, before)?;
    let profile = profile(resource);
    if before.and_then(user::user_name) != Some(profile.user_name.as_str()) {
        check_user_name(&profile.user_name)?;
    }
    if profile.document.len() > LARGEST_DOCUMENT {
        let detail = format!("One user may have at most {LARGEST_DOCUMENT} bytes of attributes.");
        return Err(ScimError::status(413, detail));
    }
    Ok(profile)
}

fn profile(resource: &Resource) -> Profile {
    let name = user::name(resource);
    Profile {
        user_name: user::user_name(resource).unwrap_or_default().trim().to_owned(),
        email: address(resource).map(|it| it.as_str().to_owned()),
        given_name: name.given_name.unwrap_or_default().trim().to_owned(),
        family_name: name.family_name.unwrap_or_default().trim().to_owned(),
        display_name: display_name(resource).map(str::to_owned),
        document: Value::Object(document(resource)).to_string(),
    }
}

fn display_name(resource: &Resource) -> Option<&str> {
    resource
        .text("displayName")
        .map(str::trim)
        .filter(|it| !it.is_empty())
}

/// All that a person is called by.
fn names(resource: &Resource) -> [(&'static str, Option<String>); 8] {
    let name = user::name(resource);
    [
        ("name.givenName", name.given_name),
        ("name.familyName", name.family_name),
        ("name.middleName", name.middle_name),
        ("name.honorificPrefix", name.honorific_prefix),
        ("name.honorificSuffix", name.honorific_suffix),
        ("name.formatted", name.formatted),
        ("displayName", display_name(resource).map(str::to_owned)),
        ("nickName", resource.text("nickName").map(str::to_owned)),
    ]
}

fn check_names(resource: &Resource, before: Option<&Resource>) -> Result<(), ScimError> {
    let old = before.map(names).unwrap_or_default();
    for ((attribute, text), (_, old)) in names(resource).into_iter().zip(old) {
        if let Some(text) = text.filter(|it| !it.trim().is_empty() && old.as_ref() != Some(it)) {
            check_person_name(&text).map_err(|fault| invalid(attribute, fault))?;
        }
    }
    Ok(())
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

fn check_user_name(text: &str) -> Result<(), ScimError> {
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
    Ok(())
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

/// Whether the address is the user name, which is shown among `emails` though nobody gave it there:
/// it follows the user name.
pub(super) fn is_address_derived(profile: &Profile) -> bool {
    let folded = |text: &str| EmailAddress::parse(text).ok().map(|it| it.folded());
    let document: Map<String, Value> = serde_json::from_str(&profile.document).unwrap_or_default();
    let derived = folded(&profile.user_name);
    !document.contains_key("emails")
        && derived.is_some()
        && derived == profile.email.as_deref().and_then(folded)
}

/// The address may be the user name, or have been given by another interface, or changed there
/// since; it is then shown as the primary.
fn show_address(resource: &mut Resource, profile: &Profile) {
    let email = profile.email.as_deref();
    let kept = email.map(fold);
    let has_emails = resource.get("emails").is_some();
    if has_emails && address(resource).map(|it| it.folded()) == kept {
        return;
    }
    let Some(email) = email else {
        resource.set("emails", Value::Null);
        return;
    };
    let mut emails = vec![json!({ "value": email, "type": "work", "primary": true })];
    if let Some(Value::Array(others)) = resource.get("emails") {
        let is_other = |it: &&Value| it.get("value").and_then(Value::as_str).map(fold) != kept;
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
/// the profile that is kept, `new` the one that is to be.
pub(super) fn difference(
    (member, new): (&Profile, &Profile),
    (before, after): (&Resource, &Resource),
) -> Option<(Value, Value)> {
    let is_kept = new == member || profile(before) == *new;
    if is_kept && before.get("externalId") == after.get("externalId") {
        return None;
    }
    // An address that is the user name is told as it is shown.
    let mut after = after.clone();
    show_address(&mut after, new);
    let (mut old, mut new) = (told(before), told(&after));
    let same: Vec<String> = old
        .iter()
        .filter(|(name, value)| new.get(*name) == Some(value))
        .map(|it| it.0.clone())
        .collect();
    for name in same {
        old.remove(&name);
        new.remove(&name);
    }
    Some((Value::Object(old), Value::Object(new)))
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

    fn difference_of(member: &Profile, before: &Resource, after: &Resource) -> Option<(Value, Value)> {
        difference((member, &profile(after)), (before, after))
    }

    #[test]
    fn a_profile_comes_back_as_it_was_sent() {
        let profile = kept(&resource(&full()), None).unwrap();
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
        let mut profile = kept(&resource(&full()), None).unwrap();
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
        let profile = kept(&bare, None).unwrap();
        assert_eq!(profile.email.as_deref(), Some("ana@x.example"));
        let back = shown(&profile);
        let work = json!({"value": "ana@x.example", "type": "work", "primary": true});
        assert_eq!(back.to_json()["emails"], json!([work]));
        assert_eq!(difference_of(&profile, &back, &bare), None);
        assert_eq!(difference_of(&profile, &back, &back), None);
    }

    #[test]
    fn an_address_that_is_the_user_name_is_shown_whatever_else_is_kept_and_follows_it() {
        for body in [
            json!({"userName": "ana@x.example"}),
            json!({"userName": "ana@x.example", "title": "Clerk"}),
        ] {
            let profile = kept(&resource(&body), None).unwrap();
            let before = shown(&profile);
            assert_eq!(before.to_json()["emails"][0]["value"], "ana@x.example");
            assert!(is_address_derived(&profile));
            let mut after = resource(&body);
            after.set("userName", "ana.lima@x.example");
            let (old, new) = difference_of(&profile, &before, &after).unwrap();
            assert_eq!(old["emails"][0]["value"], "ana@x.example");
            assert_eq!(new["emails"][0]["value"], "ana.lima@x.example");
            assert_eq!(new["userName"], "ana.lima@x.example");
        }
        let given = json!({"userName": "ana@x.example", "emails": [{"value": "ana@x.example"}]});
        assert!(!is_address_derived(&kept(&resource(&given), None).unwrap()));
        assert!(!is_address_derived(&kept(&resource(&full()), None).unwrap()));
    }

    #[test]
    fn a_name_that_would_be_refused_today_stays_as_it_is() {
        let body = json!({"userName": "a\u{200B}na", "title": "Clerk", "nickName": "see x.example/a",
            "name": {"givenName": "Ana https://x.example", "familyName": "Lima"}});
        let old = resource(&body);
        assert!(kept(&old, None).is_err());
        let mut after = old.clone();
        after.set("title", "Boss");
        assert!(kept(&after, Some(&old)).is_ok());
        after.set("displayName", "Ana https://y.example");
        let error = kept(&after, Some(&old)).unwrap_err();
        assert!(error.detail.starts_with("displayName"), "{}", error.detail);
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
            let error = kept(&resource(&body), None).unwrap_err();
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
        let (before, profile) = (resource(&full()), kept(&resource(&full()), None).unwrap());
        let (old, new) = difference_of(&profile, &before, &after).unwrap();
        assert_eq!(old, json!({"title": "Clerk", "emails": full()["emails"]}));
        assert_eq!(new, json!({"title": "Boss"}));
        assert_eq!(difference_of(&profile, &before, &before), None);
    }
}
