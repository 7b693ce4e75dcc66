//! Whose authority an act is done under, as it stands in the transaction that writes.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_domain::authority::Authority;
use latchkey_domain::catalogue::{Catalogue, PermissionId, QualifiedPermission, latchkey_id};
use latchkey_domain::id::{AccountId, MemberId};
use latchkey_store::application;
use latchkey_store::sql::Tx;

use crate::access::{self, Facts, Scene};
use crate::{App, Result};

/// The applications that count in an account, `latchkey` first.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn scenes(app: &App, tx: &mut Tx, account: &AccountId) -> Result<Vec<Arc<Scene>>> {
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
        found.push(access::scene(app, tx, account, &id).await?);
    }
    Ok(found)
}

/// Their catalogues.
pub fn catalogues(scenes: &[Arc<Scene>]) -> Vec<&Catalogue> {
    scenes.iter().map(|it| &it.catalogue).collect()
}

/// What each of them gives, one after another.
pub fn in_all(
    scenes: &[Arc<Scene>],
    of: impl Fn(&Scene) -> BTreeSet<PermissionId>,
) -> impl Iterator<Item = QualifiedPermission> {
    let qualified = move |scene: &Arc<Scene>| {
        let permissions = of(scene).into_iter();
        permissions
            .map(|it| scene.catalogue.qualify(&it))
            .collect::<Vec<_>>()
    };
    scenes.iter().flat_map(qualified)
}

/// A member's own authority.
///
/// # Errors
/// [`crate::Error::NotFound`] for no such member.
pub async fn of_member(app: &App, tx: &mut Tx, account: &AccountId, member: &MemberId) -> Result<Authority> {
    let facts = access::facts(app, tx, account, member).await?;
    let now = app.now();
    let scenes = scenes(app, tx, account).await?;
    let effective: BTreeSet<_> = in_all(&scenes, |scene| facts.permissions(scene, now)).collect();
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
    Ok(Authority::of_operator(&catalogues(
        &scenes(app, tx, account).await?,
    )))
}

/// What a member can do, of all applications, once active: what giving them something really
/// gives.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn when_active(app: &App, tx: &mut Tx, facts: &Facts) -> Result<BTreeSet<QualifiedPermission>> {
    let now = app.now();
    let scenes = scenes(app, tx, &facts.account.id).await?;
    Ok(in_all(&scenes, |scene| facts.permissions_when_active(scene, now)).collect())
}
