//! Whether a member can be given tokens now: standing, application, terms, Mobile Access. Asked
//! in the transaction that gives them. Docs: "Member status", "Terms of use", "Mobile Access".

use std::sync::Arc;

use latchkey_domain::account::AccountStatus;
use latchkey_domain::id::{AccountId, MemberId, UserId};
use latchkey_domain::mobile::{self, MobileRefusal};
use latchkey_domain::terms;
use latchkey_domain::time::Timestamp;
use latchkey_oidc::device::Device;
use latchkey_store::sql::Tx;

use crate::access::{self, Facts, Scene};
use crate::client::Client;
use crate::{App, Error, Result};

/// Whom tokens are for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'a> {
    pub user: &'a UserId,
    pub account: &'a AccountId,
    pub member: &'a MemberId,
}

/// Why a member is given nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Hindrance {
    /// Suspended or removed, the account is closed, or it has lost the application.
    #[error("the user has no access to this application any more")]
    NoAccess,
    /// The person must accept newer terms first.
    #[error("the user must accept the current terms of use first; start a new authorization, then try again")]
    Terms,
    /// Not on this device.
    #[error("mobile access is refused: {0}")]
    Mobile(#[from] MobileRefusal),
}

/// The member's facts and the application's scene, unless something stands in the way.
pub(super) async fn check(
    app: &App,
    tx: &mut Tx,
    client: &Client,
    holder: Holder<'_>,
    device: &Device,
) -> Result<Result<(Arc<Facts>, Arc<Scene>), Hindrance>> {
    let facts = match access::facts(app, tx, holder.account, holder.member).await {
        Ok(facts) => facts,
        Err(Error::NotFound) => return Ok(Err(Hindrance::NoAccess)),
        Err(fault) => return Err(fault),
    };
    let scene = access::scene(app, tx, holder.account, &client.application).await?;
    let is_theirs = facts.member.user.as_ref() == Some(holder.user);
    let is_standing = facts.member.is_active() && facts.account.status == AccountStatus::Active;
    if !is_theirs || !is_standing || !scene.enabled {
        return Ok(Err(Hindrance::NoAccess));
    }
    if owes_terms(tx, holder.user, holder.account, app.now()).await? {
        return Ok(Err(Hindrance::Terms));
    }
    if client.is_native()
        && let Err(refusal) = mobile::may_use_mobile(&facts.account, &facts.member, &described(device))
    {
        return Ok(Err(refusal.into()));
    }
    Ok(Ok((facts, scene)))
}

/// Whether the person has terms to accept before anything is issued for the account.
pub(super) async fn owes_terms(
    tx: &mut Tx,
    user: &UserId,
    account: &AccountId,
    now: Timestamp,
) -> Result<bool> {
    let all = latchkey_store::terms::heads(tx, Some(account)).await?;
    if all.is_empty() {
        return Ok(false);
    }
    let accepted = latchkey_store::terms::accepted(tx, user)
        .await?
        .into_iter()
        .collect();
    Ok(!terms::outstanding(&all, &accepted, Some(account), now).is_empty())
}

/// What a device says of itself, as the rule reads it.
pub(super) fn described(device: &Device) -> mobile::Device {
    mobile::Device {
        app_version: device.app_version.clone(),
        platform: device.platform.clone(),
        platform_version: device.platform_version.clone(),
    }
}

/// What a device says of itself now, else what it said before.
pub(super) fn latest(now: Device, before: Device) -> Device {
    Device {
        app_version: now.app_version.or(before.app_version),
        platform: now.platform.or(before.platform),
        platform_version: now.platform_version.or(before.platform_version),
    }
}
