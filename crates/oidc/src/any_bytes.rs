//! No parser of this crate panics, whatever bytes arrive.

use proptest::prelude::*;

use crate::authorize::{AuthorizationRequest, ClaimsRequest, UnprovenRequest};
use crate::bearer;
use crate::client_auth::ClientCredentials;
use crate::introspection::IntrospectionRequest;
use crate::issuer::Issuer;
use crate::jwk::JwkSet;
use crate::logout::LogoutRequest;
use crate::metadata::{ClientKind, ClientMetadata};
use crate::params::Params;
use crate::percent;
use crate::pkce::{CodeChallenge, CodeVerifier};
use crate::redirect;
use crate::resource::Resource;
use crate::revocation::RevocationRequest;
use crate::scope::ScopeSet;
use crate::token::TokenRequest;

/// Bytes that are close enough to a form to get past its first checks.
fn form_like() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        Just("grant_type=authorization_code"),
        Just("grant_type=refresh_token"),
        Just("grant_type=client_credentials"),
        Just("code="),
        Just("redirect_uri=https%3A%2F%2Fcrm.example%2Fcb"),
        Just("client_id=crm"),
        Just("client_secret="),
        Just("token="),
        Just("access_token="),
        Just("scope="),
        Just("claims=%7B"),
        Just("resource=urn:"),
        Just("prompt="),
        Just("max_age="),
        Just("response_type=code"),
        Just("post_logout_redirect_uri="),
        Just("&"),
    ];
    let piece = (name, prop::collection::vec(any::<u8>(), 0..12))
        .prop_map(|(name, tail)| [name.as_bytes(), &tail, b"&"].concat());
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn read_as_request(bytes: &[u8], header: &[u8]) {
    let metadata = ClientMetadata {
        redirect_uris: vec!["https://crm.example/cb".to_owned()],
        ..ClientMetadata::default()
    };
    if let Ok(unproven) = UnprovenRequest::parse(bytes)
        && let Ok(redirect) = unproven.prove(ClientKind::Web, &metadata)
    {
        let _ = unproven.read(&redirect, &metadata);
    }
    if let Ok(params) = Params::parse(bytes) {
        let _ = TokenRequest::parse(&params);
        let _ = IntrospectionRequest::parse(&params);
        let _ = RevocationRequest::parse(&params);
        let _ = LogoutRequest::parse(&params).map(|it| it.redirect(ClientKind::Web, &metadata));
        let _ = ClientCredentials::read([header], &params);
        let _ = bearer::read([header], &Params::default(), Some(&params));
        let _ = Resource::from_params(&params);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_request_panic(bytes: Vec<u8>, header: Vec<u8>) {
        read_as_request(&bytes, &header);
        let _ = percent::decode(&bytes);
        let _ = serde_json::from_slice::<ClientMetadata>(&bytes);
        let _ = serde_json::from_slice::<AuthorizationRequest>(&bytes);
        let _ = serde_json::from_slice::<JwkSet>(&bytes);
    }

    #[test]
    fn nothing_like_a_form_makes_a_request_panic(bytes in form_like(), tail: Vec<u8>) {
        let header = [b"Basic ".as_slice(), &tail].concat();
        read_as_request(&bytes, &header);
        let header = [b"Bearer ".as_slice(), &tail].concat();
        read_as_request(&bytes, &header);
    }

    #[test]
    fn no_text_makes_a_value_panic(text in "\\PC{0,80}|[a-z.]{1,8}:/{0,3}[\\[\\]@:0-9a-z./?#é*\\\\]{0,30}") {
        for kind in ClientKind::ALL {
            let _ = redirect::validate(*kind, &text);
        }
        let _ = redirect::origin(&text);
        let _ = Issuer::parse(&text);
        let _ = Resource::parse(&text);
        let _ = ScopeSet::parse(&text);
        let _ = CodeChallenge::parse(&text);
        let _ = CodeVerifier::parse(&text);
        let _ = ClaimsRequest::parse(&text);
    }
}
