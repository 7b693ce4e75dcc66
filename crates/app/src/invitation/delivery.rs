//! What became of the mails of an invitation.

use latchkey_domain::id::InvitationId;
use latchkey_domain::time::Timestamp;
use latchkey_store::outbox::{self, Parcel};
use latchkey_store::sql::Tx;
use serde::Serialize;

use crate::Result;

/// How far a mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits to leave, or for the next attempt.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// One mail of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// How far it has come.
    pub state: DeliveryState,
    /// When it came so far.
    #[serde(serialize_with = "crate::invitation::delivery::as_text")]
    pub at: Timestamp,
    /// What the mail server said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_said: Option<String>,
}

/// Writes a point in time as RFC 3339 text.
///
/// # Errors
/// The serializer's.
pub(crate) fn as_text<S: serde::Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.rfc3339())
}

/// The mails of an invitation, the newest first.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn deliveries(tx: &mut Tx, invitation: &InvitationId) -> Result<Vec<Delivery>> {
    let parcels = outbox::about(tx, invitation.as_str()).await?;
    Ok(parcels.into_iter().map(delivery).collect())
}

fn delivery(parcel: Parcel) -> Delivery {
    let (state, at) = match (parcel.done_at, parcel.failed_at) {
        (Some(at), _) => (DeliveryState::Sent, at),
        (None, Some(at)) => (DeliveryState::Failed, at),
        (None, None) => (DeliveryState::Queued, parcel.created_at),
    };
    Delivery {
        state,
        at,
        server_said: parcel.last_error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(done_at: Option<i64>, failed_at: Option<i64>, error: Option<&str>) -> Parcel {
        Parcel {
            id: "p".to_owned(),
            kind: "mail".to_owned(),
            account_id: None,
            subject_id: None,
            dedup_key: "k".to_owned(),
            payload_sealed: String::new(),
            not_before: Timestamp(1),
            created_at: Timestamp(1),
            attempts: 1,
            last_error: error.map(str::to_owned),
            done_at: done_at.map(Timestamp),
            failed_at: failed_at.map(Timestamp),
        }
    }

    #[test]
    fn a_mail_that_waits_for_its_next_attempt_is_queued_with_the_servers_words() {
        let it = delivery(parcel(None, None, Some("450 later")));
        assert_eq!(
            (it.state, it.server_said.as_deref()),
            (DeliveryState::Queued, Some("450 later"))
        );
    }

    #[test]
    fn a_mail_is_sent_or_failed_at_the_time_it_was() {
        assert_eq!(delivery(parcel(Some(7), None, None)).at, Timestamp(7));
        assert_eq!(delivery(parcel(Some(7), None, None)).state, DeliveryState::Sent);
        assert_eq!(
            delivery(parcel(None, Some(9), Some("550 no"))).state,
            DeliveryState::Failed
        );
    }
}
