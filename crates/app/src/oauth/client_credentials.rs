//! `client_credentials`: a program acts for itself, or through its service member of an account
//! (RFC 6749 §4.4; docs: "Roles"). Nothing is written.

use std::sync::Arc;

use latchkey_domain::account::AccountStatus;
use latchkey_domain::member::Member;
use latchkey_oidc::claims::PersonClaims;
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::{Scope, ScopeSet};
use latchkey_oidc::token::{TokenError, TokenErrorCode, TokenResponse};
use latchkey_store::member;
use latchkey_store::sql::Tx;

use super::access_token::Root;
use super::issue::{self, Basis};
use super::{Refusal, place};
use crate::access::{self, Facts, Scene};
use crate::client::Client;
use crate::{App, Error, Result};

/// What a program wants.
pub(super) struct Wanted {
    pub scope: Option<ScopeSet>,
    pub resource: Vec<Resource>,
    pub account: Option<String>,
}

/// The scopes that make sense for a program.
const SCOPES: [Scope; 4] = [Scope::Account, Scope::Roles, Scope::Permissions, Scope::Groups];

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
    let granted: Vec<Resource> = client.resources.iter().filter_map(|it| Resource::parse(it).ok()).collect();
    let audience = match wanted.resource.as_slice() {
        [] => vec![issue::default_resource(client).to_owned()],
        asked => issue::audience(client, &granted, asked)?,
    };
    let named = wanted.account.as_deref();
    let acting = app.db.read(async |tx| acting(app, tx, client, named).await).await?;
    let acting = acting.map_err(|why| TokenError::new(TokenErrorCode::InvalidRequest, why))?;
    let root = acting.as_ref().map_or(Root::Client, |(facts, _)| {
        Root::Service(facts.account.id.clone(), facts.member.id.clone())
    });
    let basis = Basis {
        client,
        root: &root,
        sub: client.id.as_str(),
        scopes: &scopes(client, wanted.scope),
        audience,
        sign_in: None,
        member: acting.as_ref().map(|(facts, scene)| (&**facts, &**scene)),
        person: PersonClaims::default(),
        requested: None,
    };
    Ok(issue::respond(app, &basis, None)?)
}

fn scopes(client: &Client, asked: Option<ScopeSet>) -> ScopeSet {
    let all: ScopeSet = SCOPES.into_iter().collect();
    client.metadata.narrow(&asked.map_or(all.clone(), |asked| asked.intersection(&all)))
}

/// The service member that a program acts through, nobody where it has none, or why it can't act.
async fn acting(
    app: &App,
    tx: &mut Tx,
    client: &Client,
    named: Option<&str>,
) -> Result<Result<Acting, &'static str>> {
    let members = member::of_client(tx, &client.id).await?;
    let member = match named {
        Some(named) => {
            let account = place::account_named(tx, named).await?.map(|it| it.id);
            match members.into_iter().find(|it| Some(&it.account) == account.as_ref()) {
                Some(member) => member,
                None => return Ok(Err("account names no account in which the client has a service member")),
            }
        }
        None => match only(members) {
            Ok(Some(member)) => member,
            Ok(None) => return Ok(Ok(None)),
            Err(why) => return Ok(Err(why)),
        },
    };
    let facts = match access::facts(app, tx, &member.account, &member.id).await {
        Ok(facts) => facts,
        Err(Error::NotFound) => return Ok(Err(ENDED)),
        Err(fault) => return Err(fault),
    };
    if !facts.member.is_active() || facts.account.status != AccountStatus::Active {
        return Ok(Err(ENDED));
    }
    let scene = access::scene(app, tx, &facts.account.id, &client.application).await?;
    Ok(if scene.enabled { Ok(Some((facts, scene))) } else { Err(ENDED) })
}

const ENDED: &str = "the client's service member has no access to this application any more";

fn only(mut members: Vec<Member>) -> Result<Option<Member>, &'static str> {
    match members.len() {
        0 | 1 => Ok(members.pop()),
        _ => Err("the client has service members in several accounts; name one with the parameter account"),
    }
}
