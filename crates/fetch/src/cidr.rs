//! Address ranges in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses, such as `10.0.0.0/8` or `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    first: IpAddr,
    bits: u8,
}

/// Why a text is not a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// Not an address, or not one with a prefix length.
    #[error("not an address range; write one as 10.0.0.0/8 or fd00::/8")]
    Form,
    /// The prefix is longer than the address.
    #[error("the prefix is longer than the address")]
    Prefix,
    /// Bits are set behind the prefix, so it is not clear what is meant.
    #[error("the address has bits behind the prefix")]
    Tail,
}

impl Cidr {
    /// Whether the address is in the range. An IPv4-mapped IPv6 address counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                (first.to_bits() ^ address.to_bits()).leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => self.holds(first, address),
            _ => false,
        }
    }

    fn holds(&self, first: Ipv6Addr, address: Ipv6Addr) -> bool {
        (first.to_bits() ^ address.to_bits()).leading_zeros() >= u32::from(self.bits)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// Reads a range, or a single address as the range of itself.
    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| CidrError::Form)?;
        let width: u8 = if first.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => width,
            Some(bits) if !bits.is_empty() && bits.bytes().all(|digit| digit.is_ascii_digit()) => {
                bits.parse().map_err(|_| CidrError::Prefix)?
            }
            Some(_) => return Err(CidrError::Form),
        };
        if bits > width {
            return Err(CidrError::Prefix);
        }
        let trailing = match first {
            IpAddr::V4(first) => first.to_bits().trailing_zeros(),
            IpAddr::V6(first) => first.to_bits().trailing_zeros(),
        };
        if trailing < u32::from(width - bits) {
            return Err(CidrError::Tail);
        }
        Ok(Self { first, bits })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, address: &str) -> bool {
        let range: Cidr = range.parse().unwrap();
        range.contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_ends_where_its_prefix_says() {
        assert!(contains("10.1.0.0/16", "10.1.255.255"));
        assert!(!contains("10.1.0.0/16", "10.2.0.0"));
        assert!(contains("fd00::/8", "fdff::1"));
        assert!(!contains("fd00::/8", "fe00::1"));
        assert!(contains("192.0.2.7", "192.0.2.7"));
        assert!(!contains("192.0.2.7", "192.0.2.6"));
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1"));
    }

    #[test]
    fn a_mapped_address_is_its_ipv4_address() {
        assert!(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(!contains("::/0", "::ffff:10.0.0.1"));
    }

    #[test]
    fn unclear_ranges_are_refused() {
        for (text, error) in [
            ("", CidrError::Form),
            ("localhost", CidrError::Form),
            ("10.0.0.0/", CidrError::Form),
            ("10.0.0.0/+8", CidrError::Form),
            ("10.0.0.0/8/8", CidrError::Form),
            ("10/8", CidrError::Form),
            ("10.0.0.0/33", CidrError::Prefix),
            ("10.0.0.0/999", CidrError::Prefix),
            ("fd00::/129", CidrError::Prefix),
            ("10.0.0.1/8", CidrError::Tail),
            ("fd00::1/8", CidrError::Tail),
        ] {
            assert_eq!(text.parse::<Cidr>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_range_is_written_as_it_is_read() {
        for text in ["10.0.0.0/8", "fd00::/8", "0.0.0.0/0", "192.0.2.7/32"] {
            assert_eq!(text.parse::<Cidr>().unwrap().to_string(), text);
        }
    }
}
