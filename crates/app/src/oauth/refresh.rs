//! `refresh_token`: rotation for public clients, the same answer again for one that was lost,
//! and the end of the family at re-use (RFC 6749 §6, RFC 9700 §4.14).

use std::collections::HashMap;
use std::sync::Arc;

use latchkey_crypto::token::{OpaqueToken, derive_successor, digest, is_well_formed};
use latchkey_domain::audit::Action;
use latchkey_domain::grant::{Refresh as Decision, RefreshToken as State};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::device::Device;
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::ScopeSet;
use latchkey_oidc::secret::Secret;
use latchkey_oidc::token::{TokenError, TokenErrorCode, TokenResponse};
use latchkey_store::grant::refresh::{self as tokens, Exchange, Presented, RefreshToken};
use latchkey_store::grant::{self as kept, Grant};
use latchkey_store::session::Open;
use latchkey_store::sql::Tx;

use super::access_token::Root;
use super::eligible::{self, Holder};
use super::issue::{self, Basis, SignIn};
use super::redeem::{device_of, idle_end};
use super::token::REFRESH_PREFIX;
use super::{Refusal, claims};
use crate::access::Scene;
use crate::batch::{Outcomes, UseCase};
use crate::client::Client;
use crate::known::{self, Known, Members};
use crate::{App, Caller, Result, audit, grant, session};

/// A refresh token and what is wanted for it.
pub(crate) struct Refresh {
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
pub(crate) struct Refreshing {
    caller: Caller,
    client: Arc<Client>,
    hash: String,
    successor: OpaqueToken,
    asked: Refresh,
}

/// What a refresh came to; a refusal may have written.
pub(crate) enum Outcome {
    Renewed(Box<Renewed>),
    Refused(TokenError),
}

pub(crate) struct Renewed {
    found: Presented,
    decision: Decision,
    wanted: Wanted,
    known: Arc<Known>,
    scene: Arc<Scene>,
}

/// What the new tokens are to be for, within what was granted.
struct Wanted {
    granted: ScopeSet,
    scopes: ScopeSet,
    audience: Vec<String>,
}

pub(super) async fn refresh(
    app: &Arc<App>,
    caller: &Caller,
    client: &Arc<Client>,
    refresh: Refresh,
) -> Result<TokenResponse, Refusal<TokenError>> {
    let text = refresh.refresh_token.expose();
    if !is_well_formed(REFRESH_PREFIX, text) {
        return Err(TokenError::invalid_grant(UNKNOWN).into());
    }
    let key = app.sealer.mac_key("refresh successor");
    let refreshing = Arc::new(Refreshing {
        caller: caller.clone(),
        client: Arc::clone(client),
        hash: digest(text),
        successor: derive_successor(&key, REFRESH_PREFIX, text),
        asked: refresh,
    });
    let renewed = match app.refreshes.run(app, Arc::clone(&refreshing)).await? {
        Outcome::Renewed(renewed) => renewed,
        Outcome::Refused(refusal) => return Err(refusal.into()),
    };
    let grant = &renewed.found.grant;
    // UserInfo says at once what this answer's tokens say.
    app.cache.forget_standing(&grant.id);
    let token = match renewed.decision {
        Decision::Keep => refreshing.asked.refresh_token.clone(),
        _ => Secret::new(refreshing.successor.text()),
    };
    let requested = grant::claims_of(grant);
    let Wanted {
        granted,
        scopes,
        audience,
    } = &renewed.wanted;
    let basis = Basis {
        client,
        root: &Root::Grant(grant.id.clone()),
        sub: grant.user_id.as_str(),
        scopes,
        audience: audience.clone(),
        sign_in: Some(SignIn {
            auth_time: grant.auth_time,
            amr: &grant.amr,
            sid: grant.sid.as_deref(),
            nonce: None,
        }),
        member: Some((&renewed.known.facts, &renewed.scene)),
        person: claims::wanted_of_person(&renewed.known, granted, &requested),
        requested: Some(&requested.id_token),
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

impl UseCase for Refreshing {
    type Outcome = Outcome;

    fn key(&self) -> &str {
        &self.hash
    }

    fn settle<'a>(app: &'a App, tx: &'a mut Tx, all: &'a [Arc<Self>]) -> Outcomes<'a, Outcome> {
        Box::pin(settle(app, tx, all))
    }
}

async fn settle(app: &App, tx: &mut Tx, all: &[Arc<Refreshing>]) -> Result<Vec<Outcome>> {
    let hashes: Vec<&str> = all.iter().map(|it| &*it.hash).collect();
    let found = tokens::presented(tx, &hashes).await?;
    let members: Vec<_> = found
        .iter()
        .map(|it| (&it.grant.account_id, &it.grant.member_id))
        .collect();
    let known = known::members(app, tx, &members).await?;
    let mut found: HashMap<String, Presented> = found
        .into_iter()
        .map(|it| (it.token.token_hash.clone(), it))
        .collect();
    let mut outcomes = Vec::with_capacity(all.len());
    for it in all {
        outcomes.push(match found.remove(&it.hash) {
            Some(found) if found.grant.client_id == it.client.id => it.decide(app, tx, &known, found).await?,
            _ => refused(UNKNOWN),
        });
    }
    move_on(app, tx, all.iter().zip(&outcomes)).await?;
    Ok(outcomes)
}

fn refused(why: impl Into<String>) -> Outcome {
    Outcome::Refused(TokenError::invalid_grant(why.into()))
}

impl Refreshing {
    /// What the refresh comes to, with all that matters as it is now.
    async fn decide(&self, app: &App, tx: &mut Tx, known: &Members, found: Presented) -> Result<Outcome> {
        let now = app.now();
        let decision = self.state_of(tx, &found).await?.decide(now);
        match decision {
            Decision::Expired | Decision::Revoked => return Ok(refused(UNKNOWN)),
            Decision::Reuse => return self.end_family(app, tx, &found.grant).await,
            Decision::Rotate | Decision::RepeatSuccessor | Decision::Keep => {}
        }
        let grant = &found.grant;
        let is_over = |it: &Open| session::is_over(app, it, now);
        if !grant.offline && found.session.as_ref().is_none_or(is_over) {
            return Ok(refused(SESSION_ENDED));
        }
        // What can't be had must not use the token up.
        let wanted = match self.wanted(grant) {
            Ok(wanted) => wanted,
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        };
        let holder = Holder {
            user: &grant.user_id,
            account: &grant.account_id,
            member: &grant.member_id,
        };
        let device = eligible::latest(self.asked.device.clone(), device_of(grant));
        Ok(
            match eligible::check(app, tx, known, holder, (&self.client, &device)).await? {
                Ok((known, scene)) => Outcome::Renewed(Box::new(Renewed {
                    found,
                    decision,
                    wanted,
                    known,
                    scene,
                })),
                Err(hindrance) => refused(hindrance.to_string()),
            },
        )
    }

    /// The scopes and audiences of the new access token, within those granted.
    fn wanted(&self, grant: &Grant) -> Result<Wanted, TokenError> {
        let granted = ScopeSet::parse(&grant.scope).unwrap_or_default();
        let resources: Vec<Resource> = grant
            .resources
            .split_whitespace()
            .filter_map(|it| Resource::parse(it).ok())
            .collect();
        let scopes = narrowed(self.asked.scope.as_ref(), &granted)?;
        let audience = issue::audience(&self.client, &resources, &self.asked.resource)?;
        Ok(Wanted {
            granted,
            scopes,
            audience,
        })
    }

    async fn state_of(&self, tx: &mut Tx, found: &Presented) -> Result<State> {
        let successor = match found.token.used_at {
            Some(_) => tokens::find(tx, &self.successor.digest()).await?,
            None => None,
        };
        Ok(State {
            expires_at: found.token.expires_at,
            used_at: found.token.used_at,
            successor_unused: successor.is_some_and(|it| it.used_at.is_none()),
            rotates: self.client.metadata.is_public(),
            grant_revoked_at: found.grant.revoked_at,
            grant_expires_at: found.grant.expires_at,
        })
    }

    async fn end_family(&self, app: &App, tx: &mut Tx, grant: &Grant) -> Result<Outcome> {
        let because = "a refresh token was used twice";
        if kept::revoke(tx, &grant.id, because, app.now()).await? {
            audit::Entry::new(&self.caller, Action::GrantReuseDetected)
                .account(&grant.account_id)
                .target("grant", &grant.id)
                .detail("client", grant.client_id.as_str())
                .write(app, tx)
                .await?;
        }
        Ok(refused(REUSED))
    }

    /// The token that follows one that rotates.
    fn successor(&self, app: &App, grant: &Grant) -> RefreshToken {
        let now = app.now();
        RefreshToken {
            token_hash: self.successor.digest(),
            grant_id: grant.id.clone(),
            created_at: now,
            expires_at: idle_end(app, grant, now),
            used_at: None,
        }
    }
}

/// Exchanges the tokens that rotate, extends those that don't, and notes that sessions were used.
async fn move_on(
    app: &App,
    tx: &mut Tx,
    settled: impl Iterator<Item = (&Arc<Refreshing>, &Outcome)>,
) -> Result<()> {
    let now = app.now();
    let (mut exchanges, mut successors, mut sessions) = (Vec::new(), Vec::new(), HashMap::new());
    for (it, outcome) in settled {
        let Outcome::Renewed(renewed) = outcome else {
            continue;
        };
        let Presented {
            token,
            grant,
            session,
        } = &renewed.found;
        let expires_at = idle_end(app, grant, now);
        match renewed.decision {
            Decision::Rotate => {
                exchanges.push(Exchange {
                    token_hash: &token.token_hash,
                    at: now,
                });
                successors.push(it.successor(app, grant));
            }
            Decision::Keep if is_worth_extending(token, expires_at, now) => {
                tokens::extend(tx, &token.token_hash, expires_at).await?;
            }
            _ => {}
        }
        if let Some(session) = session.as_ref().filter(|_| !grant.offline) {
            sessions.insert(&session.id, session);
        }
    }
    tokens::exchange(tx, &exchanges).await?;
    tokens::insert(tx, &successors.iter().collect::<Vec<_>>()).await?;
    for session in sessions.into_values() {
        session::used(app, tx, session).await?;
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
