//! Revocation: a client gives back what it was given (RFC 7009). A refresh token ends its whole
//! family and the access tokens of it; an access token ends alone.

use latchkey_crypto::token::{digest, is_well_formed};
use latchkey_domain::audit::Action;
use latchkey_domain::time::Timestamp;
use latchkey_oidc::revocation::RevocationRequest;
use latchkey_oidc::secret::Secret;
use latchkey_store::grant as kept;

use super::access_token;
use super::token::REFRESH_PREFIX;
use crate::client::Client;
use crate::{App, Caller, Error, Result, audit};

/// Ends a token of an authenticated client. One that is nobody's, somebody else's or over already
/// is no error (RFC 7009 §2.2).
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn revoke(app: &App, caller: &Caller, client: &Client, request: &RevocationRequest) -> Result<()> {
    if is_well_formed(REFRESH_PREFIX, request.token.expose()) {
        revoke_family(app, caller, client, &request.token).await
    } else {
        revoke_access_token(app, client, &request.token).await
    }
}

async fn revoke_family(app: &App, caller: &Caller, client: &Client, token: &Secret) -> Result<()> {
    let hash = digest(token.expose());
    let because = "the client gave it back";
    let ended = app
        .db
        .write(async |tx| {
            let Some(token) = kept::refresh::find(tx, &hash).await? else {
                return Ok(None);
            };
            let grant = kept::find(tx, &token.grant_id).await?;
            let Some(grant) = grant.filter(|it| it.client_id == client.id) else {
                return Ok(None);
            };
            if !kept::revoke(tx, &grant.id, because, app.now()).await? {
                return Ok(None);
            }
            audit::Entry::new(caller, Action::GrantRevoked)
                .account(&grant.account_id)
                .target("grant", &grant.id)
                .reason(Some(because))
                .detail("client", client.id.as_str())
                .write(app, tx)
                .await?;
            Ok::<_, Error>(Some(grant.id))
        })
        .await?;
    if let Some(grant) = ended {
        app.cache.forget_standing(&grant);
    }
    Ok(())
}

async fn revoke_access_token(app: &App, client: &Client, token: &Secret) -> Result<()> {
    let Some(token) = access_token::read(app, token) else {
        return Ok(());
    };
    if token.claims().client_id != client.id.as_str() {
        return Ok(());
    }
    let (jti, expires_at) = (&token.claims().jti, Timestamp::from_seconds(token.claims().exp));
    app.db
        .write(async |tx| kept::revoke_token(tx, jti, expires_at).await)
        .await?;
    app.cache.keep_token(jti, true);
    Ok(())
}
