//! Whether a member can be given tokens now: standing, application, terms, Mobile Access. Asked
//! in the transaction that gives them. Docs: "Member status", "Terms of use", "Mobile Access".

use std::sync::Arc;

use latchkey_domain::id::{AccountId, MemberId, UserId};
use latchkey_domain::mobile::{self, MobileRefusal};
use latchkey_oidc::device::Device;
use latchkey_store::sql::Tx;

use crate::access::{self, Scene};
use crate::client::Client;
use crate::known::{Known, Members};
use crate::{App, Result};

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

/// The member and the application's scene, unless something stands in the way. `known` are those
/// members that there are.
pub(super) async fn check(
    app: &App,
    tx: &mut Tx,
    known: &Members,
    holder: Holder<'_>,
    (client, device): (&Client, &Device),
) -> Result<Result<(Arc<Known>, Arc<Scene>), Hindrance>> {
    let Some(known) = known.get(&(holder.account.clone(), holder.member.clone())) else {
        return Ok(Err(Hindrance::NoAccess));
    };
    let scene = access::scene(app, tx, holder.account, &client.application).await?;
    let facts = &known.facts;
    let is_theirs = facts.member.user.as_ref() == Some(holder.user);
    if !is_theirs || !known.is_standing() || !scene.enabled {
        return Ok(Err(Hindrance::NoAccess));
    }
    if known.owes_terms(app.now()) {
        return Ok(Err(Hindrance::Terms));
    }
    if client.is_native()
        && let Err(refusal) = mobile::may_use_mobile(&facts.account, &facts.member, &described(device))
    {
        return Ok(Err(refusal.into()));
    }
    Ok(Ok((Arc::clone(known), scene)))
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
