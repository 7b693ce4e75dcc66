//! `/oauth2/userinfo` and introspection: forged, altered and foreign tokens.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::Full;
use latchkey_app::crypto::algorithm::Algorithm;
use latchkey_app::crypto::signing::SigningKey;
use latchkey_testkit::actors::{claims_of, header_of};
use latchkey_testkit::installation::{form_text, request};
use latchkey_testkit::{Answer, TestApp, on_both_databases};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::table::{Table, long};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// HMAC-SHA256 (RFC 2104), as a forger would compute it with a public key.
fn hmac(key: &[u8], message: &str) -> String {
    let key = if key.len() > 64 {
        Sha256::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    let pad = |byte: u8| -> Vec<u8> {
        (0..64)
            .map(|at| key.get(at).copied().unwrap_or(0) ^ byte)
            .collect()
    };
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(message)
        .finalize();
    URL_SAFE_NO_PAD.encode(
        Sha256::new()
            .chain_update(pad(0x5c))
            .chain_update(inner)
            .finalize(),
    )
}

async fn with_headers(it: &TestApp, path: &str, headers: &[String]) -> Answer {
    let mut builder = request("GET", path);
    for header in headers {
        builder = builder.header("authorization", header);
    }
    it.call(builder, "").await
}

on_both_databases!(how_a_token_is_shown, installed, async |it| {
    let mut table = Table::new(it);
    let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
    let right = format!("Bearer {}", tokens.access());
    let path = "/oauth2/userinfo";
    for (name, path, headers) in [
        ("no token", path.to_owned(), vec![]),
        ("an empty token", path.to_owned(), vec!["Bearer ".to_owned()]),
        (
            "another scheme",
            path.to_owned(),
            vec![format!("Token {}", tokens.access())],
        ),
        (
            "two bearer headers",
            path.to_owned(),
            vec![right.clone(), right.clone()],
        ),
        (
            "a token in the query",
            format!("{path}?access_token={}", tokens.access()),
            vec![],
        ),
        (
            "a token with a space in it",
            path.to_owned(),
            vec!["Bearer a b".to_owned()],
        ),
        (
            "a token that is very long",
            path.to_owned(),
            vec![format!("Bearer {}", long(17_000))],
        ),
    ] {
        table.refuse(name, with_headers(it, &path, &headers)).await;
    }
    let both = request("POST", path)
        .header("authorization", &right)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::from(form_text(&[("access_token", tokens.access())])))
        .unwrap();
    table.refuse("a token in header and form", it.send(both)).await;
    let json = request("POST", path)
        .header("content-type", "application/json")
        .body(Full::from(format!(
            "{{\"access_token\":\"{}\"}}",
            tokens.access()
        )))
        .unwrap();
    table.refuse("a token in JSON", it.send(json)).await;
    table.review("bearer_shown");
});

on_both_databases!(forged_and_altered_tokens, installed, async |it| {
    let mut table = Table::new(it);
    let tokens = it.crm().tokens_for("stan@acme.example", "openid roles").await;
    let good = tokens.access();
    let (header, claims) = (header_of(good), claims_of(good));
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("no JWT")
    };
    let keys = it.app.keys.current();
    let own = keys.signer(Algorithm::Es256).unwrap();
    let foreign = SigningKey::generate(Algorithm::Es256).unwrap();
    let as_ours = SigningKey::generate(Algorithm::Es256)
        .unwrap()
        .with_kid(own.kid());
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    let titled = |name: &str, value: Value| {
        let mut changed = header.clone();
        changed[name] = value;
        format!("{}.{body}", encoded(&changed))
    };
    let jwk = own.public_jwk();
    let public = [jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap()]
        .map(|it| URL_SAFE_NO_PAD.decode(it).unwrap());
    let mut point = vec![4_u8];
    point.extend(public.concat());
    let hs256 = encoded(&json!({ "alg": "HS256", "typ": "at+jwt", "kid": own.kid() }));
    let manager = encoded(&with("role", json!("owner")));
    let future = it.app.now().seconds() + 600;
    let now = it.app.now().seconds();
    for (name, token) in [
        ("nonsense", "nonsense".to_owned()),
        ("three dots", "...".to_owned()),
        ("three words", "a.b.c".to_owned()),
        ("a truncated token", good[..good.len() - 10].to_owned()),
        ("a token without its signature", format!("{head}.{body}.")),
        (
            "a token with its claims changed",
            format!("{head}.{manager}.{signature}"),
        ),
        (
            "another signature",
            format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([7; 64])),
        ),
        (
            "a signature of zeros",
            format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        ),
        (
            "a short signature",
            format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([1; 10])),
        ),
        (
            "alg none",
            format!("{}.{body}.", encoded(&json!({ "alg": "none", "typ": "at+jwt" }))),
        ),
        (
            "alg None with our key's id",
            format!(
                "{}.{manager}.",
                encoded(&json!({ "alg": "None", "typ": "at+jwt", "kid": own.kid() }))
            ),
        ),
        (
            "alg none with the signature kept",
            format!("{}.{signature}", titled("alg", json!("none"))),
        ),
        (
            "an HMAC with our public key",
            format!(
                "{hs256}.{manager}.{}",
                hmac(&point, &format!("{hs256}.{manager}"))
            ),
        ),
        (
            "an HMAC with our public JWK",
            format!(
                "{hs256}.{manager}.{}",
                hmac(jwk.to_string().as_bytes(), &format!("{hs256}.{manager}"))
            ),
        ),
        (
            "an HMAC with nothing",
            format!("{hs256}.{manager}.{}", hmac(&[], &format!("{hs256}.{manager}"))),
        ),
        (
            "another algorithm of the same kind",
            format!("{}.{signature}", titled("alg", json!("ES384"))),
        ),
        (
            "RS256 with our ES256 key's id",
            format!("{}.{signature}", titled("alg", json!("RS256"))),
        ),
        ("an unknown key", foreign.sign_jwt("at+jwt", &claims).unwrap()),
        (
            "a foreign key under our key's id",
            as_ours.sign_jwt("at+jwt", &claims).unwrap(),
        ),
        ("a key that the token brings along", {
            let brought = encoded(&json!({ "alg": "ES256", "typ": "at+jwt", "jwk": foreign.public_jwk() }));
            let signed = foreign.sign_jwt("at+jwt", &claims).unwrap();
            format!("{brought}.{}", signed.split_once('.').unwrap().1)
        }),
        (
            "a key to be fetched",
            format!(
                "{}.{signature}",
                titled("jku", json!("https://evil.example/jwks"))
            ),
        ),
        (
            "a kid that is a path",
            format!("{}.{signature}", titled("kid", json!("../../dev/null"))),
        ),
        (
            "a kid like SQL",
            format!("{}.{signature}", titled("kid", json!("' UNION SELECT 'x"))),
        ),
        (
            "a kid that is a number",
            format!("{}.{signature}", titled("kid", json!(1))),
        ),
        (
            "a header that is demanding",
            format!("{}.{signature}", titled("crit", json!(["exp"]))),
        ),
        ("an ID token", tokens.id_token().to_owned()),
        ("a refresh token", tokens.refresh().to_owned()),
        (
            "our signature and another type",
            own.sign_jwt("JWT", &claims).unwrap(),
        ),
        (
            "our signature and another issuer",
            own.sign_jwt("at+jwt", &with("iss", json!("https://evil.example")))
                .unwrap(),
        ),
        (
            "our signature and no end",
            own.sign_jwt("at+jwt", &with("exp", Value::Null)).unwrap(),
        ),
        (
            "our signature and an end that is over",
            own.sign_jwt("at+jwt", &with("exp", json!(now - 1))).unwrap(),
        ),
        (
            "our signature and a beginning to come",
            own.sign_jwt("at+jwt", &with("nbf", json!(future))).unwrap(),
        ),
        (
            "our signature and a grant that there is not",
            own.sign_jwt(
                "at+jwt",
                &with("jti", json!("0198c0de-0000-7000-8000-000000000000.x")),
            )
            .unwrap(),
        ),
        (
            "our signature and claims of the wrong kind",
            own.sign_jwt("at+jwt", &json!([1, 2])).unwrap(),
        ),
        (
            "our signature and a scope that is a number",
            own.sign_jwt("at+jwt", &with("scope", json!(1))).unwrap(),
        ),
    ] {
        table.refuse(name, it.crm().user_info(&token)).await;
        let known = it.crm().introspect(&token).await.expect(200);
        if token != tokens.refresh() {
            assert_eq!(known.json(), json!({ "active": false }), "{name}");
        }
    }
    let service = it
        .batch()
        .token(&[("grant_type", "client_credentials")])
        .await
        .expect(200)
        .json_text("/access_token");
    table
        .refuse("a service's own token", it.crm().user_info(&service))
        .await;
    it.crm().revoke(good).await.expect(200);
    table
        .refuse("a token that was given back", it.crm().user_info(good))
        .await;
    let later = it.crm().tokens_for("stan@acme.example", "openid").await;
    it.pass(Duration::from_secs(301));
    table
        .refuse("an expired token", it.crm().user_info(later.access()))
        .await;
    table.review("bearer_forged");
});
