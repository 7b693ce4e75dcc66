//! The endpoints of OAuth 2.0 and OpenID Connect, by path.

mod authorize;
mod call;
mod cors;
mod end_session;
pub mod error;
mod introspect;
mod json;
mod revoke;
mod token;
mod userinfo;
pub(crate) mod well_known;

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use latchkey_oidc::discovery::path;

use self::cors::OfRegisteredOrigins;
use crate::pages::{self, consent};
use crate::routes::{Guard, Routes};
use crate::state::Web;

pub use end_session::return_origin;

/// All routes of OAuth 2.0 and OpenID Connect.
pub fn routes(web: &Arc<Web>) -> Routes {
    documents()
        .and(for_people(web))
        .and(for_browsers_and_servers(web))
}

fn documents() -> Routes {
    Routes::default()
        .add(
            "GET",
            path::OPENID_CONFIGURATION,
            Guard::Public,
            get(well_known::read),
        )
        .add(
            "GET",
            path::OAUTH_AUTHORIZATION_SERVER,
            Guard::Public,
            get(well_known::read),
        )
        .add(
            "GET",
            "/.well-known/change-password",
            Guard::Public,
            get(well_known::change_password),
        )
        .add("GET", path::JWKS, Guard::Public, get(well_known::read))
}

/// What people see; troubles become pages.
fn for_people(web: &Arc<Web>) -> Routes {
    Routes::default()
        .add(
            "GET POST",
            path::AUTHORIZE,
            Guard::Browser,
            get(authorize::begin).post(authorize::forward),
        )
        .add(
            "GET",
            "/oauth2/authorize/resume",
            Guard::Browser,
            get(authorize::resume),
        )
        .add(
            "GET",
            "/oauth2/authorize/refuse",
            Guard::Browser,
            get(authorize::refuse),
        )
        .add(
            "GET POST",
            path::END_SESSION,
            Guard::Browser,
            get(end_session::begin).post(end_session::forward),
        )
        .add(
            "GET",
            end_session::RESUME,
            Guard::Browser,
            get(end_session::resume),
        )
        .add(
            "GET",
            "/oauth2/end_session/done",
            Guard::Browser,
            get(end_session::done),
        )
        .add(
            "GET POST",
            "/consent",
            Guard::Session,
            get(consent::show).post(consent::submit),
        )
        .map(|router| router.layer(from_fn_with_state(Arc::clone(web), pages::error::render)))
}

fn for_browsers_and_servers(web: &Arc<Web>) -> Routes {
    Routes::default()
        .add("POST", path::TOKEN, Guard::Client, post(token::respond))
        .add("POST", path::REVOKE, Guard::Client, post(revoke::respond))
        .add(
            "GET POST",
            path::USERINFO,
            Guard::AccessToken,
            get(userinfo::respond).post(userinfo::respond),
        )
        .map(|router| router.layer(OfRegisteredOrigins(Arc::clone(web))))
        .and(Routes::default().add("POST", path::INTROSPECT, Guard::Client, post(introspect::respond)))
}
