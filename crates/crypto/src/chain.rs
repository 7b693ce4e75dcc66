//! The audit chain: salted digests of records, linked by a keyed code so that an altered,
//! reordered or missing record shows (docs: Audit).

use crate::encoding::sha256;
use crate::mac::MacKey;

const LINK: &[u8] = b"latchkey audit link 1";

/// What stands before the first record of a chain.
pub const START: [u8; 32] = [0; 32];

/// The digest of a record's content under its own salt. The chain keeps the digest alone, so
/// personal values can be erased with their salt and nobody can guess them from it.
pub fn salted_digest(salt: &[u8; 16], content: &[u8]) -> [u8; 32] {
    let mut joined = Vec::with_capacity(salt.len() + content.len());
    joined.extend_from_slice(salt);
    joined.extend_from_slice(content);
    sha256(joined)
}

/// The code of one record: over its place in the chain (from 0), the code before it
/// ([`START`] for the first) and the record's digest.
pub fn link(key: &MacKey, sequence: u64, previous: &[u8; 32], digest: &[u8; 32]) -> [u8; 32] {
    key.sign(&[LINK, &sequence.to_be_bytes(), previous, digest])
}

/// Whether `code` is the record's code, compared in constant time.
pub fn verify_link(key: &MacKey, sequence: u64, previous: &[u8; 32], digest: &[u8; 32], code: &[u8]) -> bool {
    crate::encoding::equal(link(key, sequence, previous, digest), code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain_of(key: &MacKey, records: &[&[u8]]) -> Vec<[u8; 32]> {
        let mut previous = START;
        let mut codes = Vec::new();
        for (sequence, record) in (0..).zip(records) {
            previous = link(key, sequence, &previous, &salted_digest(&[7; 16], record));
            codes.push(previous);
        }
        codes
    }

    #[test]
    fn changing_one_record_changes_every_later_code() {
        let key = MacKey::new(&[9; 32]);
        let original = chain_of(&key, &[b"a", b"b", b"c"]);
        let altered = chain_of(&key, &[b"a", b"B", b"c"]);
        assert_eq!(original[0], altered[0]);
        assert_ne!(original[1], altered[1]);
        assert_ne!(original[2], altered[2]);
    }

    #[test]
    fn a_link_holds_only_at_its_own_place_and_under_its_own_key() {
        let key = MacKey::new(&[9; 32]);
        let digest = salted_digest(&[7; 16], b"a");
        let code = link(&key, 4, &START, &digest);
        assert!(verify_link(&key, 4, &START, &digest, &code));
        assert!(!verify_link(&key, 5, &START, &digest, &code));
        assert!(!verify_link(&MacKey::new(&[8; 32]), 4, &START, &digest, &code));
    }

    #[test]
    fn equal_contents_with_different_salts_have_different_digests() {
        assert_ne!(salted_digest(&[1; 16], b"ana"), salted_digest(&[2; 16], b"ana"));
    }
}
