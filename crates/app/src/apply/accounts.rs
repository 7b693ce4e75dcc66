//! `[[account]]`: created with its owner, who stays the owner whatever is declared later.

use latchkey_domain::account::{Account, AccountSettings, AccountStatus, check_name, check_slug};
use latchkey_domain::audit::Action;
use latchkey_domain::role::RoleKey;
use latchkey_store::sql::Tx;
use latchkey_store::{account, installation, member};
use serde_json::json;

use super::newcomers::Newcomer;
use super::prepare::address;
use super::{Run, State, declared};
use crate::{Error, Result, audit};

impl Run<'_> {
    pub(super) async fn account(
        &mut self,
        tx: &mut Tx,
        declared: &declared::Account,
        state: &State,
    ) -> Result<()> {
        check_name(&declared.name).map_err(|fault| Error::invalid("name", fault.to_string()))?;
        match account::by_slug(tx, &declared.slug).await? {
            Some(present) => self.change_account(tx, present, declared).await?,
            None => self.create_account(tx, declared, state).await?,
        }
        if declared.system {
            self.name_system_account(tx, &declared.slug).await?;
        }
        Ok(())
    }

    async fn create_account(
        &mut self,
        tx: &mut Tx,
        declared: &declared::Account,
        state: &State,
    ) -> Result<()> {
        check_slug(&declared.slug)
            .map_err(|fault| Error::invalid("slug", format!("{}: {fault}", declared.slug)))?;
        let new = Account {
            id: self.app.new_id(),
            slug: declared.slug.clone(),
            name: declared.name.clone(),
            status: AccountStatus::Active,
            owner: self.app.new_id(),
            settings: settings(AccountSettings::default(), declared)?,
            version: 1,
        };
        account::insert(tx, &new, self.app.now()).await?;
        audit::Entry::new(&self.caller, Action::AccountCreated)
            .account(&new.id)
            .target("account", &new.id)
            .after(json!({ "slug": new.slug, "name": new.name, "owner": declared.owner }))
            .write(self.app, tx)
            .await?;
        self.note("created", "account", &new.slug);
        let owner = address(&declared.owner)?;
        let is_owner = |it: &&declared::Member| {
            it.account == declared.slug
                && address(&it.email).is_ok_and(|email| email.folded() == owner.folded())
        };
        let as_member = state.member.iter().find(is_owner);
        let newcomer = Newcomer {
            id: new.owner.clone(),
            given_name: as_member.map_or("", declared::Member::given_name),
            family_name: as_member.map_or("", declared::Member::family_name),
            address: owner,
            // What the owner is besides being owner, which nothing but ownership says.
            role: latchkey_domain::role::BuiltInRole::Manager.key(),
            mobile_access: as_member.and_then(|it| it.mobile_access).unwrap_or(false),
            email_reminders: as_member.and_then(|it| it.email_reminders).unwrap_or(false),
            becomes_owner: true,
        };
        self.newcomer(tx, &new, &newcomer).await
    }

    async fn change_account(
        &mut self,
        tx: &mut Tx,
        present: Account,
        declared: &declared::Account,
    ) -> Result<()> {
        self.check_owner(tx, &present, &declared.owner).await?;
        let wanted = Account {
            name: declared.name.clone(),
            settings: settings(present.settings.clone(), declared)?,
            ..present.clone()
        };
        if wanted == present {
            return Ok(());
        }
        if !account::update(tx, &wanted).await? {
            return Err(Error::Stale);
        }
        audit::Entry::new(&self.caller, Action::AccountChanged)
            .account(&wanted.id)
            .target("account", &wanted.id)
            .before(json!({ "name": present.name, "settings": present.settings }))
            .after(json!({ "name": wanted.name, "settings": wanted.settings }))
            .write(self.app, tx)
            .await?;
        self.note("changed", "account", &wanted.slug);
        Ok(())
    }

    async fn check_owner(&self, tx: &mut Tx, present: &Account, declared: &str) -> Result<()> {
        let owner = member::find(tx, &present.id, &present.owner)
            .await?
            .ok_or(Error::NotFound)?;
        let mut known: Vec<String> = owner.profile.email.iter().map(|it| member::folded(it)).collect();
        if let Some(user) = &owner.user {
            let proven = latchkey_store::user::addresses(tx, user).await?;
            known.extend(proven.into_iter().map(|it| it.address_folded));
        }
        if known.contains(&address(declared)?.folded()) {
            return Ok(());
        }
        Err(Error::Rule(format!(
            "{declared} is not its owner; ownership moves only by transfer"
        )))
    }

    async fn name_system_account(&mut self, tx: &mut Tx, slug: &str) -> Result<()> {
        let id = self.account_of(tx, slug).await?.id;
        let present = installation::fact(tx, installation::SYSTEM_ACCOUNT).await?;
        match present {
            Some(present) if present == id.as_str() => Ok(()),
            Some(_) => Err(Error::Rule(
                "another account is the system account already".to_owned(),
            )),
            None => {
                installation::set_fact(tx, installation::SYSTEM_ACCOUNT, id.as_str()).await?;
                audit::Entry::new(&self.caller, Action::AccountChanged)
                    .account(&id)
                    .target("account", &id)
                    .after(json!({ "system": true }))
                    .write(self.app, tx)
                    .await?;
                self.note("named", "system account", slug);
                Ok(())
            }
        }
    }
}

fn settings(present: AccountSettings, declared: &declared::Account) -> Result<AccountSettings> {
    let default_role = match &declared.default_role {
        Some(key) => {
            RoleKey::new(key.as_str()).map_err(|fault| Error::invalid("default_role", fault.to_string()))?
        }
        None => present.default_role,
    };
    let wanted = AccountSettings {
        mobile_access: declared.mobile_access.unwrap_or(present.mobile_access),
        mobile_requirements: declared
            .mobile_requirements
            .clone()
            .unwrap_or(present.mobile_requirements),
        require_permission_set: declared
            .require_permission_set
            .unwrap_or(present.require_permission_set),
        default_role,
        invitation_days: declared.invitation_days.unwrap_or(present.invitation_days),
        provisioning: present.provisioning,
        language: declared.language.clone().or(present.language),
        brand_color: declared.brand_color.clone().or(present.brand_color),
    };
    wanted
        .validate()
        .map_err(|fault| Error::invalid("account", fault.to_string()))?;
    Ok(wanted)
}
