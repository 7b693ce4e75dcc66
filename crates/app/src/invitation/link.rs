//! What a link from an invitation mail leads to. Looking changes nothing.

use latchkey_crypto::token;
use latchkey_domain::account::{Account, AccountStatus};
use latchkey_domain::address::EmailAddress;
use latchkey_domain::invitation::{DeliveredBy, Invitation, Link, LinkState};
use latchkey_domain::member::{Member, MemberStatus};
use latchkey_domain::role::Role;
use latchkey_store::application::{self, Application};
use latchkey_store::invitation as kept;
use latchkey_store::sql::Tx;
use latchkey_store::user::{self, User};

use super::send::{destination, role_of};
use crate::{App, Error, Result, person};

/// What a link is good for, or why for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can be accepted.
    Open,
    /// The invitation was accepted.
    Used,
    /// It was taken back, the member was removed, or the account closed.
    Revoked,
    /// It is too late.
    Expired,
    /// A later link took its place.
    Replaced,
    /// Its inviter has lost the right to it; another administrator has to confirm it.
    AwaitingConfirmation,
    /// The invited member is suspended.
    Suspended,
    /// The link did not come by mail, so that it proves no address.
    NotMailed,
}

/// An invitation as its link shows it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The invitation.
    pub invitation: Invitation,
    /// The link.
    pub link: Link,
    /// The account.
    pub account: Account,
    /// The member invited.
    pub member: Member,
    /// The role they will have.
    pub role: Role,
    /// Where they will land.
    pub application: Option<Application>,
    /// The application's address to go on to once accepted; the account page otherwise.
    pub landing: Option<String>,
    /// The names of the permission sets given.
    pub permission_sets: Vec<String>,
    /// The user whose address it is already.
    pub user: Option<User>,
}

impl Opened {
    /// What the link is good for now.
    pub fn standing(&self, app: &App) -> Standing {
        match self.invitation.link_state(&self.link, app.now()) {
            LinkState::Used => return Standing::Used,
            LinkState::Revoked => return Standing::Revoked,
            LinkState::Expired => return Standing::Expired,
            LinkState::Replaced => return Standing::Replaced,
            LinkState::Usable => {}
        }
        match self.member.status() {
            MemberStatus::Removed => return Standing::Revoked,
            MemberStatus::Suspended => return Standing::Suspended,
            MemberStatus::Active => return Standing::Used,
            MemberStatus::Invited => {}
        }
        if self.account.status == AccountStatus::Closed {
            Standing::Revoked
        } else if self.link.delivered_by == DeliveredBy::Copied {
            Standing::NotMailed
        } else if self.invitation.awaiting_confirmation {
            Standing::AwaitingConfirmation
        } else {
            Standing::Open
        }
    }
}

/// The invitation behind a link's secret; none for a link that never was one.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn open(app: &App, secret: &str) -> Result<Option<Opened>> {
    app.db.read(async |tx| find(app, tx, secret).await).await
}

/// As [`open`], in a transaction.
pub(super) async fn find(app: &App, tx: &mut Tx, secret: &str) -> Result<Option<Opened>> {
    if !token::is_well_formed("", secret) {
        return Ok(None);
    }
    let Some(stored) = kept::link(tx, &token::digest(secret)).await? else {
        return Ok(None);
    };
    let account = &stored.account_id;
    let invitation = kept::find(tx, account, &stored.invitation_id)
        .await?
        .ok_or(Error::NotFound)?;
    let member = latchkey_store::member::find(tx, account, &invitation.member)
        .await?
        .ok_or(Error::NotFound)?;
    let sets = latchkey_store::access::assignments(tx, account, &member.id).await?;
    let account = latchkey_store::account::find(tx, account)
        .await?
        .ok_or(Error::NotFound)?;
    let application = match &invitation.application {
        Some(id) => application::find(tx, id).await?,
        None => destination(app, tx, &account, None).await?,
    };
    let user = match EmailAddress::parse(&invitation.address) {
        Ok(address) => user::by_address(tx, &address.folded()).await?,
        Err(_) => None,
    };
    let landing = match &application {
        Some(it) => person::door(app, tx, &it.id).await?,
        None => None,
    };
    Ok(Some(Opened {
        landing,
        role: role_of(tx, &account, &member).await?,
        user,
        permission_sets: sets.into_iter().map(|it| it.name).collect(),
        application,
        link: stored.link,
        invitation,
        account,
        member,
    }))
}
