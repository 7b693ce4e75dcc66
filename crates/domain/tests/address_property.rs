//! Whatever is taken for an address stays the same address.

use latchkey_domain::address::EmailAddress;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_address_read_again_is_the_same_address_with_the_same_key(
        local in "[\\PC]{1,40}",
        domain in "[a-zA-Z\\p{L}\\p{M}-]{1,20}\\.example",
    ) {
        if let Ok(address) = EmailAddress::parse(&format!("{local}@{domain}")) {
            let again = EmailAddress::parse(address.as_str());
            prop_assert_eq!(again.as_ref(), Ok(&address));
            if let Ok(folded) = EmailAddress::parse(&address.folded()) {
                prop_assert_eq!(folded.folded(), address.folded());
            }
        }
    }
}
