//! OAuth 2.0 and OpenID Connect.

mod authorize;
mod end_session;
mod introspect;
mod lengths;
mod mobile;
mod refresh;
mod revoke;
mod scopes;
mod token;
mod userinfo;
mod well_known;
