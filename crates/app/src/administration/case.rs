//! One member under administration: who acts, on whom, and the change with all that follows.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_domain::audit::Action;
use latchkey_domain::authority::Target;
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::member::{Member, Transition};
use latchkey_store::sql::Tx;
use latchkey_store::{account as accounts, invitation as invitations, member as members};

use super::acting::{Acting, At, member_of, nobody};
use super::{MemberView, authority, view};
use crate::access::{self, Facts};
use crate::audit::Entry;
use crate::{App, Error, Result, grant, invitation};

/// A member under administration.
pub(super) struct Case {
    pub(super) acting: Acting,
    pub(super) facts: Arc<Facts>,
}

impl Case {
    pub(super) async fn open(app: &App, tx: &mut Tx, at: &At, who: &str) -> Result<Self> {
        let acting = Acting::enter(app, tx, at).await?;
        let found = member_of(tx, &acting.account, who)
            .await
            .map_err(|fault| match fault {
                Error::NotFound => nobody("member", who, &acting.account),
                other => other,
            })?;
        let facts = access::facts(app, tx, &acting.account.id, &found.id).await?;
        Ok(Self { acting, facts })
    }

    pub(super) fn member(&self) -> &Member {
        &self.facts.member
    }

    pub(super) fn target(&self) -> Target<'_> {
        Target {
            account: &self.facts.account,
            member: &self.facts.member,
            role: &self.facts.role,
        }
    }

    /// An audit entry about the member.
    pub(super) fn entry(&self, action: Action) -> Entry<'_> {
        let member = self.member();
        Entry::new(&self.acting.caller, action)
            .account(&member.account)
            .target("member", &member.id)
    }

    /// What the member can do once `after` holds and could not before.
    pub(super) async fn gained(
        &self,
        app: &App,
        tx: &mut Tx,
        after: &Facts,
    ) -> Result<BTreeSet<QualifiedPermission>> {
        let before = authority::when_active(app, tx, &self.facts).await?;
        let mut gained = authority::when_active(app, tx, after).await?;
        gained.retain(|it| !before.contains(it));
        Ok(gained)
    }

    /// Saves the member, changed or not: its version tells that its access has changed.
    pub(super) async fn save(&self, app: &App, tx: &mut Tx, member: &Member) -> Result<()> {
        if !members::update(tx, member, app.now()).await? {
            return Err(Error::Stale);
        }
        tx.notify(&format!("access {}", member.account)).await?;
        Ok(())
    }

    /// Saves a new standing, and does what follows from it.
    pub(super) async fn settle(
        &self,
        app: &App,
        tx: &mut Tx,
        next: &Transition,
        because: &str,
    ) -> Result<()> {
        let member = Member {
            standing: next.standing.clone(),
            ..self.member().clone()
        };
        self.save(app, tx, &member).await?;
        if next.ends_access {
            grant::end_access(tx, (&member.account, &member.id), because, app.now()).await?;
        }
        let last = invitations::newest_of_member(tx, &member.account, &member.id).await?;
        let pending = last.filter(|it| !it.has_ended(app.now()));
        if let Some(it) = pending.filter(|_| next.revokes_invitation) {
            invitation::revoke(app, tx, &self.acting.caller, &it).await?;
        }
        Ok(())
    }

    /// The member as it is now, read anew: what this transaction wrote may yet be undone.
    pub(super) async fn view(&self, app: &App, tx: &mut Tx) -> Result<MemberView> {
        let account = accounts::find(tx, &self.member().account)
            .await?
            .ok_or(Error::NotFound)?;
        let member = members::find(tx, &account.id, &self.member().id)
            .await?
            .ok_or(Error::NotFound)?;
        let facts = access::load(tx, account, member).await?;
        view::of(app, tx, &facts).await
    }
}
