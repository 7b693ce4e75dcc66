use jsonwebtoken::{DecodingKey, Validation, jwk::Jwk};
use serde_json::{Value, json};

use super::*;

/// The private key of RFC 8037 appendix A.1 as PKCS#8.
fn rfc_8037_key() -> SigningKey {
    let mut pkcs8 = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ];
    let seed = crate::encoding::from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    pkcs8.extend(seed.unwrap());
    SigningKey::from_pkcs8(Algorithm::EdDsa, &pkcs8).unwrap()
}

fn verified_by_jsonwebtoken(key: &SigningKey, token: &str) -> Value {
    let jwk: Jwk = serde_json::from_value(key.public_jwk()).unwrap();
    let mut validation = Validation::new(key.algorithm().for_verification());
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation)
        .unwrap()
        .claims
}

#[test]
fn every_algorithms_tokens_verify_elsewhere_before_and_after_being_stored() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let stored = key.to_pkcs8().unwrap();
        let again = SigningKey::from_pkcs8(algorithm, stored.expose_secret()).unwrap();
        assert_eq!(again.kid(), key.kid(), "{algorithm}");
        assert_eq!(again.public_jwk(), key.public_jwk(), "{algorithm}");
        let claims = json!({"sub": "ana", "list": ["é", 1]});
        for typ in ["JWT", "secevent+jwt"] {
            let token = again.sign_jwt(typ, &claims).unwrap();
            assert_eq!(verified_by_jsonwebtoken(&key, &token), claims, "{algorithm}");
        }
    }
}

#[test]
fn ecdsa_signatures_are_r_and_s_of_fixed_length() {
    for (algorithm, length) in [(Algorithm::Es256, 64), (Algorithm::Es384, 96)] {
        let key = SigningKey::generate(algorithm).unwrap();
        for number in 0..50 {
            let token = key.sign_jwt("JWT", &json!({"n": number})).unwrap();
            let signature = token.rsplit('.').next().unwrap();
            let signature = crate::encoding::from_base64url(signature).unwrap();
            assert_eq!(signature.len(), length, "RFC 7518 section 3.4");
        }
    }
}

#[test]
fn the_header_names_algorithm_key_and_type_and_nothing_else() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    for typ in ["at+jwt", "secevent+jwt"] {
        let token = key.sign_jwt(typ, &json!({})).unwrap();
        let header = crate::encoding::from_base64url(token.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, json!({"alg": "ES256", "kid": key.kid(), "typ": typ}));
    }
}

#[test]
fn the_key_and_thumbprint_of_rfc_8037_come_out() {
    let key = rfc_8037_key();
    assert_eq!(
        key.public_jwk()["x"],
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    );
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn the_thumbprint_of_rfc_7638_comes_out() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let members = vec![
        ("e", "AQAB".to_owned()),
        ("kty", "RSA".to_owned()),
        ("n", n.to_owned()),
    ];
    assert_eq!(
        thumbprint(&members),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let p256 = SigningKey::generate(Algorithm::Es256).unwrap();
    let p256 = p256.to_pkcs8().unwrap();
    for algorithm in [Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256] {
        assert_eq!(
            SigningKey::from_pkcs8(algorithm, p256.expose_secret()).err(),
            Some(SigningError::Key)
        );
    }
    assert!(SigningKey::from_pkcs8(Algorithm::Es256, b"").is_err());
}

#[test]
fn a_key_can_keep_the_id_that_clients_know() {
    let key = rfc_8037_key().with_kid("2024-key");
    assert_eq!(key.public_jwk()["kid"], "2024-key");
    let token = key.sign_jwt("JWT", &json!({})).unwrap();
    let header = crate::encoding::from_base64url(token.split('.').next().unwrap()).unwrap();
    assert!(String::from_utf8(header).unwrap().contains("2024-key"));
}

#[test]
fn neither_debug_nor_the_jwk_shows_the_private_part() {
    let key = rfc_8037_key();
    assert!(!format!("{key:?}").contains("nWGxne"));
    assert!(key.public_jwk().get("d").is_none());
}
