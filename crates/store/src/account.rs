//! Accounts, each read with its owner.

use latchkey_domain::account::{Account, AccountSettings, AccountStatus, Provisioning};
use latchkey_domain::id::{AccountId, MemberId};
use latchkey_domain::time::Timestamp;

use crate::Result;
use crate::read::{json, json_text, word};
use crate::sql::{Columns, Row, Tx, sql};

/// All that is read of an account `a` and its ownership `o`, so that the list of columns stands once.
macro_rules! account_columns {
    () => {
        "a.id, a.slug, a.name, a.status, a.mobile_access, a.mobile_requirements, \
         a.require_permission_set, a.default_role, a.invitation_days, a.provisioning, a.language, \
         a.brand_color, a.version, o.member_id AS owner"
    };
}
pub(crate) use account_columns;

macro_rules! select_account {
    ($rest:literal) => {
        sql(concat!(
            "SELECT ",
            account_columns!(),
            " FROM account a JOIN ownership o ON o.account_id = a.id ",
            $rest
        ))
    };
}

impl Row for Account {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        let days: i64 = columns.get("invitation_days")?;
        Ok(Self {
            id: columns.get("id")?,
            slug: columns.get("slug")?,
            name: columns.get("name")?,
            status: word(columns, "status", AccountStatus::from_key)?,
            owner: columns.get("owner")?,
            settings: AccountSettings {
                mobile_access: columns.get("mobile_access")?,
                mobile_requirements: json(columns, "mobile_requirements")?,
                require_permission_set: columns.get("require_permission_set")?,
                default_role: columns.get("default_role")?,
                invitation_days: u32::try_from(days).unwrap_or(7),
                provisioning: word(columns, "provisioning", Provisioning::from_key)?,
                language: columns.get("language")?,
                brand_color: columns.get("brand_color")?,
            },
            version: columns.get("version")?,
        })
    }
}

/// Keeps a new account. It can be read once its first owner is named ([`set_owner`]).
pub async fn insert(tx: &mut Tx, account: &Account, now: Timestamp) -> Result<()> {
    let settings = &account.settings;
    tx.execute(
        sql("INSERT INTO account (id, slug, name, status, mobile_access, mobile_requirements, require_permission_set,
                 default_role, invitation_days, provisioning, language, brand_color, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13)")
        .bind(&account.id)
        .bind(account.slug.as_str())
        .bind(account.name.as_str())
        .bind(account.status.as_str())
        .bind(settings.mobile_access)
        .bind(json_text(&settings.mobile_requirements)?)
        .bind(settings.require_permission_set)
        .bind(settings.default_role.as_str())
        .bind(i64::from(settings.invitation_days))
        .bind(settings.provisioning.as_str())
        .bind(settings.language.as_deref())
        .bind(settings.brand_color.as_deref())
        .bind(now),
    )
    .await?;
    Ok(())
}

/// Saves name and settings; false where somebody else changed the account first.
pub async fn update(tx: &mut Tx, account: &Account) -> Result<bool> {
    let settings = &account.settings;
    let changed = tx
        .execute(
            sql(
                "UPDATE account SET name = $1, status = $2, mobile_access = $3, mobile_requirements = $4,
                     require_permission_set = $5, default_role = $6, invitation_days = $7, provisioning = $8,
                     language = $9, brand_color = $10, version = version + 1
                 WHERE id = $11 AND version = $12",
            )
            .bind(account.name.as_str())
            .bind(account.status.as_str())
            .bind(settings.mobile_access)
            .bind(json_text(&settings.mobile_requirements)?)
            .bind(settings.require_permission_set)
            .bind(settings.default_role.as_str())
            .bind(i64::from(settings.invitation_days))
            .bind(settings.provisioning.as_str())
            .bind(settings.language.as_deref())
            .bind(settings.brand_color.as_deref())
            .bind(&account.id)
            .bind(account.version),
        )
        .await?;
    Ok(changed == 1)
}

/// Names the owner of an account, in the place of any before.
pub async fn set_owner(tx: &mut Tx, account: &AccountId, owner: &MemberId, now: Timestamp) -> Result<()> {
    tx.execute(
        sql("INSERT INTO ownership (account_id, member_id, since_at) VALUES ($1, $2, $3)
             ON CONFLICT (account_id) DO UPDATE SET member_id = excluded.member_id, since_at = excluded.since_at")
        .bind(account)
        .bind(owner)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// One account.
pub async fn find(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    tx.optional(select_account!("WHERE a.id = $1").bind(id)).await
}

/// The account of this slug.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Account>> {
    tx.optional(select_account!("WHERE a.slug = $1").bind(slug)).await
}

/// All accounts, by slug.
pub async fn all(tx: &mut Tx) -> Result<Vec<Account>> {
    tx.all(select_account!("ORDER BY a.slug")).await
}
