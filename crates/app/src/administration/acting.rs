//! Who administers, in which account, and with what authority.

use latchkey_domain::account::Account;
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::Actor;
use latchkey_domain::authority::Authority;
use latchkey_domain::id::{AccountId, MemberId};
use latchkey_domain::invitation::Inviter;
use latchkey_domain::member::{Member, MemberKind};
use latchkey_store::sql::Tx;
use latchkey_store::{account as accounts, member as members, user as users};

use super::authority;
use crate::{App, Caller, Error, Result};

/// Under whose authority something is done.
#[derive(Debug, Clone)]
pub enum By {
    /// The installation's operator.
    Operator {
        /// How the operator is called in the trail and beside overrides.
        label: String,
    },
    /// A member of the account, named by address or id.
    Member {
        /// The address or id.
        member: String,
    },
}

/// Where something is done, and under whose authority.
#[derive(Debug, Clone)]
pub struct At {
    /// The account, by slug or id.
    pub account: String,
    /// Under whose authority.
    pub by: By,
}

/// Whoever administers, as they stand in this transaction.
#[derive(Debug)]
pub(super) struct Acting {
    pub(super) account: Account,
    pub(super) authority: Authority,
    pub(super) caller: Caller,
    /// The member, where it is one.
    pub(super) member: Option<MemberId>,
}

impl Acting {
    pub(super) async fn enter(app: &App, tx: &mut Tx, at: &At) -> Result<Self> {
        let account = account_of(tx, &at.account).await?;
        match &at.by {
            By::Operator { label } => Ok(Self {
                authority: authority::of_operator(app, tx, &account.id).await?,
                caller: Caller::local(Actor::Operator { label: label.clone() }),
                member: None,
                account,
            }),
            By::Member { member } => {
                let found = member_of(tx, &account, member)
                    .await
                    .map_err(|fault| match fault {
                        Error::NotFound => nobody("as", member, &account),
                        other => other,
                    })?;
                Ok(Self {
                    authority: authority::of_member(app, tx, &account.id, &found.id).await?,
                    caller: Caller::local(Actor::Member {
                        account: account.id.clone(),
                        member: found.id.clone(),
                        name: found.name(),
                    }),
                    member: Some(found.id),
                    account,
                })
            }
        }
    }

    /// The name that stands beside what is done.
    pub(super) fn name(&self) -> &str {
        self.caller.actor.name()
    }

    /// The same as whoever invites.
    pub(super) fn inviter(&self) -> Inviter {
        match &self.member {
            Some(id) => Inviter::Member {
                id: id.clone(),
                name: self.name().to_owned(),
            },
            None => Inviter::Operator {
                label: self.name().to_owned(),
            },
        }
    }

    /// Whether something is theirs to do.
    pub(super) fn may(&self, needed: &'static str) -> Result<()> {
        self.authority.may(needed).map_err(Error::denied)
    }
}

/// An account by slug or id.
pub(super) async fn account_of(tx: &mut Tx, name: &str) -> Result<Account> {
    if let Some(found) = accounts::by_slug(tx, name).await? {
        return Ok(found);
    }
    let found = accounts::find(tx, &AccountId::from(name)).await?;
    found.ok_or_else(|| Error::invalid("account", format!("there is no account '{name}'")))
}

/// A member by id, by an address of the person, or by the account's own address or name of them.
///
/// # Errors
/// [`Error::NotFound`] for nobody, [`Error::Invalid`] for several.
pub(super) async fn member_of(tx: &mut Tx, account: &Account, who: &str) -> Result<Member> {
    let who = who.trim();
    if let Some(found) = members::find(tx, &account.id, &MemberId::from(who)).await? {
        return Ok(found);
    }
    if let Ok(address) = EmailAddress::parse(who) {
        if let Some(person) = users::by_address(tx, &address.folded()).await?
            && let Some(found) = members::of_user_in(tx, &account.id, &person.id).await?
        {
            return Ok(found);
        }
        let mut found = members::by_email(tx, &account.id, address.as_str()).await?;
        found.retain(|it| it.kind == MemberKind::Person);
        if found.len() > 1 {
            return Err(Error::invalid(
                "member",
                format!("several users have the address {address}; use an id"),
            ));
        }
        if let Some(one) = found.pop() {
            return Ok(one);
        }
    }
    members::by_user_name(tx, &account.id, who)
        .await?
        .ok_or(Error::NotFound)
}

/// That an account has nobody of that name.
pub(super) fn nobody(field: &'static str, who: &str, account: &Account) -> Error {
    Error::invalid(field, format!("nobody in '{}' is '{who}'", account.slug))
}
