//! The stored form of a password hash: the PHC string
//! `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (RFC 9106 for the parameters).

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

/// Bounds on what a stored hash may ask of the pool, so that an imported or altered row can't
/// make one sign-in cost gigabytes or minutes.
const MAX_MEMORY_KIB: u32 = 128 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;
const OUTPUT: std::ops::RangeInclusive<usize> = 16..=64;
const SALT: std::ops::RangeInclusive<usize> = 8..=64;

/// A stored hash, taken apart.
pub(crate) struct Stored {
    pub algorithm: Algorithm,
    pub version: Version,
    pub params: Params,
    pub salt: Vec<u8>,
    pub output: Vec<u8>,
}

impl Stored {
    /// Takes a PHC string apart; `None` where it is not one, not Argon2 or beyond the bounds.
    pub fn parse(text: &str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = match hash.version {
            Some(version) => Version::try_from(version).ok()?,
            None => Version::V0x10,
        };
        let params = Params::try_from(&hash).ok()?;
        let (salt, output) = (hash.salt?, hash.hash?);
        let within = params.m_cost() <= MAX_MEMORY_KIB
            && params.t_cost() <= MAX_PASSES
            && params.p_cost() <= MAX_LANES
            && params.keyid().is_empty()
            && params.data().is_empty()
            && OUTPUT.contains(&output.len())
            && SALT.contains(&salt.as_ref().len());
        within.then(|| Self {
            algorithm,
            version,
            params,
            salt: salt.as_ref().to_vec(),
            output: output.as_bytes().to_vec(),
        })
    }

    /// Whether this is weaker than, or other than, what would be written today.
    pub fn is_outdated(&self, today: &Params) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < today.m_cost()
            || self.params.t_cost() < today.t_cost()
            || self.output.len() < Params::DEFAULT_OUTPUT_LEN
    }

    /// The hasher that makes the same hash again.
    pub fn hasher(&self) -> Argon2<'static> {
        Argon2::new(self.algorithm, self.version, self.params.clone())
    }
}

/// Writes the PHC string of an Argon2id hash.
pub(crate) fn write(params: &Params, salt: &[u8], output: &[u8]) -> Option<String> {
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(output).ok()?),
    };
    Some(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn a_written_hash_is_read_back() {
        let stored = Stored::parse(GOOD).unwrap();
        assert_eq!(stored.salt, b"somesaltsomesalt");
        assert_eq!(stored.output, [0; 32]);
        let text = write(&stored.params, &stored.salt, &stored.output);
        assert_eq!(text.as_deref(), Some(GOOD));
    }

    #[test]
    fn parameters_beyond_the_bounds_are_refused() {
        for (from, to) in [
            ("m=19456", "m=4194304"),
            ("t=2", "t=4000000000"),
            ("p=1", "p=255"),
            ("argon2id", "scrypt"),
            ("v=19", "v=18"),
            ("m=19456", "m=0"),
            ("$c29tZXNhbHRzb21lc2FsdA", ""),
        ] {
            let text = GOOD.replace(from, to);
            assert!(Stored::parse(&text).is_none(), "{text}");
        }
        assert!(Stored::parse("").is_none());
        assert!(Stored::parse("plain text").is_none());
    }

    #[test]
    fn a_weaker_or_older_hash_is_outdated() {
        let today = Params::default();
        assert!(!Stored::parse(GOOD).unwrap().is_outdated(&today));
        for (from, to) in [
            ("m=19456", "m=4096"),
            ("t=2", "t=1"),
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
        ] {
            let text = GOOD.replace(from, to);
            assert!(Stored::parse(&text).unwrap().is_outdated(&today), "{text}");
        }
    }
}
