//! Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0). One account's logout
//! never ends another's part of the session. Docs: "What tokens carry".

use latchkey_crypto::seal::Sealed;
use latchkey_domain::audit::Action;
use latchkey_domain::id::{AccountId, ClientId};
use latchkey_oidc::logout::{LogoutError, LogoutRequest, ProvenLogoutRedirect};
use latchkey_store::grant;
use latchkey_store::session as kept;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Refusal, access_token};
use crate::session::SignedIn;
use crate::settings::seconds;
use crate::step::NO_BROWSER;
use crate::{App, Caller, Error, Result, audit, client};

const PURPOSE: &str = "sign-out";
const POSTED: &str = "posted sign-out";

/// A request to sign out whose hint is verified.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wish {
    /// The request without its hints, and with the client that the ID token named.
    request: LogoutRequest,
    /// The session at the client that the ID token is proof of.
    sid: Option<String>,
}

impl Wish {
    /// Verifies the hint of a request (§2). What it proves is kept and not the ID token itself, which
    /// may be too long for an address.
    ///
    /// # Errors
    /// [`LogoutError`], shown to the person.
    pub fn read(app: &App, request: LogoutRequest) -> Result<Self, LogoutError> {
        let hint = match &request.id_token_hint {
            None => None,
            Some(hint) => {
                let claims = access_token::read_id_token_hint(app, hint);
                Some(claims.ok_or(LogoutError::BadIdTokenHint)?)
            }
        };
        let of_hint = hint.as_ref().and_then(|it| it.aud.iter().next());
        let client_id = request.client(of_hint)?.map(str::to_owned);
        Ok(Self {
            request: LogoutRequest {
                id_token_hint: None,
                logout_hint: None,
                client_id,
                ..request
            },
            sid: hint.and_then(|it| it.sid),
        })
    }
}

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// The person is asked: nothing proves that the client may sign them out.
    Ask,
    /// The person is signed out, of this account alone or altogether.
    SignedOut {
        /// Where they go now.
        to: Return,
        /// Whether nothing of the session is left, so that the browser may forget it.
        altogether: bool,
    },
}

/// Where a person goes after signing out.
#[derive(Debug, Default)]
pub struct Return {
    /// The address that the client which asked registered.
    pub redirect: Option<ProvenLogoutRedirect>,
}

/// Decides about a request to sign out, and signs out where its hint proves that it may be so.
///
/// # Errors
/// [`LogoutError`], shown to the person; [`Error::Unavailable`] without the database.
pub async fn decide(
    app: &App,
    caller: &Caller,
    wish: &Wish,
    who: Option<&SignedIn>,
) -> Result<Next, Refusal<LogoutError>> {
    let to = return_to(app, &wish.request).await?;
    let (Some(who), Some(sid)) = (who, &wish.sid) else {
        return Ok(unproven(to, who));
    };
    let part = app
        .db
        .look_up(async |tx| kept::by_sid(tx, sid).await)
        .await
        .map_err(Error::from)?;
    // A hint about another person, or another session of this person, proves nothing here.
    match part.filter(|it| it.session_id == who.session.id) {
        Some(part) => {
            let altogether = end(app, caller, who, &part.account_id).await?;
            Ok(Next::SignedOut { to, altogether })
        }
        None => Ok(unproven(to, Some(who))),
    }
}

/// Without a session there is nobody to ask and nothing to end.
fn unproven(to: Return, who: Option<&SignedIn>) -> Next {
    if who.is_some() {
        Next::Ask
    } else {
        Next::SignedOut {
            to,
            altogether: false,
        }
    }
}

async fn return_to(app: &App, request: &LogoutRequest) -> Result<Return, Refusal<LogoutError>> {
    let Some(id) = request.client(None)? else {
        return Ok(Return::default());
    };
    let client = match client::find(app, &ClientId::new(id)).await {
        Ok(client) => client,
        Err(Error::NotFound) => return Err(LogoutError::UnknownClient.into()),
        Err(fault) => return Err(fault.into()),
    };
    let redirect = request.redirect(client.kind, &client.metadata)?;
    Ok(Return { redirect })
}

/// Ends one account's part of a session, and the session with its last part.
async fn end(app: &App, caller: &Caller, who: &SignedIn, account: &AccountId) -> Result<bool> {
    let session = &who.session.id;
    app.db
        .write(async |tx| {
            let now = app.now();
            if let Some(part) = kept::account_part(tx, session, account).await? {
                kept::end_part(tx, &part.sid, now).await?;
                grant::revoke_of_sid(tx, &part.sid, true, "signed out", now).await?;
                audit::Entry::new(caller, Action::SignedOut)
                    .account(account)
                    .target("session", session)
                    .detail("sid", &*part.sid)
                    .write(app, tx)
                    .await?;
            }
            let altogether = kept::parts(tx, session).await?.is_empty();
            if altogether {
                kept::end(tx, session, now).await?;
            }
            Ok::<_, Error>(altogether)
        })
        .await
}

/// Where a person goes after saying yes, sealed for one browser, so that it travels through the
/// page that asks.
///
/// # Errors
/// A [bug](Error::Bug) where the cipher fails.
pub fn seal(app: &App, browser: &str, wish: &Wish) -> Result<String> {
    seal_for(app, PURPOSE, browser, &wish.request)
}

/// Opens what [`seal`] sealed and proves the address again.
///
/// # Errors
/// [`Error::Stale`] for a value that has expired or is another browser's; [`LogoutError`] where
/// the client has changed.
pub async fn open(app: &App, browser: &str, text: &str) -> Result<Return, Refusal<LogoutError>> {
    let request: LogoutRequest = open_for(app, PURPOSE, browser, text)?;
    return_to(app, &request).await
}

/// Seals what another site posted, so that it travels through an address. It stands for no more
/// than the request that was made, so whichever browser brings it may go on with it.
///
/// # Errors
/// A [bug](Error::Bug) where the cipher fails.
pub fn seal_posted(app: &App, wish: &Wish) -> Result<String> {
    seal_for(app, POSTED, NO_BROWSER, wish)
}

/// Opens what [`seal_posted`] sealed.
///
/// # Errors
/// [`Error::Stale`] for a value that has expired or was altered.
pub fn open_posted(app: &App, text: &str) -> Result<Wish> {
    open_for(app, POSTED, NO_BROWSER, text)
}

fn seal_for<T: Serialize>(app: &App, purpose: &str, browser: &str, value: &T) -> Result<String> {
    let expires_at = app.now().plus(seconds(app.settings.security.step_seconds));
    let sealed = Sealed {
        expires_at_ms: expires_at.millis(),
        value,
    };
    Ok(app
        .sealer
        .seal_json(purpose, browser.as_bytes(), &sealed, app.rng.bytes())?)
}

fn open_for<T: DeserializeOwned>(app: &App, purpose: &str, browser: &str, text: &str) -> Result<T> {
    let opened = app
        .sealer
        .open_json(purpose, browser.as_bytes(), text, app.now().millis());
    opened.map_err(|_| Error::Stale)
}
