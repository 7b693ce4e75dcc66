//! What belongs to a run of members, those of an account between two ids: lists read it for a
//! whole page at once, with a statement for each kind and not for each member.

use latchkey_domain::id::{AccountId, GroupId, MemberId, ProvisioningClientId};
use latchkey_domain::overrides::Override;
use latchkey_domain::time::Timestamp;

use crate::access::Assignment;
use crate::sql::{Columns, Row, Statement, Tx, sql};
use crate::{Result, row};

/// The members of an account from one id to another, both included.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The first id.
    pub first: &'a MemberId,
    /// The last id.
    pub last: &'a MemberId,
}

impl Run<'_> {
    /// Binds account and ends as `$1`, `$2` and `$3`.
    pub(crate) fn bind(self, statement: Statement) -> Statement {
        statement.bind(self.account).bind(self.first).bind(self.last)
    }
}

/// Something of one of the members.
#[derive(Debug, Clone)]
pub struct Of<T> {
    /// The member.
    pub member: MemberId,
    /// What it has.
    pub it: T,
}

impl<T: Row> Row for Of<T> {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            member: columns.get("member_id")?,
            it: T::read(columns)?,
        })
    }
}

/// How a mail of an invitation stands, without the mail itself.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The invitation.
    pub subject_id: String,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When it was delivered.
    pub done_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// What the mail server said last.
    pub last_error: Option<String>,
}

row!(Posted {
    subject_id,
    created_at,
    done_at,
    failed_at,
    last_error
});

/// What a provisioning client calls the members.
pub async fn external_ids(
    tx: &mut Tx,
    run: Run<'_>,
    client: &ProvisioningClientId,
) -> Result<Vec<(MemberId, String)>> {
    let statement = sql("SELECT member_id, external_id FROM member_external_id
         WHERE account_id = $1 AND member_id BETWEEN $2 AND $3 AND provisioning_client_id = $4");
    tx.all(run.bind(statement).bind(client)).await
}

/// When members last signed in; nothing of those who never did.
pub async fn last_sign_ins(tx: &mut Tx, run: Run<'_>) -> Result<Vec<(MemberId, Timestamp)>> {
    let statement = sql("SELECT id, last_sign_in_at FROM member
         WHERE account_id = $1 AND id BETWEEN $2 AND $3 AND removed_at IS NULL AND last_sign_in_at IS NOT NULL");
    tx.all(run.bind(statement)).await
}

/// Those who have accepted nothing yet and whose address is the verified one of somebody who is
/// another member of the account.
pub async fn known_here(tx: &mut Tx, run: Run<'_>) -> Result<Vec<MemberId>> {
    let statement = sql("SELECT m.id FROM member m
         JOIN user_email e ON e.address_folded = m.email_folded AND e.verified_at IS NOT NULL
         JOIN member o ON o.account_id = m.account_id AND o.user_id = e.user_id AND o.removed_at IS NULL
         WHERE m.account_id = $1 AND m.id BETWEEN $2 AND $3 AND m.accepted_at IS NULL AND o.id <> m.id");
    tx.all(run.bind(statement)).await
}

/// The sets assigned to the members, each member's by name.
pub async fn assignments(tx: &mut Tx, run: Run<'_>) -> Result<Vec<Of<Assignment>>> {
    let statement = sql(
        "SELECT m.member_id, m.set_id, s.name, m.assigned_by, m.assigned_at, m.expires_at
         FROM member_permission_set m
         JOIN permission_set s ON s.account_id = m.account_id AND s.id = m.set_id
         WHERE m.account_id = $1 AND m.member_id BETWEEN $2 AND $3 ORDER BY m.member_id, s.name_folded",
    );
    tx.all(run.bind(statement)).await
}

/// The members' overrides, each member's by permission.
pub async fn overrides(tx: &mut Tx, run: Run<'_>) -> Result<Vec<Of<Override>>> {
    let statement = sql(
        "SELECT member_id, application_id, permission_id, effect, note, set_by, set_at, expires_at, dormant
         FROM member_override WHERE account_id = $1 AND member_id BETWEEN $2 AND $3
         ORDER BY member_id, application_id, permission_id",
    );
    tx.all(run.bind(statement)).await
}

/// The groups the members belong to now, each member's by name.
pub async fn groups(tx: &mut Tx, run: Run<'_>, now: Timestamp) -> Result<Vec<(MemberId, GroupId, String)>> {
    let statement = sql("SELECT m.member_id, g.id, g.name FROM group_membership m
         JOIN member_group g ON g.account_id = m.account_id AND g.id = m.group_id
         WHERE m.account_id = $1 AND m.member_id BETWEEN $2 AND $3 AND (m.expires_at IS NULL OR m.expires_at > $4)
         ORDER BY m.member_id, g.name_folded");
    tx.all(run.bind(statement).bind(now)).await
}

/// How the mails of the members' invitations stand, the newest first.
pub async fn mails(tx: &mut Tx, run: Run<'_>) -> Result<Vec<Posted>> {
    let statement = sql(
        "SELECT subject_id, created_at, done_at, failed_at, last_error FROM outbox
         WHERE subject_id IN (SELECT id FROM invitation WHERE account_id = $1 AND member_id BETWEEN $2 AND $3)
         ORDER BY id DESC",
    );
    tx.all(run.bind(statement)).await
}
