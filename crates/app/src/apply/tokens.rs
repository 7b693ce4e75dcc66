//! `[[scim_token]]`: tokens of HR systems, kept as digests.

use latchkey_crypto::token::digest;
use latchkey_domain::audit::Action;
use latchkey_domain::id::{AccountId, ProvisioningClientId};
use latchkey_domain::role::BuiltInRole;
use latchkey_store::provisioning::{self as kept, ScimToken};
use latchkey_store::sql::Tx;
use serde_json::json;

use super::{OPERATOR, Run, declared, sets};
use crate::{Error, Result, audit};

/// The shortest token that an operator may choose.
const SHORTEST: usize = 24;

impl Run<'_> {
    pub(super) async fn scim_token(&mut self, tx: &mut Tx, declared: &declared::ScimToken) -> Result<()> {
        let account = self.account_of(tx, &declared.account).await?;
        let now = self.app.now();
        let highest = BuiltInRole::from_key(&declared.highest_role)
            .filter(|it| *it != BuiltInRole::Owner)
            .ok_or_else(|| Error::invalid("highest_role", "is read_only, standard or manager"))?;
        let client = self.provisioning_client(tx, &account.id, &declared.name).await?;
        let of_client: Vec<ScimToken> = kept::tokens(tx, &account.id)
            .await?
            .into_iter()
            .filter(|it| it.provisioning_client_id == client)
            .collect();
        let hash = declared.token.as_ref().map(|it| digest(it.expose_secret()));
        let permissions = permissions(declared.permissions.as_deref())?;
        let present = match &hash {
            Some(hash) => of_client.into_iter().find(|it| it.token_hash == *hash),
            None => of_client.into_iter().next(),
        };
        if let Some(present) = present {
            return self.change_token(tx, present, (highest, permissions)).await;
        }
        let secret = self.token_text(declared)?;
        let new = ScimToken {
            account_id: account.id.clone(),
            id: self.app.new_id(),
            provisioning_client_id: client,
            name: declared.name.clone(),
            token_hash: digest(&secret),
            highest_role: highest.as_str().to_owned(),
            permissions,
            created_by: OPERATOR.to_owned(),
            created_at: now,
            expires_at: None,
            revoked_at: None,
        };
        kept::insert_token(tx, &new).await?;
        audit::Entry::new(&self.caller, Action::ScimTokenCreated)
            .account(&account.id)
            .target("scim_token", &new.id)
            .after(
                json!({ "name": new.name, "highest_role": new.highest_role, "permissions": new.permissions }),
            )
            .write(self.app, tx)
            .await?;
        self.note(
            "created",
            "scim token",
            format!("{} of {}", declared.name, account.slug),
        );
        if declared.token.is_none() {
            self.show(
                format!("scim token {} of {}", declared.name, account.slug),
                &secret,
            );
        }
        Ok(())
    }

    async fn change_token(
        &mut self,
        tx: &mut Tx,
        mut present: ScimToken,
        (highest, permissions): (BuiltInRole, Option<String>),
    ) -> Result<()> {
        if present.highest_role == highest.as_str() && present.permissions == permissions {
            return Ok(());
        }
        let shown =
            |it: &ScimToken| json!({ "highest_role": it.highest_role, "permissions": it.permissions });
        let before = shown(&present);
        present.highest_role = highest.as_str().to_owned();
        present.permissions = permissions;
        kept::set_authority(tx, &present).await?;
        audit::Entry::new(&self.caller, Action::ScimTokenChanged)
            .account(&present.account_id)
            .target("scim_token", &present.id)
            .before(before)
            .after(shown(&present))
            .write(self.app, tx)
            .await?;
        self.note("changed", "scim token", present.name);
        Ok(())
    }

    async fn provisioning_client(
        &self,
        tx: &mut Tx,
        account: &AccountId,
        name: &str,
    ) -> Result<ProvisioningClientId> {
        if let Some(id) = kept::client_by_name(tx, account, name).await? {
            return Ok(id);
        }
        let id: ProvisioningClientId = self.app.new_id();
        kept::insert_client(tx, account, &id, name, self.app.now()).await?;
        Ok(id)
    }

    fn token_text(&self, declared: &declared::ScimToken) -> Result<String> {
        match &declared.token {
            Some(token) if token.expose_secret().len() < SHORTEST => Err(Error::invalid(
                "token",
                format!("a token has at least {SHORTEST} characters"),
            )),
            Some(token) => Ok(token.expose_secret().to_owned()),
            None => self
                .prepared
                .token(&declared.account, &declared.name)
                .map(|it| it.expose_secret().to_owned())
                .ok_or_else(|| Error::bug("no token was made")),
        }
    }
}

fn permissions(declared: Option<&[String]>) -> Result<Option<String>> {
    let Some(list) = declared else { return Ok(None) };
    serde_json::to_string(&sets::permissions(list)?)
        .map(Some)
        .map_err(|e| Error::Bug(e.into()))
}
