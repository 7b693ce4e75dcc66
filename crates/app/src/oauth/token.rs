//! The token endpoint (RFC 6749 §3.2): one use case a grant.

use std::sync::Arc;

use latchkey_domain::audit::Actor;
use latchkey_domain::member::Member;
use latchkey_oidc::token::{TokenError, TokenErrorCode, TokenRequest, TokenResponse};

use super::{Refusal, client_credentials, redeem, refresh};
use crate::client::Client;
use crate::{App, Caller};

/// What begins a refresh token, so that people and scanners recognize one.
pub(super) const REFRESH_PREFIX: &str = "lkr_";

/// Answers the token request of an authenticated client.
///
/// # Errors
/// [`TokenError`], or [`crate::Error::Unavailable`] without the database.
pub async fn respond(
    app: &Arc<App>,
    caller: &Caller,
    client: &Arc<Client>,
    request: TokenRequest,
) -> Result<TokenResponse, Refusal<TokenError>> {
    let grant = request.grant_type();
    if !client.metadata.may_use(grant) {
        let why = format!("the client is not registered for grant_type {grant}");
        return Err(TokenError::new(TokenErrorCode::UnauthorizedClient, why).into());
    }
    match request {
        TokenRequest::AuthorizationCode {
            code,
            redirect_uri,
            code_verifier,
            resource,
            device,
        } => {
            let redemption = redeem::Redemption {
                code,
                redirect_uri,
                code_verifier,
                resource,
                device,
            };
            redeem::redeem(app, caller, client, redemption).await
        }
        TokenRequest::RefreshToken {
            refresh_token,
            scope,
            resource,
            device,
        } => {
            let refresh = refresh::Refresh {
                refresh_token,
                scope,
                resource,
                device,
            };
            refresh::refresh(app, caller, client, refresh).await
        }
        TokenRequest::ClientCredentials {
            scope,
            resource,
            account,
        } => {
            let wanted = client_credentials::Wanted {
                scope,
                resource,
                account,
            };
            client_credentials::respond(app, client, wanted).await
        }
    }
}

/// The member, as the audit trail names whoever was given something.
pub(super) fn by_member(caller: &Caller, member: &Member) -> Caller {
    let actor = Actor::Member {
        account: member.account.clone(),
        member: member.id.clone(),
        name: member.name(),
    };
    Caller {
        actor,
        address: caller.address.clone(),
    }
}
