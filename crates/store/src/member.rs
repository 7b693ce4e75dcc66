//! Members: a person's (or a service's) place in one account.

use latchkey_domain::id::{AccountId, ClientId, MemberId, ProvisioningClientId, UserId};
use latchkey_domain::member::{Hold, Member, MemberKind, Profile, Standing};
use latchkey_domain::time::Timestamp;

use crate::Result;
use crate::read::word;
use crate::sql::{Columns, Row, Tx, sql};

/// The columns that are read of a row here, so that they are listed once.
macro_rules! select {
    () => {
        concat!(
            "SELECT account_id, id, kind, user_id, client_id, role, accepted_at, removed_at, hr_active, ",
            "hold_reason, hold_by, hold_at, mobile_access, email_reminders, user_name, email, given_name, ",
            "family_name, display_name, profile, version, created_at, updated_at FROM member"
        )
    };
}

/// A SELECT of those columns.
macro_rules! select_member {
    ($rest:literal) => {
        sql(concat!(select!(), " ", $rest))
    };
}

pub mod run;
pub mod search;

impl Row for Member {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        let reason: Option<String> = columns.get("hold_reason")?;
        let by: Option<String> = columns.get("hold_by")?;
        let at: Option<Timestamp> = columns.get("hold_at")?;
        let hold = match (reason, by, at) {
            (Some(reason), Some(by), Some(at)) => Some(Hold { reason, by, at }),
            _ => None,
        };
        Ok(Self {
            account: columns.get("account_id")?,
            id: columns.get("id")?,
            kind: word(columns, "kind", MemberKind::from_key)?,
            user: columns.get("user_id")?,
            client: columns.get("client_id")?,
            role: columns.get("role")?,
            standing: Standing {
                accepted_at: columns.get("accepted_at")?,
                removed_at: columns.get("removed_at")?,
                hr_active: columns.get("hr_active")?,
                hold,
            },
            mobile_access: columns.get("mobile_access")?,
            email_reminders: columns.get("email_reminders")?,
            profile: Profile {
                user_name: columns.get("user_name")?,
                email: columns.get("email")?,
                given_name: columns.get("given_name")?,
                family_name: columns.get("family_name")?,
                display_name: columns.get("display_name")?,
                document: columns.get("profile")?,
            },
            version: columns.get("version")?,
            created_at: columns.get("created_at")?,
            updated_at: columns.get("updated_at")?,
        })
    }
}

/// The key under which names are compared without regard to case, as SCIM filters compare them.
pub fn folded(text: &str) -> String {
    latchkey_scim::filter::fold(text.trim())
}

/// Keeps a new member.
pub async fn insert(tx: &mut Tx, member: &Member) -> Result<()> {
    let profile = &member.profile;
    let hold = member.standing.hold.as_ref();
    tx.execute(
        sql("INSERT INTO member (account_id, id, kind, user_id, client_id, role, accepted_at, removed_at, hr_active,
                 hold_reason, hold_by, hold_at, mobile_access, email_reminders, user_name, user_name_folded,
                 email, email_folded, given_name, family_name, display_name, sort_name_folded, profile,
                 version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, 1, $24, $25)")
        .bind(&member.account)
        .bind(&member.id)
        .bind(member.kind.as_str())
        .bind(member.user.as_ref())
        .bind(member.client.as_ref())
        .bind(member.role.as_str())
        .bind(member.standing.accepted_at)
        .bind(member.standing.removed_at)
        .bind(member.standing.hr_active)
        .bind(hold.map(|it| it.reason.as_str()))
        .bind(hold.map(|it| it.by.as_str()))
        .bind(hold.map(|it| it.at))
        .bind(member.mobile_access)
        .bind(member.email_reminders)
        .bind(profile.user_name.as_str())
        .bind(folded(&profile.user_name))
        .bind(profile.email.as_deref())
        .bind(profile.email.as_deref().map(folded))
        .bind(profile.given_name.as_str())
        .bind(profile.family_name.as_str())
        .bind(profile.display_name.as_deref())
        .bind(folded(&member.name()))
        .bind(profile.document.as_str())
        .bind(member.created_at)
        .bind(member.updated_at),
    )
    .await?;
    Ok(())
}

/// Saves a member; false where somebody else changed it first. The version grows by one.
pub async fn update(tx: &mut Tx, member: &Member, now: Timestamp) -> Result<bool> {
    let profile = &member.profile;
    let hold = member.standing.hold.as_ref();
    let changed = tx
        .execute(
            sql("UPDATE member SET user_id = $1, role = $2, accepted_at = $3, removed_at = $4, hr_active = $5,
                     hold_reason = $6, hold_by = $7, hold_at = $8, mobile_access = $9, email_reminders = $10,
                     user_name = $11, user_name_folded = $12, email = $13, email_folded = $14, given_name = $15,
                     family_name = $16, display_name = $17, sort_name_folded = $18, profile = $19,
                     version = version + 1, updated_at = $20
                 WHERE account_id = $21 AND id = $22 AND version = $23")
            .bind(member.user.as_ref())
            .bind(member.role.as_str())
            .bind(member.standing.accepted_at)
            .bind(member.standing.removed_at)
            .bind(member.standing.hr_active)
            .bind(hold.map(|it| it.reason.as_str()))
            .bind(hold.map(|it| it.by.as_str()))
            .bind(hold.map(|it| it.at))
            .bind(member.mobile_access)
            .bind(member.email_reminders)
            .bind(profile.user_name.as_str())
            .bind(folded(&profile.user_name))
            .bind(profile.email.as_deref())
            .bind(profile.email.as_deref().map(folded))
            .bind(profile.given_name.as_str())
            .bind(profile.family_name.as_str())
            .bind(profile.display_name.as_deref())
            .bind(folded(&member.name()))
            .bind(profile.document.as_str())
            .bind(now)
            .bind(&member.account)
            .bind(&member.id)
            .bind(member.version),
        )
        .await?;
    Ok(changed == 1)
}

/// One member of an account, removed ones too.
pub async fn find(tx: &mut Tx, account: &AccountId, id: &MemberId) -> Result<Option<Member>> {
    tx.optional(
        select_member!("WHERE account_id = $1 AND id = $2")
            .bind(account)
            .bind(id),
    )
    .await
}

/// The present member of this user name in an account.
pub async fn by_user_name(tx: &mut Tx, account: &AccountId, user_name: &str) -> Result<Option<Member>> {
    tx.optional(
        select_member!("WHERE account_id = $1 AND user_name_folded = $2 AND removed_at IS NULL")
            .bind(account)
            .bind(folded(user_name)),
    )
    .await
}

/// The present members of an account with this directory address, the oldest first.
pub async fn by_email(tx: &mut Tx, account: &AccountId, email: &str) -> Result<Vec<Member>> {
    tx.all(
        select_member!("WHERE account_id = $1 AND email_folded = $2 AND removed_at IS NULL ORDER BY id")
            .bind(account)
            .bind(folded(email)),
    )
    .await
}

/// The present member that a person is in an account.
pub async fn of_user_in(tx: &mut Tx, account: &AccountId, user: &UserId) -> Result<Option<Member>> {
    tx.optional(
        select_member!("WHERE account_id = $1 AND user_id = $2 AND removed_at IS NULL")
            .bind(account)
            .bind(user),
    )
    .await
}

/// Every place a person has, by account.
pub async fn of_user(tx: &mut Tx, user: &UserId) -> Result<Vec<Member>> {
    tx.all(select_member!("WHERE user_id = $1 AND removed_at IS NULL ORDER BY account_id").bind(user))
        .await
}

/// The service members of a client, by account.
pub async fn of_client(tx: &mut Tx, client: &ClientId) -> Result<Vec<Member>> {
    tx.all(select_member!("WHERE client_id = $1 AND removed_at IS NULL ORDER BY account_id").bind(client))
        .await
}

/// Present people of an account in the order of their ids, after `after`.
pub async fn page(tx: &mut Tx, account: &AccountId, after: &str, limit: i64) -> Result<Vec<Member>> {
    tx.all(
        select_member!("WHERE account_id = $1 AND id > $2 AND removed_at IS NULL AND kind = 'person' ORDER BY id LIMIT $3")
        .bind(account)
        .bind(after)
        .bind(limit),
    )
    .await
}

/// How many present people an account has.
pub async fn count(tx: &mut Tx, account: &AccountId) -> Result<i64> {
    tx.one(
        sql("SELECT COUNT(*) AS n FROM member WHERE account_id = $1 AND removed_at IS NULL AND kind = 'person'")
            .bind(account),
    )
    .await
}

/// Notes a sign-in, without counting as a change of the member.
pub async fn signed_in(tx: &mut Tx, account: &AccountId, id: &MemberId, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("UPDATE member SET last_sign_in_at = $1 WHERE account_id = $2 AND id = $3")
            .bind(now)
            .bind(account)
            .bind(id),
    )
    .await?;
    Ok(())
}

/// When a member last signed in.
pub async fn last_sign_in(tx: &mut Tx, account: &AccountId, id: &MemberId) -> Result<Option<Timestamp>> {
    let found: Option<Option<Timestamp>> = tx
        .optional(
            sql("SELECT last_sign_in_at FROM member WHERE account_id = $1 AND id = $2")
                .bind(account)
                .bind(id),
        )
        .await?;
    Ok(found.flatten())
}

/// What a provisioning client calls a member.
pub async fn external_id(
    tx: &mut Tx,
    account: &AccountId,
    client: &ProvisioningClientId,
    member: &MemberId,
) -> Result<Option<String>> {
    tx.optional(
        sql("SELECT external_id FROM member_external_id
             WHERE account_id = $1 AND provisioning_client_id = $2 AND member_id = $3")
        .bind(account)
        .bind(client)
        .bind(member),
    )
    .await
}

/// Keeps what a provisioning client calls a member, or forgets it.
pub async fn set_external_id(
    tx: &mut Tx,
    client: &ProvisioningClientId,
    member: &Member,
    external_id: Option<&str>,
) -> Result<()> {
    let statement = match external_id {
        Some(external_id) => sql(
            "INSERT INTO member_external_id (account_id, provisioning_client_id, member_id, external_id)
             VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, provisioning_client_id, member_id)
             DO UPDATE SET external_id = excluded.external_id",
        )
        .bind(&member.account)
        .bind(client)
        .bind(&member.id)
        .bind(external_id),
        None => sql("DELETE FROM member_external_id
             WHERE account_id = $1 AND provisioning_client_id = $2 AND member_id = $3")
        .bind(&member.account)
        .bind(client)
        .bind(&member.id),
    };
    tx.execute(statement).await?;
    Ok(())
}

/// Forgets every name that provisioning clients had for a member (it was removed).
pub async fn forget_external_ids(tx: &mut Tx, account: &AccountId, member: &MemberId) -> Result<()> {
    tx.execute(
        sql("DELETE FROM member_external_id WHERE account_id = $1 AND member_id = $2")
            .bind(account)
            .bind(member),
    )
    .await?;
    Ok(())
}
