//! Token introspection: for the confidential clients of the application that a token is for
//! (RFC 7662).

use latchkey_crypto::token::{digest, is_well_formed};
use latchkey_domain::claims::Place;
use latchkey_domain::id::ClientId;
use latchkey_oidc::claims::Selection;
use latchkey_oidc::introspection::{Introspection, IntrospectionRequest};
use latchkey_oidc::scope::ScopeSet;
use latchkey_oidc::secret::Secret;
use latchkey_oidc::token::{TokenError, TokenType};
use latchkey_store::grant as kept;

use super::issue::default_resource;
use super::token::REFRESH_PREFIX;
use super::{Refusal, access_token, claims};
use crate::client::{self, Client};
use crate::{App, Error, Result, grant};

/// What an authenticated client learns of a token. Whoever may not know learns that it is not
/// active.
///
/// # Errors
/// `invalid_client` for a public client; [`Error::Unavailable`] without the database.
pub async fn respond(
    app: &App,
    asker: &Client,
    request: &IntrospectionRequest,
) -> Result<Introspection, Refusal<TokenError>> {
    if asker.metadata.is_public() {
        let why = "introspection is for clients that authenticate";
        return Err(TokenError::invalid_client(why).into());
    }
    let found = if is_well_formed(REFRESH_PREFIX, request.token.expose()) {
        of_refresh_token(app, asker, &request.token).await?
    } else {
        of_access_token(app, asker, &request.token).await?
    };
    Ok(found.unwrap_or_else(Introspection::inactive))
}

async fn of_access_token(app: &App, asker: &Client, token: &Secret) -> Result<Option<Introspection>> {
    let Some(token) = access_token::read(app, token) else {
        return Ok(None);
    };
    let claims = token.claims();
    let is_for_asker = asker.resources.iter().any(|it| claims.aud.contains(it))
        || claims.aud.contains(default_resource(asker));
    if !is_for_asker {
        return Ok(None);
    }
    let standing = access_token::standing(app, &token).await?;
    if !standing.active {
        return Ok(None);
    }
    let membership = match standing.holder {
        None => claims.membership.clone(),
        Some(holder) => {
            let scene = claims::scene(app, &holder.facts.account.id, &asker.application).await?;
            let selection = Selection::of_scopes(&claims.scope);
            claims::membership(
                app,
                (&holder.facts, &scene),
                &selection,
                Place::UserInfo,
                app.now(),
            )
        }
    };
    Ok(Some(Introspection {
        active: true,
        scope: told(claims.scope.clone()),
        client_id: Some(claims.client_id.clone()),
        token_type: Some(TokenType::Bearer),
        exp: Some(claims.exp),
        iat: Some(claims.iat),
        sub: Some(claims.sub.clone()),
        aud: Some(claims.aud.clone()),
        iss: Some(claims.iss.clone()),
        jti: Some(claims.jti.clone()),
        membership,
    }))
}

fn told(scope: ScopeSet) -> Option<ScopeSet> {
    Some(scope).filter(|it| !it.is_empty())
}

async fn of_refresh_token(app: &App, asker: &Client, token: &Secret) -> Result<Option<Introspection>> {
    let hash = digest(token.expose());
    let found = app
        .db
        .read(async |tx| {
            let Some(token) = kept::refresh::find(tx, &hash).await? else {
                return Ok(None);
            };
            let grant = kept::find(tx, &token.grant_id).await?;
            Ok::<_, Error>(grant.map(|grant| (token, grant)))
        })
        .await?;
    let Some((token, grant)) = found else {
        return Ok(None);
    };
    let holder = match client::find(app, &ClientId::new(grant.client_id.as_str())).await {
        Ok(holder) => holder,
        Err(Error::NotFound) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let is_good = holder.application == asker.application
        && token.used_at.is_none()
        && app.now() < token.expires_at
        && grant::standing(app, &grant.id).await?.active;
    Ok(is_good.then(|| Introspection {
        active: true,
        scope: told(ScopeSet::parse(&grant.scope).unwrap_or_default()),
        client_id: Some(grant.client_id.to_string()),
        exp: Some(token.expires_at.seconds()),
        iat: Some(token.created_at.seconds()),
        sub: Some(grant.user_id.to_string()),
        iss: Some(app.issuer.to_string()),
        ..Introspection::default()
    }))
}
