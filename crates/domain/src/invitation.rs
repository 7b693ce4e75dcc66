//! Invitations: a state machine, its links and its limits. Docs: "Invitations".

mod limits;
mod transition;

pub use limits::{InvitationLimits, LimitRefusal, SentSoFar};
pub use transition::{InvitationRefusal, LinkState, RESEND_INTERVAL, RESENDS};

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ApplicationId, InvitationId, MemberId, ProvisioningClientId};
use crate::time::Timestamp;

/// Where an invitation stands: `draft → pending → accepted | revoked | expired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Shown for confirmation; stored nowhere and not sent.
    Draft,
    /// Sent, or waiting to be.
    Pending,
    /// The person is a member.
    Accepted,
    /// Taken back.
    Revoked,
    /// Not accepted in time.
    Expired,
}

impl InvitationState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Pending,
        Self::Accepted,
        Self::Revoked,
        Self::Expired,
    ];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// Who invites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inviter {
    /// A member of the account, named in the mail.
    Member {
        /// The member.
        id: MemberId,
        /// The name at the time of inviting.
        name: String,
    },
    /// The HR system; the mail names the account.
    ProvisioningClient {
        /// The provisioning client.
        id: ProvisioningClientId,
        /// Its name.
        name: String,
    },
    /// The installation's operator; the mail names the account.
    Operator {
        /// How the operator is called in the audit trail.
        label: String,
    },
}

impl Inviter {
    /// The inviting member, if it is one.
    pub fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Member { id, .. } => Some(id),
            Self::ProvisioningClient { .. } | Self::Operator { .. } => None,
        }
    }

    /// The person's name to show to the invited; `None` where the account is the inviter.
    pub fn person(&self) -> Option<&str> {
        match self {
            Self::Member { name, .. } => Some(name),
            Self::ProvisioningClient { .. } | Self::Operator { .. } => None,
        }
    }

    /// The name within the account: a person's, the HR system's, or the operator's.
    pub fn label(&self) -> &str {
        match self {
            Self::Member { name, .. } | Self::ProvisioningClient { name, .. } => name,
            Self::Operator { label } => label,
        }
    }
}

/// An invitation to become a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The account.
    pub account: AccountId,
    /// Its id, unique in the account.
    pub id: InvitationId,
    /// The invited member.
    pub member: MemberId,
    /// The address it goes to.
    pub address: String,
    /// Where it stands, as stored; see [`Invitation::state_at`] for what time has made of it.
    pub state: InvitationState,
    /// Who invites.
    pub inviter: Inviter,
    /// The inviter's personal message.
    pub message: Option<String>,
    /// The language of the mail (BCP 47).
    pub language: Option<String>,
    /// The application the person lands in.
    pub application: Option<ApplicationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last handed to the mail.
    pub sent_at: Option<Timestamp>,
    /// From when on it can't be accepted.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// How often it was sent again.
    pub resends: u32,
    /// Whether it waits for another administrator, since its inviter has lost the right.
    pub awaiting_confirmation: bool,
    /// Counts its changes.
    pub version: i64,
}

/// How a link reached the invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveredBy {
    /// By mail to the invited address, which it thereby proves.
    Mail,
    /// Copied by an administrator; proves nothing. Docs: "Addresses".
    Copied,
}

impl DeliveredBy {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Copied => "copied",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Mail, Self::Copied]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// One link of an invitation; a resend replaces it by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// How it reached the invited.
    pub delivered_by: DeliveredBy,
    /// From when on it is no use.
    pub expires_at: Timestamp,
    /// When another link took its place.
    pub replaced_at: Option<Timestamp>,
}
