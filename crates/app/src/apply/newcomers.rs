//! Somebody who is to become a member: an owner, or one of `[[member]]`.

use latchkey_domain::account::Account;
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::Action;
use latchkey_domain::id::{MemberId, UserId};
use latchkey_domain::invitation::Inviter;
use latchkey_domain::member::{Member, MemberKind, Profile, Standing};
use latchkey_domain::role::RoleKey;
use latchkey_store::sql::Tx;
use latchkey_store::user::{self, User, VerifiedAddress};
use latchkey_store::{account, member};
use serde_json::json;

use super::{OPERATOR, Run};
use crate::{Result, audit, invitation};

/// Somebody who is to become a member.
pub(super) struct Newcomer<'a> {
    pub(super) id: MemberId,
    pub(super) address: EmailAddress,
    pub(super) given_name: &'a str,
    pub(super) family_name: &'a str,
    pub(super) role: RoleKey,
    pub(super) mobile_access: bool,
    pub(super) email_reminders: bool,
    pub(super) becomes_owner: bool,
}

impl Run<'_> {
    /// Makes a member: active at once where the operator vouches for the person, else invited.
    pub(super) async fn newcomer(
        &mut self,
        tx: &mut Tx,
        account: &Account,
        newcomer: &Newcomer<'_>,
    ) -> Result<()> {
        let now = self.app.now();
        let user = self.vouched_for(tx, newcomer).await?;
        let new = Member {
            account: account.id.clone(),
            id: newcomer.id.clone(),
            kind: MemberKind::Person,
            standing: if user.is_some() {
                Standing::accepted(now)
            } else {
                Standing::invited()
            },
            user,
            client: None,
            role: newcomer.role.clone(),
            mobile_access: newcomer.mobile_access,
            email_reminders: newcomer.email_reminders,
            profile: Profile {
                user_name: newcomer.address.as_str().to_owned(),
                email: Some(newcomer.address.as_str().to_owned()),
                given_name: newcomer.given_name.to_owned(),
                family_name: newcomer.family_name.to_owned(),
                display_name: None,
                document: "{}".to_owned(),
            },
            version: 1,
            created_at: now,
            updated_at: now,
        };
        member::insert(tx, &new).await?;
        if newcomer.becomes_owner {
            account::set_owner(tx, &account.id, &new.id, now).await?;
        }
        audit::Entry::new(&self.caller, Action::MemberCreated)
            .account(&account.id)
            .target("member", &new.id)
            .after(json!({ "email": new.profile.email, "role": new.role, "status": new.status() }))
            .write(self.app, tx)
            .await?;
        self.note(
            "created",
            "member",
            format!("{} in {}", newcomer.address.as_str(), account.slug),
        );
        if new.user.is_none() {
            let invited = invitation::NewInvitation {
                account,
                member: &new,
                address: &newcomer.address,
                inviter: Inviter::Operator {
                    label: OPERATOR.to_owned(),
                },
                message: None,
                language: account.settings.language.as_deref(),
                application: None,
            };
            invitation::send(self.app, tx, &self.caller, &invited).await?;
            self.note(
                "invited",
                "member",
                format!("{} to {}", newcomer.address.as_str(), account.slug),
            );
        }
        Ok(())
    }

    /// The person behind an address, where passwords are allowed: present, or made with the
    /// declared password and an address that counts as proven on the operator's word.
    async fn vouched_for(&mut self, tx: &mut Tx, newcomer: &Newcomer<'_>) -> Result<Option<UserId>> {
        if !self.options.allow_passwords {
            return Ok(None);
        }
        let folded = newcomer.address.folded();
        if let Some(present) = user::by_address(tx, &folded).await? {
            return Ok(Some(present.id));
        }
        let Some(hash) = self.prepared.hash(&newcomer.address) else {
            return Ok(None);
        };
        let now = self.app.now();
        let new = User {
            id: self.app.new_id(),
            given_name: newcomer.given_name.to_owned(),
            family_name: newcomer.family_name.to_owned(),
            language: None,
            time_zone: None,
            version: 1,
            created_at: now,
        };
        user::insert(tx, &new).await?;
        let proven = VerifiedAddress {
            address: newcomer.address.as_str().to_owned(),
            address_folded: folded,
            is_primary: true,
            verified_at: now,
            method: "operator".to_owned(),
        };
        user::add_address(tx, &self.app.new_id::<String>(), &new.id, &proven).await?;
        user::set_password_hash(tx, &new.id, hash, now).await?;
        audit::Entry::new(&self.caller, Action::UserCreated)
            .target("user", &new.id)
            .after(json!({ "address": proven.address, "method": proven.method }))
            .write(self.app, tx)
            .await?;
        Ok(Some(new.id))
    }
}
