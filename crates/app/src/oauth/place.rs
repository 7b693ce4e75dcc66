//! In which account a person acts at a client. Docs: "What tokens carry".

use std::sync::Arc;

use latchkey_domain::account::{Account, AccountStatus};
use latchkey_domain::id::AccountId;
use latchkey_domain::member::{Member, MemberStatus};
use latchkey_domain::time::Timestamp;
use latchkey_store::account;
use latchkey_store::sql::Tx;

use crate::client::Client;
use crate::known::{self, Known};
use crate::session::SignedIn;
use crate::{App, Result, access};

/// An account that is active and has the client's application, and a person's member there:
/// active or suspended.
#[derive(Debug, Clone)]
pub(super) struct Place {
    known: Arc<Known>,
    sid: Option<String>,
}

impl Place {
    /// The account.
    pub fn account(&self) -> &Account {
        &self.known.facts.account
    }

    /// The member.
    pub fn member(&self) -> &Member {
        &self.known.facts.member
    }

    /// The `sid` of the account's open part in the person's session.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether the person has terms to accept before anything is issued for the account.
    pub fn owes_terms(&self, now: Timestamp) -> bool {
        self.known.owes_terms(now)
    }

    /// Whether the account has suspended the person.
    fn is_suspended(&self) -> bool {
        self.member().status() == MemberStatus::Suspended
    }
}

/// What an application or a person says about the account, and what that comes to.
#[derive(Debug)]
pub(super) enum Placed {
    /// This one.
    At(Place),
    /// The person must choose.
    Several,
    /// The account, by its name, has suspended the person.
    Suspended(String),
    /// The application named an account that is not known, or not to this person.
    Unknown,
    /// The person belongs to no account that has the application.
    Nowhere,
}

/// The places of a person that can be used at a client.
async fn usable(app: &App, tx: &mut Tx, client: &Client, who: &SignedIn) -> Result<Vec<Place>> {
    let mut found = Vec::new();
    for (known, sid) in known::places(app, tx, (&who.user.id, &who.session.id)).await? {
        let facts = &known.facts;
        let has_come = matches!(
            facts.member.status(),
            MemberStatus::Active | MemberStatus::Suspended
        );
        if !has_come || facts.account.status != AccountStatus::Active {
            continue;
        }
        let scene = access::scene(app, tx, &facts.account.id, &client.application).await?;
        if scene.enabled {
            found.push(Place { known, sid });
        }
    }
    Ok(found)
}

/// Where the person acts: at the account that the application named (id or slug), else at the one
/// they chose, else at the only one there is.
pub(super) async fn choose(
    app: &App,
    tx: &mut Tx,
    (client, who): (&Client, &SignedIn),
    named: Option<&str>,
    chosen: Option<&AccountId>,
) -> Result<Placed> {
    let mut places = usable(app, tx, client, who).await?;
    if let Some(named) = named {
        let by_id = places.iter().position(|it| it.account().id.as_str() == named);
        let place = by_id.or_else(|| places.iter().position(|it| it.account().slug == named));
        return Ok(place.map_or(Placed::Unknown, |at| settled(places.swap_remove(at))));
    }
    let chosen = chosen.and_then(|chosen| places.iter().position(|it| it.account().id == *chosen));
    Ok(match chosen {
        Some(at) => settled(places.swap_remove(at)),
        None => only(places),
    })
}

fn settled(place: Place) -> Placed {
    if place.is_suspended() {
        Placed::Suspended(place.account().name.clone())
    } else {
        Placed::At(place)
    }
}

/// What there is to choose from comes to. An account that suspended the person is no choice where
/// there is another.
fn only(places: Vec<Place>) -> Placed {
    let (mut suspended, mut active): (Vec<_>, Vec<_>) = places.into_iter().partition(Place::is_suspended);
    match (active.pop(), active.is_empty(), suspended.pop()) {
        (Some(place), true, _) => Placed::At(place),
        (Some(_), false, _) => Placed::Several,
        (None, _, Some(place)) => Placed::Suspended(place.account().name.clone()),
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
