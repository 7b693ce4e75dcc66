//! One public key of a JWK set (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).

use jsonwebtoken::DecodingKey;
use serde_json::Value;

use super::VerifyingKey;
use crate::algorithm::Algorithm;
use crate::encoding::from_base64url;

const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Reads a key for `wanted`, or for the algorithm that the key itself names or implies; `None`
/// where it can't verify that.
pub(super) fn read(jwk: &Value, wanted: Option<Algorithm>) -> Option<VerifyingKey> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") || !may_verify(jwk) {
        return None;
    }
    let named = match jwk.get("alg") {
        Some(name) => Some(name.as_str()?.parse::<Algorithm>().ok()?),
        None => None,
    };
    let (implied, key) = match (text("kty")?, text("crv")) {
        ("EC", Some("P-256")) => (Algorithm::Es256, point(text("x")?, text("y")?, 32)?),
        ("EC", Some("P-384")) => (Algorithm::Es384, point(text("x")?, text("y")?, 48)?),
        ("OKP", Some("Ed25519")) => {
            let x = text("x")?;
            (from_base64url(x)?.len() == 32).then_some(())?;
            (Algorithm::EdDsa, DecodingKey::from_ed_components(x).ok()?)
        }
        ("RSA", None) => (Algorithm::Rs256, modulus(text("n")?, text("e")?)?),
        _ => return None,
    };
    let algorithm = wanted.or(named).unwrap_or(implied);
    let fits = named.is_none_or(|named| named == algorithm)
        && (algorithm == implied || (algorithm.is_rsa() && implied.is_rsa()));
    fits.then(|| VerifyingKey {
        kid: text("kid").map(str::to_owned),
        algorithm,
        key,
    })
}

/// `key_ops`, where present, must hold `verify` (RFC 7517 §4.3).
fn may_verify(jwk: &Value) -> bool {
    jwk.get("key_ops")
        .and_then(Value::as_array)
        .is_none_or(|operations| operations.iter().any(|name| name == "verify"))
}

fn point(x: &str, y: &str, length: usize) -> Option<DecodingKey> {
    let fits = from_base64url(x)?.len() == length && from_base64url(y)?.len() == length;
    fits.then(|| DecodingKey::from_ec_components(x, y).ok())?
}

fn modulus(n: &str, e: &str) -> Option<DecodingKey> {
    let n = from_base64url(n)?;
    let n = n.get(n.iter().position(|byte| *byte != 0)?..)?;
    let e = from_base64url(e)?;
    let fits = MODULUS_BYTES.contains(&n.len()) && (1..=8).contains(&e.len());
    fits.then(|| DecodingKey::from_rsa_raw_components(n, &e))
}
