//! `refresh_token`: rotation for public clients, the same answer again for one that was lost,
//! and the end of the family at re-use (RFC 6749 §6, RFC 9700 §4.14).

use std::sync::Arc;

use latchkey_crypto::token::{OpaqueToken, derive_successor, digest, is_well_formed};
use latchkey_domain::audit::Action;
use latchkey_domain::grant::{Refresh as Decision, RefreshToken as Known};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::ClaimsRequest;
use latchkey_oidc::claims::{PersonClaims, Selection};
use latchkey_oidc::device::Device;
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::ScopeSet;
use latchkey_oidc::secret::Secret;
use latchkey_oidc::token::{TokenError, TokenErrorCode, TokenResponse};
use latchkey_store::grant::{self as kept, Grant, RefreshToken};
use latchkey_store::sql::Tx;
use latchkey_store::user;

use super::access_token::Root;
use super::eligible::{self, Holder};
use super::issue::{self, Basis, SignIn};
use super::redeem::{device_of, idle_end};
use super::token::REFRESH_PREFIX;
use super::{Refusal, claims};
use crate::access::{Facts, Scene};
use crate::client::Client;
use crate::{App, Caller, Error, Result, audit, grant, session};

/// A refresh token and what is wanted for it.
pub(super) struct Refresh {
    pub refresh_token: Secret,
    pub scope: Option<ScopeSet>,
    pub resource: Vec<Resource>,
    pub device: Device,
}

/// One answer for tokens that nobody can use, so that nothing is told of them.
const UNKNOWN: &str =
    "the refresh token is unknown, has expired, was revoked, or was given to another client";
const REUSED: &str = "the refresh token was used before; all tokens of this sign-in have been revoked";
const SESSION_ENDED: &str = "the user has signed out";

/// A refresh token as it was presented, with the one that may follow it.
struct Presented<'a> {
    client: &'a Client,
    hash: String,
    successor: OpaqueToken,
    wanted: &'a Refresh,
}

/// What a refresh came to; a refusal may have written.
enum Outcome {
    Renewed(Box<Renewed>),
    Refused(TokenError),
}

struct Renewed {
    grant: Grant,
    scopes: ScopeSet,
    audience: Vec<String>,
    facts: Arc<Facts>,
    scene: Arc<Scene>,
    person: PersonClaims,
    requested: ClaimsRequest,
    rotated: bool,
}

pub(super) async fn refresh(
    app: &App,
    caller: &Caller,
    client: &Client,
    refresh: Refresh,
) -> Result<TokenResponse, Refusal<TokenError>> {
    let text = refresh.refresh_token.expose();
    if !is_well_formed(REFRESH_PREFIX, text) {
        return Err(TokenError::invalid_grant(UNKNOWN).into());
    }
    let key = app.sealer.mac_key("refresh successor");
    let presented = Presented {
        client,
        hash: digest(text),
        successor: derive_successor(&key, REFRESH_PREFIX, text),
        wanted: &refresh,
    };
    let outcome = app
        .db
        .write_settled(async |tx| renew(app, tx, caller, &presented).await)
        .await?;
    let renewed = match outcome {
        Outcome::Renewed(renewed) => renewed,
        Outcome::Refused(refusal) => return Err(refusal.into()),
    };
    let grant = &renewed.grant;
    // UserInfo says at once what this answer's tokens say.
    app.cache.forget_standing(&grant.id);
    let token = if renewed.rotated {
        Secret::new(presented.successor.text())
    } else {
        refresh.refresh_token.clone()
    };
    let basis = Basis {
        client,
        root: &Root::Grant(grant.id.clone()),
        sub: grant.user_id.as_str(),
        scopes: &renewed.scopes,
        audience: renewed.audience.clone(),
        sign_in: Some(SignIn {
            auth_time: grant.auth_time,
            amr: &grant.amr,
            sid: grant.sid.as_deref(),
            nonce: None,
        }),
        member: Some((&renewed.facts, &renewed.scene)),
        person: renewed.person.clone(),
        requested: Some(&renewed.requested.id_token),
    };
    Ok(issue::respond(app, &basis, Some(token))?)
}

/// A refresh may name fewer scopes than were granted, never others (RFC 6749 §6).
fn narrowed(asked: Option<&ScopeSet>, granted: &ScopeSet) -> Result<ScopeSet, TokenError> {
    match asked {
        None => Ok(granted.clone()),
        Some(asked) if asked.is_subset(granted) => Ok(asked.clone()),
        Some(_) => {
            let why = "scope names more than was granted";
            Err(TokenError::new(TokenErrorCode::InvalidScope, why))
        }
    }
}

async fn renew(app: &App, tx: &mut Tx, caller: &Caller, presented: &Presented<'_>) -> Result<Outcome> {
    let now = app.now();
    let refused = |why: String| Ok(Outcome::Refused(TokenError::invalid_grant(why)));
    let unknown = || refused(UNKNOWN.to_owned());
    let Some(token) = kept::refresh_token(tx, &presented.hash).await? else {
        return unknown();
    };
    let Some(grant) = kept::find(tx, &token.grant_id).await? else {
        return unknown();
    };
    if grant.client_id != presented.client.id {
        return unknown();
    }
    let decision = known(tx, presented, &token, &grant).await?.decide(now);
    match decision {
        Decision::Expired | Decision::Revoked => return unknown(),
        Decision::Reuse => return end_family(app, tx, caller, &grant).await,
        Decision::Rotate | Decision::RepeatSuccessor | Decision::Keep => {}
    }
    let session = grant::session_of(app, tx, &grant).await?;
    if session.is_none() && !grant.offline {
        return refused(SESSION_ENDED.to_owned());
    }
    let holder = Holder {
        user: &grant.user_id,
        account: &grant.account_id,
        member: &grant.member_id,
    };
    // What can't be had must not use the token up.
    let (scopes, audience) = match wanted(presented, &grant) {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let device = eligible::latest(presented.wanted.device.clone(), device_of(&grant));
    let (facts, scene) = match eligible::check(app, tx, presented.client, holder, &device).await? {
        Ok(eligible) => eligible,
        Err(hindrance) => return refused(hindrance.to_string()),
    };
    let requested = grant::claims_of(&grant);
    let person = person(tx, &grant, &requested).await?;
    move_on(app, tx, presented, (&token, &grant), decision).await?;
    if let Some(session) = session.filter(|_| !grant.offline) {
        session::used(app, tx, &session).await?;
    }
    let rotated = decision != Decision::Keep;
    let renewed = Renewed {
        grant,
        scopes,
        audience,
        facts,
        scene,
        person,
        requested,
        rotated,
    };
    Ok(Outcome::Renewed(Box::new(renewed)))
}

/// The scopes and audiences of the new access token, within those granted.
fn wanted(presented: &Presented<'_>, grant: &Grant) -> Result<(ScopeSet, Vec<String>), TokenError> {
    let granted = ScopeSet::parse(&grant.scope).unwrap_or_default();
    let resources: Vec<Resource> = grant
        .resources
        .split_whitespace()
        .filter_map(|it| Resource::parse(it).ok())
        .collect();
    let scopes = narrowed(presented.wanted.scope.as_ref(), &granted)?;
    let audience = issue::audience(presented.client, &resources, &presented.wanted.resource)?;
    Ok((scopes, audience))
}

async fn known(tx: &mut Tx, presented: &Presented<'_>, token: &RefreshToken, grant: &Grant) -> Result<Known> {
    let successor = match token.used_at {
        Some(_) => kept::refresh_token(tx, &presented.successor.digest()).await?,
        None => None,
    };
    Ok(Known {
        expires_at: token.expires_at,
        used_at: token.used_at,
        successor_unused: successor.is_some_and(|it| it.used_at.is_none()),
        rotates: presented.client.metadata.is_public(),
        grant_revoked_at: grant.revoked_at,
        grant_expires_at: grant.expires_at,
    })
}

async fn end_family(app: &App, tx: &mut Tx, caller: &Caller, grant: &Grant) -> Result<Outcome> {
    let because = "a refresh token was used twice";
    if kept::revoke(tx, &grant.id, because, app.now()).await? {
        audit::Entry::new(caller, Action::GrantReuseDetected)
            .account(&grant.account_id)
            .target("grant", &grant.id)
            .detail("client", grant.client_id.as_str())
            .write(app, tx)
            .await?;
    }
    Ok(Outcome::Refused(TokenError::invalid_grant(REUSED)))
}

async fn person(tx: &mut Tx, grant: &Grant, requested: &ClaimsRequest) -> Result<PersonClaims> {
    let scopes = ScopeSet::parse(&grant.scope).unwrap_or_default();
    if !claims::wants_person(&scopes, &Selection::with_requested(&scopes, &requested.id_token)) {
        return Ok(PersonClaims::default());
    }
    let user = user::find(tx, &grant.user_id).await?.ok_or(Error::NotFound)?;
    Ok(claims::person(&user, &user::addresses(tx, &grant.user_id).await?))
}

async fn move_on(
    app: &App,
    tx: &mut Tx,
    presented: &Presented<'_>,
    (token, grant): (&RefreshToken, &Grant),
    decision: Decision,
) -> Result<()> {
    let now = app.now();
    let expires_at = idle_end(app, grant, now);
    match decision {
        Decision::Rotate => {
            if !kept::use_refresh(tx, &token.token_hash, now).await? {
                // Whoever is second waits for the first, fails and runs again.
                return Err(Error::bug(
                    "a refresh token was used in the middle of its rotation",
                ));
            }
            let successor = RefreshToken {
                token_hash: presented.successor.digest(),
                grant_id: grant.id.clone(),
                created_at: now,
                expires_at,
                used_at: None,
            };
            kept::insert_refresh(tx, &successor).await?;
        }
        Decision::Keep if is_worth_extending(token, expires_at, now) => {
            kept::extend_refresh(tx, &token.token_hash, expires_at).await?;
        }
        _ => {}
    }
    Ok(())
}

/// A token that does not rotate is written again only once a tenth of its time is over.
fn is_worth_extending(token: &RefreshToken, expires_at: Timestamp, now: Timestamp) -> bool {
    expires_at > token.expires_at && expires_at.since(token.expires_at) >= expires_at.since(now) / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> ScopeSet {
        ScopeSet::parse(text).unwrap()
    }

    #[test]
    fn a_refresh_may_narrow_its_scopes_and_never_widen_them() {
        let granted = scopes("openid roles");
        assert_eq!(narrowed(None, &granted).unwrap(), granted);
        assert_eq!(
            narrowed(Some(&scopes("openid")), &granted).unwrap(),
            scopes("openid")
        );
        let refused = narrowed(Some(&scopes("openid permissions")), &granted).unwrap_err();
        assert_eq!(refused.code(), TokenErrorCode::InvalidScope);
    }

    #[test]
    fn a_token_that_does_not_rotate_is_written_again_only_now_and_then() {
        let token = |expires_at| RefreshToken {
            token_hash: String::new(),
            grant_id: "g".into(),
            created_at: Timestamp(0),
            expires_at: Timestamp(expires_at),
            used_at: None,
        };
        let now = Timestamp(0);
        assert!(!is_worth_extending(&token(100_000), Timestamp(100_000), now));
        assert!(!is_worth_extending(&token(95_000), Timestamp(100_000), now));
        assert!(is_worth_extending(&token(90_000), Timestamp(100_000), now));
        assert!(!is_worth_extending(&token(100_000), Timestamp(50_000), now));
    }
}
