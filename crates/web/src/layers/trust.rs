//! From which address a request came: the peer's, or what a named proxy says.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use latchkey_app::fetch::Cidr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose `X-Forwarded-For` is believed; nobody else's is.
#[derive(Debug, Default)]
pub struct TrustedProxies(Vec<Cidr>);

impl TrustedProxies {
    /// Reads addresses and CIDR ranges.
    ///
    /// # Errors
    /// [`latchkey_app::Error::Invalid`] names the entry that is neither.
    pub fn parse(entries: &[String]) -> latchkey_app::Result<Self> {
        let read = |entry: &String| {
            entry.parse::<Cidr>().map_err(|_| {
                latchkey_app::Error::invalid(
                    "security.trusted_proxies",
                    format!("'{entry}' is neither an address nor a CIDR range"),
                )
            })
        };
        entries.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The address of the client: walking back through `X-Forwarded-For` as long as trusted
    /// proxies vouch for it.
    pub fn client_address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut address = peer?;
        let forwarded = headers.get_all(FORWARDED_FOR);
        let hops: Vec<&str> = forwarded
            .iter()
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(','))
            .collect();
        for hop in hops.iter().rev() {
            let is_trusted = self.0.iter().any(|range| range.contains(address));
            match hop.trim().parse() {
                Ok(before) if is_trusted => address = before,
                _ => break,
            }
        }
        Some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        let nobody = TrustedProxies::default();
        let peer: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(
            nobody.client_address(Some(peer), &forwarded("10.0.0.1")),
            Some(peer)
        );
    }

    #[test]
    fn a_named_proxy_is_believed_and_no_further() {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".to_owned()]).unwrap();
        let peer: IpAddr = "10.0.0.5".parse().unwrap();
        let found = proxies.client_address(Some(peer), &forwarded("6.6.6.6, 203.0.113.9, 10.1.1.1"));
        assert_eq!(found, "203.0.113.9".parse().ok());
    }
}
