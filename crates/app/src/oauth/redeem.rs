//! `authorization_code`: single use under any race, all that matters looked at again, and a
//! replay revokes what the first redemption gave (RFC 6749 §4.1.2, §4.1.3; RFC 9700 §4.5).

use std::collections::HashSet;
use std::sync::Arc;

use latchkey_crypto::token::OpaqueToken;
use latchkey_domain::audit::Action;
use latchkey_domain::time::Timestamp;
use latchkey_oidc::device::Device;
use latchkey_oidc::metadata::GrantType;
use latchkey_oidc::pkce::{self, CodeVerifier};
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::Scope;
use latchkey_oidc::secret::Secret;
use latchkey_oidc::token::{TokenError, TokenResponse};
use latchkey_store::grant::refresh::{self as tokens, RefreshToken};
use latchkey_store::grant::{self as kept, Grant};
use latchkey_store::session;
use latchkey_store::sql::Tx;

use super::access_token::Root;
use super::code::Code;
use super::eligible::{self, Holder};
use super::issue::{self, Basis, SignIn};
use super::token::{REFRESH_PREFIX, by_member};
use super::{Refusal, claims};
use crate::access::Scene;
use crate::batch::{Outcomes, UseCase};
use crate::client::Client;
use crate::known::{self, Known, Members};
use crate::settings::seconds;
use crate::{App, Caller, Result, audit};

/// A code and its proofs.
pub(super) struct Redemption {
    pub code: Secret,
    pub redirect_uri: String,
    pub code_verifier: Option<CodeVerifier>,
    pub resource: Vec<Resource>,
    pub device: Device,
}

/// One answer for codes that nobody can use, so that nothing is told of them.
const UNKNOWN: &str = "the code is unknown, has expired, or was given to another client";
const USED: &str = "the code was used before; what it gave has been revoked";
const SESSION_ENDED: &str = "the user has signed out";

/// What is to be settled in a transaction.
pub(crate) struct Redeeming {
    caller: Caller,
    client: Arc<Client>,
    code: Code,
    grant: Grant,
    token: Option<RefreshToken>,
}

/// What a redemption came to; a refusal may have written.
pub(crate) enum Outcome {
    Granted(Arc<Known>, Arc<Scene>),
    Refused(String),
}

pub(super) async fn redeem(
    app: &Arc<App>,
    caller: &Caller,
    client: &Arc<Client>,
    redemption: Redemption,
) -> Result<TokenResponse, Refusal<TokenError>> {
    let code =
        Code::open(app, &client.id, &redemption.code)?.ok_or_else(|| TokenError::invalid_grant(UNKNOWN))?;
    prove(&code, &redemption)?;
    let audience = issue::audience(client, &code.resources, &redemption.resource)?;
    let grant = grant_of(app, client, &code, redemption.device);
    let token = client
        .metadata
        .may_use(GrantType::RefreshToken)
        .then(|| OpaqueToken::with_prefix(REFRESH_PREFIX, app.rng.bytes()));
    let redeeming = Arc::new(Redeeming {
        caller: caller.clone(),
        client: Arc::clone(client),
        token: token.as_ref().map(|it| first_token(app, &grant, it)),
        grant,
        code,
    });
    let (known, scene) = match app.redemptions.run(app, Arc::clone(&redeeming)).await? {
        Outcome::Granted(known, scene) => (known, scene),
        Outcome::Refused(why) => return Err(TokenError::invalid_grant(why).into()),
    };
    let Redeeming { code, grant, .. } = &*redeeming;
    let basis = Basis {
        client,
        root: &Root::Grant(grant.id.clone()),
        sub: grant.user_id.as_str(),
        scopes: &code.scope,
        audience,
        sign_in: Some(SignIn {
            auth_time: code.auth_time,
            amr: &code.amr,
            sid: Some(&code.sid),
            nonce: code.nonce.as_deref(),
        }),
        member: Some((&known.facts, &scene)),
        person: claims::wanted_of_person(&known, &code.scope, &code.claims),
        requested: Some(&code.claims.id_token),
    };
    Ok(issue::respond(
        app,
        &basis,
        token.map(|it| Secret::new(it.text())),
    )?)
}

fn prove(code: &Code, redemption: &Redemption) -> Result<(), TokenError> {
    if code.redirect_uri != redemption.redirect_uri {
        return Err(TokenError::invalid_grant(
            "redirect_uri is not the one of the authorization request",
        ));
    }
    pkce::verify(code.challenge.as_ref(), redemption.code_verifier.as_ref())
        .map_err(|error| TokenError::invalid_grant(error.to_string()))
}

fn grant_of(app: &App, client: &Client, code: &Code, device: Device) -> Grant {
    let now = app.now();
    let offline = code.scope.contains(Scope::OfflineAccess);
    let longest = now.plus(seconds(app.settings.tokens.refresh_absolute_seconds));
    let device = eligible::latest(device, code.device.clone());
    Grant {
        id: code.grant.clone(),
        account_id: code.account.clone(),
        member_id: code.member.clone(),
        user_id: code.user.clone(),
        client_id: client.id.clone(),
        sid: Some(code.sid.clone()),
        scope: code.scope.to_string(),
        resources: code
            .resources
            .iter()
            .map(Resource::as_str)
            .collect::<Vec<_>>()
            .join(" "),
        claims: (!code.claims.is_empty())
            .then(|| serde_json::to_string(&code.claims).ok())
            .flatten(),
        auth_time: code.auth_time,
        amr: code.amr.clone(),
        offline,
        native: client.is_native(),
        app_version: device.app_version,
        platform: device.platform,
        platform_version: device.platform_version,
        created_at: now,
        expires_at: if offline {
            longest
        } else {
            longest.min(code.session_ends_at)
        },
        revoked_at: None,
    }
}

fn first_token(app: &App, grant: &Grant, token: &OpaqueToken) -> RefreshToken {
    RefreshToken {
        token_hash: token.digest(),
        grant_id: grant.id.clone(),
        created_at: grant.created_at,
        expires_at: idle_end(app, grant, grant.created_at),
        used_at: None,
    }
}

/// When a refresh token ends that is not used from now on.
pub(super) fn idle_end(app: &App, grant: &Grant, now: Timestamp) -> Timestamp {
    now.plus(seconds(app.settings.tokens.refresh_idle_seconds))
        .min(grant.expires_at)
}

impl UseCase for Redeeming {
    type Outcome = Outcome;

    fn key(&self) -> &str {
        self.code.grant.as_str()
    }

    fn settle<'a>(app: &'a App, tx: &'a mut Tx, all: &'a [Arc<Self>]) -> Outcomes<'a, Outcome> {
        Box::pin(settle(app, tx, all))
    }
}

async fn settle(app: &App, tx: &mut Tx, all: &[Arc<Redeeming>]) -> Result<Vec<Outcome>> {
    let given: Vec<_> = all.iter().map(|it| &it.code.grant).collect();
    let used = kept::present(tx, &given).await?;
    let members: Vec<_> = all.iter().map(|it| (&it.code.account, &it.code.member)).collect();
    let known = known::members(app, tx, &members).await?;
    // After the members, which are remembered only where nothing was written before.
    let sids: Vec<&str> = all.iter().map(|it| &*it.code.sid).collect();
    let open = session::hold_parts(tx, &sids).await?;
    let mut outcomes = Vec::with_capacity(all.len());
    for it in all {
        outcomes.push(if used.contains(&it.code.grant) {
            it.revoke_replayed(app, tx).await?;
            Outcome::Refused(USED.to_owned())
        } else {
            it.decide(app, tx, &known, &open).await?
        });
    }
    give(app, tx, all.iter().zip(&outcomes)).await?;
    Ok(outcomes)
}

impl Redeeming {
    /// All that matters, as it is now. A session that ended in the same moment comes before this
    /// transaction or after it.
    async fn decide(
        &self,
        app: &App,
        tx: &mut Tx,
        known: &Members,
        open: &HashSet<String>,
    ) -> Result<Outcome> {
        let code = &self.code;
        if app.now() >= code.expires_at {
            return Ok(Outcome::Refused(UNKNOWN.to_owned()));
        }
        if !open.contains(&code.sid) {
            return Ok(Outcome::Refused(SESSION_ENDED.to_owned()));
        }
        let holder = Holder {
            user: &code.user,
            account: &code.account,
            member: &code.member,
        };
        let device = device_of(&self.grant);
        Ok(
            match eligible::check(app, tx, known, holder, (&self.client, &device)).await? {
                Ok((known, scene)) => Outcome::Granted(known, scene),
                Err(hindrance) => Outcome::Refused(hindrance.to_string()),
            },
        )
    }

    /// The code was used before: what it gave is revoked, whoever has it now.
    async fn revoke_replayed(&self, app: &App, tx: &mut Tx) -> Result<()> {
        let because = "its authorization code was used twice";
        let first = &self.code.grant;
        if kept::revoke(tx, first, because, app.now()).await? {
            audit::Entry::new(&self.caller, Action::GrantRevoked)
                .account(&self.code.account)
                .target("grant", first)
                .reason(Some(because))
                .write(app, tx)
                .await?;
        }
        Ok(())
    }
}

/// Keeps what the granted ones give: with the grants, that their codes are used.
async fn give(
    app: &App,
    tx: &mut Tx,
    settled: impl Iterator<Item = (&Arc<Redeeming>, &Outcome)>,
) -> Result<()> {
    let mut granted = Vec::new();
    for (it, outcome) in settled {
        if let Outcome::Granted(known, _) = outcome {
            granted.push((&**it, by_member(&it.caller, &known.facts.member)));
        }
    }
    let grants: Vec<&Grant> = granted.iter().map(|(it, _)| &it.grant).collect();
    kept::insert(tx, &grants).await?;
    let tokens: Vec<&RefreshToken> = granted.iter().filter_map(|(it, _)| it.token.as_ref()).collect();
    tokens::insert(tx, &tokens).await?;
    let entries = granted.iter().map(|(it, by)| {
        audit::Entry::new(by, Action::GrantIssued)
            .account(&it.grant.account_id)
            .target("grant", &it.grant.id)
            .detail("client", it.client.id.as_str())
            .detail("scope", &*it.grant.scope)
    });
    audit::write_all(app, tx, entries).await
}

/// What a grant remembers of the device.
pub(super) fn device_of(grant: &Grant) -> Device {
    Device {
        app_version: grant.app_version.clone(),
        platform: grant.platform.clone(),
        platform_version: grant.platform_version.clone(),
    }
}
