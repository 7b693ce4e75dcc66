//! Public keys as JSON (RFC 7517, RFC 7518 §6, RFC 8037 §2). There is no field for a private value.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::words::words;

words! {
    /// What a key is for (RFC 7517 §4.2).
    pub enum KeyUse {
        /// Signatures.
        Signature = "sig",
        /// Encryption.
        Encryption = "enc",
    }
}

/// The public values of a key, base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum PublicKey {
    /// An elliptic curve key.
    #[serde(rename = "EC")]
    Ec {
        /// The curve, such as `P-256`.
        crv: String,
        /// The x coordinate.
        x: String,
        /// The y coordinate.
        y: String,
    },
    /// An RSA key.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
    /// An Edwards or Montgomery curve key.
    #[serde(rename = "OKP")]
    Okp {
        /// The curve, such as `Ed25519`.
        crv: String,
        /// The public key.
        x: String,
    },
}

impl PublicKey {
    /// The thumbprint by SHA-256 (RFC 7638 §3), a good `kid`.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // The members that the RFC names, in the order of their names, without white space; base64url and
        // curve names need no escapes.
        let canonical = match self {
            Self::Ec { crv, x, y } => {
                format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::Okp { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
        };
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }
}

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// Its id, which `kid` in a header selects by.
    pub kid: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub key_use: KeyUse,
    /// The algorithm it is used with, and no other.
    pub alg: String,
    /// Its values.
    #[serde(flatten)]
    pub key: PublicKey,
}

/// The document at the JWKS endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7638_holds() {
        let key = PublicKey::Rsa {
            n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB\
                ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8\
                KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_\
                xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
                .into(),
            e: "AQAB".into(),
        };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn keys_are_written_with_their_registered_names() {
        let set = JwkSet {
            keys: vec![
                Jwk {
                    kid: "k1".into(),
                    key_use: KeyUse::Signature,
                    alg: "ES256".into(),
                    key: PublicKey::Ec {
                        crv: "P-256".into(),
                        x: "eA".into(),
                        y: "eQ".into(),
                    },
                },
                Jwk {
                    kid: "k2".into(),
                    key_use: KeyUse::Signature,
                    alg: "EdDSA".into(),
                    key: PublicKey::Okp {
                        crv: "Ed25519".into(),
                        x: "eA".into(),
                    },
                },
            ],
        };
        let text = serde_json::to_string(&set).unwrap();
        insta::assert_snapshot!(text);
        assert_eq!(serde_json::from_str::<JwkSet>(&text).unwrap(), set);
    }

    #[test]
    fn a_private_value_does_not_survive() {
        let key: Jwk = serde_json::from_str(
            r#"{"kty":"EC","kid":"k","use":"sig","alg":"ES256","crv":"P-256","x":"a","y":"b","d":"private"}"#,
        )
        .unwrap();
        assert!(!serde_json::to_string(&key).unwrap().contains("private"));
    }
}
