//! What every change of a member over SCIM shares: the token's authority, the audit trail, what
//! ends with someone's access.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_domain::account::Account;
use latchkey_domain::audit::Action;
use latchkey_domain::authority::{Authority, Target, needs};
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::MemberId;
use latchkey_domain::invitation::InvitationState;
use latchkey_domain::member::{Member, MemberKind, MemberStatus, Transition};
use latchkey_domain::time::Timestamp;
use latchkey_scim::etag;
use latchkey_scim::filter::fold;
use latchkey_scim::schema::USERS;
use latchkey_scim::{Resource, ScimError};
use latchkey_store::sql::Tx;

use super::Meant;
use super::inviting::{self, Outcome, Situation, Step};
use super::render::{Beside, Viewer, rendered};
use super::wanted::{Wanted, refusal};
use crate::access::{self, Facts, Scene};
use crate::administration::authority::in_all;
use crate::audit::Entry;
use crate::provisioning::{Provisioner, Result, base};
use crate::{App, Error, grant};

/// One request's changes, in one transaction.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) app: &'a App,
    pub(super) by: &'a Provisioner,
    pub(super) account: Account,
    pub(super) is_system_account: bool,
    pub(super) authority: Authority,
    pub(super) scenes: Vec<Arc<Scene>>,
    pub(super) now: Timestamp,
}

/// A member as it is before a change.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) member: Member,
    pub(super) beside: Beside,
    pub(super) resource: Resource,
}

impl<'a> Work<'a> {
    /// Begins: asks whether the token is still good, and what it may do now.
    ///
    /// # Errors
    /// [`Error::Denied`] for a token that has ended.
    pub(super) async fn begin(app: &'a App, by: &'a Provisioner, tx: &mut Tx) -> Result<Self> {
        let standing = by.standing(app, tx).await?;
        Ok(Self {
            app,
            by,
            account: standing.account,
            is_system_account: standing.is_system_account,
            authority: standing.authority,
            scenes: standing.scenes,
            now: app.now(),
        })
    }

    /// The member that is meant as it is now, if it meets the client's conditions.
    ///
    /// # Errors
    /// 404 for no such member, 412 for another version, or for one that is not wanted
    /// (RFC 9110 sections 13.1.1 and 13.1.2).
    pub(super) async fn seen(&self, tx: &mut Tx, meant: &Meant) -> Result<Seen> {
        let member = present(tx, &self.account, &meant.id).await?;
        if meant
            .condition
            .as_ref()
            .is_some_and(|it| !it.matches(member.version))
        {
            return Err(ScimError::precondition_failed(&etag::weak(member.version)).into());
        }
        if meant.unless.as_ref().is_some_and(|it| it.matches(member.version)) {
            let version = etag::weak(member.version);
            let detail = format!("If-None-Match rules out the version that the resource has: {version}.");
            return Err(ScimError::status(412, detail).into());
        }
        let viewer = Viewer {
            app: self.app,
            by: self.by,
            effective: false,
        };
        let beside = viewer.beside(tx, &self.account, &member).await?;
        let resource = rendered(&member, &beside, &base(self.app), self.now);
        Ok(Seen {
            member,
            beside,
            resource,
        })
    }

    /// What a member can do in all applications once active.
    pub(super) fn when_active(&self, facts: &Facts) -> BTreeSet<QualifiedPermission> {
        in_all(&self.scenes, |scene| {
            facts.permissions_when_active(scene, self.now)
        })
        .collect()
    }

    /// An audit entry about a member.
    pub(super) fn entry(&self, action: Action, member: &MemberId) -> Entry<'a> {
        Entry::new(&self.by.caller, action)
            .account(&self.account.id)
            .target("member", member)
    }

    /// Does what a transition asks for beside the new standing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without the database.
    pub(super) async fn follow(
        &self,
        tx: &mut Tx,
        member: &Member,
        transition: &Transition,
        because: &str,
    ) -> Result<()> {
        if transition.revokes_invitation {
            inviting::revoke_pending((self.app, self.by), tx, member).await?;
        }
        if transition.ends_access {
            grant::end_access(tx, (&self.account.id, &member.id), because, self.now).await?;
        }
        Ok(())
    }

    /// Saves the member; its version grows.
    ///
    /// # Errors
    /// [`Error::Stale`] where somebody else changed it first.
    pub(super) async fn save(&self, tx: &mut Tx, member: &mut Member) -> Result<()> {
        if !latchkey_store::member::update(tx, member, self.now).await? {
            return Err(Error::Stale.into());
        }
        member.version += 1;
        member.updated_at = self.now;
        Ok(())
    }

    /// Tells other nodes that somebody's access changed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without the database.
    pub(super) async fn tell(&self, tx: &mut Tx) -> Result<()> {
        Ok(tx.notify(&format!("access {}", self.account.id)).await?)
    }

    /// Invites, if that follows. `before` is the member before the change, nothing for a new one.
    ///
    /// # Errors
    /// 400 `invalidValue` for a `resend` that can't be; as [`inviting::carry_out`].
    pub(super) async fn invite(
        &self,
        tx: &mut Tx,
        (before, member): (Option<&Member>, &Member),
        wanted: &Wanted,
        resource: &Resource,
    ) -> Result<Outcome> {
        let mut situation = self.situation(tx, (before, member), wanted).await?;
        let mut step = inviting::step(situation)?;
        if matches!(step, Step::Send | Step::Replace | Step::Resend) {
            situation.belongs_here = inviting::belongs_here(tx, member).await?;
            step = inviting::step(situation)?;
        }
        if before.is_some() && matches!(step, Step::Send | Step::Replace) {
            self.check_invitable_again(tx, member).await?;
        }
        let of = (&self.account, member);
        let sent = inviting::carry_out((self.app, self.by), tx, of, step, resource).await?;
        Ok(match (sent, situation.belongs_here) {
            (true, _) => Outcome::Sent,
            (false, true) => Outcome::BelongsHere,
            (false, false) => Outcome::NotSent,
        })
    }

    /// Whether the token may itself invite a member that is there already: a new invitation is in
    /// its own name, and nobody asks again at the acceptance.
    async fn check_invitable_again(&self, tx: &mut Tx, member: &Member) -> Result<()> {
        if member.is_owner(&self.account) {
            let may = self.authority.may(needs::USERS_INVITE);
            return Ok(may.map_err(Error::denied)?);
        }
        let facts = access::facts(self.app, tx, &self.account.id, &member.id).await?;
        let given = self.when_active(&facts);
        let may = self.authority.may_invite(&facts.role, &given);
        Ok(may.map_err(|why| refusal("roles", &why))?)
    }

    async fn situation(
        &self,
        tx: &mut Tx,
        (before, member): (Option<&Member>, &Member),
        wanted: &Wanted,
    ) -> Result<Situation> {
        let newest: Option<InvitationState> = match before {
            Some(_) => latchkey_store::invitation::newest_of_member(tx, &self.account.id, &member.id)
                .await?
                .map(|it| it.state_at(self.now)),
            None => None,
        };
        let address = |it: &Member| it.profile.email.as_deref().map(fold);
        Ok(Situation {
            status: member.status(),
            became_invited: before.is_some_and(|it| it.status() != MemberStatus::Invited)
                && member.status() == MemberStatus::Invited,
            has_address: member.profile.email.is_some(),
            belongs_here: false,
            address_changed: before.is_some_and(|it| address(it) != address(member)),
            newest,
            send: wanted.send,
            resend: wanted.resend,
        })
    }
}

/// The whole of what authority needs to know of a member.
pub(super) fn target<'t>(work: &'t Work<'_>, seen: &'t Seen) -> Target<'t> {
    Target {
        account: &work.account,
        member: &seen.member,
        role: &seen.beside.role,
    }
}

/// A person who is a member now.
///
/// # Errors
/// 404 for anybody else: unknown, removed, of another account, a service.
pub(super) async fn present(tx: &mut Tx, account: &Account, id: &MemberId) -> Result<Member> {
    let found = latchkey_store::member::find(tx, &account.id, id).await?;
    let is_there = |it: &Member| it.kind == MemberKind::Person && it.status() != MemberStatus::Removed;
    found
        .filter(is_there)
        .ok_or_else(|| ScimError::not_found(USERS.name, id.as_str()).into())
}
