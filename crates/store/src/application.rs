//! Applications, their catalogues, their resources, and which accounts have them.

use latchkey_domain::catalogue::{Area, Catalogue, Class, Permission};
use latchkey_domain::id::{AccountId, ApplicationId};
use latchkey_domain::time::Timestamp;

use crate::read::word;
use crate::sql::{Columns, Row, Tx, sql};
use crate::{Result, row};

/// An application.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its name for people.
    pub name: String,
    /// Whether every account has it.
    pub all_accounts: bool,
    /// Grows with each change.
    pub version: i64,
}

row!(Application {
    id,
    name,
    all_accounts,
    version
});

impl Row for Area {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            id: columns.get("id")?,
            label: columns.get("label")?,
            description: columns.get("description")?,
        })
    }
}

impl Row for Permission {
    fn read(columns: &Columns<'_>) -> Result<Self> {
        Ok(Self {
            id: columns.get("id")?,
            area: columns.get("area_id")?,
            label: columns.get("label")?,
            description: columns.get("description")?,
            class: word(columns, "class", Class::from_key)?,
        })
    }
}

/// One application.
pub async fn find(tx: &mut Tx, id: &ApplicationId) -> Result<Option<Application>> {
    tx.optional(sql("SELECT id, name, all_accounts, version FROM application WHERE id = $1").bind(id))
        .await
}

/// All applications, by id.
pub async fn all(tx: &mut Tx) -> Result<Vec<Application>> {
    tx.all(sql(
        "SELECT id, name, all_accounts, version FROM application ORDER BY id",
    ))
    .await
}

/// Keeps an application, new or changed.
pub async fn save(tx: &mut Tx, application: &Application, now: Timestamp) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO application (id, name, all_accounts, version, created_at) VALUES ($1, $2, $3, 1, $4)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, all_accounts = excluded.all_accounts,
                 version = application.version + 1",
        )
        .bind(&application.id)
        .bind(application.name.as_str())
        .bind(application.all_accounts)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// The catalogue of an application, in its declared order.
pub async fn catalogue(tx: &mut Tx, id: &ApplicationId) -> Result<Catalogue> {
    let areas = tx
        .all(
            sql("SELECT id, label, description FROM area WHERE application_id = $1 ORDER BY position, id")
                .bind(id),
        )
        .await?;
    let permissions = tx
        .all(
            sql("SELECT id, area_id, label, description, class FROM permission
                 WHERE application_id = $1 ORDER BY position, id")
            .bind(id),
        )
        .await?;
    Ok(Catalogue {
        application: id.clone(),
        areas,
        permissions,
    })
}

/// Replaces the catalogue of an application.
pub async fn set_catalogue(tx: &mut Tx, catalogue: &Catalogue) -> Result<()> {
    let id = &catalogue.application;
    tx.execute(sql("DELETE FROM permission WHERE application_id = $1").bind(id))
        .await?;
    tx.execute(sql("DELETE FROM area WHERE application_id = $1").bind(id))
        .await?;
    for (position, area) in (0_i64..).zip(&catalogue.areas) {
        tx.execute(
            sql("INSERT INTO area (application_id, id, label, description, position) VALUES ($1, $2, $3, $4, $5)")
                .bind(id)
                .bind(area.id.as_str())
                .bind(area.label.as_str())
                .bind(area.description.as_str())
                .bind(position),
        )
        .await?;
    }
    for (position, permission) in (0_i64..).zip(&catalogue.permissions) {
        tx.execute(
            sql(
                "INSERT INTO permission (application_id, id, area_id, label, description, class, position)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id)
            .bind(permission.id.as_str())
            .bind(permission.area.as_str())
            .bind(permission.label.as_str())
            .bind(permission.description.as_str())
            .bind(permission.class.as_str())
            .bind(position),
        )
        .await?;
    }
    Ok(())
}

/// The members that use a permission, as (account, what names it), for refusing its removal.
pub async fn uses(tx: &mut Tx, id: &ApplicationId, permission: &str) -> Result<Vec<Use>> {
    tx.all(
        sql(
            "SELECT account_id, 'permission set' AS through, set_id AS holder FROM permission_set_permission
             WHERE application_id = $1 AND permission_id = $2
             UNION ALL
             SELECT account_id, 'override' AS through, member_id AS holder FROM member_override
             WHERE application_id = $1 AND permission_id = $2
             UNION ALL
             SELECT account_id, 'role' AS through, role_key AS holder FROM role_default
             WHERE application_id = $1 AND permission_id = $2
             ORDER BY account_id, through, holder",
        )
        .bind(id)
        .bind(permission),
    )
    .await
}

/// What names a permission.
#[derive(Debug, Clone)]
pub struct Use {
    /// The account.
    pub account_id: AccountId,
    /// `permission set`, `override` or `role`.
    pub through: String,
    /// The set's, member's or role's key.
    pub holder: String,
}

row!(Use {
    account_id,
    through,
    holder
});

/// The resource identifiers (audiences) of an application, the default first.
pub async fn resources(tx: &mut Tx, id: &ApplicationId) -> Result<Vec<String>> {
    tx.all(sql("SELECT identifier FROM resource WHERE application_id = $1 ORDER BY position").bind(id))
        .await
}

/// The application that owns a resource identifier.
pub async fn of_resource(tx: &mut Tx, identifier: &str) -> Result<Option<ApplicationId>> {
    tx.optional(sql("SELECT application_id FROM resource WHERE identifier = $1").bind(identifier))
        .await
}

/// Replaces the resource identifiers of an application.
pub async fn set_resources(tx: &mut Tx, id: &ApplicationId, identifiers: &[String]) -> Result<()> {
    tx.execute(sql("DELETE FROM resource WHERE application_id = $1").bind(id))
        .await?;
    for (position, identifier) in (0_i64..).zip(identifiers) {
        tx.execute(
            sql("INSERT INTO resource (identifier, application_id, position) VALUES ($1, $2, $3)")
                .bind(identifier.as_str())
                .bind(id)
                .bind(position),
        )
        .await?;
    }
    Ok(())
}

/// Whether an account has an application.
pub async fn is_of_account(tx: &mut Tx, account: &AccountId, id: &ApplicationId) -> Result<bool> {
    let found: Option<String> = tx
        .optional(
            sql(
                "SELECT id FROM application WHERE id = $1 AND (all_accounts OR id IN
                     (SELECT application_id FROM account_application WHERE account_id = $2))",
            )
            .bind(id)
            .bind(account),
        )
        .await?;
    Ok(found.is_some())
}

/// The applications that an account has, by id.
pub async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Vec<Application>> {
    tx.all(
        sql("SELECT id, name, all_accounts, version FROM application
             WHERE all_accounts OR id IN (SELECT application_id FROM account_application WHERE account_id = $1)
             ORDER BY id")
        .bind(account),
    )
    .await
}

/// Replaces the list of accounts that have an application (beside `all_accounts`).
pub async fn set_accounts(tx: &mut Tx, id: &ApplicationId, accounts: &[AccountId]) -> Result<()> {
    tx.execute(sql("DELETE FROM account_application WHERE application_id = $1").bind(id))
        .await?;
    for account in accounts {
        tx.execute(
            sql("INSERT INTO account_application (account_id, application_id) VALUES ($1, $2)")
                .bind(account)
                .bind(id),
        )
        .await?;
    }
    Ok(())
}

/// The accounts named for an application, by id.
pub async fn accounts(tx: &mut Tx, id: &ApplicationId) -> Result<Vec<AccountId>> {
    tx.all(
        sql("SELECT account_id FROM account_application WHERE application_id = $1 ORDER BY account_id")
            .bind(id),
    )
    .await
}
