//! Whose authority an act is done under, as it stands in the transaction that writes.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_domain::authority::Authority;
use latchkey_domain::catalogue::{Catalogue, QualifiedPermission, latchkey_id};
use latchkey_domain::id::{AccountId, MemberId};
use latchkey_store::application;
use latchkey_store::sql::Tx;

use crate::access::{self, Facts};
use crate::{App, Result};

/// The catalogues that count in an account: `latchkey`'s and those of its applications.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn catalogues(app: &App, tx: &mut Tx, account: &AccountId) -> Result<Vec<Arc<Catalogue>>> {
    let mut ids = vec![latchkey_id()];
    let of_account = application::of_account(tx, account).await?;
    ids.extend(
        of_account
            .into_iter()
            .map(|it| it.id)
            .filter(|it| *it != latchkey_id()),
    );
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.push(Arc::clone(&access::scene(app, tx, account, &id).await?.catalogue));
    }
    Ok(found)
}

/// A member's own authority.
///
/// # Errors
/// [`crate::Error::NotFound`] for no such member.
pub async fn of_member(app: &App, tx: &mut Tx, account: &AccountId, member: &MemberId) -> Result<Authority> {
    let facts = access::facts(app, tx, account, member).await?;
    let now = app.now();
    let effective = in_all(app, tx, &facts, |facts, scene| facts.permissions(scene, now)).await?;
    Ok(Authority::of_member(
        &facts.account,
        &facts.member,
        &facts.role,
        effective,
    ))
}

/// The operator's authority in an account.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn of_operator(app: &App, tx: &mut Tx, account: &AccountId) -> Result<Authority> {
    Ok(Authority::of_operator(&catalogues(app, tx, account).await?))
}

/// What a member can do, of all applications, once active: what giving them something really
/// gives.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn when_active(app: &App, tx: &mut Tx, facts: &Facts) -> Result<BTreeSet<QualifiedPermission>> {
    let now = app.now();
    in_all(app, tx, facts, |facts, scene| {
        facts.permissions_when_active(scene, now)
    })
    .await
}

async fn in_all(
    app: &App,
    tx: &mut Tx,
    facts: &Facts,
    of: impl Fn(&Facts, &access::Scene) -> BTreeSet<latchkey_domain::catalogue::PermissionId>,
) -> Result<BTreeSet<QualifiedPermission>> {
    let account = &facts.account.id;
    let mut all = BTreeSet::new();
    for catalogue in catalogues(app, tx, account).await? {
        let scene = access::scene(app, tx, account, &catalogue.application).await?;
        all.extend(of(facts, &scene).iter().map(|it| catalogue.qualify(it)));
    }
    Ok(all)
}
