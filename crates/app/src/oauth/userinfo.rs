//! UserInfo: what the scopes ask for, of this second (OpenID Connect Core 1.0 §5.3).

use latchkey_domain::claims::Place;
use latchkey_domain::id::ClientId;
use latchkey_oidc::bearer::BearerError;
use latchkey_oidc::claims::{Selection, UserInfo};
use latchkey_oidc::scope::{Scope, ScopeSet};
use latchkey_oidc::secret::Secret;

use super::{Refusal, access_token, claims};
use crate::{App, Error, client};

const NOT_GOOD: &str = "the access token is unknown, has expired or was revoked";

/// What the bearer of an access token learns of the person.
///
/// # Errors
/// [`BearerError`], or [`crate::Error::Unavailable`] without the database.
pub async fn respond(app: &App, token: &Secret) -> Result<UserInfo, Refusal<BearerError>> {
    let not_good = || BearerError::InvalidToken(NOT_GOOD.to_owned());
    let token = access_token::read(app, token).ok_or_else(not_good)?;
    let scopes = &token.claims().scope;
    if !scopes.contains(Scope::OpenId) {
        return Err(BearerError::InsufficientScope([Scope::OpenId].into_iter().collect::<ScopeSet>()).into());
    }
    let standing = access_token::standing(app, &token).await?;
    let holder = standing.holder.filter(|_| standing.active).ok_or_else(not_good)?;
    let person = holder.person.as_ref().ok_or_else(not_good)?;
    let client = match client::find(app, &ClientId::new(&*token.claims().client_id)).await {
        Ok(client) => client,
        Err(Error::NotFound) => return Err(not_good().into()),
        Err(fault) => return Err(fault.into()),
    };
    let scene = claims::scene(app, &holder.facts.account.id, &client.application).await?;
    let selection = Selection::with_requested(scopes, &holder.claims.userinfo);
    Ok(UserInfo {
        sub: person.user.id.to_string(),
        person: claims::person(person).select(&selection),
        membership: claims::membership(
            app,
            (&holder.facts, &scene),
            &selection,
            Place::UserInfo,
            app.now(),
        ),
    })
}
