//! Many members as resources at once: what belongs to them is read with one statement for each
//! kind, not for each member.

use std::collections::{HashMap, HashSet};

use latchkey_domain::account::Account;
use latchkey_domain::id::{GroupId, MemberId};
use latchkey_domain::invitation::Invitation;
use latchkey_domain::member::Member;
use latchkey_domain::overrides::Override;
use latchkey_domain::role::{Role, RoleKey};
use latchkey_domain::time::Timestamp;
use latchkey_scim::Resource;
use latchkey_store::access::Assignment;
use latchkey_store::invitation as kept_invitations;
use latchkey_store::member::run::{self, Posted, Run};
use latchkey_store::sql::Tx;

use super::render::{Beside, Viewer, is_override_in_force, is_set_in_force, manager_name, rendered, role_of};
use crate::Result;
use crate::invitation::{Delivery, DeliveryState};
use crate::provisioning::base;

/// What belongs to the members of a run, by member.
#[derive(Debug, Default)]
struct Everything {
    external_ids: HashMap<MemberId, String>,
    last_sign_ins: HashMap<MemberId, Timestamp>,
    known_here: HashSet<MemberId>,
    sets: HashMap<MemberId, Vec<Assignment>>,
    overrides: HashMap<MemberId, Vec<Override>>,
    groups: HashMap<MemberId, Vec<(GroupId, String)>>,
    invitations: HashMap<MemberId, Invitation>,
    mails: HashMap<String, Vec<Delivery>>,
    roles: HashMap<RoleKey, Role>,
}

impl Viewer<'_> {
    /// Members that follow each other in the order of their ids, as resources. Fit for pages of
    /// most of an account's members, not for a few that lie far apart.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] without the database.
    pub(super) async fn run(
        &self,
        tx: &mut Tx,
        account: &Account,
        members: &[Member],
    ) -> Result<Vec<Resource>> {
        let (Some(first), Some(last)) = (members.first(), members.last()) else {
            return Ok(Vec::new());
        };
        let run = Run {
            account: &account.id,
            first: &first.id,
            last: &last.id,
        };
        let mut all = self.everything(tx, run).await?;
        let (base, now) = (base(self.app), self.app.now());
        let mut resources = Vec::with_capacity(members.len());
        for member in members {
            let role = all.role(tx, account, member).await?;
            let invitation = all.invitations.remove(&member.id).map(|it| {
                let mails = all.mails.remove(it.id.as_str()).unwrap_or_default();
                (it, mails)
            });
            let beside = Beside {
                external_id: all.external_ids.remove(&member.id),
                role,
                sets: all.sets.remove(&member.id).unwrap_or_default(),
                overrides: all.overrides.remove(&member.id).unwrap_or_default(),
                groups: all.groups.remove(&member.id).unwrap_or_default(),
                belongs_here: all.known_here.contains(&member.id),
                last_sign_in: all.last_sign_ins.remove(&member.id),
                invitation,
                manager: manager_name(tx, member).await?,
                effective: self.effective_permissions(tx, account, member).await?,
            };
            resources.push(rendered(member, &beside, &base, now));
        }
        Ok(resources)
    }

    async fn everything(&self, tx: &mut Tx, run: Run<'_>) -> Result<Everything> {
        let now = self.app.now();
        let mut all = Everything {
            external_ids: run::external_ids(tx, run, &self.by.client)
                .await?
                .into_iter()
                .collect(),
            last_sign_ins: run::last_sign_ins(tx, run).await?.into_iter().collect(),
            known_here: run::known_here(tx, run).await?.into_iter().collect(),
            ..Everything::default()
        };
        for of in run::assignments(tx, run).await? {
            if is_set_in_force(&of.it, now) {
                all.sets.entry(of.member).or_default().push(of.it);
            }
        }
        for of in run::overrides(tx, run).await? {
            if is_override_in_force(&of.it, now) {
                all.overrides.entry(of.member).or_default().push(of.it);
            }
        }
        for (member, group, name) in run::groups(tx, run, now).await? {
            all.groups.entry(member).or_default().push((group, name));
        }
        for invitation in kept_invitations::of_run(tx, run).await? {
            // Each member's newest comes first.
            all.invitations
                .entry(invitation.member.clone())
                .or_insert(invitation);
        }
        for mail in run::mails(tx, run).await? {
            all.mails
                .entry(mail.subject_id.clone())
                .or_default()
                .push(delivery(mail));
        }
        Ok(all)
    }
}

impl Everything {
    async fn role(&mut self, tx: &mut Tx, account: &Account, member: &Member) -> Result<Role> {
        if member.is_owner(account) {
            return role_of(tx, account, member).await;
        }
        if let Some(known) = self.roles.get(&member.role) {
            return Ok(known.clone());
        }
        let role = role_of(tx, account, member).await?;
        self.roles.insert(member.role.clone(), role.clone());
        Ok(role)
    }
}

fn delivery(mail: Posted) -> Delivery {
    let (state, at) = match (mail.done_at, mail.failed_at) {
        (Some(at), _) => (DeliveryState::Sent, at),
        (None, Some(at)) => (DeliveryState::Failed, at),
        (None, None) => (DeliveryState::Queued, mail.created_at),
    };
    Delivery {
        state,
        at,
        server_said: mail.last_error,
    }
}
