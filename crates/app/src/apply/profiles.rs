//! The names of members, and what declared state may say of an owner.

use latchkey_domain::account::Account;
use latchkey_domain::audit::Action;
use latchkey_domain::member::Member;
use latchkey_store::sql::Tx;
use serde_json::json;

use super::{Run, declared};
use crate::{Error, Result, audit};

impl declared::Member {
    /// The given name, without spaces around it; empty where none is declared.
    pub(super) fn given_name(&self) -> &str {
        self.given_name.trim()
    }

    /// The same for the family name.
    pub(super) fn family_name(&self) -> &str {
        self.family_name.trim()
    }
}

impl Run<'_> {
    /// Records that the account's own profile of a member has changed. The person's own name is
    /// theirs, whatever their accounts call them.
    pub(super) async fn record_names(
        &self,
        tx: &mut Tx,
        account: &Account,
        (before, present): (&Member, &Member),
    ) -> Result<()> {
        if before.profile == present.profile {
            return Ok(());
        }
        let shown = |it: &Member| {
            let profile = &it.profile;
            json!({ "given_name": profile.given_name, "family_name": profile.family_name })
        };
        audit::Entry::new(&self.caller, Action::MemberProfileChanged)
            .account(&account.id)
            .target("member", &present.id)
            .before(shown(before))
            .after(shown(present))
            .write(self.app, tx)
            .await
    }
}

/// Sets the names that are declared; one that is not stays.
pub(super) fn set_names(present: &mut Member, declared: &declared::Member) {
    for (name, wanted) in [
        (&mut present.profile.given_name, declared.given_name()),
        (&mut present.profile.family_name, declared.family_name()),
    ] {
        if !wanted.is_empty() {
            wanted.clone_into(name);
        }
    }
}

/// Refuses what nothing but the owner decides of an owner.
pub(super) fn check_owner(present: &Member, declared: &declared::Member) -> Result<()> {
    let is_limited = declared.deny.as_ref().is_some_and(|it| !it.is_empty())
        || declared.grant.as_ref().is_some_and(|it| !it.is_empty())
        || declared.permission_sets.as_ref().is_some_and(|it| !it.is_empty())
        || declared.role.as_deref().is_some_and(|it| it != "owner");
    if is_limited {
        return Err(Error::Rule(
            "an owner has no role, permission sets or overrides to declare".to_owned(),
        ));
    }
    for (name, wanted, is) in [
        ("mobile_access", declared.mobile_access, present.mobile_access),
        (
            "email_reminders",
            declared.email_reminders,
            present.email_reminders,
        ),
    ] {
        if wanted.is_some_and(|it| it != is) {
            return Err(Error::Rule(format!(
                "{name} of an owner is the owner's own to change; it is {is}, so declare that or leave it out"
            )));
        }
    }
    Ok(())
}
