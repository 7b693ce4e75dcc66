//! OAuth 2.0 and OpenID Connect.

mod authorize;
mod end_session;
mod introspect;
mod mobile;
mod refresh;
mod revoke;
mod token;
mod userinfo;
mod well_known;
