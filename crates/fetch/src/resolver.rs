//! Resolving names. The client connects to the addresses that are answered here and to no
//! others, so a name can't change its address between the look and the call (DNS rebinding).

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{is_allowed, is_permitted};
use crate::cidr::Cidr;
use crate::error::Unreachable;

/// Answers those of a name's addresses that may be called.
#[derive(Debug)]
pub(crate) struct GuardedResolver {
    pub allow: Arc<[Cidr]>,
    /// Only addresses in allowed ranges: the rule for plain http.
    pub allowed_only: bool,
}

impl GuardedResolver {
    fn choose(&self, found: impl Iterator<Item = SocketAddr>) -> Result<Addrs, Unreachable> {
        let mut found = found.peekable();
        if found.peek().is_none() {
            return Err(Unreachable::Unresolved);
        }
        let permitted: Vec<SocketAddr> = found
            .filter(|address| {
                if self.allowed_only {
                    is_allowed(address.ip(), &self.allow)
                } else {
                    is_permitted(address.ip(), &self.allow)
                }
            })
            .collect();
        if permitted.is_empty() {
            return Err(Unreachable::Refused);
        }
        Ok(Box::new(permitted.into_iter()))
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Self {
            allow: Arc::clone(&self.allow),
            allowed_only: self.allowed_only,
        };
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            Ok(guard.choose(found.map_err(|_| Unreachable::Unresolved)?)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(allowed_only: bool, found: &[&str]) -> Result<Vec<String>, Unreachable> {
        let guard = GuardedResolver {
            allow: Arc::from(["127.0.0.0/8".parse().unwrap()]),
            allowed_only,
        };
        let found = found.iter().map(|it| SocketAddr::new(it.parse().unwrap(), 0));
        let chosen = guard.choose(found)?;
        Ok(chosen.map(|it| it.ip().to_string()).collect())
    }

    #[test]
    fn only_permitted_addresses_are_left_to_connect_to() {
        assert_eq!(
            choose(false, &["10.0.0.1", "1.1.1.1", "127.0.0.1", "::1"]),
            Ok(vec!["1.1.1.1".to_owned(), "127.0.0.1".to_owned()])
        );
        assert_eq!(
            choose(true, &["1.1.1.1", "127.0.0.1"]),
            Ok(vec!["127.0.0.1".to_owned()])
        );
    }

    #[test]
    fn a_name_with_inner_addresses_alone_is_refused() {
        assert_eq!(
            choose(false, &["10.0.0.1", "169.254.169.254"]),
            Err(Unreachable::Refused)
        );
        assert_eq!(choose(true, &["1.1.1.1"]), Err(Unreachable::Refused));
        assert_eq!(choose(false, &[]), Err(Unreachable::Unresolved));
    }
}
