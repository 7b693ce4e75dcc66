//! Scopes (RFC 6749 §3.3; OpenID Connect Core 1.0 §5.4, §11; docs: "What tokens carry").

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::words::words;

words! {
    /// A scope that this provider knows.
    pub enum Scope {
        /// An OpenID Connect request: an ID token and `sub`.
        OpenId = "openid",
        /// Name, language and time zone.
        Profile = "profile",
        /// The person's verified address.
        Email = "email",
        /// A refresh token.
        OfflineAccess = "offline_access",
        /// The account acted in, and the person's member there.
        Account = "account",
        /// The member's role.
        Roles = "roles",
        /// The member's permissions in the audience's application.
        Permissions = "permissions",
        /// The names of the member's groups.
        Groups = "groups",
    }
}

impl Scope {
    /// The claims that the scope asks for, of those that there is something to say in; the one table that claims
    /// and discovery are both made from.
    #[must_use]
    pub const fn claims(self) -> &'static [&'static str] {
        match self {
            Self::OpenId => &["sub"],
            Self::Profile => &[
                "name",
                "family_name",
                "given_name",
                "preferred_username",
                "zoneinfo",
                "locale",
            ],
            Self::Email => &["email", "email_verified"],
            Self::OfflineAccess => &[],
            Self::Account => &["account", "member"],
            Self::Roles => &["role", "roles", "base_role"],
            Self::Permissions => &["permissions", "permissions_overage", "entitlements"],
            Self::Groups => &["groups"],
        }
    }
}

/// Why a `scope` parameter is refused with `invalid_scope`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A character is outside what RFC 6749 §3.3 allows, or the text is too long.
    #[error("scope must be words of printable ASCII, without quotes and backslashes, between single spaces")]
    Syntax,
    /// A word is none of the provider's scopes.
    #[error("the scope {0} is unknown here")]
    Unknown(String),
}

/// The longest `scope` parameter, in bytes.
pub const MAX_SCOPE: usize = 2048;

/// A set of scopes, one bit each; on the wire the words with spaces between them.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ScopeSet(u16);

/// The bit of a scope: in the order of declaration.
const fn bit(scope: Scope) -> u16 {
    1 << scope as u16
}

impl ScopeSet {
    /// Reads a `scope` parameter of the authorization endpoint, where unknown scopes are ignored
    /// (OpenID Connect Core 1.0 §3.1.2.1).
    ///
    /// # Errors
    /// [`ScopeError::Syntax`].
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        Ok(words_of(text)?.filter_map(Scope::parse).collect())
    }

    /// Reads a `scope` parameter of the token endpoint, where an unknown scope is `invalid_scope`
    /// (RFC 6749 §5.2, §6).
    ///
    /// # Errors
    /// [`ScopeError`].
    pub fn parse_known(text: &str) -> Result<Self, ScopeError> {
        words_of(text)?
            .map(|word| Scope::parse(word).ok_or_else(|| ScopeError::Unknown(word.to_owned())))
            .collect()
    }

    /// Whether the scope is in the set.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether all of this set is in the other: a refresh may only narrow (RFC 6749 §6).
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The set without one scope.
    #[must_use]
    pub fn without(mut self, scope: Scope) -> Self {
        self.0 &= !bit(scope);
        self
    }

    /// The scopes, always in the same order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        Scope::ALL.iter().copied().filter(|scope| self.contains(*scope))
    }

    /// Whether one of the scopes asks for the claim.
    #[must_use]
    pub fn asks_for(&self, claim: &str) -> bool {
        self.iter().any(|scope| scope.claims().contains(&claim))
    }
}

fn words_of(text: &str) -> Result<impl Iterator<Item = &str>, ScopeError> {
    let is_allowed = |byte: u8| matches!(byte, b' ' | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    if text.len() > MAX_SCOPE || !text.bytes().all(is_allowed) {
        return Err(ScopeError::Syntax);
    }
    Ok(text.split(' ').filter(|word| !word.is_empty()))
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | bit(scope)))
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl TryFrom<String> for ScopeSet {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn unknown_scopes_are_ignored_at_authorize_and_refused_at_token() {
        let scopes = ScopeSet::parse("openid  https://api.example/read email openid").unwrap();
        assert_eq!(scopes.to_string(), "openid email");
        assert_eq!(
            ScopeSet::parse_known("openid admin").unwrap_err(),
            ScopeError::Unknown("admin".into())
        );
    }

    #[test]
    fn scope_words_are_compared_exactly() {
        assert!(ScopeSet::parse("OpenID OPENID").unwrap().is_empty());
    }

    #[test]
    fn characters_outside_the_grammar_are_refused() {
        for bad in ["openid\tprofile", "open\"id", "a\\b", "openïd", "\u{7f}"] {
            assert_eq!(ScopeSet::parse(bad).unwrap_err(), ScopeError::Syntax, "{bad}");
        }
        assert_eq!(ScopeSet::parse(&"a ".repeat(MAX_SCOPE)), Err(ScopeError::Syntax));
    }

    #[test]
    fn a_refresh_may_only_narrow() {
        let granted = ScopeSet::parse("openid email roles").unwrap();
        assert!(ScopeSet::parse("openid").unwrap().is_subset(&granted));
        assert!(!ScopeSet::parse("openid permissions").unwrap().is_subset(&granted));
    }

    #[test]
    fn a_set_travels_as_one_string() {
        let scopes: ScopeSet = serde_json::from_str("\"roles openid\"").unwrap();
        assert_eq!(serde_json::to_string(&scopes).unwrap(), "\"openid roles\"");
    }

    #[test]
    fn every_scope_has_a_bit_of_its_own() {
        for scope in Scope::ALL {
            let one: ScopeSet = [*scope].into_iter().collect();
            assert_eq!(one.iter().collect::<Vec<_>>(), [*scope]);
            assert!(one.clone().without(*scope).is_empty());
        }
        let all: ScopeSet = Scope::ALL.iter().copied().collect();
        assert_eq!(all.iter().count(), Scope::ALL.len());
    }

    #[test]
    fn no_claim_belongs_to_two_scopes() {
        let all: Vec<_> = Scope::ALL.iter().flat_map(|scope| scope.claims()).collect();
        let once: BTreeSet<_> = all.iter().collect();
        assert_eq!(all.len(), once.len());
    }
}
