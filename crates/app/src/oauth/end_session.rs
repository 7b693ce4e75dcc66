//! Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0). One account's logout
//! never ends another's part of the session. Docs: "What tokens carry".

use std::sync::Arc;

use latchkey_crypto::seal::Sealed;
use latchkey_domain::audit::{Action, Actor};
use latchkey_domain::id::ClientId;
use latchkey_oidc::claims::IdTokenClaims;
use latchkey_oidc::logout::{LogoutError, LogoutRequest, ProvenLogoutRedirect};
use latchkey_store::session::{self as kept, SessionAccount};
use latchkey_store::sql::Tx;
use latchkey_store::{grant, member, user};

use super::{Refusal, access_token};
use crate::client::{self, Client};
use crate::session::SignedIn;
use crate::settings::seconds;
use crate::{App, Caller, Error, Result, audit};

const PURPOSE: &str = "sign-out";

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// The person is asked: nothing proves that the client may sign them out.
    Ask(Return),
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
    /// The client that asked, where one did.
    pub client: Option<Arc<Client>>,
    /// The address that it registered.
    pub redirect: Option<ProvenLogoutRedirect>,
}

/// Decides about a request to sign out, and signs out where its hint proves that it may be so.
///
/// # Errors
/// [`LogoutError`], shown to the person; [`Error::Unavailable`] without the database.
pub async fn decide(
    app: &App,
    caller: &Caller,
    request: &LogoutRequest,
    who: Option<&SignedIn>,
) -> Result<Next, Refusal<LogoutError>> {
    let hint = match &request.id_token_hint {
        None => None,
        Some(hint) => {
            let claims = access_token::read_id_token_hint(app, hint);
            Some(claims.ok_or(LogoutError::BadIdTokenHint)?)
        }
    };
    let to = return_to(app, request, hint.as_ref()).await?;
    let Some(hint) = hint else { return Ok(unproven(to, who)) };
    let part = match &hint.sid {
        Some(sid) => app.db.look_up(async |tx| kept::by_sid(tx, sid).await).await.map_err(Error::from)?,
        None => None,
    };
    // A hint about another person, or another session of this person, proves nothing here.
    let is_here = |part: &SessionAccount| who.is_none_or(|who| who.session.id == part.session_id);
    match part.filter(is_here) {
        Some(part) => {
            let altogether = end(app, caller, &part).await?;
            Ok(Next::SignedOut { to, altogether })
        }
        None => Ok(unproven(to, who)),
    }
}

/// Without a session there is nobody to ask and nothing to end.
fn unproven(to: Return, who: Option<&SignedIn>) -> Next {
    if who.is_some() { Next::Ask(to) } else { Next::SignedOut { to, altogether: false } }
}

async fn return_to(
    app: &App,
    request: &LogoutRequest,
    hint: Option<&IdTokenClaims>,
) -> Result<Return, Refusal<LogoutError>> {
    let of_hint = hint.and_then(|it| it.aud.iter().next());
    let Some(id) = request.client(of_hint)? else { return Ok(Return::default()) };
    let client = match client::find(app, &ClientId::new(id)).await {
        Ok(client) => client,
        Err(Error::NotFound) => return Err(LogoutError::UnknownClient.into()),
        Err(fault) => return Err(fault.into()),
    };
    let redirect = request.redirect(client.kind, &client.metadata)?;
    Ok(Return { client: Some(client), redirect })
}

/// Ends one account's part of a session, and the session with its last part.
async fn end(app: &App, caller: &Caller, part: &SessionAccount) -> Result<bool> {
    let because = "signed out";
    app.db
        .write(async |tx| {
            let now = app.now();
            let Some(current) = kept::by_sid(tx, &part.sid).await? else { return Ok(false) };
            if current.ended_at.is_none() {
                kept::end_part(tx, &part.sid, now).await?;
                grant::revoke_of_sid(tx, &part.sid, true, because, now).await?;
                audit::Entry::new(&who_was(tx, caller, part).await?, Action::SignedOut)
                    .account(&part.account_id)
                    .target("session", &part.sid)
                    .write(app, tx)
                    .await?;
            }
            let altogether = kept::parts(tx, &part.session_id).await?.is_empty();
            if altogether {
                kept::end(tx, &part.session_id, now).await?;
            }
            Ok::<_, Error>(altogether)
        })
        .await
}

async fn who_was(tx: &mut Tx, caller: &Caller, part: &SessionAccount) -> Result<Caller> {
    let member = member::find(tx, &part.account_id, &part.member_id).await?;
    let user = match member.and_then(|it| it.user) {
        Some(id) => user::find(tx, &id).await?,
        None => None,
    };
    let Some(user) = user else { return Ok(caller.clone()) };
    let name = format!("{} {}", user.given_name, user.family_name).trim().to_owned();
    Ok(Caller { actor: Actor::User { user: user.id, name }, address: caller.address.clone() })
}

/// Where a person goes after saying yes, sealed for one browser, so that it travels through the
/// page that asks.
///
/// # Errors
/// A [bug](Error::Bug) where the cipher fails.
pub fn seal(app: &App, browser: &str, request: &LogoutRequest, to: &Return) -> Result<String> {
    let expires_at = app.now().plus(seconds(app.settings.security.step_seconds));
    // The hint proved nothing and is not needed any more, but the client it names is.
    let client_id = to.client.as_ref().map(|it| it.id.to_string());
    let value = LogoutRequest { id_token_hint: None, client_id, ..request.clone() };
    let sealed = Sealed { expires_at_ms: expires_at.millis(), value };
    Ok(app.sealer.seal_json(PURPOSE, browser.as_bytes(), &sealed, app.rng.bytes())?)
}

/// Opens what [`seal`] sealed and proves the address again.
///
/// # Errors
/// [`Error::Stale`] for a value that has expired or is another browser's; [`LogoutError`] where
/// the client has changed.
pub async fn open(app: &App, browser: &str, text: &str) -> Result<Return, Refusal<LogoutError>> {
    let opened = app.sealer.open_json(PURPOSE, browser.as_bytes(), text, app.now().millis());
    let request: LogoutRequest = opened.map_err(|_| Error::Stale)?;
    return_to(app, &request, None).await
}
