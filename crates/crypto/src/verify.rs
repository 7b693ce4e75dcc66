//! JWTs that come in (RFC 7519 §7.2, RFC 8725). The algorithm is the registered key's and never
//! the header's choice; the header's `kid` only picks among registered keys, and `jwk`, `jku`,
//! `x5u` and `x5c` are not looked at. Times are judged by the caller's `now`.

use std::collections::HashSet;

use jsonwebtoken::DecodingKey;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::encoding::from_base64url;
use crate::signing::SigningKey;

mod jwk;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 16 * 1024;
/// More keys than anybody publishes.
const MAX_KEYS: usize = 64;

/// Why a JWT was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not a compact JWS of JSON, or longer than [`MAX_TOKEN`].
    #[error("not a JWT")]
    Malformed,
    /// No registered key has the header's `kid`, or without one none or several would do.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// The header's `alg` is not the registered key's.
    #[error("the algorithm is not the key's")]
    Algorithm,
    /// The header has `crit` (RFC 7515 §4.1.11); no extension is understood here.
    #[error("the header demands an extension that is not understood")]
    Critical,
    /// The `typ` is another (RFC 8725 §3.11).
    #[error("the token is of another type")]
    Type,
    /// The signature does not fit.
    #[error("the signature is wrong")]
    Signature,
    /// `iss` is missing or another.
    #[error("the issuer is another")]
    Issuer,
    /// `aud` is missing or names others only.
    #[error("the audience is another")]
    Audience,
    /// `exp` is missing.
    #[error("the token has no expiry")]
    NoExpiry,
    /// `exp` is over.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` is yet to come.
    #[error("the token is not valid yet")]
    NotYet,
}

/// Which `typ` a token must have. Compared without regard to case and to the prefix
/// `application/` (RFC 7515 §4.1.9).
#[derive(Clone, Copy, Debug)]
pub enum Typ<'a> {
    /// This one, such as `at+jwt`.
    Exactly(&'a str),
    /// `JWT` or none: ID tokens and assertions of those who type nothing.
    Plain,
    /// This one, or `JWT` or none: assertions where the new type is not usual yet.
    OrPlain(&'a str),
}

/// What a token must be.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// Its type.
    pub typ: Typ<'a>,
    /// Its issuer, if that matters.
    pub issuer: Option<&'a str>,
    /// One of these must be in `aud`; `None` where the caller looks at `aud` itself.
    pub audiences: Option<&'a [&'a str]>,
    /// The time, in Unix seconds.
    pub now_s: i64,
    /// How far clocks may differ, in seconds.
    pub leeway_s: u32,
    /// Whether `exp` matters: not for an `id_token_hint` (RP-Initiated Logout 1.0 §4).
    pub expires: bool,
}

impl<'a> Expect<'a> {
    /// A token of this type at this time that has not expired, of any issuer and audience,
    /// without leeway.
    pub fn new(typ: Typ<'a>, now_s: i64) -> Self {
        Self {
            typ,
            issuer: None,
            audiences: None,
            now_s,
            leeway_s: 0,
            expires: true,
        }
    }
}

/// The public keys of one party.
#[derive(Clone, Debug, Default)]
pub struct VerifyingKeys {
    keys: Vec<VerifyingKey>,
}

#[derive(Clone, Debug)]
struct VerifyingKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl VerifyingKeys {
    /// Reads a JWK set (RFC 7517 §5). Keys for encryption, symmetric keys, those of other kinds
    /// and those that are too weak are left out. Each key's algorithm is its `alg`, or its
    /// curve's; an RSA key without `alg` is taken for `RS256`.
    pub fn from_jwks(set: &Value) -> Self {
        Self::collect(set, |key| jwk::read(key, None))
    }

    /// Reads the JWK set of a client that registered one algorithm: the keys that fit it, and
    /// for that algorithm alone.
    pub fn from_jwks_for(set: &Value, algorithm: Algorithm) -> Self {
        Self::collect(set, |key| jwk::read(key, Some(algorithm)))
    }

    /// The public side of own keys.
    pub fn of<'k>(keys: impl IntoIterator<Item = &'k SigningKey>) -> Self {
        let keys: Vec<Value> = keys.into_iter().map(SigningKey::public_jwk).collect();
        Self::from_jwks(&serde_json::json!({ "keys": keys }))
    }

    fn collect(set: &Value, read: impl Fn(&Value) -> Option<VerifyingKey>) -> Self {
        let keys = set.get("keys").and_then(Value::as_array);
        Self {
            keys: keys
                .into_iter()
                .flatten()
                .take(MAX_KEYS)
                .filter_map(read)
                .collect(),
        }
    }

    /// Whether there is no usable key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a key with this id is known; a published set may have to be fetched again.
    pub fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// Checks a token and answers its claims.
    ///
    /// # Errors
    /// See [`JwtError`].
    pub fn verify_jwt<T: DeserializeOwned>(&self, token: &str, expect: &Expect<'_>) -> Result<T, JwtError> {
        self.verify(token, expect).map(|it| it.claims)
    }

    /// Checks a token, and answers it so that it can be remembered.
    ///
    /// # Errors
    /// See [`JwtError`].
    pub fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        expect: &Expect<'_>,
    ) -> Result<Verified<T>, JwtError> {
        let (message, header, payload, signature) = split(token).ok_or(JwtError::Malformed)?;
        let header: Header = read_part(header)?;
        if header.crit.is_some() {
            return Err(JwtError::Critical);
        }
        let key = self.select(&header)?;
        if key.algorithm.as_str() != header.alg {
            return Err(JwtError::Algorithm);
        }
        if !expect.typ.admits(header.typ.as_deref()) {
            return Err(JwtError::Type);
        }
        let algorithm = key.algorithm.for_verification();
        match jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key.key, algorithm) {
            Ok(true) => {}
            _ => return Err(JwtError::Signature),
        }
        let payload = from_base64url(payload).ok_or(JwtError::Malformed)?;
        let registered: Registered = read_json(&payload)?;
        registered.check(expect)?;
        Ok(Verified {
            claims: read_json(&payload)?,
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            registered,
        })
    }

    /// Checks again, of a token that was verified before, all that time may have changed: that its
    /// key is still among these, its issuer, its audience and its times. Signature and type hold
    /// for good.
    ///
    /// # Errors
    /// See [`JwtError`].
    pub fn check_again<T>(&self, verified: &Verified<T>, expect: &Expect<'_>) -> Result<(), JwtError> {
        let is_its_key = |key: &VerifyingKey| key.kid == verified.kid && key.algorithm == verified.algorithm;
        if verified.kid.is_none() || !self.keys.iter().any(is_its_key) {
            return Err(JwtError::UnknownKey);
        }
        verified.registered.check(expect)
    }

    fn select(&self, header: &Header) -> Result<&VerifyingKey, JwtError> {
        let mut fitting = self.keys.iter().filter(|key| match &header.kid {
            Some(kid) => key.kid.as_ref() == Some(kid),
            None => key.algorithm.as_str() == header.alg,
        });
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            // One RSA key may be published for several algorithms under one id.
            (Some(first), Some(second)) if header.kid.is_some() => [first, second]
                .into_iter()
                .chain(fitting)
                .find(|key| key.algorithm.as_str() == header.alg)
                .ok_or(JwtError::Algorithm),
            _ => Err(JwtError::UnknownKey),
        }
    }
}

/// Message, header, payload and signature of a compact JWS.
fn split(token: &str) -> Option<(&str, &str, &str, &str)> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    (!payload.contains('.')).then_some((message, header, payload, signature))
}

fn read_part<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    read_json(&from_base64url(part).ok_or(JwtError::Malformed)?)
}

fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, JwtError> {
    serde_json::from_slice(json).map_err(|_| JwtError::Malformed)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

/// `"crit": null` is a `crit` too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(Some)
}

impl Typ<'_> {
    fn admits(self, typ: Option<&str>) -> bool {
        let is = |wanted: &str| typ.is_some_and(|typ| bare(typ).eq_ignore_ascii_case(bare(wanted)));
        match self {
            Self::Exactly(wanted) => is(wanted),
            Self::Plain => typ.is_none() || is("JWT"),
            Self::OrPlain(wanted) => typ.is_none() || is("JWT") || is(wanted),
        }
    }
}

fn bare(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => typ,
    }
}

/// A token whose signature and type are good, as it can be remembered:
/// [`VerifyingKeys::check_again`] tells whether it still holds.
#[derive(Clone, Debug)]
pub struct Verified<T> {
    /// What it says.
    pub claims: T,
    /// The id of the key that it was signed with.
    kid: Option<String>,
    algorithm: Algorithm,
    registered: Registered,
}

/// The registered claims that are judged here (RFC 7519 §4.1). Times may be fractions.
#[derive(Clone, Debug, Deserialize)]
struct Registered {
    iss: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(HashSet<String>),
}

impl Registered {
    fn check(&self, expect: &Expect<'_>) -> Result<(), JwtError> {
        if expect.issuer.is_some() && expect.issuer != self.iss.as_deref() {
            return Err(JwtError::Issuer);
        }
        if let Some(wanted) = expect.audiences
            && !self.is_for(wanted)
        {
            return Err(JwtError::Audience);
        }
        self.check_times(expect)
    }

    fn is_for(&self, wanted: &[&str]) -> bool {
        match &self.aud {
            None => false,
            Some(Audience::One(one)) => wanted.contains(&one.as_str()),
            Some(Audience::Many(many)) => wanted.iter().any(|name| many.contains(*name)),
        }
    }

    fn check_times(&self, expect: &Expect<'_>) -> Result<(), JwtError> {
        // Unix seconds are exact in a double for the next 285 million years.
        let now = expect.now_s as f64;
        let leeway = f64::from(expect.leeway_s);
        if expect.expires {
            let end = self.exp.ok_or(JwtError::NoExpiry)?;
            if now >= end + leeway {
                return Err(JwtError::Expired);
            }
        }
        let later = |time: Option<f64>| time.is_some_and(|time| time > now + leeway);
        if later(self.nbf) || later(self.iat) {
            return Err(JwtError::NotYet);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
