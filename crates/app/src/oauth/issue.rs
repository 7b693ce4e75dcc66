//! Tokens, made and signed outside any transaction (RFC 9068; OpenID Connect Core 1.0 §2).

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey_crypto::algorithm::Algorithm;
use latchkey_crypto::encoding::base64url;
use latchkey_domain::claims::Place;
use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::ClaimRequest;
use latchkey_oidc::claims::{
    AccessTokenClaims, Audience, IdTokenClaims, MembershipClaims, PersonClaims, Selection,
};
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::{Scope, ScopeSet};
use latchkey_oidc::secret::Secret;
use latchkey_oidc::token::{TokenError, TokenErrorCode, TokenResponse, TokenType};

use super::access_token::{self, Root};
use super::claims;
use crate::access::{Facts, Scene};
use crate::client::Client;
use crate::{App, Result};

/// What tokens are made from.
pub(super) struct Basis<'a> {
    pub client: &'a Client,
    /// What the access token hangs on.
    pub root: &'a Root,
    pub sub: &'a str,
    pub scopes: &'a ScopeSet,
    pub audience: Vec<String>,
    /// How the person signed in; nothing for a program.
    pub sign_in: Option<SignIn<'a>>,
    /// The member; nobody where a client acts for itself.
    pub member: Option<(&'a Arc<Facts>, &'a Arc<Scene>)>,
    pub person: PersonClaims,
    /// Single claims asked for in the ID token.
    pub requested: Option<&'a BTreeMap<String, ClaimRequest>>,
}

/// How and when the person signed in.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignIn<'a> {
    pub auth_time: Timestamp,
    /// RFC 8176 values, separated by spaces.
    pub amr: &'a str,
    pub sid: Option<&'a str>,
    pub nonce: Option<&'a str>,
}

impl SignIn<'_> {
    fn amr(&self) -> Vec<String> {
        self.amr.split_whitespace().map(str::to_owned).collect()
    }
}

impl Basis<'_> {
    fn membership(&self, app: &App, selection: &Selection<'_>, now: Timestamp) -> MembershipClaims {
        self.member.map_or_else(MembershipClaims::default, |of| {
            claims::membership(app, of, selection, Place::Token, now)
        })
    }
}

/// The answer with all tokens that are due; the refresh token is given by the caller.
pub(super) fn respond(app: &App, basis: &Basis<'_>, refresh_token: Option<Secret>) -> Result<TokenResponse> {
    let access_token = access_token(app, basis)?;
    let id_token = match basis.sign_in {
        Some(sign_in) if basis.scopes.contains(Scope::OpenId) => {
            Some(id_token(app, basis, sign_in, &access_token)?)
        }
        _ => None,
    };
    Ok(TokenResponse {
        access_token: Secret::new(access_token),
        token_type: TokenType::Bearer,
        expires_in: u32::try_from(app.settings.tokens.access_seconds).unwrap_or(u32::MAX),
        scope: basis.scopes.clone(),
        refresh_token,
        id_token: id_token.map(Secret::new),
    })
}

fn access_token(app: &App, basis: &Basis<'_>) -> Result<String> {
    let now = app.now();
    let random = base64url(app.rng.bytes::<16>());
    let claims = AccessTokenClaims {
        iss: app.issuer.to_string(),
        sub: basis.sub.to_owned(),
        aud: Audience::from(basis.audience.clone()),
        exp: ends(now, app.settings.tokens.access_seconds),
        iat: now.seconds(),
        jti: basis.root.jti(&random),
        client_id: basis.client.id.to_string(),
        scope: basis.scopes.clone(),
        auth_time: basis.sign_in.map(|it| it.auth_time.seconds()),
        acr: None,
        amr: basis.sign_in.map_or_else(Vec::new, |it| it.amr()),
        sid: basis.sign_in.and_then(|it| it.sid).map(str::to_owned),
        membership: basis.membership(app, &Selection::of_scopes(basis.scopes), now),
    };
    let keys = app.keys.current();
    Ok(keys
        .signer(Algorithm::Es256)?
        .sign_jwt(access_token::TYPE, &claims)?)
}

fn id_token(app: &App, basis: &Basis<'_>, sign_in: SignIn<'_>, access_token: &str) -> Result<String> {
    let now = app.now();
    let algorithm = id_token_algorithm(basis.client);
    let selection = match basis.requested {
        Some(requested) => Selection::with_requested(basis.scopes, requested),
        None => Selection::of_scopes(basis.scopes),
    };
    let claims = IdTokenClaims {
        iss: app.issuer.to_string(),
        sub: basis.sub.to_owned(),
        aud: Audience::one(basis.client.id.as_str()),
        exp: ends(now, app.settings.tokens.id_seconds),
        iat: now.seconds(),
        auth_time: Some(sign_in.auth_time.seconds()),
        nonce: sign_in.nonce.map(str::to_owned),
        acr: None,
        amr: sign_in.amr(),
        azp: Some(basis.client.id.to_string()),
        sid: sign_in.sid.map(str::to_owned),
        at_hash: Some(algorithm.half_hash(access_token)),
        c_hash: None,
        person: basis.person.clone().select(&selection),
        membership: basis.membership(app, &selection, now),
    };
    let keys = app.keys.current();
    Ok(keys.signer(algorithm)?.sign_jwt("JWT", &claims)?)
}

/// The algorithm that the client registered for its ID tokens, where there are keys for it.
fn id_token_algorithm(client: &Client) -> Algorithm {
    let wanted = client.metadata.id_token_signed_response_alg.as_deref();
    wanted
        .and_then(|it| it.parse().ok())
        .filter(|it| crate::keys::ALGORITHMS.contains(it))
        .unwrap_or(Algorithm::Es256)
}

fn ends(now: Timestamp, seconds: u64) -> i64 {
    now.seconds()
        .saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Whom an access token is for: what is asked for of what was granted, or the application's
/// default resource (RFC 8707 §2.2).
pub(super) fn audience(
    client: &Client,
    granted: &[Resource],
    asked: &[Resource],
) -> Result<Vec<String>, TokenError> {
    let granted: Vec<&str> = match granted {
        [] => vec![default_resource(client)],
        granted => granted.iter().map(Resource::as_str).collect(),
    };
    if let Some(other) = asked.iter().find(|it| !granted.contains(&it.as_str())) {
        let why = format!("the resource {other} is not among those that were granted");
        return Err(TokenError::new(TokenErrorCode::InvalidTarget, why));
    }
    if asked.is_empty() {
        return Ok(granted.into_iter().map(str::to_owned).collect());
    }
    Ok(asked.iter().map(ToString::to_string).collect())
}

/// The application's first resource; one that declares none is known by its id.
pub(super) fn default_resource(client: &Client) -> &str {
    client
        .resources
        .first()
        .map_or_else(|| client.application.as_str(), String::as_str)
}

#[cfg(test)]
mod tests {
    use latchkey_oidc::metadata::{ClientKind, ClientMetadata};

    use super::*;

    fn client(resources: &[&str], alg: Option<&str>) -> Client {
        Client {
            id: "crm-web".into(),
            application: "crm".into(),
            application_name: "CRM".to_owned(),
            kind: ClientKind::Web,
            first_party: true,
            metadata: ClientMetadata {
                id_token_signed_response_alg: alg.map(str::to_owned),
                ..ClientMetadata::default()
            },
            secrets: Vec::new(),
            resources: resources.iter().map(ToString::to_string).collect(),
        }
    }

    fn resources(all: &[&str]) -> Vec<Resource> {
        all.iter().map(|it| Resource::parse(it).unwrap()).collect()
    }

    #[test]
    fn without_a_resource_the_default_one_is_the_audience() {
        let client = client(&["urn:crm", "urn:crm:reports"], None);
        assert_eq!(audience(&client, &[], &[]).unwrap(), ["urn:crm"]);
    }

    #[test]
    fn a_token_request_may_narrow_the_audience_and_never_widen_it() {
        let client = client(&["urn:crm", "urn:crm:reports"], None);
        let granted = resources(&["urn:crm", "urn:crm:reports"]);
        let one = resources(&["urn:crm:reports"]);
        assert_eq!(audience(&client, &granted, &one).unwrap(), ["urn:crm:reports"]);
        let refused = audience(&client, &[], &one).unwrap_err();
        assert_eq!(refused.code(), TokenErrorCode::InvalidTarget);
    }

    #[test]
    fn id_tokens_are_signed_with_the_algorithm_that_the_client_registered() {
        assert_eq!(id_token_algorithm(&client(&[], None)), Algorithm::Es256);
        assert_eq!(id_token_algorithm(&client(&[], Some("RS256"))), Algorithm::Rs256);
        assert_eq!(id_token_algorithm(&client(&[], Some("none"))), Algorithm::Es256);
    }
}
