use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::issuer::Issuer;
use crate::metadata::{ClientKind, ClientMetadata};
use crate::params::ParamsError;
use crate::percent::encode_pairs;
use crate::scope::Scope;
use crate::secret::Secret;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "https://crm.example/cb";

fn issuer() -> Issuer {
    Issuer::parse("https://id.example").unwrap()
}

fn client(metadata: Value) -> ClientMetadata {
    let mut metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
    metadata.fill_defaults(ClientKind::Web);
    metadata
}

fn crm() -> ClientMetadata {
    client(json!({ "redirect_uris": [CALLBACK, "https://crm.example/cb?tenant=1"] }))
}

/// A good request with some parameters replaced or, where empty, left out.
fn query(changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "crm"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid roles"),
        ("state", "s 1"),
        ("nonce", "n1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend_from_slice(changes);
    encode_pairs(pairs)
}

fn answer_to(query: &str, metadata: &ClientMetadata) -> Result<AuthorizationRequest, AuthorizeError> {
    let unproven = UnprovenRequest::parse(query)?;
    let redirect = unproven.prove(ClientKind::Web, metadata)?;
    Ok(unproven.read(&redirect, metadata)?)
}

fn read(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, AuthorizeError> {
    answer_to(&query(changes), &crm())
}

fn refusal(changes: &[(&str, &str)]) -> (AuthorizeErrorCode, String) {
    match read(changes).unwrap_err() {
        AuthorizeError::Redirected(error) => (error.code(), error.description().to_owned()),
        AuthorizeError::Shown(error) => panic!("shown: {error}"),
    }
}

fn shown(query: &str) -> ShownError {
    match answer_to(query, &crm()).unwrap_err() {
        AuthorizeError::Shown(error) => error,
        AuthorizeError::Redirected(error) => panic!("redirected: {error}"),
    }
}

#[test]
fn a_whole_request_is_read() {
    let request = read(&[
        ("prompt", "login consent"),
        ("max_age", "300"),
        ("login_hint", "ana@acme.example"),
        ("ui_locales", "de-CH  en bad_tag"),
        ("acr_values", "mfa pwd"),
        ("account", "acme"),
        ("resource", "https://crm.example/api"),
        ("claims", r#"{"id_token": {"email": null}}"#),
        ("response_mode", "form_post"),
        ("unknown", "ignored"),
    ])
    .unwrap();
    assert_eq!(request.client_id, "crm");
    assert!(request.is_openid() && request.scope.contains(Scope::Roles));
    assert!(request.asks(Prompt::Login) && request.asks(Prompt::Consent));
    assert_eq!(request.max_age, Some(300));
    assert_eq!(request.ui_locales, ["de-CH", "en"]);
    assert_eq!(request.acr_values, ["mfa", "pwd"]);
    assert_eq!(request.account.as_deref(), Some("acme"));
    assert_eq!(request.resource.len(), 1);
    assert!(request.claims.id_token.contains_key("email"));
    assert_eq!(request.response_mode, ResponseMode::FormPost);
}

#[test]
fn a_request_keeps_its_meaning_when_it_travels_and_is_proven_again() {
    let request = read(&[("id_token_hint", "a.b.c"), ("response_mode", "fragment")]).unwrap();
    let sealed = serde_json::to_string(&request).unwrap();
    let opened: AuthorizationRequest = serde_json::from_str(&sealed).unwrap();
    assert_eq!(serde_json::to_string(&opened).unwrap(), sealed);
    let redirect = opened.prove(ClientKind::Web, &crm()).unwrap();
    assert_eq!(redirect.state(), Some("s 1"));
    assert_eq!(redirect.response_mode(), ResponseMode::Fragment);
    let changed = client(json!({ "redirect_uris": ["https://crm.example/other"] }));
    assert_eq!(
        opened.prove(ClientKind::Web, &changed),
        Err(ShownError::UnregisteredRedirectUri)
    );
}

#[test]
fn state_and_nonce_may_be_as_long_as_clients_make_them() {
    let (state, nonce) = ("s".repeat(2048), "n".repeat(512));
    let request = read(&[("state", state.as_str()), ("nonce", nonce.as_str())]).unwrap();
    assert!(request.fits_an_address());
    for (name, value) in [("state", format!("{state}s")), ("nonce", format!("{nonce}n"))] {
        let (code, why) = refusal(&[(name, value.as_str())]);
        assert_eq!(code, AuthorizeErrorCode::InvalidRequest);
        assert!(why.contains(name), "{why}");
    }
}

#[test]
fn what_is_too_long_as_a_whole_does_not_fit_an_address() {
    let (state, contexts) = ("s".repeat(2048), "c".repeat(2048));
    let request = read(&[("state", state.as_str()), ("acr_values", contexts.as_str())]).unwrap();
    assert!(!request.fits_an_address());
    let quotes = "\"".repeat(2048);
    assert!(!read(&[("state", quotes.as_str())]).unwrap().fits_an_address());
}

#[test]
fn a_verified_hint_travels_as_its_sub_unless_the_client_insists_on_another() {
    let mut hinted = read(&[("id_token_hint", "a.b.c")]).unwrap();
    assert!(hinted.replace_hint("u1"));
    assert!(hinted.id_token_hint.is_none());
    assert!(hinted.claims.wanted_sub().unwrap().admits(&json!("u1")));
    let claims = r#"{"id_token": {"sub": {"value": "u2"}}}"#;
    let mut both = read(&[("id_token_hint", "a.b.c"), ("claims", claims)]).unwrap();
    assert!(!both.replace_hint("u1"));
    assert!(both.replace_hint("u2"));
    assert!(both.id_token_hint.is_none());
    assert!(both.claims.wanted_sub().unwrap().admits(&json!("u2")));
}

#[test]
fn what_is_wrong_with_client_or_redirect_uri_is_shown() {
    assert_eq!(shown(&query(&[("client_id", "")])), ShownError::NoClientId);
    assert_eq!(shown(&query(&[("client_id", "c r m")])), ShownError::BadClientId);
    assert_eq!(shown(&query(&[("redirect_uri", "")])), ShownError::NoRedirectUri);
    assert_eq!(
        shown(&query(&[("redirect_uri", "https://evil.example/cb")])),
        ShownError::UnregisteredRedirectUri
    );
    let twice = format!("{}&redirect_uri=https://evil.example", query(&[]));
    assert_eq!(
        shown(&twice),
        ShownError::Params(ParamsError::Repeated("redirect_uri".to_owned()))
    );
    let twice = format!("{}&client_id=other", query(&[]));
    assert_eq!(
        shown(&twice),
        ShownError::Params(ParamsError::Repeated("client_id".to_owned()))
    );
    assert!(matches!(shown(&query(&[("state", "\0")])), ShownError::Params(_)));
}

#[test]
fn a_bad_redirect_uri_is_shown_even_if_everything_else_is_bad_too() {
    let query = query(&[
        ("redirect_uri", "https://evil.example/"),
        ("response_type", "token"),
    ]);
    assert_eq!(shown(&query), ShownError::UnregisteredRedirectUri);
}

#[test]
fn a_repeated_parameter_is_told_to_the_client_without_choosing_a_state() {
    let twice = format!("{}&state=other", query(&[]));
    let error = answer_to(&twice, &crm()).unwrap_err();
    assert_eq!(error.code(), "invalid_request");
    let AuthorizeError::Redirected(error) = error else {
        panic!("shown")
    };
    assert_eq!(error.redirect().state(), None);
    assert!(error.description().contains("state"));
}

#[test]
fn each_malformed_parameter_gets_its_error() {
    use AuthorizeErrorCode as Code;
    let long = "x".repeat(5000);
    for (change, code) in [
        (("response_type", ""), Code::InvalidRequest),
        (("response_type", "token"), Code::UnsupportedResponseType),
        (("response_type", "code id_token"), Code::UnsupportedResponseType),
        (("response_mode", "web_message"), Code::InvalidRequest),
        (("scope", "open\"id"), Code::InvalidScope),
        (("prompt", "none login"), Code::InvalidRequest),
        (("prompt", "Login"), Code::InvalidRequest),
        (("max_age", "-1"), Code::InvalidRequest),
        (("max_age", "+1"), Code::InvalidRequest),
        (("max_age", "1.5"), Code::InvalidRequest),
        (("max_age", "99999999999"), Code::InvalidRequest),
        (("claims", "[]"), Code::InvalidRequest),
        (("resource", "api"), Code::InvalidTarget),
        (("resource", "https://a/#b"), Code::InvalidTarget),
        (("request", "a.b.c"), Code::RequestNotSupported),
        (("request_uri", "urn:x"), Code::RequestUriNotSupported),
        (("registration", "{}"), Code::RegistrationNotSupported),
        (("code_challenge", "short"), Code::InvalidRequest),
        (("code_challenge_method", "plain"), Code::InvalidRequest),
        (("code_challenge_method", ""), Code::InvalidRequest),
        (("code_challenge", ""), Code::InvalidRequest),
        (("state", long.as_str()), Code::InvalidRequest),
        (("login_hint", long.as_str()), Code::InvalidRequest),
        (("platform", long.as_str()), Code::InvalidRequest),
    ] {
        assert_eq!(refusal(&[change]).0, code, "{change:?}");
    }
}

#[test]
fn a_public_client_needs_pkce_and_a_confidential_one_may_go_without() {
    let without = query(&[("code_challenge", ""), ("code_challenge_method", "")]);
    assert!(answer_to(&without, &crm()).unwrap().code_challenge.is_none());
    let public = client(json!({
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
    }));
    let error = answer_to(&without, &public).unwrap_err();
    assert_eq!(error.code(), "invalid_request");
    assert!(error.description().contains("code_challenge"));
}

#[test]
fn a_client_that_did_not_register_code_is_unauthorized() {
    let other = client(json!({
        "redirect_uris": [CALLBACK],
        "grant_types": ["client_credentials"],
    }));
    let error = answer_to(&query(&[]), &other).unwrap_err();
    assert_eq!(error.code(), "unauthorized_client");
}

#[test]
fn metadata_fills_in_what_the_request_leaves_out() {
    let metadata = client(json!({
        "redirect_uris": [CALLBACK],
        "default_max_age": 60,
        "default_acr_values": ["mfa"],
        "scope": "openid",
    }));
    let request = answer_to(&query(&[]), &metadata).unwrap();
    assert_eq!(request.max_age, Some(60));
    assert_eq!(request.acr_values, ["mfa"]);
    assert_eq!(request.scope.to_string(), "openid");
}

#[test]
fn a_sign_in_is_fresh_within_max_age_and_never_at_zero() {
    let request = read(&[("max_age", "300")]).unwrap();
    assert!(!request.needs_fresh_login(300));
    assert!(request.needs_fresh_login(301));
    assert!(read(&[("max_age", "0")]).unwrap().needs_fresh_login(0));
    assert!(read(&[("prompt", "login")]).unwrap().needs_fresh_login(0));
    assert!(!read(&[]).unwrap().needs_fresh_login(u64::MAX));
}

#[test]
fn a_code_goes_back_with_state_and_issuer() {
    let code = Secret::new("c+1");
    let send = |changes: &[(&str, &str)]| {
        let request = read(changes).unwrap();
        let redirect = request.prove(ClientKind::Web, &crm()).unwrap();
        redirect.grant(&code, &issuer())
    };
    let expect = |location: &str| AuthorizationResponse::Redirect {
        location: location.to_owned(),
    };
    assert_eq!(
        send(&[]),
        expect("https://crm.example/cb?code=c%2B1&state=s+1&iss=https%3A%2F%2Fid.example")
    );
    assert_eq!(
        send(&[("redirect_uri", "https://crm.example/cb?tenant=1"), ("state", "")]),
        expect("https://crm.example/cb?tenant=1&code=c%2B1&iss=https%3A%2F%2Fid.example")
    );
    assert_eq!(
        send(&[("response_mode", "fragment"), ("state", "")]),
        expect("https://crm.example/cb#code=c%2B1&iss=https%3A%2F%2Fid.example")
    );
    assert_eq!(
        send(&[("response_mode", "form_post")]),
        AuthorizationResponse::FormPost {
            action: CALLBACK.to_owned(),
            fields: vec![
                ("code", "c+1".to_owned()),
                ("state", "s 1".to_owned()),
                ("iss", "https://id.example".to_owned()),
            ],
        }
    );
}

#[test]
fn a_refusal_goes_back_in_the_mode_asked_for_or_else_in_the_query() {
    let answer = |changes: &[(&str, &str)]| match read(changes).unwrap_err() {
        AuthorizeError::Redirected(error) => error.response(&issuer()),
        AuthorizeError::Shown(error) => panic!("shown: {error}"),
    };
    let AuthorizationResponse::FormPost { fields, .. } =
        answer(&[("max_age", "x"), ("response_mode", "form_post")])
    else {
        panic!("not a form")
    };
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["error", "error_description", "state", "iss"]);
    let AuthorizationResponse::Redirect { location } = answer(&[("response_mode", "jwt")]) else {
        panic!("not a redirect")
    };
    insta::assert_snapshot!(location);
}

#[test]
fn every_refusal_has_its_code_status_and_description() {
    let redirect = read(&[]).unwrap().prove(ClientKind::Web, &crm()).unwrap();
    let redirected = AuthorizeErrorCode::ALL
        .iter()
        .map(|code| AuthorizeError::from(redirect.refuse(*code, "why, \"in words\"")));
    let shown = [
        ShownError::Params(ParamsError::TooLong),
        ShownError::NoClientId,
        ShownError::BadClientId,
        ShownError::UnknownClient,
        ShownError::NoRedirectUri,
        ShownError::UnregisteredRedirectUri,
    ]
    .map(AuthorizeError::from);
    let all: Vec<_> = redirected
        .chain(shown)
        .map(|error| format!("{} {} {}", error.status(), error.code(), error.description()))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_code_is_not_printed() {
    let redirect = read(&[]).unwrap().prove(ClientKind::Web, &crm()).unwrap();
    let printed = format!("{:?}", redirect.grant(&Secret::new("hunter2"), &issuer()));
    assert!(!printed.contains("hunter2"));
}

#[test]
fn the_origin_of_the_redirect_is_known_for_the_page_that_posts_there() {
    let redirect = read(&[]).unwrap().prove(ClientKind::Web, &crm()).unwrap();
    assert_eq!(redirect.origin().as_deref(), Some("https://crm.example"));
}

proptest! {
    /// Whatever a request says, an answer begins with a registered URI.
    #[test]
    fn no_request_is_answered_elsewhere(
        name in "redirect_uri|state|response_mode|client_id|scope|prompt|[a-z_]{1,12}",
        value in "\\PC{0,60}|https://crm.example/cb[/?#@.:a-z]{0,8}",
    ) {
        let text = query(&[(name.as_str(), value.as_str())]);
        if let Err(AuthorizeError::Redirected(error)) = answer_to(&text, &crm()) {
            let registered = crm().redirect_uris.contains(&error.redirect().uri().to_owned());
            prop_assert!(registered);
        }
    }
}
