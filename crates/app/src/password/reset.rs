//! A new password through a link in a mail: the same answer and work whether or not somebody has
//! the address. Docs: "Security, people".

use latchkey_crypto::secret::Secret;
use latchkey_crypto::token::{OpaqueToken, digest, is_well_formed};
use latchkey_domain::address::EmailAddress;
use latchkey_domain::audit::{Action, Actor};
use latchkey_domain::throttle::KeyKind;
use latchkey_domain::time::Timestamp;
use latchkey_mail::compose::{Mail, PasswordChanged, PasswordReset};
use latchkey_store::sql::Tx;
use latchkey_store::user::{self, User, VerifiedAddress};
use latchkey_store::{grant, session};
use serde::{Deserialize, Serialize};

use super::{Link, PasswordFault, check, hash};
use crate::outbox::{self, Posting, post_mail};
use crate::settings::seconds;
use crate::throttle::{self, Key};
use crate::{App, Caller, Error, Result, audit, sign_in};

const SORT: &str = "reset";

/// Mails a link for a new password to an address, if somebody has proven it. The worker of the
/// outbox finds out whether; all that is done here is the same for every address.
///
/// A stranger who asks again and again keeps nobody out: once an address has had its share, no
/// further mail is sent for at most 15 minutes, in which the last link works.
///
/// # Errors
/// [`Error::RateLimited`] after many from one network.
pub async fn send_reset(app: &App, caller: &Caller, to: &EmailAddress, languages: &[String]) -> Result<()> {
    let now = app.now();
    let by_address = by_address(&to.folded());
    let by_block = Key::of_block(SORT, caller.address.as_deref());
    let asked = ResetAsked {
        address: to.clone(),
        languages: languages.to_vec(),
        from: caller.address.clone(),
    };
    app.db
        .write(async |tx| {
            if let Some(block) = &by_block {
                if let Some(retry_after) = throttle::wait(tx, &[block], now).await? {
                    return Err(Error::RateLimited { retry_after });
                }
                throttle::failed(tx, block, now).await?;
            }
            if throttle::wait(tx, &[&by_address], now).await?.is_some() {
                return Ok(());
            }
            throttle::failed(tx, &by_address, now).await?;
            outbox::post_reset_asked(app, tx, &asked).await
        })
        .await?;
    app.outbox.ring();
    Ok(())
}

fn by_address(folded: &str) -> Key {
    Key::new(KeyKind::User, SORT, folded)
}

/// Somebody asked for a new password for an address; it waits in the outbox.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResetAsked {
    address: EmailAddress,
    languages: Vec<String>,
    /// The network address that asked.
    from: Option<String>,
}

impl ResetAsked {
    /// Posts the link, if somebody has the address: to the address that they have proven, never to
    /// the one that was typed.
    pub(crate) async fn answer(&self, app: &App, tx: &mut Tx) -> Result<()> {
        let folded = self.address.folded();
        let Some(person) = user::by_address(tx, &folded).await? else {
            return Ok(());
        };
        let proven = user::addresses(tx, &person.id).await?;
        match proven.into_iter().find(|it| it.address_folded == folded) {
            Some(proven) => self.post_link(app, tx, (&person, &proven)).await,
            None => Ok(()),
        }
    }

    async fn post_link(&self, app: &App, tx: &mut Tx, (person, to): (&User, &VerifiedAddress)) -> Result<()> {
        let token = OpaqueToken::from_bytes(app.rng.bytes());
        let expires_at = app.now().plus(seconds(app.settings.security.reset_seconds));
        let reset = user::PasswordReset {
            token_hash: token.digest(),
            user_id: person.id.clone(),
            created_at: app.now(),
            expires_at,
            used_at: None,
        };
        user::insert_reset(tx, &reset).await?;
        let mail = Mail::PasswordReset(PasswordReset {
            given_name: person.given_name.clone(),
            link: app.issuer.url(&format!("/password/reset/{}", token.text())),
            expires_at: expires_at.millis(),
        });
        let posting = Posting {
            account: None,
            subject_id: Some(person.id.as_str()),
            dedup_key: format!("password reset {}", reset.token_hash),
            to: &to.address,
            languages: person.language.iter().chain(&self.languages).cloned().collect(),
        };
        post_mail(app, tx, posting, &mail).await?;
        let caller = Caller {
            actor: Actor::Anonymous,
            address: self.from.clone(),
        };
        let entry = audit::Entry::new(&caller, Action::PasswordResetRequested);
        entry.target("user", &person.id).write(app, tx).await
    }
}

/// Whose password a link sets.
#[derive(Debug, Clone)]
pub struct ResetFor {
    reset: user::PasswordReset,
    /// The person.
    pub user: User,
    /// Their verified addresses, the primary one first.
    pub addresses: Vec<VerifiedAddress>,
}

impl ResetFor {
    /// The person's primary address.
    pub fn address(&self) -> &str {
        self.addresses.first().map_or("", |it| it.address.as_str())
    }

    fn words(&self) -> Vec<&str> {
        let names = [self.user.given_name.as_str(), self.user.family_name.as_str()];
        names
            .into_iter()
            .chain(self.addresses.iter().map(|it| it.address.as_str()))
            .collect()
    }
}

/// Whose password a link sets, unless it is unknown, used or too old. Uses nothing up.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn find_reset(app: &App, link: &Link) -> Result<Option<ResetFor>> {
    if !is_well_formed("", link.secret()) {
        return Ok(None);
    }
    let now = app.now();
    app.db
        .read(async |tx| load(tx, &digest(link.secret()), now).await)
        .await
}

async fn load(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<ResetFor>> {
    let Some(reset) = user::reset(tx, token_hash).await? else {
        return Ok(None);
    };
    if reset.used_at.is_some() || now >= reset.expires_at {
        return Ok(None);
    }
    let Some(user) = user::find(tx, &reset.user_id).await? else {
        return Ok(None);
    };
    let addresses = user::addresses(tx, &user.id).await?;
    Ok(Some(ResetFor {
        reset,
        user,
        addresses,
    }))
}

/// Why a link did not set a new password.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The link is unknown, used or too old.
    #[error("the link has ended")]
    Ended,
    /// The password is not taken; the link is still good.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<latchkey_store::sql::DbError> for ResetError {
    fn from(error: latchkey_store::sql::DbError) -> Self {
        Self::Other(error.into())
    }
}

/// Sets a new password through a link, once: ends every session and revokes every grant of the
/// person, and mails a notice to each of their addresses.
///
/// Answers the mark of the browser, which showed the mail's secret and so counts as a known device:
/// nobody else's wrong tries keep the person from signing in there.
///
/// # Errors
/// [`ResetError`] says which.
pub async fn set_through_link(
    app: &App,
    caller: &Caller,
    link: &Link,
    password: &Secret,
    languages: &[String],
) -> Result<String, ResetError> {
    let offer = find_reset(app, link).await?.ok_or(ResetError::Ended)?;
    check(app, password, &offer.words())?;
    let phc = hash(app, password).await?;
    let now = app.now();
    let caller = Caller {
        actor: Actor::User {
            user: offer.user.id.clone(),
            name: sign_in::full_name(&offer.user),
        },
        address: caller.address.clone(),
    };
    app.db
        .write(async |tx| {
            let found = load(tx, &offer.reset.token_hash, now)
                .await?
                .ok_or(ResetError::Ended)?;
            if !user::use_reset(tx, &found.reset, now).await? {
                return Err(ResetError::Ended);
            }
            let id = &found.user.id;
            user::set_password_hash(tx, id, &phc, now).await?;
            let sessions = session::end_others(tx, id, None, now).await?;
            let grants = grant::revoke_of_user(tx, id, "password reset", now).await?;
            for address in &found.addresses {
                sign_in::forgive(tx, &address.address_folded).await?;
                throttle::succeeded(tx, &by_address(&address.address_folded)).await?;
                post_notice(app, tx, (&found, address), languages).await?;
            }
            audit::Entry::new(&caller, Action::PasswordReset)
                .target("user", id)
                .detail("sessions ended", sessions.to_string())
                .detail("grants revoked", grants.to_string())
                .write(app, tx)
                .await?;
            Ok::<_, ResetError>(())
        })
        .await?;
    app.outbox.ring();
    Ok(sign_in::device_of(app, (&offer.user.id, &phc)))
}

async fn post_notice(
    app: &App,
    tx: &mut Tx,
    (found, address): (&ResetFor, &VerifiedAddress),
    languages: &[String],
) -> Result<()> {
    let mail = Mail::PasswordChanged(PasswordChanged {
        given_name: found.user.given_name.clone(),
        changed_at: app.now().millis(),
        link: app.issuer.url("/password/forgot"),
    });
    let posting = Posting {
        account: None,
        subject_id: Some(found.user.id.as_str()),
        dedup_key: format!(
            "password changed {} {}",
            found.reset.token_hash, address.address_folded
        ),
        to: &address.address,
        languages: found.user.language.iter().chain(languages).cloned().collect(),
    };
    post_mail(app, tx, posting, &mail).await
}
