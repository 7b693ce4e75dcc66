//! The answer that gives a client its code. For a person who is known to the account in this
//! session, nothing is written.

use latchkey_oidc::authorize::{AuthorizationResponse, ClaimsRequest};
use latchkey_oidc::metadata::ClientMetadata;
use latchkey_oidc::scope::{Scope, ScopeSet};

use super::Asked;
use crate::oauth::code::Code;
use crate::oauth::place::Place;
use crate::session::{self, SignedIn};
use crate::settings::seconds;
use crate::{Error, Result};

pub(super) async fn grant(
    asked: &Asked<'_>,
    place: &Place,
    who: &SignedIn,
    sid: Option<String>,
) -> Result<AuthorizationResponse> {
    let (app, request) = (asked.app, &asked.request);
    let sid = match sid {
        Some(sid) => sid,
        None => begin_part(asked, place, who).await?,
    };
    // A client that needs the person's consent gets no single claims beside the scopes.
    let claims = if asked.client.first_party {
        within_scopes(request.claims.clone(), &asked.client.metadata)
    } else {
        ClaimsRequest::default()
    };
    let code = Code {
        grant: app.new_id(),
        user: who.user.id.clone(),
        account: place.account().id.clone(),
        member: place.member().id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scope: request.scope.clone(),
        resources: request.resource.clone(),
        nonce: request.nonce.clone(),
        challenge: request.code_challenge.clone(),
        auth_time: who.session.auth_time,
        amr: who.session.amr.clone(),
        sid,
        session_ends_at: who.session.expires_at,
        device: request.device.clone(),
        claims,
        expires_at: app.now().plus(seconds(app.settings.tokens.code_seconds)),
    };
    let sealed = code.seal(app, &asked.client.id)?;
    Ok(asked.redirect.grant(&sealed, &app.issuer))
}

/// Single claims without those of scopes that the client is not registered for.
fn within_scopes(mut claims: ClaimsRequest, metadata: &ClientMetadata) -> ClaimsRequest {
    let all: ScopeSet = Scope::ALL.iter().copied().collect();
    let registered = metadata.narrow(&all);
    let is_kept = |claim: &str| registered.asks_for(claim) || !all.asks_for(claim);
    claims.userinfo.retain(|claim, _| is_kept(claim));
    claims.id_token.retain(|claim, _| is_kept(claim));
    claims
}

/// The account's part in this session begins.
async fn begin_part(asked: &Asked<'_>, place: &Place, who: &SignedIn) -> Result<String> {
    let app = asked.app;
    let (account, member) = (&place.account().id, &place.member().id);
    let sid = app
        .db
        .write_settled(async |tx| {
            if !latchkey_store::session::hold(tx, &who.session.id).await? {
                return Err(Error::Stale);
            }
            let sid = session::part(app, tx, &who.session.id, (account, member)).await?;
            latchkey_store::member::signed_in(tx, account, member, app.now()).await?;
            Ok::<_, Error>(sid)
        })
        .await?;
    Ok(sid.to_string())
}
