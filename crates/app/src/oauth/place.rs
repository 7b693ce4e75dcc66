//! In which account a person acts at a client. Docs: "What tokens carry".

use latchkey_domain::account::{Account, AccountStatus};
use latchkey_domain::id::{AccountId, UserId};
use latchkey_domain::member::{Member, MemberStatus};
use latchkey_store::sql::Tx;
use latchkey_store::{account, member};

use crate::client::Client;
use crate::{App, Result, access};

/// An account that a person belongs to, and their member there: active or suspended.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The account, which is active and has the client's application.
    pub account: Account,
    /// The member.
    pub member: Member,
}

impl Place {
    /// Whether the account has suspended the person.
    fn is_suspended(&self) -> bool {
        self.member.status() == MemberStatus::Suspended
    }
}

/// What an application or a person says about the account, and what that comes to.
#[derive(Debug)]
pub(super) enum Placed {
    /// This one.
    At(Box<Place>),
    /// The person must choose.
    Several,
    /// The account, by its name, has suspended the person.
    Suspended(String),
    /// The application named an account that is not known, or not to this person.
    Unknown,
    /// The person belongs to no account that has the application.
    Nowhere,
}

/// The accounts among which a person can choose at a client.
async fn all(app: &App, tx: &mut Tx, client: &Client, user: &UserId) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for member in member::of_user(tx, user).await? {
        let Some(account) = account::find(tx, &member.account).await? else {
            continue;
        };
        places.extend(usable(app, tx, client, Place { account, member }).await?);
    }
    Ok(places)
}

async fn usable(app: &App, tx: &mut Tx, client: &Client, place: Place) -> Result<Option<Place>> {
    let has_come = matches!(
        place.member.status(),
        MemberStatus::Active | MemberStatus::Suspended
    );
    if !has_come || place.account.status != AccountStatus::Active {
        return Ok(None);
    }
    let scene = access::scene(app, tx, &place.account.id, &client.application).await?;
    Ok(scene.enabled.then_some(place))
}

/// Where the person acts: at the account that the application named (id or slug), else at the one
/// they chose, else at the only one there is.
pub(super) async fn choose(
    app: &App,
    tx: &mut Tx,
    (client, user): (&Client, &UserId),
    named: Option<&str>,
    chosen: Option<&AccountId>,
) -> Result<Placed> {
    if let Some(named) = named {
        let account = match account::find(tx, &AccountId::new(named)).await? {
            Some(account) => Some(account),
            None => account::by_slug(tx, named).await?,
        };
        let place = at(app, tx, (client, user), account).await?;
        return Ok(place.map_or(Placed::Unknown, settled));
    }
    if let Some(chosen) = chosen {
        let account = account::find(tx, chosen).await?;
        if let Some(place) = at(app, tx, (client, user), account).await? {
            return Ok(settled(place));
        }
    }
    Ok(only(all(app, tx, client, user).await?))
}

async fn at(
    app: &App,
    tx: &mut Tx,
    (client, user): (&Client, &UserId),
    account: Option<Account>,
) -> Result<Option<Place>> {
    let Some(account) = account else {
        return Ok(None);
    };
    match member::of_user_in(tx, &account.id, user).await? {
        Some(member) => usable(app, tx, client, Place { account, member }).await,
        None => Ok(None),
    }
}

fn settled(place: Place) -> Placed {
    if place.is_suspended() {
        Placed::Suspended(place.account.name)
    } else {
        Placed::At(Box::new(place))
    }
}

/// What there is to choose from comes to. An account that suspended the person is no choice where
/// there is another.
fn only(places: Vec<Place>) -> Placed {
    let (mut suspended, mut active): (Vec<_>, Vec<_>) = places.into_iter().partition(Place::is_suspended);
    match (active.pop(), active.is_empty(), suspended.pop()) {
        (Some(place), true, _) => Placed::At(Box::new(place)),
        (Some(_), false, _) => Placed::Several,
        (None, _, Some(place)) => Placed::Suspended(place.account.name),
        (None, _, None) => Placed::Nowhere,
    }
}

/// The account of this id or slug, for a program.
pub(super) async fn account_named(tx: &mut Tx, named: &str) -> Result<Option<Account>> {
    match account::find(tx, &AccountId::new(named)).await? {
        Some(account) => Ok(Some(account)),
        None => Ok(account::by_slug(tx, named).await?),
    }
}
