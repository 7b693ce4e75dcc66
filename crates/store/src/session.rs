//! Sessions of people, and each account's part (`sid`) in them.

use std::collections::HashSet;
use std::sync::LazyLock;

use latchkey_domain::id::{AccountId, MemberId, SessionId, UserId};
use latchkey_domain::session::SessionTimes;
use latchkey_domain::time::Timestamp;

use crate::sql::many::Many;
use crate::sql::{Columns, DbError, Row, Tx, sql};
use crate::{Result, row};

/// A SELECT of all that is read of a row here, so that the list of columns stands once.
macro_rules! select_session {
    ($rest:literal) => {
        sql(concat!(
            "SELECT id, user_id, secret_hash, auth_time, amr, provider, authority, user_agent, address, ",
            "created_at, last_seen_at, expires_at, ended_at FROM session",
            " ",
            $rest
        ))
    };
}

/// A browser session of one person. The cookie's secret is kept as a digest only.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session's id, safe to show.
    pub id: SessionId,
    /// Whose session.
    pub user_id: UserId,
    /// Digest of the secret in the cookie.
    pub secret_hash: String,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// How (RFC 8176 values, separated by spaces).
    pub amr: String,
    /// The identity provider that vouched, where it was not Latchkey.
    pub provider: Option<String>,
    /// On whose authority: `installation`, or the account whose provider it was.
    pub authority: String,
    /// The browser, as it called itself.
    pub user_agent: Option<String>,
    /// The network address it came from.
    pub address: Option<String>,
    /// When the session began.
    pub created_at: Timestamp,
    /// When it was last used (within a minute).
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

row!(Session {
    id,
    user_id,
    secret_hash,
    auth_time,
    amr,
    provider,
    authority,
    user_agent,
    address,
    created_at,
    last_seen_at,
    expires_at,
    ended_at
});

/// An open session, as far as its time goes.
#[derive(Debug, Clone)]
pub struct Open {
    /// The session.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used (within a minute).
    pub last_seen_at: Timestamp,
}

row!(Open {
    id,
    created_at,
    last_seen_at
});

impl From<&Session> for SessionTimes {
    fn from(session: &Session) -> Self {
        Self {
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            ended_at: session.ended_at,
        }
    }
}

impl From<&Open> for SessionTimes {
    fn from(session: &Open) -> Self {
        Self {
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            ended_at: None,
        }
    }
}

/// One account's part of a session: what `sid` names in tokens.
#[derive(Debug, Clone)]
pub struct SessionAccount {
    /// The `sid` claim.
    pub sid: String,
    /// The session it is a part of.
    pub session_id: SessionId,
    /// The account.
    pub account_id: AccountId,
    /// The person's member in it.
    pub member_id: MemberId,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
}

row!(SessionAccount {
    sid,
    session_id,
    account_id,
    member_id,
    ended_at
});

/// Keeps a new session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.execute(
        sql("INSERT INTO session (id, user_id, secret_hash, auth_time, amr, provider, authority, user_agent, address,
                 created_at, last_seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(&session.id)
        .bind(&session.user_id)
        .bind(&session.secret_hash)
        .bind(session.auth_time)
        .bind(&session.amr)
        .bind(session.provider.as_deref())
        .bind(&session.authority)
        .bind(session.user_agent.as_deref())
        .bind(session.address.as_deref())
        .bind(session.created_at)
        .bind(session.last_seen_at)
        .bind(session.expires_at),
    )
    .await?;
    Ok(())
}

/// The open session whose cookie secret has this digest, and the version of its person.
pub async fn by_secret(tx: &mut Tx, secret_hash: &str) -> Result<Option<(Session, i64)>> {
    struct Found(Session, i64);
    impl Row for Found {
        fn read(columns: &Columns<'_>) -> Result<Self> {
            Ok(Self(Session::read(columns)?, columns.get("person_version")?))
        }
    }
    let found: Option<Found> = tx
        .optional(
            sql("SELECT s.id, s.user_id, s.secret_hash, s.auth_time, s.amr, s.provider, s.authority, s.user_agent,
                     s.address, s.created_at, s.last_seen_at, s.expires_at, s.ended_at, u.version AS person_version
                 FROM session s JOIN users u ON u.id = s.user_id
                 WHERE s.secret_hash = $1 AND s.ended_at IS NULL")
            .bind(secret_hash),
        )
        .await?;
    Ok(found.map(|Found(session, version)| (session, version)))
}

/// The session that an account's part belongs to, while both are open.
pub async fn open_of_sid(tx: &mut Tx, sid: &str) -> Result<Option<Open>> {
    tx.optional(
        sql("SELECT s.id, s.created_at, s.last_seen_at FROM session_account p JOIN session s ON s.id = p.session_id
             WHERE p.sid = $1 AND p.ended_at IS NULL AND s.ended_at IS NULL")
        .bind(sid),
    )
    .await
}

/// A session by its id, ended or not.
pub async fn find(tx: &mut Tx, id: &SessionId) -> Result<Option<Session>> {
    tx.optional(select_session!("WHERE id = $1").bind(id)).await
}

/// A person's open sessions, the one used last first.
pub async fn open_of_user(tx: &mut Tx, user: &UserId) -> Result<Vec<Session>> {
    tx.all(
        select_session!("WHERE user_id = $1 AND ended_at IS NULL ORDER BY last_seen_at DESC, id DESC")
            .bind(user),
    )
    .await
}

/// Notes that a session was used.
pub async fn seen(tx: &mut Tx, id: &SessionId, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE session SET last_seen_at = $1 WHERE id = $2 AND ended_at IS NULL")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

/// Ends one session and every account's part in it.
pub async fn end(tx: &mut Tx, id: &SessionId, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL")
            .bind(now)
            .bind(id),
    )
    .await?;
    tx.execute(
        sql("UPDATE session_account SET ended_at = $1 WHERE session_id = $2 AND ended_at IS NULL")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

/// Ends every session of a person but `except`; answers how many.
pub async fn end_others(
    tx: &mut Tx,
    user: &UserId,
    except: Option<&SessionId>,
    now: Timestamp,
) -> Result<u64> {
    let kept = except.map_or("", SessionId::as_str);
    tx.execute(
        sql("UPDATE session_account SET ended_at = $1
             WHERE ended_at IS NULL AND session_id IN
                 (SELECT id FROM session WHERE user_id = $2 AND ended_at IS NULL AND id <> $3)")
        .bind(now)
        .bind(user)
        .bind(kept),
    )
    .await?;
    tx.execute(
        sql("UPDATE session SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL AND id <> $3")
            .bind(now)
            .bind(user)
            .bind(kept),
    )
    .await
}

/// Keeps a new part of a session.
pub async fn insert_account(tx: &mut Tx, part: &SessionAccount, now: Timestamp) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO session_account (sid, session_id, account_id, member_id, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&part.sid)
        .bind(&part.session_id)
        .bind(&part.account_id)
        .bind(&part.member_id)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// The open part of an account in a session.
pub async fn account_part(
    tx: &mut Tx,
    session: &SessionId,
    account: &AccountId,
) -> Result<Option<SessionAccount>> {
    tx.optional(
        sql(
            "SELECT sid, session_id, account_id, member_id, ended_at FROM session_account
             WHERE session_id = $1 AND account_id = $2 AND ended_at IS NULL",
        )
        .bind(session)
        .bind(account),
    )
    .await
}

/// Whether a member had a part in a session that was ended.
pub async fn had_part(
    tx: &mut Tx,
    session: &SessionId,
    (account, member): (&AccountId, &MemberId),
) -> Result<bool> {
    let found: Option<SessionAccount> = tx
        .optional(
            sql("SELECT sid, session_id, account_id, member_id, ended_at FROM session_account
                 WHERE session_id = $1 AND account_id = $2 AND member_id = $3 AND ended_at IS NOT NULL LIMIT 1")
            .bind(session)
            .bind(account)
            .bind(member),
        )
        .await?;
    Ok(found.is_some())
}

/// A part of a session by its `sid`, ended or not.
pub async fn by_sid(tx: &mut Tx, sid: &str) -> Result<Option<SessionAccount>> {
    tx.optional(
        sql("SELECT sid, session_id, account_id, member_id, ended_at FROM session_account WHERE sid = $1")
            .bind(sid),
    )
    .await
}

/// The open parts of a session.
pub async fn parts(tx: &mut Tx, session: &SessionId) -> Result<Vec<SessionAccount>> {
    tx.all(
        sql(
            "SELECT sid, session_id, account_id, member_id, ended_at FROM session_account
             WHERE session_id = $1 AND ended_at IS NULL ORDER BY account_id",
        )
        .bind(session),
    )
    .await
}

/// Moves the open parts of a session into another one of the same person.
pub async fn move_parts(tx: &mut Tx, from: &SessionId, to: &SessionId) -> Result<()> {
    tx.execute(
        sql("UPDATE session_account SET session_id = $1 WHERE session_id = $2 AND ended_at IS NULL")
            .bind(to)
            .bind(from),
    )
    .await?;
    Ok(())
}

/// Holds a session open until this transaction ends: whoever ends it at the same time comes
/// before (and this answers false) or after (and sees what this transaction wrote).
///
/// Locking the row for sharing would not do: a transaction that waited for such a lock goes on
/// with what it saw before, while one that waited for a write is run again.
pub async fn hold(tx: &mut Tx, id: &SessionId) -> Result<bool> {
    let held = tx
        .execute(sql("UPDATE session SET ended_at = NULL WHERE id = $1 AND ended_at IS NULL").bind(id))
        .await?;
    Ok(held == 1)
}

static OPEN_PARTS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(1, |sids| {
        format!("SELECT sid FROM session_account WHERE sid IN ({sids}) AND ended_at IS NULL")
    })
});

static HOLD_PARTS: LazyLock<Many> = LazyLock::new(|| {
    Many::new(1, |sids| {
        format!("UPDATE session_account SET ended_at = NULL WHERE sid IN ({sids}) AND ended_at IS NULL")
    })
});

/// Holds parts of sessions open, as [`hold`] does a session: answers those that are.
///
/// # Errors
/// [`DbError::Other`] where one ended all the same; a transaction that runs into another one that
/// ends a part is run again before.
pub async fn hold_parts(tx: &mut Tx, sids: &[&str]) -> Result<HashSet<String>> {
    let mut open = HashSet::new();
    for (statement, some) in OPEN_PARTS.of(sids) {
        let statement = some.iter().fold(statement, |statement, sid| statement.bind(*sid));
        open.extend(tx.all::<String>(statement).await?);
    }
    if tx.writes_alone() {
        return Ok(open);
    }
    // In one order everywhere, so that two transactions don't wait for each other.
    let mut held: Vec<&String> = open.iter().collect();
    held.sort();
    for (statement, some) in HOLD_PARTS.of(&held) {
        let statement = some.iter().fold(statement, |statement, sid| statement.bind(*sid));
        if tx.execute(statement).await? != some.len() as u64 {
            return Err(DbError::Other(
                "a part of a session ended while it was held".to_owned(),
            ));
        }
    }
    Ok(open)
}

/// Ends one part of a session.
pub async fn end_part(tx: &mut Tx, sid: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE session_account SET ended_at = $1 WHERE sid = $2 AND ended_at IS NULL")
            .bind(now)
            .bind(sid),
    )
    .await?;
    Ok(())
}

/// Ends what a member's account has in any session of the person, and leaves the sessions themselves alone.
pub async fn end_parts_of_member(
    tx: &mut Tx,
    account: &AccountId,
    member: &MemberId,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        sql("UPDATE session_account SET ended_at = $1 WHERE account_id = $2 AND member_id = $3 AND ended_at IS NULL")
            .bind(now)
            .bind(account)
            .bind(member),
    )
    .await
}
