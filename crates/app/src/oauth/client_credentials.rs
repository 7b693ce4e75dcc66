//! `client_credentials`: a program acts for itself, or through its service member of an account
//! (RFC 6749 §4.4; docs: "Roles"). Nothing is written.

use std::sync::Arc;

use latchkey_domain::id::{AccountId, MemberId};
use latchkey_oidc::claims::PersonClaims;
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::{Scope, ScopeSet};
use latchkey_oidc::token::{TokenError, TokenErrorCode, TokenResponse};
use latchkey_store::member;
use latchkey_store::sql::Tx;

use super::access_token::Root;
use super::issue::{self, Basis};
use super::{Refusal, claims, place};
use crate::access::{Facts, Scene};
use crate::client::Client;
use crate::{App, Result, grant};

/// What a program wants.
pub(super) struct Wanted {
    pub scope: Option<ScopeSet>,
    pub resource: Vec<Resource>,
    pub account: Option<String>,
}

/// The scopes that make sense for a program.
const SCOPES: [Scope; 4] = [Scope::Account, Scope::Roles, Scope::Permissions, Scope::Groups];

/// The account and service member of a program, or why there is none.
pub(crate) type Placed = Result<Option<(AccountId, MemberId)>, &'static str>;

/// The member through which a program acts.
type Acting = Option<(Arc<Facts>, Arc<Scene>)>;

pub(super) async fn respond(
    app: &App,
    client: &Client,
    wanted: Wanted,
) -> Result<TokenResponse, Refusal<TokenError>> {
    if client.metadata.is_public() {
        let why = "client_credentials needs a client that authenticates";
        return Err(TokenError::new(TokenErrorCode::UnauthorizedClient, why).into());
    }
    let audience = match wanted.resource.as_slice() {
        [] => vec![issue::default_resource(client).to_owned()],
        asked => {
            let all = client.resources.iter();
            let granted: Vec<Resource> = all.filter_map(|it| Resource::parse(it).ok()).collect();
            issue::audience(client, &granted, asked)?
        }
    };
    let named = wanted.account.as_deref();
    let acting = acting(app, client, named).await?;
    let acting = acting.map_err(|why| TokenError::new(TokenErrorCode::InvalidRequest, why))?;
    let root = acting.as_ref().map_or(Root::Client, |(facts, _)| {
        Root::Service(facts.account.id.clone(), facts.member.id.clone())
    });
    let basis = Basis {
        client,
        root: &root,
        sub: client.id.as_str(),
        scopes: &scopes(client, wanted.scope)?,
        audience,
        sign_in: None,
        member: acting.as_ref().map(|(facts, scene)| (facts, scene)),
        person: PersonClaims::default(),
        requested: None,
    };
    Ok(issue::respond(app, &basis, None)?)
}

/// What is left of the scopes asked for; that must be something (RFC 6749 §3.3).
fn scopes(client: &Client, asked: Option<ScopeSet>) -> Result<ScopeSet, TokenError> {
    let all: ScopeSet = SCOPES.into_iter().collect();
    let Some(asked) = asked else {
        return Ok(client.metadata.narrow(&all));
    };
    let left = client.metadata.narrow(&asked.intersection(&all));
    if left.is_empty() {
        let why = "scope names nothing that this client gets without a user";
        return Err(TokenError::new(TokenErrorCode::InvalidScope, why));
    }
    Ok(left)
}

/// The service member that a program acts through, nobody where it has none, or why it can't act:
/// from memory, at most a second old.
async fn acting(app: &App, client: &Client, named: Option<&str>) -> Result<Result<Acting, &'static str>> {
    let key = (client.id.clone(), named.unwrap_or_default().to_owned());
    let placed = match app.cache.service(&key) {
        Some(known) => known,
        None => {
            let found = app.db.read(async |tx| placed(tx, client, named).await).await?;
            app.cache.keep_service(key, found.clone());
            found
        }
    };
    let (account, member) = match placed {
        Ok(Some(placed)) => placed,
        Ok(None) => return Ok(Ok(None)),
        Err(why) => return Ok(Err(why)),
    };
    let standing = grant::service_standing(app, &account, &member, client.id.as_str()).await?;
    let Some(holder) = standing.holder else {
        return Ok(Err(ENDED));
    };
    let scene = claims::scene(app, &account, &client.application).await?;
    Ok(if scene.enabled {
        Ok(Some((Arc::clone(&holder.facts), scene)))
    } else {
        Err(ENDED)
    })
}

async fn placed(tx: &mut Tx, client: &Client, named: Option<&str>) -> Result<Placed> {
    let mut members = member::of_client(tx, &client.id).await?;
    if let Some(named) = named {
        let account = place::account_named(tx, named).await?.map(|it| it.id);
        members.retain(|it| Some(&it.account) == account.as_ref());
    }
    Ok(match (members.pop(), members.is_empty()) {
        (Some(only), true) => Ok(Some((only.account, only.id))),
        (Some(_), false) => Err(SEVERAL),
        (None, _) if named.is_some() => Err(NOWHERE),
        (None, _) => Ok(None),
    })
}

const SEVERAL: &str =
    "the client has service members in several accounts; name one with the parameter account";
const NOWHERE: &str = "account names no account in which the client has a service member";
const ENDED: &str = "the client's service member has no access to this application any more";
