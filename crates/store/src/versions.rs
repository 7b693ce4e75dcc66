//! What tells whether something remembered of a member is still true: one point read instead of
//! reading all of it again.

use std::sync::LazyLock;

use latchkey_domain::id::{AccountId, MemberId, SessionId, UserId};

use crate::sql::many::Many;
use crate::sql::{Columns, Row, Tx, sql};
use crate::{Result, row};

/// The versions of all that a member's tokens depend on. Terms and acceptances are only ever
/// added, so that counting them is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The account.
    pub account_id: AccountId,
    /// The member in it.
    pub member_id: MemberId,
    /// The version of the account: its settings, roles and sets.
    pub account: i64,
    /// Who owns the account.
    pub owner: MemberId,
    /// The version of the member: its role, standing, sets, groups and overrides.
    pub member: i64,
    /// The version of the person, where the member is one.
    pub person: Option<i64>,
    /// How many terms of use concern the account.
    pub terms: i64,
    /// How many terms of use the person has accepted.
    pub accepted: i64,
}

row!(Versions {
    account_id,
    member_id,
    account,
    owner,
    member,
    person,
    terms,
    accepted
});

/// What is selected, and from where.
macro_rules! select_versions {
    ($more:literal FROM $from:literal) => {
        concat!(
            "SELECT ",
            $more,
            "m.account_id, m.id AS member_id, a.version AS account, o.member_id AS owner,
                 m.version AS member, u.version AS person,
                 (SELECT COUNT(*) FROM terms t WHERE t.account_id IS NULL)
                 + (SELECT COUNT(*) FROM terms t WHERE t.account_id = m.account_id) AS terms,
                 (SELECT COUNT(*) FROM terms_acceptance c WHERE c.user_id = m.user_id) AS accepted
             FROM ",
            $from,
            " JOIN account a ON a.id = m.account_id JOIN ownership o ON o.account_id = m.account_id
             LEFT JOIN users u ON u.id = m.user_id"
        )
    };
}

static OF_MEMBERS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(2, |rows| {
        let select = select_versions!("" FROM "wanted JOIN member m ON m.account_id = wanted.account_id AND m.id = wanted.id");
        format!("WITH wanted (account_id, id) AS (VALUES {rows}) {select}")
    })
});

/// The versions of these members, in no order; those that there are not are left out.
pub async fn of_members(tx: &mut Tx, members: &[(&AccountId, &MemberId)]) -> Result<Vec<Versions>> {
    let mut found = Vec::with_capacity(members.len());
    for (statement, some) in OF_MEMBERS.of(members) {
        let statement = some.iter().fold(statement, |statement, (account, id)| {
            statement.bind(*account).bind(*id)
        });
        found.extend(tx.all::<Versions>(statement).await?);
    }
    Ok(found)
}

/// A place that a person has, and its part in a session of theirs.
#[derive(Debug, Clone)]
pub struct PlaceInSession {
    /// The place.
    pub versions: Versions,
    /// The `sid` of the open part, where there is one.
    pub sid: Option<String>,
}

impl Row for PlaceInSession {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            versions: Versions::read(columns)?,
            sid: columns.get("sid")?,
        })
    }
}

/// The versions of every place that a person has, by account, each with its part in a session.
pub async fn in_session(tx: &mut Tx, (user, session): (&UserId, &SessionId)) -> Result<Vec<PlaceInSession>> {
    let select = concat!(
        select_versions!("p.sid, " FROM "member m"),
        " LEFT JOIN session_account p ON p.session_id = $2 AND p.account_id = m.account_id
              AND p.member_id = m.id AND p.ended_at IS NULL
          WHERE m.user_id = $1 AND m.removed_at IS NULL ORDER BY m.account_id"
    );
    tx.all(sql(select).bind(user).bind(session)).await
}
