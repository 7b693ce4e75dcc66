//! `at_hash`, `c_hash` and `s_hash` (OpenID Connect Core 1.0 §3.1.3.6, §3.3.2.11).

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The left half of a value's digest, base64url, by the hash of the ID token's algorithm; nothing for an
/// algorithm that is not known.
#[must_use]
pub fn half_hash(alg: &str, value: &str) -> Option<String> {
    let digest = match alg {
        "ES256" | "RS256" | "PS256" => Sha256::digest(value).to_vec(),
        "ES384" | "RS384" | "PS384" => Sha384::digest(value).to_vec(),
        // Ed25519 hashes with SHA-512 inside.
        "ES512" | "RS512" | "PS512" | "EdDSA" | "Ed25519" => Sha512::digest(value).to_vec(),
        _ => return None,
    };
    let half = digest.get(..digest.len() / 2)?;
    Some(BASE64_URL_SAFE_NO_PAD.encode(half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_hold() {
        // OpenID Connect Core 1.0, appendix A.3 and A.4.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash("RS256", token).unwrap(), "77QmUPtjPfzWtF2AnpK9RQ");
        let code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
        assert_eq!(half_hash("RS256", code).unwrap(), "LDktKdoQak3Pk0cnXxCltA");
    }

    #[test]
    fn the_length_follows_the_algorithm() {
        for (alg, bytes) in [("ES256", 16), ("PS384", 24), ("EdDSA", 32)] {
            let hash = half_hash(alg, "x").unwrap();
            assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(hash).unwrap().len(), bytes, "{alg}");
        }
        assert_eq!(half_hash("none", "x"), None);
    }
}
