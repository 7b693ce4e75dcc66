use std::sync::LazyLock;

use aws_lc_rs::hmac;
use serde_json::json;

use super::*;
use crate::encoding::base64url;

const NOW: i64 = 1_800_000_000;

static ES256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Es256).unwrap());
static RS256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Rs256).unwrap());

fn keys() -> VerifyingKeys {
    VerifyingKeys::of([&*ES256, &*RS256])
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example", "aud": ["crm", "phone"], "sub": "ana",
        "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 60,
    })
}

fn expect() -> Expect<'static> {
    Expect {
        issuer: Some("https://id.example"),
        audiences: Some(&["crm"]),
        ..Expect::new(Typ::Exactly("at+jwt"), NOW)
    }
}

fn verify(token: &str) -> Result<Value, JwtError> {
    keys().verify_jwt(token, &expect())
}

fn signed(claims: &Value) -> String {
    ES256.sign_jwt("at+jwt", claims).unwrap()
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// A token with a header of the attacker's choice and the genuine token's other parts.
fn with_header(header: &Value) -> String {
    let token = signed(&claims());
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", base64url(header.to_string()))
}

fn hmac_token(header: &Value, secret: &[u8]) -> String {
    let message = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(claims().to_string())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{message}.{}", base64url(hmac::sign(&key, message.as_bytes())))
}

#[test]
fn a_good_token_gives_its_claims() {
    assert_eq!(verify(&signed(&claims())), Ok(claims()));
    let token = RS256.sign_jwt("at+jwt", &claims()).unwrap();
    assert_eq!(verify(&token), Ok(claims()));
}

#[test]
fn every_algorithm_is_verified() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let token = key.sign_jwt("at+jwt", &claims()).unwrap();
        let keys = VerifyingKeys::of([&key]);
        assert_eq!(keys.verify_jwt::<Value>(&token, &expect()), Ok(claims()));
        let other = VerifyingKeys::of([&SigningKey::generate(algorithm).unwrap().with_kid(key.kid())]);
        assert_eq!(
            other.verify_jwt::<Value>(&token, &expect()),
            Err(JwtError::Signature),
            "{algorithm}: a foreign key under the same id"
        );
    }
}

#[test]
fn none_is_no_algorithm() {
    for alg in ["none", "None", "NONE", ""] {
        let header = json!({"alg": alg, "kid": ES256.kid(), "typ": "at+jwt"});
        assert_eq!(verify(&with_header(&header)), Err(JwtError::Algorithm));
        let header = json!({"alg": alg, "typ": "at+jwt"});
        let token = with_header(&header);
        assert_eq!(verify(&token), Err(JwtError::UnknownKey));
        let (message, _) = token.rsplit_once('.').unwrap();
        assert_eq!(verify(&format!("{message}.")), Err(JwtError::UnknownKey));
    }
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    for key in [&*ES256, &*RS256] {
        let jwk = key.public_jwk();
        let header = json!({"alg": "HS256", "kid": key.kid(), "typ": "at+jwt"});
        for member in ["x", "y", "n"] {
            let Some(text) = jwk[member].as_str() else {
                continue;
            };
            for secret in [text.as_bytes().to_vec(), from_base64url(text).unwrap()] {
                assert_eq!(verify(&hmac_token(&header, &secret)), Err(JwtError::Algorithm));
            }
        }
    }
}

#[test]
fn a_symmetric_key_in_a_set_is_left_out() {
    let set = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "s", "alg": "HS256"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "t"}]});
    assert!(VerifyingKeys::from_jwks(&set).is_empty());
}

#[test]
fn the_header_can_not_choose_another_algorithm_for_a_key() {
    for alg in ["RS256", "PS256", "ES384", "EdDSA"] {
        let header = json!({"alg": alg, "kid": ES256.kid(), "typ": "at+jwt"});
        assert_eq!(verify(&with_header(&header)), Err(JwtError::Algorithm));
    }
    let rsa = SigningKey::from_pkcs8(Algorithm::Ps256, RS256.to_pkcs8().unwrap().expose_secret());
    let token = rsa.unwrap().sign_jwt("at+jwt", &claims()).unwrap();
    assert_eq!(verify(&token), Err(JwtError::Algorithm), "PSS by an RS256 key");
}

#[test]
fn a_key_in_the_header_is_not_looked_at() {
    let attacker = SigningKey::generate(Algorithm::Es256).unwrap();
    let header = json!({
        "alg": "ES256", "kid": ES256.kid(), "typ": "at+jwt",
        "jwk": attacker.public_jwk(), "jku": "https://evil.example/jwks", "x5c": ["AAAA"],
    });
    let message = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(claims().to_string())
    );
    let forged = sign_message(&attacker, &message);
    assert_eq!(verify(&forged), Err(JwtError::Signature));
    let token = attacker.sign_jwt("at+jwt", &claims()).unwrap();
    assert_eq!(verify(&token), Err(JwtError::UnknownKey));
}

fn sign_message(key: &SigningKey, message: &str) -> String {
    let signature = key.sign(message.as_bytes()).unwrap();
    format!("{message}.{}", base64url(signature))
}

#[test]
fn crit_is_refused_whatever_it_holds() {
    for crit in [json!(["b64"]), json!([]), json!(null), json!("x")] {
        let header = json!({"alg": "ES256", "kid": ES256.kid(), "typ": "at+jwt", "crit": crit});
        assert_eq!(verify(&with_header(&header)), Err(JwtError::Critical));
    }
}

#[test]
fn a_token_of_another_type_is_refused() {
    for typ in ["JWT", "logout+jwt", "at+jwt2", ""] {
        let token = ES256.sign_jwt(typ, &claims()).unwrap();
        assert_eq!(verify(&token), Err(JwtError::Type), "{typ}");
    }
    for typ in ["AT+JWT", "application/at+jwt"] {
        assert!(verify(&ES256.sign_jwt(typ, &claims()).unwrap()).is_ok());
    }
    let plain = Expect {
        typ: Typ::Plain,
        ..expect()
    };
    let result = keys().verify_jwt::<Value>(&signed(&claims()), &plain);
    assert_eq!(result, Err(JwtError::Type), "an access token is no ID token");
    let lenient = Expect {
        typ: Typ::OrPlain("client-authentication+jwt"),
        ..expect()
    };
    for (typ, good) in [
        ("JWT", true),
        ("client-authentication+jwt", true),
        ("at+jwt", false),
    ] {
        let token = ES256.sign_jwt(typ, &claims()).unwrap();
        assert_eq!(keys().verify_jwt::<Value>(&token, &lenient).is_ok(), good);
    }
}

#[test]
fn an_altered_payload_or_signature_is_refused() {
    let token = signed(&claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let payload = base64url(with("sub", json!("eve")).to_string());
    assert_eq!(
        verify(&format!("{header}.{payload}.{signature}")),
        Err(JwtError::Signature)
    );
    for forged in ["", "AAAA", &base64url([0; 64]), &base64url([0xff; 64])] {
        assert_eq!(verify(&format!("{message}.{forged}")), Err(JwtError::Signature));
    }
}

#[test]
fn times_are_judged_by_the_given_now() {
    let cases = [
        (with("exp", json!(NOW)), Err(JwtError::Expired)),
        (with("exp", json!(NOW + 1)), Ok(())),
        (with("exp", json!(NOW as f64 + 0.5)), Ok(())),
        (without("exp"), Err(JwtError::NoExpiry)),
        (with("exp", json!("2000000000")), Err(JwtError::Malformed)),
        (with("nbf", json!(NOW + 1)), Err(JwtError::NotYet)),
        (with("nbf", json!(NOW)), Ok(())),
        (with("iat", json!(NOW + 1)), Err(JwtError::NotYet)),
        (without("iat"), Ok(())),
    ];
    for (claims, expected) in cases {
        assert_eq!(verify(&signed(&claims)).map(|_| ()), expected, "{claims}");
    }
}

#[test]
fn leeway_and_a_hint_stretch_the_times_only_so_far() {
    let late = with("exp", json!(NOW - 5));
    let leeway = |leeway_s| Expect { leeway_s, ..expect() };
    let verify = |expect| keys().verify_jwt::<Value>(&signed(&late), &expect).map(|_| ());
    assert_eq!(verify(leeway(5)), Err(JwtError::Expired));
    assert_eq!(verify(leeway(6)), Ok(()));
    assert_eq!(
        verify(Expect {
            expires: false,
            ..expect()
        }),
        Ok(())
    );
}

#[test]
fn another_issuer_or_audience_is_refused() {
    let cases = [
        (with("iss", json!("https://id.example/")), JwtError::Issuer),
        (without("iss"), JwtError::Issuer),
        (with("aud", json!("phone")), JwtError::Audience),
        (with("aud", json!([])), JwtError::Audience),
        (without("aud"), JwtError::Audience),
        (with("aud", json!({"crm": true})), JwtError::Malformed),
    ];
    for (claims, error) in cases {
        assert_eq!(verify(&signed(&claims)), Err(error), "{claims}");
    }
    assert!(verify(&signed(&with("aud", json!("crm")))).is_ok());
}

#[test]
fn what_is_no_jwt_is_malformed() {
    let good = signed(&claims());
    let long = signed(&with("pad", json!("x".repeat(MAX_TOKEN))));
    let padded = good.replacen('.', "=.", 1);
    let five = format!("{good}.a.b");
    for token in [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        &long,
        &padded,
        &five,
        "e30.e30.AA",
    ] {
        assert_eq!(verify(token), Err(JwtError::Malformed), "{token}");
    }
}

#[test]
fn a_claim_given_twice_is_refused() {
    let payload = format!(
        r#"{{"exp":1,"exp":{},"iss":"https://id.example","aud":"crm"}}"#,
        NOW + 60
    );
    let header = json!({"alg": "ES256", "kid": ES256.kid(), "typ": "at+jwt"});
    let message = format!("{}.{}", base64url(header.to_string()), base64url(payload));
    assert_eq!(verify(&sign_message(&ES256, &message)), Err(JwtError::Malformed));
}

#[test]
fn without_a_kid_the_only_fitting_key_is_taken() {
    let header = json!({"alg": "ES256", "typ": "at+jwt"});
    let message = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(claims().to_string())
    );
    let token = sign_message(&ES256, &message);
    assert!(verify(&token).is_ok());
    let second = SigningKey::generate(Algorithm::Es256).unwrap();
    let two = VerifyingKeys::of([&*ES256, &second]);
    assert_eq!(
        two.verify_jwt::<Value>(&token, &expect()),
        Err(JwtError::UnknownKey)
    );
}

#[test]
fn a_clients_registered_algorithm_limits_its_keys() {
    let set = json!({"keys": [ES256.public_jwk(), RS256.public_jwk()]});
    let only = VerifyingKeys::from_jwks_for(&set, Algorithm::Rs256);
    assert!(only.has(RS256.kid()) && !only.has(ES256.kid()));
    let mut untyped = RS256.public_jwk();
    untyped.as_object_mut().unwrap().remove("alg");
    let set = json!({"keys": [untyped]});
    assert!(!VerifyingKeys::from_jwks_for(&set, Algorithm::Ps256).is_empty());
    assert!(VerifyingKeys::from_jwks_for(&set, Algorithm::Es256).is_empty());
}

#[test]
fn weak_broken_and_foreign_keys_are_left_out() {
    let with = |name: &str, value: Value| {
        let mut jwk = ES256.public_jwk();
        jwk[name] = value;
        jwk
    };
    let mut short = RS256.public_jwk();
    short["n"] = json!(base64url([0xff; 128]));
    for jwk in [
        with("use", json!("enc")),
        with("key_ops", json!(["sign"])),
        with("crv", json!("P-521")),
        with("crv", json!("secp256k1")),
        with("alg", json!("HS256")),
        with("alg", json!("RS256")),
        with("alg", json!(7)),
        with("x", json!("AAAA")),
        with("kty", json!("RSA")),
        short,
        json!(null),
        json!([]),
    ] {
        let set = json!({ "keys": [jwk] });
        assert!(VerifyingKeys::from_jwks(&set).is_empty(), "{set}");
    }
    for set in [json!(null), json!({}), json!({"keys": {}}), json!([])] {
        assert!(VerifyingKeys::from_jwks(&set).is_empty());
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_verifier_panic(parts: (String, Vec<u8>, Vec<u8>), tail: String) {
        let (text, header, payload) = parts;
        proptest::prop_assert!(verify(&text).is_err());
        let token = format!("{}.{}.{tail}", base64url(header), base64url(payload));
        proptest::prop_assert!(verify(&token).is_err());
    }
}

#[test]
fn a_remembered_token_is_judged_by_the_time_and_the_keys_of_each_use() {
    let token = signed(&claims());
    let remembered: Verified<Value> = keys().verify(&token, &expect()).unwrap();
    assert_eq!(remembered.claims, claims());
    let at = |now_s: i64| Expect { now_s, ..expect() };
    let again = |keys: &VerifyingKeys, expect: &Expect<'_>| keys.check_again(&remembered, expect);
    assert_eq!(again(&keys(), &at(NOW)), Ok(()));
    assert_eq!(again(&keys(), &at(NOW + 59)), Ok(()));
    assert_eq!(again(&keys(), &at(NOW + 60)), Err(JwtError::Expired));
    assert_eq!(again(&keys(), &at(NOW - 11)), Err(JwtError::NotYet));
    let issuer = Some("https://other.example");
    assert_eq!(
        again(&keys(), &Expect { issuer, ..expect() }),
        Err(JwtError::Issuer)
    );
    let audiences: Option<&[&str]> = Some(&["desk"]);
    assert_eq!(
        again(
            &keys(),
            &Expect {
                audiences,
                ..expect()
            }
        ),
        Err(JwtError::Audience)
    );
    let without_its_key = VerifyingKeys::of([&*RS256]);
    assert_eq!(again(&without_its_key, &at(NOW)), Err(JwtError::UnknownKey));
    let foreign = SigningKey::generate(Algorithm::Es384).unwrap();
    let under_its_id = VerifyingKeys::of([&foreign.with_kid(ES256.kid())]);
    assert_eq!(again(&under_its_id, &at(NOW)), Err(JwtError::UnknownKey));
}
