//! Invitations and every link that was ever sent for one.

use latchkey_domain::id::{AccountId, InvitationId, MemberId};
use latchkey_domain::invitation::{DeliveredBy, Invitation, InvitationState, Link};
use latchkey_domain::time::Timestamp;

use crate::Result;
use crate::member::folded;
use crate::member::run::Run;
use crate::read::{json, json_text, word};
use crate::sql::{Columns, Row, Tx, sql};

/// A SELECT of all that is read of a row here, so that the list of columns stands once.
macro_rules! select_invitation {
    ($rest:literal) => {
        sql(concat!(
            "SELECT account_id, id, member_id, address, state, inviter, message, language, application_id, ",
            "created_at, sent_at, expires_at, accepted_at, revoked_at, resends, awaiting_confirmation, ",
            "version FROM invitation",
            " ",
            $rest
        ))
    };
}

impl Row for Invitation {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            account: columns.get("account_id")?,
            id: columns.get("id")?,
            member: columns.get("member_id")?,
            address: columns.get("address")?,
            state: word(columns, "state", InvitationState::from_key)?,
            inviter: json(columns, "inviter")?,
            message: columns.get("message")?,
            language: columns.get("language")?,
            application: columns.get("application_id")?,
            created_at: columns.get("created_at")?,
            sent_at: columns.get("sent_at")?,
            expires_at: columns.get("expires_at")?,
            accepted_at: columns.get("accepted_at")?,
            revoked_at: columns.get("revoked_at")?,
            resends: columns.get("resends")?,
            awaiting_confirmation: columns.get("awaiting_confirmation")?,
            version: columns.get("version")?,
        })
    }
}

/// A link of an invitation, with the invitation it belongs to.
#[derive(Debug, Clone)]
pub struct StoredLink {
    /// The account.
    pub account_id: AccountId,
    /// The invitation.
    pub invitation_id: InvitationId,
    /// What the rules know of it.
    pub link: Link,
}

impl Row for StoredLink {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            account_id: columns.get("account_id")?,
            invitation_id: columns.get("invitation_id")?,
            link: Link {
                delivered_by: word(columns, "delivered_by", DeliveredBy::from_key)?,
                expires_at: columns.get("expires_at")?,
                replaced_at: columns.get("replaced_at")?,
            },
        })
    }
}

/// Keeps a new invitation.
pub async fn insert(tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    tx.execute(
        sql("INSERT INTO invitation (account_id, id, member_id, address, address_folded, state, inviter,
                 inviter_member_id, message, language, application_id, awaiting_confirmation, resends, created_at,
                 sent_at, expires_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)")
        .bind(&invitation.account)
        .bind(&invitation.id)
        .bind(&invitation.member)
        .bind(invitation.address.as_str())
        .bind(folded(&invitation.address))
        .bind(invitation.state.as_str())
        .bind(json_text(&invitation.inviter)?)
        .bind(invitation.inviter.member())
        .bind(invitation.message.as_deref())
        .bind(invitation.language.as_deref())
        .bind(invitation.application.as_ref())
        .bind(invitation.awaiting_confirmation)
        .bind(invitation.resends)
        .bind(invitation.created_at)
        .bind(invitation.sent_at)
        .bind(invitation.expires_at),
    )
    .await?;
    Ok(())
}

/// Saves an invitation; false where somebody else changed it first.
pub async fn update(tx: &mut Tx, invitation: &Invitation) -> Result<bool> {
    let changed = tx
        .execute(
            sql("UPDATE invitation SET address = $1, address_folded = $2, state = $3, awaiting_confirmation = $4,
                     resends = $5, sent_at = $6, expires_at = $7, accepted_at = $8, revoked_at = $9,
                     inviter = $10, inviter_member_id = $11, version = version + 1
                 WHERE account_id = $12 AND id = $13 AND version = $14")
            .bind(invitation.address.as_str())
            .bind(folded(&invitation.address))
            .bind(invitation.state.as_str())
            .bind(invitation.awaiting_confirmation)
            .bind(invitation.resends)
            .bind(invitation.sent_at)
            .bind(invitation.expires_at)
            .bind(invitation.accepted_at)
            .bind(invitation.revoked_at)
            .bind(json_text(&invitation.inviter)?)
            .bind(invitation.inviter.member())
            .bind(&invitation.account)
            .bind(&invitation.id)
            .bind(invitation.version),
        )
        .await?;
    Ok(changed == 1)
}

/// One invitation.
pub async fn find(tx: &mut Tx, account: &AccountId, id: &InvitationId) -> Result<Option<Invitation>> {
    tx.optional(
        select_invitation!("WHERE account_id = $1 AND id = $2")
            .bind(account)
            .bind(id),
    )
    .await
}

/// The newest invitation of a member: the pending one, if there is one, since it would have ended
/// otherwise before another was made.
pub async fn newest_of_member(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
) -> Result<Option<Invitation>> {
    tx.optional(
        select_invitation!(
            "WHERE account_id = $1 AND member_id = $2
             ORDER BY CASE WHEN state = 'pending' THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 1"
        )
        .bind(account)
        .bind(member),
    )
    .await
}

/// The invitations of a run of members, each member's newest first, as [`newest_of_member`] has it.
pub async fn of_run(tx: &mut Tx, run: Run<'_>) -> Result<Vec<Invitation>> {
    tx.all(run.bind(select_invitation!(
        "WHERE account_id = $1 AND member_id BETWEEN $2 AND $3
             ORDER BY member_id, CASE WHEN state = 'pending' THEN 0 ELSE 1 END, created_at DESC, id DESC"
    )))
    .await
}

/// The invitations of an account that wait for an answer, the newest first.
pub async fn pending(tx: &mut Tx, account: &AccountId) -> Result<Vec<Invitation>> {
    tx.all(
        select_invitation!(
            "WHERE account_id = $1 AND state = 'pending'
             ORDER BY created_at DESC, id DESC"
        )
        .bind(account),
    )
    .await
}

/// How many invitations of an account went out since `since`: by an inviter, in all, to an address.
/// What other accounts send counts for none of them: nobody learns of it, nor uses it up.
pub async fn sent_since(tx: &mut Tx, invitation: &Invitation, since: Timestamp) -> Result<(i64, i64, i64)> {
    let by_inviter = match invitation.inviter.member() {
        Some(inviter) => {
            tx.one(
                sql("SELECT COUNT(*) FROM invitation
                     WHERE account_id = $1 AND inviter_member_id = $2 AND created_at > $3")
                .bind(&invitation.account)
                .bind(inviter)
                .bind(since),
            )
            .await?
        }
        None => 0,
    };
    let by_account = tx
        .one(
            sql("SELECT COUNT(*) FROM invitation WHERE account_id = $1 AND created_at > $2")
                .bind(&invitation.account)
                .bind(since),
        )
        .await?;
    let to_address = tx
        .one(
            sql("SELECT COUNT(*) FROM invitation WHERE address_folded = $1 AND account_id = $2 AND created_at > $3")
                .bind(folded(&invitation.address))
                .bind(&invitation.account)
                .bind(since),
        )
        .await?;
    Ok((by_inviter, by_account, to_address))
}

/// Keeps a link by the digest of its secret.
pub async fn insert_link(tx: &mut Tx, token_hash: &str, stored: &StoredLink, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("INSERT INTO invitation_link (token_hash, account_id, invitation_id, delivered_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(token_hash)
        .bind(&stored.account_id)
        .bind(&stored.invitation_id)
        .bind(stored.link.delivered_by.as_str())
        .bind(now)
        .bind(stored.link.expires_at),
    )
    .await?;
    Ok(())
}

/// Ends every link of an invitation that is still good (a new one replaces it).
pub async fn replace_links(
    tx: &mut Tx,
    account: &AccountId,
    id: &InvitationId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        sql("UPDATE invitation_link SET replaced_at = $1
             WHERE account_id = $2 AND invitation_id = $3 AND replaced_at IS NULL")
        .bind(now)
        .bind(account)
        .bind(id),
    )
    .await?;
    Ok(())
}

/// A link by the digest of its secret.
pub async fn link(tx: &mut Tx, token_hash: &str) -> Result<Option<StoredLink>> {
    tx.optional(
        sql(
            "SELECT account_id, invitation_id, delivered_by, expires_at, replaced_at
             FROM invitation_link WHERE token_hash = $1",
        )
        .bind(token_hash),
    )
    .await
}
