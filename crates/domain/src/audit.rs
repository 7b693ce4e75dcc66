//! Audit records: who did what to whom, when, from where, and why it was allowed. Docs: "Audit".
//!
//! A record's skeleton is chained; its values (names, addresses, what was before and after) enter
//! the chain by their salted digests only, so that personal ones can be erased without breaking it.

mod action;
mod canonical;

pub use action::Action;
pub use canonical::{Chained, canonical_link, canonical_value};

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AuditId, MemberId, ProvisioningClientId, ScimTokenId, UserId};
use crate::time::Timestamp;

/// The chain of records that belong to no account.
pub const INSTALLATION_CHAIN: &str = "installation";

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A member, by the authority they have in the account.
    Member {
        /// The account.
        account: AccountId,
        /// The member.
        member: MemberId,
        /// The name at that time.
        name: String,
    },
    /// A person, for themself.
    User {
        /// The user.
        user: UserId,
        /// The name at that time.
        name: String,
    },
    /// The HR system.
    ProvisioningClient {
        /// The provisioning client.
        client: ProvisioningClientId,
        /// The token it used.
        token: Option<ScimTokenId>,
        /// Its name.
        name: String,
    },
    /// The installation's operator at the command line.
    Operator {
        /// How the operator is called.
        label: String,
    },
    /// Latchkey itself, as time passes.
    System,
    /// Someone who has not said who they are.
    Anonymous,
}

impl Actor {
    /// The stored word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Member { .. } => "member",
            Self::User { .. } => "user",
            Self::ProvisioningClient { .. } => "provisioning_client",
            Self::Operator { .. } => "operator",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }

    /// The id, where there is one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Member { member, .. } => Some(member.as_str()),
            Self::User { user, .. } => Some(user.as_str()),
            Self::ProvisioningClient { client, .. } => Some(client.as_str()),
            Self::Operator { .. } | Self::System | Self::Anonymous => None,
        }
    }

    /// The name for people: one of the record's values, since it is personal.
    pub fn name(&self) -> &str {
        match self {
            Self::Member { name, .. } | Self::User { name, .. } | Self::ProvisioningClient { name, .. } => {
                name
            }
            Self::Operator { label } => label,
            Self::System => "Latchkey",
            Self::Anonymous => "someone unknown",
        }
    }
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Such as `member`.
    pub kind: String,
    /// Its id.
    pub id: String,
}

impl Target {
    /// A target of this kind and id.
    pub fn new(kind: &str, id: impl AsRef<str>) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.as_ref().to_owned(),
        }
    }
}

/// One record, append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its id; ids grow with time.
    pub id: AuditId,
    /// The account it belongs to; `None` for the installation.
    pub account: Option<AccountId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// To what.
    pub target: Option<Target>,
    /// What it was before, as JSON in text.
    pub before: Option<String>,
    /// What it was afterwards, as JSON in text.
    pub after: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// Why, in the words of who did it, or why it was allowed.
    pub reason: Option<String>,
    /// Anything else, by name.
    pub details: Vec<(String, String)>,
    /// Random text that keeps digests of guessable values from being guessed.
    pub salt: String,
}

impl AuditRecord {
    /// The chain it belongs to: the account's id, or [`INSTALLATION_CHAIN`].
    pub fn chain(&self) -> &str {
        self.account
            .as_ref()
            .map_or(INSTALLATION_CHAIN, AccountId::as_str)
    }

    /// Its values, by name, in the order of their names.
    pub fn values(&self) -> Vec<(String, String)> {
        let known = [
            ("actor", Some(self.actor.name().to_owned())),
            ("address", self.address.clone()),
            ("after", self.after.clone()),
            ("before", self.before.clone()),
            ("reason", self.reason.clone()),
        ];
        let mut values: Vec<(String, String)> = known
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        let is_new = |name: &str| !values.iter().any(|(known, _)| known == name);
        let details: Vec<_> = self
            .details
            .iter()
            .filter(|(name, _)| is_new(name))
            .cloned()
            .collect();
        values.extend(details);
        values.sort();
        values.dedup_by(|a, b| a.0 == b.0);
        values
    }

    /// What of it is chained, with the digests of its values by name.
    pub fn chained<'a>(&'a self, digests: &'a [(String, String)]) -> Chained<'a> {
        Chained {
            id: self.id.as_str(),
            chain: self.chain(),
            at: self.at,
            actor_kind: self.actor.kind(),
            actor_id: self.actor.id(),
            action: self.action.as_str(),
            target: self.target.as_ref().map(|it| it.kind.as_str()),
            target_id: self.target.as_ref().map(|it| it.id.as_str()),
            salt: &self.salt,
            values: digests,
        }
    }

    /// The bytes whose digest is chained; see [`Chained::canonical`].
    pub fn canonical(&self, digests: &[(String, String)]) -> Vec<u8> {
        self.chained(digests).canonical()
    }
}

#[cfg(test)]
mod tests;
