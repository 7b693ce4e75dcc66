//! What a resource asks for, read: nothing outside this list can be set over SCIM.

use latchkey_domain::account::Account;
use latchkey_domain::authority::Refusal;
use latchkey_domain::member::{MemberRefusal, Profile};
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::role::{Role, RoleKey};
use latchkey_domain::text::{check_message, is_language_tag};
use latchkey_scim::schema::{ACCESS, INVITATION};
use latchkey_scim::user::Invitation;
use latchkey_scim::{Resource, ScimError, ScimType, user};
use latchkey_store::access as kept;
use latchkey_store::sql::Tx;

use super::directory;
use crate::provisioning::{Refused, Result, invalid};

/// What a resource asks for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) profile: Profile,
    pub(super) external_id: Option<String>,
    /// The HR system's word, where it says one.
    pub(super) active: Option<bool>,
    /// The key of the role; nothing for the account's default.
    pub(super) role: Option<String>,
    /// Permission sets, by id or name.
    pub(super) sets: Vec<String>,
    pub(super) mobile_access: bool,
    pub(super) email_reminders: bool,
    pub(super) send: bool,
    pub(super) resend: bool,
}

impl Wanted {
    /// Reads a resource. `before` is the resource that a change begins with, nothing for a new one.
    ///
    /// # Errors
    /// 400 `invalidValue`, naming the attribute.
    pub(super) fn read(resource: &Resource, before: Option<&Resource>) -> Result<Self, ScimError> {
        let access = user::access(resource);
        let invitation = user::invitation(resource);
        check_words(&invitation, &before.map(user::invitation).unwrap_or_default())?;
        Ok(Self {
            profile: directory::kept(resource, before)?,
            external_id: directory::external_id(resource)?,
            active: user::active(resource),
            role: user::role(resource)?,
            sets: access.permission_sets.unwrap_or_default(),
            mobile_access: access.mobile_access.unwrap_or(false),
            email_reminders: access.email_reminders.unwrap_or(false),
            send: invitation.send.unwrap_or(true),
            resend: invitation.resend,
        })
    }

    /// The role asked for, as it stands in the account.
    ///
    /// # Errors
    /// 403 `mutability` for the owner's, 400 `invalidValue` for one that the account lacks.
    pub(super) async fn role(&self, tx: &mut Tx, account: &Account) -> Result<Role> {
        let key = match &self.role {
            None => account.settings.default_role.clone(),
            Some(text) => {
                RoleKey::new(text.trim().to_lowercase()).map_err(|fault| invalid("roles", fault))?
            }
        };
        if key.as_str() == "owner" {
            return Err(refusal("roles", &Refusal::OwnerByTransferOnly).into());
        }
        let role = kept::role(tx, &account.id, &key).await?;
        let unknown = || {
            invalid(
                "roles",
                format_args!("this account has no role {:?}", key.as_str()),
            )
        };
        role.ok_or_else(|| unknown().into())
    }

    /// The permission sets asked for: each named by its id, or by its name, which is unique in the
    /// account.
    ///
    /// # Errors
    /// 400 `invalidValue` for one that the account lacks.
    pub(super) async fn sets(&self, tx: &mut Tx, account: &Account) -> Result<Vec<PermissionSet>> {
        let mut found: Vec<PermissionSet> = Vec::with_capacity(self.sets.len());
        for named in &self.sets {
            let by_id = kept::set(tx, &account.id, &named.clone().into()).await?;
            let set = match by_id {
                Some(set) => Some(set),
                None => kept::set_by_name(tx, &account.id, named).await?,
            };
            let unknown = || {
                let attribute = format!("{ACCESS}:permissionSets");
                Refused::from(invalid(
                    &attribute,
                    format_args!("this account has no permission set {named:?}"),
                ))
            };
            let set = set.ok_or_else(unknown)?;
            if found.iter().all(|it| it.id != set.id) {
                found.push(set);
            }
        }
        Ok(found)
    }
}

/// Whether an invitation's message and language may be sent, where they are not what they were.
fn check_words(new: &Invitation, old: &Invitation) -> Result<(), ScimError> {
    let is_new = |it: &&String| !it.trim().is_empty() && Some(*it) != old.message.as_ref();
    if let Some(message) = new.message.as_ref().filter(is_new) {
        check_message(message).map_err(|fault| invalid(&format!("{INVITATION}:message"), fault))?;
    }
    let is_none = new.language.as_deref().is_some_and(|it| !is_language_tag(it));
    if is_none && new.language != old.language {
        let why = "a language tag such as \"de\" or \"pt-BR\" is taken";
        return Err(invalid(&format!("{INVITATION}:language"), why));
    }
    Ok(())
}

/// A refusal of authority over an attribute, in SCIM's words.
pub(super) fn refusal(attribute: &str, why: &Refusal) -> ScimError {
    let detail = format!("{attribute}: {why}.");
    match why {
        Refusal::Owner | Refusal::OwnerByTransferOnly => {
            ScimError::of(ScimType::Mutability, detail).with_status(403)
        }
        Refusal::SetRequired | Refusal::UnknownPermission { .. } => {
            ScimError::of(ScimType::InvalidValue, detail)
        }
        _ => ScimError::status(403, detail),
    }
}

/// A refusal of a member's transition, in SCIM's words.
pub(super) fn standing_refusal(attribute: &str, why: MemberRefusal) -> Refused {
    let detail = format!("{attribute}: {why}.");
    match why {
        MemberRefusal::Owner => ScimError::of(ScimType::Mutability, detail)
            .with_status(403)
            .into(),
        MemberRefusal::Removed => crate::Error::NotFound.into(),
        _ => ScimError::status(403, detail).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(value: &Value) -> Result<Wanted, ScimError> {
        Wanted::read(&Resource::from(value.as_object().unwrap().clone()), None)
    }

    #[test]
    fn nothing_said_means_no_role_of_its_own_and_no_mobile_access() {
        let wanted = read(&json!({"userName": "ana"})).unwrap();
        assert!(wanted.active.is_none() && wanted.send && !wanted.resend);
        assert!(!wanted.mobile_access && !wanted.email_reminders);
        assert_eq!((wanted.role, wanted.sets), (None, vec![]));
    }

    #[test]
    fn what_is_said_is_read() {
        let wanted = read(&json!({
            "userName": "ana", "active": false, "roles": [{"value": "manager"}], "externalId": "7",
            ACCESS: {"permissionSets": [{"value": "Sales desk"}], "mobileAccess": true, "emailReminders": true},
            INVITATION: {"send": false, "resend": true},
        }))
        .unwrap();
        assert!(wanted.active == Some(false) && !wanted.send && wanted.resend);
        assert!(wanted.mobile_access && wanted.email_reminders);
        assert_eq!(
            (wanted.role.as_deref(), wanted.external_id.as_deref()),
            (Some("manager"), Some("7"))
        );
        assert_eq!(wanted.sets, ["Sales desk"]);
    }

    #[test]
    fn a_message_with_a_link_is_refused() {
        let error =
            read(&json!({"userName": "ana", INVITATION: {"message": "see https://x.example"}})).unwrap_err();
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidValue))
        );
    }

    #[test]
    fn a_language_that_is_none_is_refused() {
        let error = read(&json!({"userName": "ana", INVITATION: {"language": "German please"}})).unwrap_err();
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidValue))
        );
        assert!(read(&json!({"userName": "ana", INVITATION: {"language": "de-AT"}})).is_ok());
    }

    #[test]
    fn the_owner_is_refused_with_words_about_the_transfer_of_ownership() {
        let error = refusal("roles", &Refusal::OwnerByTransferOnly);
        assert_eq!((error.status, error.scim_type), (403, Some(ScimType::Mutability)));
        assert!(error.detail.contains("transfer"));
        let Refused::Scim(error) = standing_refusal("active", MemberRefusal::Owner) else {
            panic!()
        };
        assert_eq!((error.status, error.scim_type), (403, Some(ScimType::Mutability)));
        assert!(error.detail.contains("transferred"));
        assert_eq!(refusal("x", &Refusal::Outranked).scim_type, None);
    }
}
