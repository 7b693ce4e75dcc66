//! Whether what a client was given still stands, as UserInfo and introspection need it: at most
//! a second old.

use std::sync::Arc;

use latchkey_domain::id::{AccountId, ClientId, GrantId, MemberId};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::ClaimsRequest;
use latchkey_store::grant::{self as kept, Grant};
use latchkey_store::session as sessions;
use latchkey_store::sql::Tx;

use crate::access::Facts;
use crate::known::{self, Known, Person};
use crate::{App, Error, Result, client, session};

/// How something that was given stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Whether tokens of it are good.
    pub active: bool,
    /// The member it is for; nobody where a client acts for itself.
    pub holder: Option<Arc<Holder>>,
}

/// Whom a token is for.
#[derive(Debug)]
pub struct Holder {
    /// The member, as things stand.
    pub facts: Arc<Facts>,
    /// The person; nobody for a service member.
    pub person: Option<Arc<Person>>,
    /// Single claims that the client asked for.
    pub claims: ClaimsRequest,
}

/// Single claims that the client of a grant asked for (OpenID Connect Core 1.0 §5.5).
pub(crate) fn claims_of(grant: &Grant) -> ClaimsRequest {
    let text = grant.claims.as_deref();
    text.and_then(|it| serde_json::from_str(it).ok())
        .unwrap_or_default()
}

impl Standing {
    /// It is over.
    pub(crate) const fn ended() -> Self {
        Self {
            active: false,
            holder: None,
        }
    }
}

/// How a grant stands.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn standing(app: &App, id: &GrantId) -> Result<Standing> {
    if let Some(known) = app.cache.standing(id) {
        return Ok(known);
    }
    let standing = app
        .db
        .read(async |tx| {
            let Some(grant) = kept::find(tx, id).await? else {
                return Ok(Standing::ended());
            };
            if grant.revoked_at.is_some() || !session_goes_on(app, tx, &grant).await? {
                return Ok(Standing::ended());
            }
            let known = active(app, tx, &grant.account_id, &grant.member_id).await?;
            Ok::<_, Error>(match known.filter(|it| it.person.is_some()) {
                Some(known) => of(&known, claims_of(&grant)),
                None => Standing::ended(),
            })
        })
        .await?;
    app.cache.keep_standing(id, standing.clone());
    Ok(standing)
}

/// Whether the session that a grant hangs on goes on: its part of the account is open, and it was
/// used of late. One that was given for when the person is away (`offline_access`) hangs on none.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
async fn session_goes_on(app: &App, tx: &mut Tx, grant: &Grant) -> Result<bool> {
    let (false, Some(sid)) = (grant.offline, &grant.sid) else {
        return Ok(grant.offline);
    };
    let session = sessions::open_of_sid(tx, sid).await?;
    Ok(session.is_some_and(|it| !session::is_over(app, &it, app.now())))
}

async fn active(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
) -> Result<Option<Arc<Known>>> {
    match known::member(app, tx, account, member).await {
        Ok(known) if known.is_standing() => Ok(Some(known)),
        Ok(_) | Err(Error::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn of(known: &Known, claims: ClaimsRequest) -> Standing {
    Standing {
        active: true,
        holder: Some(Arc::new(Holder {
            facts: Arc::clone(&known.facts),
            person: known.person.clone(),
            claims,
        })),
    }
}

/// How a client's place in an account stands.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn service_standing(
    app: &App,
    account: &AccountId,
    member: &MemberId,
    client: &str,
) -> Result<Standing> {
    let id = GrantId::new(format!("{account}~{member}"));
    if let Some(known) = app.cache.standing(&id) {
        return Ok(known);
    }
    let known = app
        .db
        .read(async |tx| active(app, tx, account, member).await)
        .await?;
    let is_theirs = |known: &Arc<Known>| {
        let member = &known.facts.member;
        member.client.as_ref().is_some_and(|it| it.as_str() == client)
    };
    let standing = known
        .filter(is_theirs)
        .map_or_else(Standing::ended, |known| of(&known, ClaimsRequest::default()));
    app.cache.keep_standing(&id, standing.clone());
    Ok(standing)
}

/// How a client stands that acts for itself.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn client_standing(app: &App, id: &str) -> Result<Standing> {
    match client::find(app, &ClientId::new(id)).await {
        Ok(_) => Ok(Standing {
            active: true,
            holder: None,
        }),
        Err(Error::NotFound) => Ok(Standing::ended()),
        Err(fault) => Err(fault),
    }
}

/// Whether an access token was revoked by itself (RFC 7009).
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn is_token_revoked(app: &App, jti: &str) -> Result<bool> {
    if let Some(known) = app.cache.is_token_revoked(jti) {
        return Ok(known);
    }
    let revoked = app
        .db
        .look_up(async |tx| kept::is_token_revoked(tx, jti).await)
        .await?;
    app.cache.keep_token(jti, revoked);
    Ok(revoked)
}

/// Ends what an account gave a member, in this transaction: its part of every session, and all
/// grants. The person's sessions go on elsewhere.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(crate) async fn end_access(
    tx: &mut Tx,
    (account, member): (&AccountId, &MemberId),
    because: &str,
    now: Timestamp,
) -> Result<()> {
    sessions::end_parts_of_member(tx, account, member, now).await?;
    kept::revoke_of_member(tx, account, member, because, now).await?;
    Ok(())
}

/// Ends a member's native grants, because Mobile Access was turned off, or on again: what was
/// given in the very moment of turning it off must not come back with it.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(crate) async fn mobile_access_changed(
    tx: &mut Tx,
    (account, member): (&AccountId, &MemberId),
    now: Timestamp,
) -> Result<()> {
    kept::revoke_native_of_member(tx, account, member, "Mobile Access was changed", now).await?;
    Ok(())
}
