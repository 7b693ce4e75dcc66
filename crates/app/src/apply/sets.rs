//! `[[permission_set]]`, and lists of permissions wherever they are declared.

use std::collections::BTreeSet;

use latchkey_domain::audit::Action;
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::permission_set::PermissionSet;
use latchkey_store::access as kept;
use latchkey_store::account;
use latchkey_store::sql::Tx;
use serde_json::json;

use super::{Run, declared};
use crate::{Error, Result, audit};

impl Run<'_> {
    pub(super) async fn permission_set(
        &mut self,
        tx: &mut Tx,
        declared: &declared::PermissionSet,
    ) -> Result<()> {
        let account = self.account_of(tx, &declared.account).await?;
        let present = kept::set_by_name(tx, &account.id, &declared.name).await?;
        let wanted = PermissionSet {
            account: account.id.clone(),
            id: present
                .as_ref()
                .map_or_else(|| self.app.new_id(), |it| it.id.clone()),
            name: declared.name.clone(),
            description: declared.description.clone(),
            permissions: permissions(&declared.permissions)?,
            version: present.as_ref().map_or(1, |it| it.version),
        };
        if present.as_ref() == Some(&wanted) {
            return Ok(());
        }
        for permission in &wanted.permissions {
            let scene = crate::access::scene(self.app, tx, &account.id, &permission.application).await?;
            if scene.catalogue.qualified(permission).is_none() {
                return Err(Error::invalid(
                    "permissions",
                    format!("there is no permission {permission}"),
                ));
            }
        }
        kept::save_set(tx, &wanted, self.app.now()).await?;
        if present.is_some() && !account::update(tx, &account).await? {
            return Err(Error::Stale);
        }
        let is_new = present.is_none();
        let action = if is_new {
            Action::PermissionSetCreated
        } else {
            Action::PermissionSetChanged
        };
        audit::Entry::new(&self.caller, action)
            .account(&account.id)
            .target("permission_set", &wanted.id)
            .before(json!(present.map(|it| it.permissions)))
            .after(json!(wanted.permissions))
            .write(self.app, tx)
            .await?;
        let verb = if is_new { "created" } else { "changed" };
        self.note(
            verb,
            "permission set",
            format!("{} in {}", wanted.name, account.slug),
        );
        Ok(())
    }
}

/// Reads permissions as they are declared: `crm/deals:edit`.
pub(super) fn permissions(declared: &[String]) -> Result<BTreeSet<QualifiedPermission>> {
    declared
        .iter()
        .map(|text| {
            text.parse()
                .map_err(|fault| Error::invalid("permissions", format!("{text}: {fault}")))
        })
        .collect()
}
