//! A call of a client: its form, read once, and the client that it proves to be.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use latchkey_app::Caller;
use latchkey_app::client::Client;
use latchkey_app::domain::audit::Actor;
use latchkey_app::oauth::client_auth::authenticate;
use latchkey_oidc::client_auth::ClientCredentials;
use latchkey_oidc::params::{Params, ParamsError};
use latchkey_oidc::token::TokenError;

use super::error::OAuthError;
use crate::form::read_form;
use crate::pages::views::Trouble;
use crate::state::{RequestInfo, Web};

/// An authenticated client and the form that it sent.
pub(super) struct Call {
    pub client: Arc<Client>,
    pub form: Params,
    pub caller: Caller,
}

impl FromRequest<Arc<Web>> for Call {
    type Rejection = OAuthError;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, OAuthError> {
        let (head, body) = request.into_parts();
        let bytes = read_form(&head.headers, body).await.map_err(unreadable)?;
        let form = Params::parse(&bytes)?;
        let headers = head.headers.get_all(header::AUTHORIZATION);
        let credentials = ClientCredentials::read(headers.iter().map(HeaderValue::as_bytes), &form)?;
        let client = authenticate(&web.app, &credentials).await?;
        let address = head.extensions.get::<RequestInfo>().and_then(|it| it.address);
        let caller = Caller {
            actor: Actor::Anonymous,
            address: address.map(|it| it.to_string()),
        };
        Ok(Self { client, form, caller })
    }
}

fn unreadable(trouble: Trouble) -> OAuthError {
    match trouble {
        Trouble::TooLarge => ParamsError::TooLong.into(),
        _ => TokenError::invalid_request("the body must be application/x-www-form-urlencoded").into(),
    }
}
