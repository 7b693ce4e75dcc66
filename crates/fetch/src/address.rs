//! Which addresses are public (RFC 6890 and the IANA special-purpose registries), so that nobody
//! can make the service call into its own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cidr::Cidr;

/// Ranges of IPv4 that are not the public internet.
const SPECIAL_V4: [([u8; 4], u32); 17] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Carrier-grade NAT (RFC 6598), with a cloud's metadata address in it.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, with most clouds' metadata address in it.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    // A cloud's host agent on an address that looks public.
    ([168, 63, 129, 16], 32),
    ([255, 255, 255, 255], 32),
];

/// Ranges within 2000::/3 that are not the public internet: protocol assignments (Teredo and
/// others), documentation, 6to4.
const SPECIAL_V6: [(u128, u32); 4] = [
    (0x2001_0000 << 96, 23),
    (0x2001_0db8 << 96, 32),
    (0x2002_0000 << 96, 16),
    (0x3fff_0000 << 96, 20),
];

/// Whether the address may be called: public, or in a range that the operator allows.
pub(crate) fn is_permitted(address: IpAddr, allow: &[Cidr]) -> bool {
    is_public(address) || is_allowed(address, allow)
}

/// Whether the operator allows the address by name of its range.
pub(crate) fn is_allowed(address: IpAddr, allow: &[Cidr]) -> bool {
    allow.iter().any(|range| range.contains(address))
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match translated(address) {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !SPECIAL_V4
        .iter()
        .any(|(first, length)| (Ipv4Addr::from(*first).to_bits() ^ bits).leading_zeros() >= *length)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let is_global_unicast = bits >> 125 == 1;
    is_global_unicast
        && !SPECIAL_V6
            .iter()
            .any(|(first, length)| (first ^ bits).leading_zeros() >= *length)
}

/// The IPv4 address behind a NAT64 address (RFC 6052 §2.1), which reaches it.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_inner_networks_are_refused() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_permitted(text.parse().unwrap(), &[]), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_permitted() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_permitted(text.parse().unwrap(), &[]), "{text}");
        }
    }

    #[test]
    fn an_allowed_range_is_permitted_and_its_neighbors_are_not() {
        let allow: Vec<Cidr> = vec!["127.0.0.0/8".parse().unwrap(), "fd12::/16".parse().unwrap()];
        for (text, permitted) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("fd12::5", true),
            ("fd13::5", false),
            ("::1", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_permitted(text.parse().unwrap(), &allow), permitted);
        }
    }
}
