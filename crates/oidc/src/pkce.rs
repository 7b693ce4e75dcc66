//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// Why a challenge or verifier is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// `code_challenge_method` is missing (which means `plain`) or other than `S256`.
    #[error("code_challenge_method must be S256")]
    Method,
    /// A method was named without a challenge.
    #[error("code_challenge_method is given without code_challenge")]
    MethodAlone,
    /// The challenge is not the base64url text of a SHA-256 digest.
    #[error("code_challenge must be the unpadded base64url text of a SHA-256 digest (43 characters)")]
    Challenge,
    /// The verifier breaks RFC 7636 §4.1.
    #[error("code_verifier must be 43 to 128 letters, digits and -._~")]
    Verifier,
}

/// An S256 code challenge: the base64url text of the verifier's SHA-256 digest (RFC 7636 §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads a `code_challenge`.
    ///
    /// # Errors
    /// [`PkceError::Challenge`] if it is not the canonical text of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, PkceError> {
        match BASE64_URL_SAFE_NO_PAD.decode(text) {
            Ok(digest) if digest.len() == 32 => Ok(Self(text.to_owned())),
            _ => Err(PkceError::Challenge),
        }
    }

    /// Reads `code_challenge` and `code_challenge_method` together (RFC 7636 §4.3).
    ///
    /// # Errors
    /// [`PkceError`]; a challenge without a method means `plain`, which is not spoken here.
    pub fn from_params(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, PkceError> {
        match (challenge, method) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(PkceError::MethodAlone),
            (Some(challenge), Some("S256")) => Self::parse(challenge).map(Some),
            (Some(_), _) => Err(PkceError::Method),
        }
    }

    /// Whether the verifier is the one that the challenge was made from (RFC 7636 §4.6).
    #[must_use]
    pub fn is_met_by(&self, verifier: &CodeVerifier) -> bool {
        let computed = verifier.challenge();
        let differing = computed
            .0
            .bytes()
            .zip(self.0.bytes())
            .fold(0, |all, (a, b)| all | (a ^ b));
        computed.0.len() == self.0.len() && differing == 0
    }

    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CodeChallenge {
    type Error = PkceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<CodeChallenge> for String {
    fn from(challenge: CodeChallenge) -> Self {
        challenge.0
    }
}

/// A code verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
#[derive(Debug, Clone)]
pub struct CodeVerifier(Secret);

impl CodeVerifier {
    /// Reads a `code_verifier`.
    ///
    /// # Errors
    /// [`PkceError::Verifier`].
    pub fn parse(text: &str) -> Result<Self, PkceError> {
        let is_unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved) {
            Ok(Self(Secret::new(text)))
        } else {
            Err(PkceError::Verifier)
        }
    }

    /// The S256 challenge of the verifier (RFC 7636 §4.2).
    #[must_use]
    pub fn challenge(&self) -> CodeChallenge {
        let digest = Sha256::digest(self.0.expose().as_bytes());
        CodeChallenge(BASE64_URL_SAFE_NO_PAD.encode(digest))
    }
}

/// Why a redemption fails its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The code was asked for with a challenge, and no verifier came.
    #[error("code_verifier is required: the authorization request had a code_challenge")]
    Missing,
    /// The code was asked for without a challenge, and a verifier came (RFC 9700 §4.8.2).
    #[error("code_verifier is given, but the authorization request had no code_challenge")]
    Unexpected,
    /// The verifier is another one.
    #[error("code_verifier does not match the code_challenge")]
    Mismatch,
}

/// Checks the proof of a redemption: both or neither, and matching, so that PKCE can't be downgraded.
///
/// # Errors
/// [`ProofError`], told to the client as `invalid_grant`.
pub fn verify(challenge: Option<&CodeChallenge>, verifier: Option<&CodeVerifier>) -> Result<(), ProofError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(ProofError::Missing),
        (None, Some(_)) => Err(ProofError::Unexpected),
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(ProofError::Mismatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_holds() {
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        assert_eq!(verifier.challenge(), challenge);
        assert_eq!(verify(Some(&challenge), Some(&verifier)), Ok(()));
    }

    #[test]
    fn another_verifier_does_not_match() {
        let verifier = CodeVerifier::parse(&VERIFIER.replace('d', "e")).unwrap();
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        assert_eq!(
            verify(Some(&challenge), Some(&verifier)),
            Err(ProofError::Mismatch)
        );
    }

    #[test]
    fn proof_can_not_be_downgraded_in_either_direction() {
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        let challenge = verifier.challenge();
        assert_eq!(verify(Some(&challenge), None), Err(ProofError::Missing));
        assert_eq!(verify(None, Some(&verifier)), Err(ProofError::Unexpected));
        assert_eq!(verify(None, None), Ok(()));
    }

    #[test]
    fn plain_is_not_spoken() {
        let read = CodeChallenge::from_params;
        assert_eq!(read(Some(CHALLENGE), None), Err(PkceError::Method));
        assert_eq!(read(Some(CHALLENGE), Some("plain")), Err(PkceError::Method));
        assert_eq!(read(Some(CHALLENGE), Some("s256")), Err(PkceError::Method));
        assert_eq!(read(None, Some("S256")), Err(PkceError::MethodAlone));
        assert_eq!(read(None, None), Ok(None));
    }

    #[test]
    fn malformed_challenges_are_refused() {
        let padded = format!("{CHALLENGE}=");
        for bad in [
            "",
            "short",
            &padded,
            &CHALLENGE.replace('-', "+"),
            // The last character carries two unused bits, which must be zero.
            &CHALLENGE.replace("-cM", "-cN"),
        ] {
            assert_eq!(CodeChallenge::parse(bad), Err(PkceError::Challenge), "{bad}");
        }
    }

    #[test]
    fn malformed_verifiers_are_refused() {
        assert!(CodeVerifier::parse(&"a".repeat(43)).is_ok());
        assert!(CodeVerifier::parse(&"a".repeat(128)).is_ok());
        for bad in [
            "a".repeat(42),
            "a".repeat(129),
            format!("{VERIFIER}+"),
            "é".repeat(30),
        ] {
            assert!(CodeVerifier::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_verifier_is_not_printed() {
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert!(!format!("{verifier:?}").contains(VERIFIER));
    }
}
