//! Growing delays after failed tries, counted in the database so that all nodes agree.
//! Docs: "Security, people".

use std::net::IpAddr;
use std::time::Duration;

use latchkey_crypto::encoding::sha256_base64url;
use latchkey_domain::throttle::{KeyKind, Throttle};
use latchkey_domain::time::Timestamp;
use latchkey_store::sql::Tx;
use latchkey_store::throttle::{self as kept, Count};

use crate::Result;

/// What failures are counted by: a kind, what was tried, and who or what tries. Only a digest of
/// the last is kept, so that the table tells nobody's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    kind: KeyKind,
    text: String,
}

impl Key {
    /// A key for tries of one sort (`sign-in`, `reset`…).
    pub fn new(kind: KeyKind, sort: &str, who: &str) -> Self {
        Self {
            kind,
            text: format!("{} {sort} {}", kind.as_str(), sha256_base64url(who)),
        }
    }

    /// The key of the block that a network address belongs to, where there is one.
    pub fn of_block(sort: &str, address: Option<&str>) -> Option<Self> {
        let block = address_block(address?)?;
        Some(Self::new(KeyKind::AddressBlock, sort, &block))
    }
}

/// One IPv4 address; the /64 of an IPv6 address, which is what one subscriber has.
fn address_block(address: &str) -> Option<String> {
    match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(it) => Some(it.to_string()),
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

/// What is counted under a key.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn state(tx: &mut Tx, key: &Key) -> Result<Throttle> {
    let found = kept::find(tx, &key.text).await?;
    Ok(found.map_or_else(Throttle::default, |it| Throttle {
        failures: u32::try_from(it.failures).unwrap_or(u32::MAX),
        last_at: it.last_at,
        blocked_until: it.blocked_until,
    }))
}

async fn save(tx: &mut Tx, key: &Key, state: Throttle) -> Result<()> {
    let count = Count {
        failures: i64::from(state.failures),
        last_at: state.last_at,
        blocked_until: state.blocked_until,
    };
    Ok(kept::save(tx, &key.text, &count).await?)
}

/// How long one has to wait under any of the keys; `None` when one may try.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn wait(tx: &mut Tx, keys: &[&Key], now: Timestamp) -> Result<Option<Duration>> {
    let mut longest = None;
    for key in keys {
        longest = longest.max(state(tx, key).await?.wait(now));
    }
    Ok(longest)
}

/// Counts a failure.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn failed(tx: &mut Tx, key: &Key, now: Timestamp) -> Result<()> {
    let state = state(tx, key).await?.failed(key.kind, now);
    save(tx, key, state).await
}

/// Takes back a failure that was counted in advance, for a try that came to no answer.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn take_back(tx: &mut Tx, key: &Key, now: Timestamp) -> Result<()> {
    let state = state(tx, key).await?;
    let failures = state.failures.saturating_sub(1);
    save(
        tx,
        key,
        Throttle {
            failures,
            blocked_until: now,
            ..state
        },
    )
    .await
}

/// Forgets what a success pays for; an address block keeps its count.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn succeeded(tx: &mut Tx, key: &Key) -> Result<()> {
    if key.kind != KeyKind::AddressBlock {
        kept::clear(tx, &key.text).await?;
    }
    Ok(())
}

/// Whether what somebody repeats at will is written down once more: the first few times, then ever
/// more rarely, so that nobody can fill the audit trail.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn is_worth_noting(tx: &mut Tx, what: &str, who: &str, now: Timestamp) -> Result<bool> {
    let key = Key::new(KeyKind::User, what, who);
    if wait(tx, &[&key], now).await?.is_some() {
        return Ok(false);
    }
    failed(tx, &key, now).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_share_a_block() {
        assert_eq!(address_block("203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(
            address_block("::ffff:203.0.113.7").as_deref(),
            Some("203.0.113.7")
        );
        assert_eq!(
            address_block("2001:db8:1:2:3::4").as_deref(),
            Some("2001:db8:1:2::/64")
        );
        assert_eq!(
            address_block("2001:db8:1:2::ffff"),
            address_block("2001:db8:1:2:a:b:c:d")
        );
        assert_eq!(address_block("unknown"), None);
    }

    #[test]
    fn a_key_tells_nobodys_address() {
        let key = Key::new(KeyKind::User, "sign-in", "ana@example.com");
        assert!(key.text.starts_with("user sign-in ") && !key.text.contains("ana"));
        assert_ne!(key, Key::new(KeyKind::User, "reset", "ana@example.com"));
        assert_ne!(key, Key::new(KeyKind::KnownDevice, "sign-in", "ana@example.com"));
    }
}
