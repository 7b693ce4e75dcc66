//! Signing keys: prepared once, then only used (RFC 7515, RFC 7518 §3, RFC 8037 §3.1).

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair, RsaSignatureEncoding,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::algorithm::Algorithm;
use crate::encoding::{base64url, push_base64url, sha256_base64url};
use crate::secret::SecretBytes;

/// RFC 7518 §3.3: 2048 bits or larger.
const MIN_MODULUS_BYTES: usize = 256;
/// As long as the claims of a token usually are, in bytes.
const USUAL_CLAIMS: usize = 1024;
/// Headers written down in advance.
const COMMON_TYPES: [&str; 3] = ["JWT", "at+jwt", "logout+jwt"];

/// Why a key can't be made, read or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// Not a PKCS#8 private key of the algorithm's kind and size.
    #[error("not a private key for this algorithm")]
    Key,
    /// The claims are not JSON.
    #[error("the claims can't be written as JSON")]
    Claims,
    /// The library failed to sign, generate or export.
    #[error("signing failed")]
    Failed,
}

/// A private key with its algorithm, its id and its ready-made headers. Not printable, usable
/// from any thread at once.
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    pair: Pair,
    members: Members,
    headers: Vec<(&'static str, String)>,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>, &'static RsaSignatureEncoding),
}

/// The public members of a JWK in lexical order, as the thumbprint needs them.
type Members = Vec<(&'static str, String)>;

impl SigningKey {
    /// A new key from the system's randomness. RSA keys have 2048 bits.
    ///
    /// # Errors
    /// [`SigningError::Failed`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningError> {
        let failed = |_| SigningError::Failed;
        let pair = if let Some(curve) = curve(algorithm) {
            Pair::Ecdsa(EcdsaKeyPair::generate(curve).map_err(failed)?)
        } else if let Some(padding) = padding(algorithm) {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
            Pair::Rsa(Box::new(pair), padding)
        } else {
            Pair::Ed25519(Ed25519KeyPair::generate().map_err(failed)?)
        };
        Self::prepare(algorithm, pair)
    }

    /// Reads a PKCS#8 private key (RFC 5958).
    ///
    /// # Errors
    /// [`SigningError::Key`] if it is not one, not of the algorithm's kind or an RSA key of
    /// fewer than 2048 bits.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, SigningError> {
        let refused = |_| SigningError::Key;
        let pair = if let Some(curve) = curve(algorithm) {
            Pair::Ecdsa(EcdsaKeyPair::from_pkcs8(curve, pkcs8).map_err(refused)?)
        } else if let Some(padding) = padding(algorithm) {
            let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(refused)?;
            if pair.public_modulus_len() < MIN_MODULUS_BYTES {
                return Err(SigningError::Key);
            }
            Pair::Rsa(Box::new(pair), padding)
        } else {
            Pair::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8).map_err(refused)?)
        };
        Self::prepare(algorithm, pair)
    }

    /// The same key under another key id (one that a client already knows).
    #[must_use]
    pub fn with_kid(mut self, kid: &str) -> Self {
        self.kid = kid.to_owned();
        self.headers = headers(self.algorithm, kid);
        self
    }

    /// The private key as PKCS#8 (RFC 5958), for sealing.
    ///
    /// # Errors
    /// [`SigningError::Failed`].
    pub fn to_pkcs8(&self) -> Result<SecretBytes, SigningError> {
        let failed = |_| SigningError::Failed;
        match &self.pair {
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map(|it| SecretBytes::new(it.as_ref())),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map(|it| SecretBytes::new(it.as_ref())),
            Pair::Rsa(pair, _) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair.as_ref()).map(|it| SecretBytes::new(it.as_ref()))
            }
        }
        .map_err(failed)
    }

    /// The algorithm that the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key id: the RFC 7638 thumbprint unless it was set.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a JWK (RFC 7517 §4) with `kid`, `alg` and `use`.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = json!({"kid": self.kid, "alg": self.algorithm.as_str(), "use": "sig"});
        for (name, value) in &self.members {
            if let Some(object) = jwk.as_object_mut() {
                object.insert((*name).to_owned(), Value::from(value.as_str()));
            }
        }
        jwk
    }

    /// Signs claims as a compact JWS (RFC 7515 §7.1) with `typ`, such as `JWT` or `at+jwt`.
    ///
    /// # Errors
    /// [`SigningError::Claims`] or [`SigningError::Failed`].
    pub fn sign_jwt(&self, typ: &str, claims: &impl Serialize) -> Result<String, SigningError> {
        let mut json = Vec::with_capacity(USUAL_CLAIMS);
        serde_json::to_writer(&mut json, claims).map_err(|_| SigningError::Claims)?;
        let mut token = String::with_capacity(256 + json.len() * 2);
        match self.headers.iter().find(|(name, _)| *name == typ) {
            Some((_, header)) => token.push_str(header),
            None => token.push_str(&header(self.algorithm, &self.kid, typ)),
        }
        token.push('.');
        push_base64url(&mut token, json);
        let signature = self.sign(token.as_bytes())?;
        token.push('.');
        push_base64url(&mut token, signature);
        Ok(token)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let failed = |_| SigningError::Failed;
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => pair.sign(&random, message).map(|it| it.as_ref().to_vec()),
            Pair::Ed25519(pair) => pair.try_sign(message).map(|it| it.as_ref().to_vec()),
            Pair::Rsa(pair, padding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*padding, &random, message, &mut signature)
                    .map(|()| signature)
            }
        }
        .map_err(failed)
    }

    fn prepare(algorithm: Algorithm, pair: Pair) -> Result<Self, SigningError> {
        let members = members(algorithm, &pair).ok_or(SigningError::Key)?;
        let kid = thumbprint(&members);
        Ok(Self {
            headers: headers(algorithm, &kid),
            algorithm,
            kid,
            pair,
            members,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm, self.kid)
    }
}

fn curve(algorithm: Algorithm) -> Option<&'static EcdsaSigningAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::Es384 => Some(&ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => None,
    }
}

fn padding(algorithm: Algorithm) -> Option<&'static RsaSignatureEncoding> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_SHA512),
        Algorithm::Ps256 => Some(&RSA_PSS_SHA256),
        Algorithm::Ps384 => Some(&RSA_PSS_SHA384),
        Algorithm::Ps512 => Some(&RSA_PSS_SHA512),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => None,
    }
}

/// RFC 7518 §6.2.1 and §6.3.1, RFC 8037 §2.
fn members(algorithm: Algorithm, pair: &Pair) -> Option<Members> {
    let text = str::to_owned;
    Some(match pair {
        Pair::Ecdsa(pair) => {
            let curve = if algorithm == Algorithm::Es256 {
                "P-256"
            } else {
                "P-384"
            };
            let (form, point) = pair.public_key().as_ref().split_first()?;
            if *form != 4 {
                return None;
            }
            let (x, y) = point.split_at_checked(point.len() / 2)?;
            vec![
                ("crv", text(curve)),
                ("kty", text("EC")),
                ("x", base64url(x)),
                ("y", base64url(y)),
            ]
        }
        Pair::Ed25519(pair) => vec![
            ("crv", text("Ed25519")),
            ("kty", text("OKP")),
            ("x", base64url(pair.public_key())),
        ],
        Pair::Rsa(pair, _) => {
            let public = pair.public_key();
            vec![
                (
                    "e",
                    base64url(public.exponent().big_endian_without_leading_zero()),
                ),
                ("kty", text("RSA")),
                ("n", base64url(public.modulus().big_endian_without_leading_zero())),
            ]
        }
    })
}

/// RFC 7638 §3: the required members in lexical order without white space, hashed.
fn thumbprint(members: &Members) -> String {
    let pairs: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":\"{value}\""))
        .collect();
    sha256_base64url(format!("{{{}}}", pairs.join(",")))
}

fn headers(algorithm: Algorithm, kid: &str) -> Vec<(&'static str, String)> {
    COMMON_TYPES
        .into_iter()
        .map(|typ| (typ, header(algorithm, kid, typ)))
        .collect()
}

fn header(algorithm: Algorithm, kid: &str, typ: &str) -> String {
    base64url(json!({"alg": algorithm.as_str(), "kid": kid, "typ": typ}).to_string())
}

#[cfg(test)]
#[path = "signing_tests.rs"]
mod tests;
