//! Members: a user's place in one account. Docs: "Words", "Member status".

mod transition;

pub use transition::{MemberRefusal, Transition};

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::id::{AccountId, ClientId, MemberId, UserId};
use crate::role::RoleKey;
use crate::time::Timestamp;

/// Who stands behind a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// A person who signs in.
    Person,
    /// A service client acting in this account by `client_credentials` (RFC 6749 section 4.4).
    Service,
}

impl MemberKind {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Service => "service",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Person, Self::Service]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// An administrator's suspension; nobody else lifts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// The name of who set it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What a member's status is derived from; each part has its own side that writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// When the invitation was accepted; `None` until then.
    pub accepted_at: Option<Timestamp>,
    /// When the member was removed; it never comes back.
    pub removed_at: Option<Timestamp>,
    /// The HR system's word; true where there is no HR system.
    pub hr_active: bool,
    /// The administrator's word.
    pub hold: Option<Hold>,
}

impl Standing {
    /// Someone invited who has not accepted.
    pub const fn invited() -> Self {
        Self {
            accepted_at: None,
            removed_at: None,
            hr_active: true,
            hold: None,
        }
    }

    /// Someone who has accepted.
    pub const fn accepted(at: Timestamp) -> Self {
        Self {
            accepted_at: Some(at),
            removed_at: None,
            hr_active: true,
            hold: None,
        }
    }

    /// What the parts amount to.
    pub fn status(&self) -> MemberStatus {
        if self.removed_at.is_some() {
            MemberStatus::Removed
        } else if !self.hr_active || self.hold.is_some() {
            MemberStatus::Suspended
        } else if self.accepted_at.is_none() {
            MemberStatus::Invited
        } else {
            MemberStatus::Active
        }
    }

    /// Which sides suspend the member; `None` when neither does.
    pub fn suspended_by(&self) -> Option<SuspendedBy> {
        match (self.hr_active, self.hold.is_some()) {
            (true, false) => None,
            (false, false) => Some(SuspendedBy::Hr),
            (true, true) => Some(SuspendedBy::Hold),
            (false, true) => Some(SuspendedBy::Both),
        }
    }
}

/// A member's status, always derived and stored nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Has not accepted yet.
    Invited,
    /// May use what the role, sets and overrides give.
    Active,
    /// Suspended by the HR system, by a hold, or by both.
    Suspended,
    /// No longer a member.
    Removed,
}

impl MemberStatus {
    /// The word in SCIM and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Removed => "removed",
        }
    }
}

/// Which side suspends a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspendedBy {
    /// The HR system said `active: false`.
    Hr,
    /// An administrator set a hold.
    Hold,
    /// Both did; both must lift it.
    Both,
}

/// The directory profile that this account keeps of the person; never the person's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The SCIM `userName`, unique in the account without regard to case (RFC 7643 section 4.1.1).
    pub user_name: String,
    /// The directory address, to which an invitation goes; never the address of sign-in.
    pub email: Option<String>,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// The name to show, if it is not first and last name.
    pub display_name: Option<String>,
    /// Everything else of the SCIM resource, as a JSON object in text.
    pub document: String,
}

impl Profile {
    /// The name to show: the display name, else first and last name, else the user name.
    pub fn name(&self) -> String {
        let shown = self.display_name.as_deref().map_or("", str::trim);
        if !shown.is_empty() {
            return shown.to_owned();
        }
        let full = format!("{} {}", self.given_name.trim(), self.family_name.trim());
        match full.trim() {
            "" => self.user_name.clone(),
            name => name.to_owned(),
        }
    }
}

/// A user's (or service client's) place in one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its id, unique in the account.
    pub id: MemberId,
    /// Person or service.
    pub kind: MemberKind,
    /// The person, once the invitation is accepted.
    pub user: Option<UserId>,
    /// The service client, for a service member.
    pub client: Option<ClientId>,
    /// The role as stored; the owner's is `manager`, since ownership is a row of its own.
    pub role: RoleKey,
    /// What the status is derived from.
    pub standing: Standing,
    /// The member's own switch for mobile use.
    pub mobile_access: bool,
    /// The administrator's switch for reminders by mail.
    pub email_reminders: bool,
    /// The directory profile.
    pub profile: Profile,
    /// Counts its changes; SCIM's ETag (RFC 7644 section 3.14).
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Member {
    /// The status, derived.
    pub fn status(&self) -> MemberStatus {
        self.standing.status()
    }

    /// Whether the status is active.
    pub fn is_active(&self) -> bool {
        self.status() == MemberStatus::Active
    }

    /// Whether this is the account's owner.
    pub fn is_owner(&self, account: &Account) -> bool {
        account.id == self.account && account.owner == self.id
    }

    /// The name to show.
    pub fn name(&self) -> String {
        self.profile.name()
    }
}
