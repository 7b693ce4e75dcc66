//! Signing in with an address and a password. Docs: "Security, people".
//!
//! An address that nobody has is answered as a wrong password is, after the same hashing. A try
//! is counted before its password is looked at, so that a thousand at once are a thousand tries.

use std::time::Duration;

use latchkey_crypto::encoding::{base64url, equal, from_base64url};
use latchkey_crypto::secret::Secret;
use latchkey_crypto::token::{OpaqueToken, digest};
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::{Action, Actor};
use latchkey_domain::id::UserId;
use latchkey_domain::throttle::KeyKind;
use latchkey_domain::time::Timestamp;
use latchkey_store::session::Session;
use latchkey_store::sql::{DbError, Tx};
use latchkey_store::user::{self, User};

use crate::password::normalized;
use crate::session::Browser;
use crate::throttle::{self, Key};
use crate::{App, Caller, Error, Result, audit, sign_out};

/// How a sign-in by password is told to applications (RFC 8176 §2).
pub const AMR_PASSWORD: &str = "pwd";

const SORT: &str = "sign-in";

/// Somebody who says who they are.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// The address.
    pub address: &'a EmailAddress,
    /// The password, as typed.
    pub password: &'a Secret,
    /// Where and how.
    pub browser: &'a Browser,
    /// The secret of the session that the browser has; it ends.
    pub session: Option<&'a str>,
    /// What the browser was given when somebody signed in with it before.
    pub device: Option<&'a str>,
}

/// A person who has signed in.
#[derive(Debug)]
pub struct Signed {
    /// The secret of the session's cookie.
    pub secret: OpaqueToken,
    /// The session.
    pub session: Session,
    /// The person.
    pub user: User,
    /// What tells this browser from one the person never used; kept in a cookie of its own.
    pub device: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address or the password is wrong; which of them is never told.
    #[error("the address or the password is wrong")]
    Wrong,
    /// Too many tries.
    #[error("too many tries; wait {} seconds", retry_after.as_secs())]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<DbError> for SignInError {
    fn from(error: DbError) -> Self {
        Self::Other(error.into())
    }
}

/// The person's first and last name.
pub fn full_name(user: &User) -> String {
    format!("{} {}", user.given_name, user.family_name)
        .trim()
        .to_owned()
}

/// What a try is counted under, and whom it is about.
#[derive(Debug)]
struct Attempt {
    own: Key,
    block: Option<Key>,
    person: Option<(User, Option<String>)>,
}

/// Signs somebody in: a new session in the place of the browser's former one.
///
/// # Errors
/// [`SignInError`] says which; [`Error::Unavailable`] where the queue of passwords is full.
pub async fn sign_in(app: &App, it: &SignIn<'_>) -> Result<Signed, SignInError> {
    let attempt = app.db.write_settled(async |tx| count(app, tx, it).await).await?;
    let password = normalized(it.password);
    let stored = attempt.person.as_ref().and_then(|(_, hash)| hash.as_deref());
    let checked = match stored {
        Some(stored) => app.passwords.verify(password.clone(), stored).await,
        None => app.passwords.verify_nobody(password.clone()).await,
    };
    let now = app.now();
    let is_right = match checked {
        Ok(is_right) => is_right,
        Err(fault) => {
            app.db
                .write_settled(async |tx| throttle::take_back(tx, &attempt.own, now).await)
                .await?;
            return Err(Error::from(fault).into());
        }
    };
    match (&attempt.person, stored) {
        (Some((user, _)), Some(stored)) if is_right => {
            let rehashed = rehash(app, password, stored).await;
            app.db
                .write_settled(async |tx| {
                    begin(app, tx, it, (&attempt, user, stored), rehashed.as_deref()).await
                })
                .await
        }
        (person, _) => {
            let user = person.as_ref().map(|(user, _)| user);
            app.db
                .write_settled(async |tx| note_failure(app, tx, it, (attempt.block.as_ref(), user)).await)
                .await?;
            Err(SignInError::Wrong)
        }
    }
}

/// Refuses a try that comes too soon, else counts it.
async fn count(app: &App, tx: &mut Tx, it: &SignIn<'_>) -> Result<Attempt, SignInError> {
    let now = app.now();
    let folded = it.address.folded();
    let person = match user::by_address(tx, &folded).await? {
        Some(user) => {
            let hash = user::password_hash(tx, &user.id).await?;
            Some((user, hash))
        }
        None => None,
    };
    let is_of_person = |device: &&str| {
        let known = person
            .as_ref()
            .and_then(|(user, hash)| Some((user, hash.as_deref()?)));
        known.is_some_and(|(user, hash)| is_device_of(app, device, (&user.id, hash)))
    };
    // A known device has a budget of its own: nobody can use it up from the same network either.
    let (own, block) = match it.device.filter(is_of_person) {
        Some(device) => (Key::new(KeyKind::KnownDevice, SORT, device), None),
        None => (
            by_name(&folded),
            Key::of_block(SORT, it.browser.address.as_deref()),
        ),
    };
    let keys: Vec<&Key> = [Some(&own), block.as_ref()].into_iter().flatten().collect();
    if let Some(retry_after) = throttle::wait(tx, &keys, now).await? {
        return Err(SignInError::Throttled { retry_after });
    }
    throttle::failed(tx, &own, now).await?;
    Ok(Attempt { own, block, person })
}

fn by_name(folded: &str) -> Key {
    Key::new(KeyKind::User, SORT, folded)
}

/// Forgets the failures under an address: its person has a new password.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(crate) async fn forgive(tx: &mut Tx, address_folded: &str) -> Result<()> {
    throttle::succeeded(tx, &by_name(address_folded)).await
}

async fn rehash(app: &App, password: Secret, stored: &str) -> Option<String> {
    if !app.passwords.needs_rehash(stored) {
        return None;
    }
    // A full queue is no reason to refuse: the next sign-in tries again.
    app.passwords.hash(password, app.rng.bytes()).await.ok()
}

async fn begin(
    app: &App,
    tx: &mut Tx,
    it: &SignIn<'_>,
    (attempt, user, stored): (&Attempt, &User, &str),
    rehashed: Option<&str>,
) -> Result<Signed, SignInError> {
    let now = app.now();
    // The password may have been changed while this one was being checked.
    if !user::hold_password(tx, &user.id, stored).await? {
        return Err(SignInError::Wrong);
    }
    if let Some(phc) = rehashed {
        user::set_password_hash(tx, &user.id, phc, now).await?;
    }
    throttle::succeeded(tx, &attempt.own).await?;
    let (secret, session) = start(app, tx, (&user.id, AMR_PASSWORD), (it.browser, it.session)).await?;
    audit::Entry::new(&of_user(user, it.browser), Action::SignInSucceeded)
        .target("user", &user.id)
        .detail("session", session.id.as_str())
        .detail("amr", AMR_PASSWORD)
        .write(app, tx)
        .await?;
    let device = device_of(app, (&user.id, rehashed.unwrap_or(stored)));
    Ok(Signed {
        secret,
        session,
        user: user.clone(),
        device,
    })
}

/// Starts a session in the place of the one whose secret the browser has. The same person's parts
/// in accounts move into the new session, so that their `sid`s live on; another person's end.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn start(
    app: &App,
    tx: &mut Tx,
    (user, amr): (&UserId, &str),
    (browser, before): (&Browser, Option<&str>),
) -> Result<(OpaqueToken, Session)> {
    let former = match before {
        Some(secret) => latchkey_store::session::by_secret(tx, &digest(secret)).await?,
        None => None,
    };
    let (secret, session) = crate::session::start(app, tx, user, amr, (browser, None)).await?;
    if let Some((former, _)) = former {
        if former.user_id == *user {
            latchkey_store::session::move_parts(tx, &former.id, &session.id).await?;
        }
        sign_out::end(app, tx, &former.id).await?;
    }
    Ok((secret, session))
}

async fn note_failure(
    app: &App,
    tx: &mut Tx,
    it: &SignIn<'_>,
    (block, user): (Option<&Key>, Option<&User>),
) -> Result<()> {
    if let Some(block) = block {
        throttle::failed(tx, block, app.now()).await?;
    }
    // Failures under addresses that nobody has are counted, not recorded: anybody could fill the trail.
    let Some(user) = user else { return Ok(()) };
    let caller = Caller {
        actor: Actor::Anonymous,
        address: it.browser.address.clone(),
    };
    audit::Entry::new(&caller, Action::SignInFailed)
        .target("user", &user.id)
        .write(app, tx)
        .await
}

/// Records that a person with a right credential was not let into an application.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn note_refusal(app: &App, user: &User, browser: &Browser, why: &str) -> Result<()> {
    let caller = of_user(user, browser);
    app.db
        .write(async |tx| {
            if !throttle::is_worth_noting(tx, "refusal", user.id.as_str(), app.now()).await? {
                return Ok(());
            }
            let entry = audit::Entry::new(&caller, Action::SignInRefused).target("user", &user.id);
            entry.reason(Some(why)).write(app, tx).await
        })
        .await
}

fn of_user(user: &User, browser: &Browser) -> Caller {
    let actor = Actor::User {
        user: user.id.clone(),
        name: full_name(user),
    };
    Caller {
        actor,
        address: browser.address.clone(),
    }
}

/// The mark of a browser in which a person signed in or set a password: random bytes, and a code over them, the
/// person and the password that only this installation can make. With the password all marks end:
/// whoever knew it could have collected many, each with a budget.
pub(crate) fn device_of(app: &App, of: (&UserId, &str)) -> String {
    let nonce: [u8; DEVICE_HALF] = app.rng.bytes();
    let mut mark = nonce.to_vec();
    mark.extend_from_slice(
        device_code(app, &nonce, of)
            .get(..DEVICE_HALF)
            .unwrap_or_default(),
    );
    base64url(mark)
}

const DEVICE_HALF: usize = 16;

fn device_code(app: &App, nonce: &[u8], (user, hash): (&UserId, &str)) -> [u8; 32] {
    app.sealer
        .mac_key("known device")
        .sign(&[nonce, user.as_str().as_bytes(), hash.as_bytes()])
}

fn is_device_of(app: &App, device: &str, of: (&UserId, &str)) -> bool {
    let Some(mark) = from_base64url(device) else {
        return false;
    };
    let Some((nonce, code)) = mark.split_at_checked(DEVICE_HALF) else {
        return false;
    };
    device_code(app, nonce, of)
        .get(..DEVICE_HALF)
        .is_some_and(|it| equal(it, code))
}

/// Whether the sign-in of a session is recent enough for a step.
pub fn counts(session: &Session, fresh_since: Option<Timestamp>) -> bool {
    fresh_since.is_none_or(|since| session.auth_time >= since)
}
