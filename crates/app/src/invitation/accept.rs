//! Accepting: user, member, credential, terms and invitation in one transaction.
//!
//! A refusal is recorded in the trail and answered, not thrown: an error would undo the record.

use latchkey_crypto::token::OpaqueToken;
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::{Action, Actor};
use latchkey_domain::id::{SessionId, UserId};
use latchkey_domain::member::Member;
use latchkey_domain::text::{TextFault, check_person_name};
use latchkey_store::member as members;
use latchkey_store::session::Session;
use latchkey_store::sql::Tx;
use latchkey_store::user::{self as users, User, VerifiedAddress};
use serde_json::json;

use super::authority_of_inviter;
use super::link::{self, Opened, Standing};
use super::send::{entry, save};
use crate::audit::Entry;
use crate::password::{self, PasswordFault};
use crate::session::{self, Browser, SignedIn};
use crate::terms::{self, Shown};
use crate::{App, Caller, Error, Result, Secret, throttle};

/// Who accepts, and where.
#[derive(Debug)]
pub struct Visitor<'a> {
    /// The browser that gets the session.
    pub browser: &'a Browser,
    /// The session it has so far.
    pub session: Option<&'a SessionId>,
    /// The languages the person reads, the preferred one first.
    pub languages: &'a [String],
}

/// What a new user says of themself.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// First name.
    pub given_name: &'a str,
    /// Last name.
    pub family_name: &'a str,
    /// The password.
    pub password: &'a Secret,
    /// The password once more.
    pub confirmation: &'a Secret,
    /// The version of the terms accepted.
    pub terms: Option<&'a str>,
}

/// What is wrong with what a new user said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The first name.
    GivenName(TextFault),
    /// The last name.
    FamilyName(TextFault),
    /// The password.
    Password(PasswordFault),
    /// The two passwords differ.
    PasswordsDiffer,
    /// The terms in force were not accepted.
    TermsUnaccepted,
}

/// Somebody who is in now.
#[derive(Debug)]
pub struct Welcomed {
    /// The secret of the session's cookie, where a session was started.
    pub session: Option<OpaqueToken>,
    /// The application's address to go on to; the account page otherwise.
    pub landing: Option<String>,
}

/// How accepting went.
#[derive(Debug)]
pub enum Outcome {
    /// The person is a member.
    Welcomed(Welcomed),
    /// The link is good for nothing (any more).
    Refused(Standing),
    /// The address belongs to a user, who has to sign in.
    UserExists,
    /// The user is in this account already, by another invitation.
    AlreadyMember,
    /// What was said can't be taken.
    Problems(Vec<Problem>),
    /// There are terms to accept first.
    TermsFirst,
}

/// A person whose address is nobody's yet becomes a user and accepts.
///
/// # Errors
/// [`Error::NotFound`] for no such link, [`Error::Unavailable`] without the database or a free
/// thread for the hash.
pub async fn create_user(
    app: &App,
    caller: &Caller,
    visitor: &Visitor<'_>,
    secret: &str,
    new: &NewUser<'_>,
) -> Result<Outcome> {
    let opened = link::open(app, secret).await?.ok_or(Error::NotFound)?;
    // What can't succeed costs no hash.
    let mut phc = None;
    if opened.standing(app) == Standing::Open && opened.user.is_none() {
        let wanted = terms::next_for_newcomer(app, &opened.account.id, visitor.languages).await?;
        let problems = problems_of(app, &opened, new, wanted.as_ref());
        if !problems.is_empty() {
            return Ok(Outcome::Problems(problems));
        }
        phc = Some(password::hash(app, new.password).await?);
    }
    let joining = Joining {
        app,
        caller,
        visitor,
        secret,
    };
    let phc = phc.as_deref();
    match app.db.write(async |tx| joining.create(tx, new, phc).await).await {
        Err(fault) if is_lost_race(&fault) => {
            app.db.write(async |tx| joining.create(tx, new, phc).await).await
        }
        settled => settled,
    }
}

/// A signed-in user whose address was invited accepts.
///
/// # Errors
/// [`Error::NotFound`] for no such link, [`Error::Denied`] where the address is another's.
pub async fn accept(
    app: &App,
    caller: &Caller,
    visitor: &Visitor<'_>,
    secret: &str,
    signed_in: &SignedIn,
) -> Result<Outcome> {
    let joining = Joining {
        app,
        caller,
        visitor,
        secret,
    };
    match app.db.write(async |tx| joining.accept(tx, signed_in).await).await {
        Err(fault) if is_lost_race(&fault) => {
            app.db.write(async |tx| joining.accept(tx, signed_in).await).await
        }
        settled => settled,
    }
}

/// Two at once: whoever loses the race asks again, and is told what the winner made of it.
const fn is_lost_race(fault: &Error) -> bool {
    matches!(fault, Error::Stale | Error::Conflict(_))
}

fn problems_of(app: &App, opened: &Opened, new: &NewUser<'_>, wanted: Option<&Shown>) -> Vec<Problem> {
    let words = [
        opened.invitation.address.as_str(),
        new.given_name,
        new.family_name,
        opened.account.name.as_str(),
        opened.application.as_ref().map_or("", |it| it.name.as_str()),
    ];
    [
        check_person_name(new.given_name).err().map(Problem::GivenName),
        check_person_name(new.family_name).err().map(Problem::FamilyName),
        password::check(app, new.password, &words)
            .err()
            .map(Problem::Password),
        (new.password.expose_secret() != new.confirmation.expose_secret())
            .then_some(Problem::PasswordsDiffer),
        is_unaccepted(wanted, new).then_some(Problem::TermsUnaccepted),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn is_unaccepted(wanted: Option<&Shown>, new: &NewUser<'_>) -> bool {
    wanted.is_some_and(|it| new.terms != Some(it.version.as_str()))
}

#[derive(Clone, Copy)]
struct Joining<'a> {
    app: &'a App,
    caller: &'a Caller,
    visitor: &'a Visitor<'a>,
    secret: &'a str,
}

impl Joining<'_> {
    async fn create(&self, tx: &mut Tx, new: &NewUser<'_>, phc: Option<&str>) -> Result<Outcome> {
        let opened = match self.usable(tx).await? {
            Ok(opened) => opened,
            Err(standing) => return Ok(Outcome::Refused(standing)),
        };
        if opened.user.is_some() {
            return Ok(Outcome::UserExists);
        }
        // No hash was made: the invitation has become usable only since. Asked again, it will be.
        let Some(phc) = phc else {
            return Err(Error::Unavailable);
        };
        let wanted = terms::for_newcomer(self.app, tx, Some(&opened.account.id)).await?;
        let shown = wanted
            .first()
            .and_then(|it| Shown::of(it, self.visitor.languages));
        if is_unaccepted(shown.as_ref(), new) {
            return Ok(Outcome::Problems(vec![Problem::TermsUnaccepted]));
        }
        let user = self.make_user(tx, &opened, new, phc).await?;
        let caller = self.caller_as(&user);
        if let Some(shown) = &shown {
            terms::accept(self.app, tx, &caller, &user.id, shown).await?;
        }
        self.join(tx, &caller, &opened, &user.id).await?;
        let (session, _) = self.start_session(tx, &caller, &user.id).await?;
        self.signed_in(tx, &opened).await?;
        Ok(Outcome::Welcomed(Welcomed {
            session: Some(session),
            landing: opened.landing,
        }))
    }

    async fn accept(&self, tx: &mut Tx, signed_in: &SignedIn) -> Result<Outcome> {
        let opened = match self.usable(tx).await? {
            Ok(opened) => opened,
            Err(standing) => return Ok(Outcome::Refused(standing)),
        };
        let user = &signed_in.user;
        if opened.user.as_ref().is_none_or(|it| it.id != user.id) {
            return Err(Error::Denied("this invitation is for another address".to_owned()));
        }
        if members::of_user_in(tx, &opened.account.id, &user.id)
            .await?
            .is_some()
        {
            return Ok(Outcome::AlreadyMember);
        }
        let left = terms::outstanding(self.app, tx, &user.id, Some(&opened.account.id)).await?;
        if !left.is_empty() {
            return Ok(Outcome::TermsFirst);
        }
        self.join(tx, &self.caller_as(user), &opened, &user.id).await?;
        self.signed_in(tx, &opened).await?;
        Ok(Outcome::Welcomed(Welcomed {
            session: None,
            landing: opened.landing,
        }))
    }

    /// The invitation, if it can be accepted now; a refusal is recorded.
    async fn usable(&self, tx: &mut Tx) -> Result<Result<Opened, Standing>> {
        let app = self.app;
        let opened = link::find(app, tx, self.secret).await?.ok_or(Error::NotFound)?;
        let mut standing = opened.standing(app);
        if standing == Standing::Open && !authority_of_inviter::suffices(app, tx, &opened).await? {
            let waiting = opened
                .invitation
                .await_confirmation(app.now())
                .map_err(Error::rule)?;
            save(tx, &waiting).await?;
            standing = Standing::AwaitingConfirmation;
        }
        if standing == Standing::Open {
            return Ok(Ok(opened));
        }
        let id = opened.invitation.id.as_str();
        if throttle::is_worth_noting(tx, "refused invitation", id, app.now()).await? {
            entry(self.caller, Action::InvitationRefused, &opened.invitation)
                .reason(Some(reason(standing)))
                .write(app, tx)
                .await?;
        }
        Ok(Err(standing))
    }

    async fn make_user(&self, tx: &mut Tx, opened: &Opened, new: &NewUser<'_>, phc: &str) -> Result<User> {
        let app = self.app;
        let now = app.now();
        let user = User {
            id: app.new_id(),
            given_name: new.given_name.trim().to_owned(),
            family_name: new.family_name.trim().to_owned(),
            language: self.visitor.languages.first().cloned(),
            time_zone: None,
            version: 1,
            created_at: now,
        };
        users::insert(tx, &user).await?;
        let invited = EmailAddress::parse(&opened.invitation.address).map_err(|e| Error::Bug(e.into()))?;
        let address = VerifiedAddress {
            address_folded: invited.folded(),
            address: invited.into(),
            is_primary: true,
            verified_at: now,
            method: "invitation".to_owned(),
        };
        let id: UserId = app.new_id();
        users::add_address(tx, id.as_str(), &user.id, &address).await?;
        users::set_password_hash(tx, &user.id, phc, now).await?;
        let caller = self.caller_as(&user);
        Entry::new(&caller, Action::UserCreated)
            .target("user", &user.id)
            .write(app, tx)
            .await?;
        Entry::new(&caller, Action::UserEmailVerified)
            .target("user", &user.id)
            .after(json!({ "address": address.address, "method": address.method }))
            .write(app, tx)
            .await?;
        Ok(user)
    }

    /// The member becomes this user's, and the invitation is accepted.
    async fn join(&self, tx: &mut Tx, caller: &Caller, opened: &Opened, user: &UserId) -> Result<()> {
        let app = self.app;
        let now = app.now();
        let accepted = opened.invitation.accept(&opened.link, now).map_err(Error::rule)?;
        save(tx, &accepted).await?;
        let transition = opened.member.accept(now).map_err(Error::rule)?;
        let member = Member {
            user: Some(user.clone()),
            standing: transition.standing,
            ..opened.member.clone()
        };
        if !members::update(tx, &member, now).await? {
            return Err(Error::Stale);
        }
        entry(caller, Action::InvitationAccepted, &accepted)
            .write(app, tx)
            .await?;
        Entry::new(caller, Action::MemberAccepted)
            .account(&member.account)
            .target("member", &member.id)
            .after(json!({ "user": user, "role": opened.role.key.as_str() }))
            .write(app, tx)
            .await?;
        tx.notify(&format!("access {}", member.account)).await?;
        Ok(())
    }

    async fn start_session(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        user: &UserId,
    ) -> Result<(OpaqueToken, Session)> {
        let at = (self.visitor.browser, self.visitor.session);
        let started = session::start(self.app, tx, user, "pwd", at).await?;
        Entry::new(caller, Action::SignInSucceeded)
            .target("user", user)
            .detail("by", "invitation")
            .write(self.app, tx)
            .await?;
        Ok(started)
    }

    async fn signed_in(&self, tx: &mut Tx, opened: &Opened) -> Result<()> {
        Ok(members::signed_in(tx, &opened.account.id, &opened.member.id, self.app.now()).await?)
    }

    fn caller_as(&self, user: &User) -> Caller {
        let name = format!("{} {}", user.given_name, user.family_name)
            .trim()
            .to_owned();
        Caller {
            actor: Actor::User {
                user: user.id.clone(),
                name,
            },
            address: self.caller.address.clone(),
        }
    }
}

/// Why an acceptance was refused, as the account's administrators read it.
const fn reason(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "it can be accepted",
        Standing::Used => "it was accepted already",
        Standing::Revoked => "it was taken back",
        Standing::Expired => "it had expired",
        Standing::Replaced => "a newer link had been sent",
        Standing::AwaitingConfirmation => "its inviter no longer has the right; it waits for a confirmation",
        Standing::Suspended => "the invited member is suspended",
        Standing::NotMailed => "the link did not come by mail",
    }
}
