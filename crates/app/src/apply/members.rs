//! `[[member]]` and `[[service_member]]`.

use latchkey_domain::account::Account;
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::Action;
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::ClientId;
use latchkey_domain::member::{Member, MemberKind, Profile, Standing};
use latchkey_domain::overrides::{Effect, Override, after_role_change};
use latchkey_domain::role::{BuiltInRole, RoleKey};
use latchkey_store::access::{self as kept, Assignment};
use latchkey_store::sql::Tx;
use latchkey_store::{member, user};
use serde_json::json;

use super::newcomers::Newcomer;
use super::prepare::address;
use super::profiles::{check_owner, set_names};
use super::sets::permissions;
use super::{OPERATOR, Run, declared};
use crate::administration::authority;
use crate::{Error, Result, audit, grant};

impl Run<'_> {
    pub(super) async fn member(&mut self, tx: &mut Tx, declared: &declared::Member) -> Result<()> {
        let account = self.account_of(tx, &declared.account).await?;
        let wanted = address(&declared.email)?;
        let mut present = self.present(tx, &account, &wanted).await?;
        if present.is_none() {
            let key = declared
                .role
                .as_deref()
                .unwrap_or(account.settings.default_role.as_str());
            let newcomer = Newcomer {
                id: self.app.new_id(),
                address: wanted.clone(),
                given_name: declared.given_name(),
                family_name: declared.family_name(),
                role: self.role_key(tx, &account, key).await?,
                mobile_access: declared.mobile_access.unwrap_or(false),
                email_reminders: declared.email_reminders.unwrap_or(false),
                becomes_owner: false,
            };
            self.newcomer(tx, &account, &newcomer).await?;
            present = member::find(tx, &account.id, &newcomer.id).await?;
        }
        let present = present.ok_or(Error::NotFound)?;
        if self.make_match(tx, &account, present, declared).await? {
            self.note(
                "changed",
                "member",
                format!("{} in {}", wanted.as_str(), account.slug),
            );
        }
        Ok(())
    }

    /// Makes a member that is there match; true where that changed anything.
    async fn make_match(
        &mut self,
        tx: &mut Tx,
        account: &Account,
        mut present: Member,
        declared: &declared::Member,
    ) -> Result<bool> {
        let before = present.clone();
        set_names(&mut present, declared);
        let mut changed = false;
        if present.is_owner(account) {
            check_owner(&before, declared)?;
        } else {
            self.set_plain(tx, account, &mut present, declared).await?;
            if present.role != before.role {
                self.cut_overrides(tx, account, &present).await?;
            }
            changed |= self.set_assignments(tx, account, &present, declared).await?;
            changed |= self.set_overrides(tx, account, &present, declared).await?;
        }
        if present == before && !changed {
            return Ok(false);
        }
        if !member::update(tx, &present, self.app.now()).await? {
            return Err(Error::Stale);
        }
        self.after_change(tx, account, (&before, &present)).await?;
        Ok(true)
    }

    async fn present(
        &self,
        tx: &mut Tx,
        account: &Account,
        address: &EmailAddress,
    ) -> Result<Option<Member>> {
        if let Some(person) = user::by_address(tx, &address.folded()).await?
            && let Some(found) = member::of_user_in(tx, &account.id, &person.id).await?
        {
            return Ok(Some(found));
        }
        // An HR system may have given several members one address: none of them is meant for sure.
        let mut found = member::by_email(tx, &account.id, address.as_str()).await?;
        if found.len() > 1 {
            let why = format!("several users of '{}' have the address {address}", account.slug);
            return Err(Error::invalid("email", why));
        }
        Ok(found.pop())
    }

    async fn role_key(&self, tx: &mut Tx, account: &Account, key: &str) -> Result<RoleKey> {
        let wanted = RoleKey::new(key).map_err(|fault| Error::invalid("role", format!("{key}: {fault}")))?;
        if wanted.built_in() == Some(BuiltInRole::Owner) {
            return Err(Error::Rule("nobody becomes owner but by transfer".to_owned()));
        }
        match kept::role(tx, &account.id, &wanted).await? {
            Some(_) => Ok(wanted),
            None => Err(Error::invalid(
                "role",
                format!("there is no role '{key}' in '{}'", account.slug),
            )),
        }
    }

    async fn set_plain(
        &mut self,
        tx: &mut Tx,
        account: &Account,
        present: &mut Member,
        declared: &declared::Member,
    ) -> Result<()> {
        if let Some(key) = &declared.role {
            present.role = self.role_key(tx, account, key).await?;
        }
        present.mobile_access = declared.mobile_access.unwrap_or(present.mobile_access);
        present.email_reminders = declared.email_reminders.unwrap_or(present.email_reminders);
        Ok(())
    }

    /// Grants above what the new role may hold are cut until they are confirmed, as by any other
    /// interface.
    async fn cut_overrides(&self, tx: &mut Tx, account: &Account, present: &Member) -> Result<()> {
        let role = kept::role(tx, &account.id, &present.role)
            .await?
            .ok_or(Error::NotFound)?;
        let scenes = authority::scenes(self.app, tx, &account.id).await?;
        let before = kept::overrides(tx, &account.id, &present.id).await?;
        for cut in after_role_change(&before, &role, &authority::catalogues(&scenes))
            .iter()
            .filter(|it| !before.contains(it))
        {
            kept::set_override(tx, &account.id, &present.id, cut).await?;
        }
        Ok(())
    }

    async fn set_assignments(
        &mut self,
        tx: &mut Tx,
        account: &Account,
        present: &Member,
        declared: &declared::Member,
    ) -> Result<bool> {
        let Some(names) = &declared.permission_sets else {
            return Ok(false);
        };
        let assigned = kept::assignments(tx, &account.id, &present.id).await?;
        let mut wanted = Vec::new();
        for name in names {
            wanted.push(kept::set_by_name(tx, &account.id, name).await?.ok_or_else(|| {
                Error::invalid(
                    "permission_sets",
                    format!("'{}' has no permission set '{name}'", account.slug),
                )
            })?);
        }
        let mut changed = false;
        // What is declared has no end: an assignment that will end, or has, is not what is declared.
        for set in wanted.iter().filter(|set| {
            !assigned
                .iter()
                .any(|it| it.set_id == set.id && it.expires_at.is_none())
        }) {
            let assignment = Assignment {
                set_id: set.id.clone(),
                name: set.name.clone(),
                assigned_by: OPERATOR.to_owned(),
                assigned_at: self.app.now(),
                expires_at: None,
            };
            kept::assign(tx, &account.id, &present.id, &assignment).await?;
            self.record(tx, present, Action::MemberSetAssigned, &set.name)
                .await?;
            changed = true;
        }
        for it in assigned
            .iter()
            .filter(|it| !wanted.iter().any(|set| set.id == it.set_id))
        {
            kept::unassign(tx, &account.id, &present.id, &it.set_id).await?;
            self.record(tx, present, Action::MemberSetRemoved, &it.name)
                .await?;
            changed = true;
        }
        Ok(changed)
    }

    async fn set_overrides(
        &mut self,
        tx: &mut Tx,
        account: &Account,
        present: &Member,
        declared: &declared::Member,
    ) -> Result<bool> {
        let mut changed = false;
        for (effect, list) in [(Effect::Grant, &declared.grant), (Effect::Deny, &declared.deny)] {
            let Some(list) = list else { continue };
            let wanted = permissions(list)?;
            let now = kept::overrides(tx, &account.id, &present.id).await?;
            for permission in &wanted {
                let is_meant = |it: &Override| it.permission == *permission && it.effect == effect;
                // As for permission sets: one that ends is not what is declared.
                let is_there = now
                    .iter()
                    .any(|it| is_meant(it) && !it.dormant && it.expires_at.is_none());
                if !is_there {
                    self.override_one(tx, account, present, (effect, permission))
                        .await?;
                    changed = true;
                }
            }
            for it in now
                .iter()
                .filter(|it| it.effect == effect && !wanted.contains(&it.permission))
            {
                kept::clear_override(tx, &account.id, &present.id, &it.permission).await?;
                self.record(
                    tx,
                    present,
                    Action::MemberOverrideCleared,
                    &it.permission.to_string(),
                )
                .await?;
                changed = true;
            }
        }
        Ok(changed)
    }

    async fn override_one(
        &mut self,
        tx: &mut Tx,
        account: &Account,
        present: &Member,
        (effect, permission): (Effect, &QualifiedPermission),
    ) -> Result<()> {
        let scene = crate::access::scene(self.app, tx, &account.id, &permission.application).await?;
        let known = scene
            .catalogue
            .qualified(permission)
            .ok_or_else(|| Error::invalid(effect.as_str(), format!("there is no permission {permission}")))?;
        let role = kept::role(tx, &account.id, &present.role)
            .await?
            .ok_or(Error::NotFound)?;
        if effect == Effect::Grant && !role.ceiling_allows(known.class) {
            return Err(Error::Rule(format!(
                "{permission} is above what {} may hold",
                role.name
            )));
        }
        let wanted = Override {
            permission: permission.clone(),
            effect,
            note: None,
            by: Some(OPERATOR.to_owned()),
            at: self.app.now(),
            expires_at: None,
            dormant: false,
        };
        kept::set_override(tx, &account.id, &present.id, &wanted).await?;
        let action = match effect {
            Effect::Grant => Action::MemberGranted,
            Effect::Deny => Action::MemberDenied,
        };
        self.record(tx, present, action, &permission.to_string()).await
    }

    async fn record(&self, tx: &mut Tx, present: &Member, action: Action, what: &str) -> Result<()> {
        audit::Entry::new(&self.caller, action)
            .account(&present.account)
            .target("member", &present.id)
            .after(json!(what))
            .write(self.app, tx)
            .await
    }

    async fn after_change(
        &self,
        tx: &mut Tx,
        account: &Account,
        (before, present): (&Member, &Member),
    ) -> Result<()> {
        if before.role != present.role {
            let entry = audit::Entry::new(&self.caller, Action::MemberRoleChanged).account(&account.id);
            entry
                .target("member", &present.id)
                .before(json!(before.role))
                .after(json!(present.role))
                .write(self.app, tx)
                .await?;
        }
        for (action, was, is) in [
            (
                Action::MemberMobileAccessChanged,
                before.mobile_access,
                present.mobile_access,
            ),
            (
                Action::MemberEmailRemindersChanged,
                before.email_reminders,
                present.email_reminders,
            ),
        ] {
            if was != is {
                let entry = audit::Entry::new(&self.caller, action).account(&account.id);
                let entry = entry
                    .target("member", &present.id)
                    .before(json!(was))
                    .after(json!(is));
                entry.write(self.app, tx).await?;
            }
        }
        self.record_names(tx, account, (before, present)).await?;
        if before.mobile_access != present.mobile_access {
            grant::mobile_access_changed(tx, (&account.id, &present.id), self.app.now()).await?;
        }
        tx.notify(&format!("access {}", account.id)).await?;
        Ok(())
    }

    pub(super) async fn service_member(
        &mut self,
        tx: &mut Tx,
        declared: &declared::ServiceMember,
    ) -> Result<()> {
        let account = self.account_of(tx, &declared.account).await?;
        let client = ClientId::new(declared.client.as_str());
        let is_service = latchkey_store::client::find(tx, &client)
            .await?
            .is_some_and(|it| it.kind == "service");
        if !is_service {
            return Err(Error::invalid(
                "client",
                format!("'{}' is no client of kind service", declared.client),
            ));
        }
        let role = self.role_key(tx, &account, &declared.role).await?;
        let present = member::of_client(tx, &client)
            .await?
            .into_iter()
            .find(|it| it.account == account.id);
        match present {
            Some(it) if it.role == role => return Ok(()),
            Some(mut it) => {
                it.role = role;
                if !member::update(tx, &it, self.app.now()).await? {
                    return Err(Error::Stale);
                }
                self.record(tx, &it, Action::MemberRoleChanged, it.role.as_str())
                    .await?;
            }
            None => {
                let new = self.new_service_member(&account, client, role);
                member::insert(tx, &new).await?;
                self.record(tx, &new, Action::MemberCreated, new.role.as_str())
                    .await?;
            }
        }
        self.note(
            "changed",
            "service member",
            format!("{} in {}", declared.client, account.slug),
        );
        Ok(())
    }

    fn new_service_member(&self, account: &Account, client: ClientId, role: RoleKey) -> Member {
        let now = self.app.now();
        Member {
            account: account.id.clone(),
            id: self.app.new_id(),
            kind: MemberKind::Service,
            user: None,
            profile: Profile {
                user_name: format!("client:{client}"),
                email: None,
                given_name: String::new(),
                family_name: String::new(),
                display_name: Some(client.to_string()),
                document: "{}".to_owned(),
            },
            client: Some(client),
            role,
            standing: Standing::accepted(now),
            mobile_access: false,
            email_reminders: false,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}
