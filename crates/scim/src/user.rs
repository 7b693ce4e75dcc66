//! What a canonical User says, typed. None means that the attribute is not there.

use crate::error::ScimError;
use crate::json::get;
use crate::resource::Resource;
use crate::schema::{ACCESS, ENTERPRISE_USER, INVITATION};
use serde_json::{Map, Value};

/// The parts of a person's name (RFC 7643 section 4.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The whole name.
    pub formatted: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Middle names.
    pub middle_name: Option<String>,
    /// Before the name.
    pub honorific_prefix: Option<String>,
    /// After the name.
    pub honorific_suffix: Option<String>,
}

/// One of `emails`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The address.
    pub value: String,
    /// `work`, `home` and so on.
    pub kind: Option<String>,
    /// Whether it is the preferred one.
    pub primary: bool,
}

/// The access extension as far as clients write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Ids of permission sets, in their order.
    pub permission_sets: Option<Vec<String>>,
    /// Mobile Access.
    pub mobile_access: Option<bool>,
    /// Email Reminders.
    pub email_reminders: Option<bool>,
}

/// The invitation extension as far as clients write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invitation {
    /// Whether to send it.
    pub send: Option<bool>,
    /// Whether to send it again.
    pub resend: bool,
    /// A personal message.
    pub message: Option<String>,
    /// The email's language.
    pub language: Option<String>,
    /// The application's key.
    pub application: Option<String>,
}

/// `userName`.
#[must_use]
pub fn user_name(resource: &Resource) -> Option<&str> {
    resource.text("userName")
}

/// `externalId`.
#[must_use]
pub fn external_id(resource: &Resource) -> Option<&str> {
    resource.text("externalId")
}

/// `active`, the provisioning side's word.
#[must_use]
pub fn active(resource: &Resource) -> Option<bool> {
    resource.get("active").and_then(Value::as_bool)
}

/// `name`; all parts none if it is not there.
#[must_use]
pub fn name(resource: &Resource) -> Name {
    let Some(map) = resource.get("name").and_then(Value::as_object) else {
        return Name::default();
    };
    Name {
        formatted: text(map, "formatted"),
        family_name: text(map, "familyName"),
        given_name: text(map, "givenName"),
        middle_name: text(map, "middleName"),
        honorific_prefix: text(map, "honorificPrefix"),
        honorific_suffix: text(map, "honorificSuffix"),
    }
}

/// `emails`.
#[must_use]
pub fn emails(resource: &Resource) -> Vec<Email> {
    objects(resource.get("emails"))
        .filter_map(|map| {
            Some(Email {
                value: text(map, "value")?,
                kind: text(map, "type"),
                primary: boolean(map, "primary") == Some(true),
            })
        })
        .collect()
}

/// The key of the one role; none if there is none.
///
/// # Errors
/// 400 `invalidValue` for more than one role.
pub fn role(resource: &Resource) -> Result<Option<String>, ScimError> {
    let mut roles: Vec<String> = objects(resource.get("roles"))
        .filter_map(|map| text(map, "value"))
        .collect();
    roles.dedup();
    let role = roles.pop();
    if roles.is_empty() {
        Ok(role)
    } else {
        Err(ScimError::value("roles: a member has exactly one role."))
    }
}

/// The id of the superior's User resource.
#[must_use]
pub fn manager(resource: &Resource) -> Option<&str> {
    let manager = get(resource.extension(ENTERPRISE_USER)?, "manager")?;
    get(manager.as_object()?, "value")?.as_str()
}

/// The access extension.
#[must_use]
pub fn access(resource: &Resource) -> Access {
    let Some(map) = resource.extension(ACCESS) else {
        return Access::default();
    };
    let permission_sets = get(map, "permissionSets").map(|value| {
        objects(Some(value))
            .filter_map(|set| text(set, "value"))
            .fold(Vec::new(), |mut ids, id| {
                if !ids.contains(&id) {
                    ids.push(id);
                }
                ids
            })
    });
    Access {
        permission_sets,
        mobile_access: boolean(map, "mobileAccess"),
        email_reminders: boolean(map, "emailReminders"),
    }
}

/// The invitation extension.
#[must_use]
pub fn invitation(resource: &Resource) -> Invitation {
    let Some(map) = resource.extension(INVITATION) else {
        return Invitation::default();
    };
    Invitation {
        send: boolean(map, "send"),
        resend: boolean(map, "resend") == Some(true),
        message: text(map, "message"),
        language: text(map, "language"),
        application: text(map, "application"),
    }
}

fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    get(map, name)?.as_str().map(str::to_owned)
}

fn boolean(map: &Map<String, Value>, name: &str) -> Option<bool> {
    get(map, name)?.as_bool()
}

fn objects(value: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user(value: &Value) -> Resource {
        Resource::from(value.as_object().unwrap().clone())
    }

    #[test]
    fn a_member_has_at_most_one_role() {
        assert_eq!(role(&user(&json!({}))).unwrap(), None);
        let one = json!({"roles": [{"value": "manager", "primary": true}]});
        assert_eq!(role(&user(&one)).unwrap().as_deref(), Some("manager"));
        let two = json!({"roles": [{"value": "manager"}, {"value": "standard"}]});
        assert_eq!(role(&user(&two)).unwrap_err().status, 400);
    }

    #[test]
    fn access_is_read_and_what_is_absent_is_none() {
        let given = json!({ACCESS: {
            "permissionSets": [{"value": "a"}, {"value": "b"}, {"value": "a"}],
            "mobileAccess": true}});
        let read = access(&user(&given));
        assert_eq!(read.permission_sets, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((read.mobile_access, read.email_reminders), (Some(true), None));
        assert_eq!(access(&user(&json!({}))), Access::default());
    }

    #[test]
    fn the_rest_is_read_as_it_stands() {
        let given = json!({"userName": "ana", "externalId": "7", "active": false,
            "name": {"givenName": "Ana"}, "emails": [{"value": "a@x.example", "type": "work"}],
            ENTERPRISE_USER: {"manager": {"value": "42"}},
            INVITATION: {"send": false, "resend": true, "language": "de"}});
        let user = user(&given);
        assert_eq!((user_name(&user), external_id(&user)), (Some("ana"), Some("7")));
        assert_eq!((active(&user), manager(&user)), (Some(false), Some("42")));
        assert_eq!(name(&user).given_name.as_deref(), Some("Ana"));
        assert_eq!(emails(&user)[0].kind.as_deref(), Some("work"));
        let invitation = invitation(&user);
        assert_eq!((invitation.send, invitation.resend), (Some(false), true));
        assert_eq!(invitation.language.as_deref(), Some("de"));
    }
}
