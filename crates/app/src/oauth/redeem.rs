//! `authorization_code`: single use under any race, all that matters looked at again, and a
//! replay revokes what the first redemption gave (RFC 6749 §4.1.2, §4.1.3; RFC 9700 §4.5).

use std::sync::Arc;

use latchkey_crypto::token::OpaqueToken;
use latchkey_domain::audit::Action;
use latchkey_domain::id::GrantId;
use latchkey_domain::time::Timestamp;
use latchkey_oidc::claims::{PersonClaims, Selection};
use latchkey_oidc::device::Device;
use latchkey_oidc::metadata::GrantType;
use latchkey_oidc::pkce::{self, CodeVerifier};
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::Scope;
use latchkey_oidc::secret::Secret;
use latchkey_oidc::token::{TokenError, TokenResponse};
use latchkey_store::grant::{self as kept, Grant, RefreshToken};
use latchkey_store::sql::Tx;
use latchkey_store::{session, user};

use super::access_token::Root;
use super::code::Code;
use super::eligible::{self, Holder};
use super::issue::{self, Basis, SignIn};
use super::token::{REFRESH_PREFIX, by_member};
use super::{Refusal, claims};
use crate::access::{Facts, Scene};
use crate::client::Client;
use crate::settings::seconds;
use crate::{App, Caller, Error, Result, audit};

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

/// What a redemption came to; a refusal may have written.
enum Outcome {
    Granted(Arc<Facts>, Arc<Scene>, Box<PersonClaims>),
    Refused(String),
}

pub(super) async fn redeem(
    app: &App,
    caller: &Caller,
    client: &Client,
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
    let row = token.as_ref().map(|it| first_token(app, &grant, it));
    let outcome = app
        .db
        .write_settled(async |tx| settle(app, tx, (caller, client), &code, (&grant, row.as_ref())).await)
        .await?;
    let (facts, scene, person) = match outcome {
        Outcome::Granted(facts, scene, person) => (facts, scene, *person),
        Outcome::Refused(why) => return Err(TokenError::invalid_grant(why).into()),
    };
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
        member: Some((&facts, &scene)),
        person,
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
        id: app.new_id(),
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

async fn settle(
    app: &App,
    tx: &mut Tx,
    (caller, client): (&Caller, &Client),
    code: &Code,
    (grant, token): (&Grant, Option<&RefreshToken>),
) -> Result<Outcome> {
    if let Some(first) = kept::grant_of_code(tx, &code.id).await? {
        revoke_replayed(app, tx, (caller, code), &first).await?;
        return Ok(Outcome::Refused(USED.to_owned()));
    }
    if app.now() >= code.expires_at {
        return Ok(Outcome::Refused(UNKNOWN.to_owned()));
    }
    let part = session::by_sid(tx, &code.sid).await?;
    if part.is_none_or(|it| it.ended_at.is_some()) {
        return Ok(Outcome::Refused(SESSION_ENDED.to_owned()));
    }
    let holder = Holder {
        user: &code.user,
        account: &code.account,
        member: &code.member,
    };
    let device = device_of(grant);
    let (facts, scene) = match eligible::check(app, tx, client, holder, &device).await? {
        Ok(eligible) => eligible,
        Err(hindrance) => return Ok(Outcome::Refused(hindrance.to_string())),
    };
    // After the facts, which are remembered only where nothing was written before.
    if !session::hold_part(tx, &code.sid).await? {
        return Ok(Outcome::Refused(SESSION_ENDED.to_owned()));
    }
    let selection = Selection::with_requested(&code.scope, &code.claims.id_token);
    let person = if claims::wants_person(&code.scope, &selection) {
        let user = user::find(tx, &code.user).await?.ok_or(Error::NotFound)?;
        claims::person(&user, &user::addresses(tx, &code.user).await?)
    } else {
        PersonClaims::default()
    };
    kept::insert(tx, grant).await?;
    if !kept::use_code(tx, &code.id, &grant.id, code.forgotten_at()).await? {
        // Whoever is second waits for the first, fails and runs again, and then finds it above.
        return Err(Error::bug("a code was used in the middle of its redemption"));
    }
    if let Some(token) = token {
        kept::insert_refresh(tx, token).await?;
    }
    audit::Entry::new(&by_member(caller, &facts.member), Action::GrantIssued)
        .account(&grant.account_id)
        .target("grant", &grant.id)
        .detail("client", client.id.as_str())
        .detail("scope", &*grant.scope)
        .write(app, tx)
        .await?;
    Ok(Outcome::Granted(facts, scene, Box::new(person)))
}

async fn revoke_replayed(
    app: &App,
    tx: &mut Tx,
    (caller, code): (&Caller, &Code),
    first: &GrantId,
) -> Result<()> {
    let because = "its authorization code was used twice";
    if kept::revoke(tx, first, because, app.now()).await? {
        audit::Entry::new(caller, Action::GrantRevoked)
            .account(&code.account)
            .target("grant", first)
            .reason(Some(because))
            .write(app, tx)
            .await?;
    }
    Ok(())
}

/// What a grant remembers of the device.
pub(super) fn device_of(grant: &Grant) -> Device {
    Device {
        app_version: grant.app_version.clone(),
        platform: grant.platform.clone(),
        platform_version: grant.platform_version.clone(),
    }
}
