//! Sessions of people in their browsers, and each account's part in them.

use std::sync::Arc;

use latchkey_crypto::token::{OpaqueToken, digest};
use latchkey_domain::id::{AccountId, MemberId, SessionId, UserId};
use latchkey_domain::session::{Lifetime, SessionState, SessionTimes};
use latchkey_domain::time::Timestamp;
use latchkey_store::session::{self as kept, Open, Session, SessionAccount};
use latchkey_store::sql::Tx;
use latchkey_store::user::{User, VerifiedAddress};

use crate::settings::seconds;
use crate::{App, Error, Result, known};

/// A person with an open session in this browser.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The person.
    pub user: User,
    /// Their verified addresses, the primary one first.
    pub addresses: Vec<VerifiedAddress>,
}

impl SignedIn {
    /// The person's name.
    pub fn name(&self) -> String {
        format!("{} {}", self.user.given_name, self.user.family_name)
            .trim()
            .to_owned()
    }

    /// The person's primary address.
    pub fn address(&self) -> &str {
        self.addresses.first().map_or("", |it| it.address.as_str())
    }
}

/// Where and how somebody signs in.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The network address.
    pub address: Option<String>,
    /// The browser, as it calls itself.
    pub user_agent: Option<String>,
}

/// The open session behind a cookie, unless its time is over.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn find(app: &App, secret: &str) -> Result<Option<SignedIn>> {
    let now = app.now();
    let hash = digest(secret);
    let found = app
        .db
        .look_up(async |tx| {
            let Some((session, version)) = kept::by_secret(tx, &hash).await? else {
                return Ok(None);
            };
            if is_over(app, &session, now) {
                return Ok(None);
            }
            let person = known::person(app, tx, &session.user_id, Some(version)).await?;
            Ok::<_, Error>(Some(SignedIn {
                session,
                user: person.user.clone(),
                addresses: person.addresses.clone(),
            }))
        })
        .await?;
    if let Some(it) = &found
        && SessionTimes::from(&it.session).is_worth_touching(lifetime(app), now)
    {
        app.db
            .write_settled(async |tx| kept::seen(tx, &it.session.id, now).await)
            .await?;
    }
    Ok(found)
}

/// Whether a session was ended, or its idle or absolute time is over.
pub fn is_over(app: &App, session: impl Into<SessionTimes>, now: Timestamp) -> bool {
    session.into().state(lifetime(app), now) != SessionState::Open
}

/// Notes that a session was used, now and then: a refresh of what hangs on it counts as use.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(crate) async fn used(app: &App, tx: &mut Tx, session: &Open) -> Result<()> {
    let now = app.now();
    if SessionTimes::from(session).is_worth_touching(lifetime(app), now) {
        kept::seen(tx, &session.id, now).await?;
    }
    Ok(())
}

fn lifetime(app: &App) -> Lifetime {
    Lifetime {
        idle: seconds(app.settings.security.session_idle_seconds),
        absolute: seconds(app.settings.security.session_absolute_seconds),
    }
}

/// Starts a session in this transaction; answers the cookie's secret and the session. A session
/// that the browser had before is ended: its id never outlives a sign-in.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn start(
    app: &App,
    tx: &mut Tx,
    user: &UserId,
    amr: &str,
    (browser, before): (&Browser, Option<&SessionId>),
) -> Result<(OpaqueToken, Session)> {
    let now = app.now();
    let secret = OpaqueToken::from_bytes(app.rng.bytes());
    let session = Session {
        id: app.new_id(),
        user_id: user.clone(),
        secret_hash: secret.digest(),
        auth_time: now,
        amr: amr.to_owned(),
        provider: None,
        authority: "installation".to_owned(),
        user_agent: browser.user_agent.clone(),
        address: browser.address.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus(seconds(app.settings.security.session_absolute_seconds)),
        ended_at: None,
    };
    if let Some(before) = before {
        kept::end(tx, before, now).await?;
    }
    kept::insert(tx, &session).await?;
    Ok((secret, session))
}

/// The `sid` of a member in a session, made where there is none yet. A part that an earlier member
/// of the same account left open (removed, and invited again) ends.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn part(
    app: &App,
    tx: &mut Tx,
    session: &SessionId,
    (account, member): (&AccountId, &MemberId),
) -> Result<Arc<str>> {
    if let Some(part) = kept::account_part(tx, session, account).await? {
        if part.member_id == *member {
            return Ok(part.sid.into());
        }
        kept::end_part(tx, &part.sid, app.now()).await?;
    }
    let part = SessionAccount {
        sid: app.new_id(),
        session_id: session.clone(),
        account_id: account.clone(),
        member_id: member.clone(),
        ended_at: None,
    };
    kept::insert_account(tx, &part, app.now()).await?;
    Ok(part.sid.into())
}
