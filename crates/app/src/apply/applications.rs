//! `[[application]]` and `[[client]]`: catalogues, resources, clients.

use latchkey_crypto::token::digest;
use latchkey_domain::audit::Action;
use latchkey_domain::catalogue::{Area, Catalogue, LATCHKEY, Permission, PermissionId};
use latchkey_domain::id::{ApplicationId, ClientId};
use latchkey_oidc::metadata::{ClientKind, ClientMetadata};
use latchkey_oidc::redirect;
use latchkey_store::application::{self, Application};
use latchkey_store::client as kept;
use latchkey_store::sql::Tx;
use serde_json::{Value, json};

use super::{Run, declared};
use crate::{Error, Result, audit};

impl Run<'_> {
    pub(super) async fn application(&mut self, tx: &mut Tx, declared: &declared::Application) -> Result<()> {
        let id = ApplicationId::new(declared.id.as_str());
        if declared.id == LATCHKEY {
            return Err(Error::invalid("application", "'latchkey' is built in"));
        }
        let present = application::find(tx, &id).await?;
        let wanted = Application {
            id: id.clone(),
            name: declared.name.clone(),
            all_accounts: declared.accounts.iter().any(|it| it == "*"),
            version: present.as_ref().map_or(1, |it| it.version),
        };
        let is_new = present.is_none();
        let is_changed = present
            .is_some_and(|it| (it.name, it.all_accounts) != (wanted.name.clone(), wanted.all_accounts));
        if is_new || is_changed {
            application::save(tx, &wanted, self.app.now()).await?;
            let action = if is_new {
                Action::ApplicationCreated
            } else {
                Action::ApplicationChanged
            };
            audit::Entry::new(&self.caller, action)
                .target("application", &id)
                .after(json!({ "name": wanted.name, "all_accounts": wanted.all_accounts }))
                .write(self.app, tx)
                .await?;
            self.note(
                if is_new { "created" } else { "changed" },
                "application",
                id.as_str(),
            );
        }
        self.accounts_of(tx, &id, declared).await?;
        self.resources_of(tx, &id, declared).await?;
        self.catalogue_of(tx, &id, declared).await?;
        if declared.client.is_declared() {
            self.client(tx, (&declared.id, &declared.id), &declared.client)
                .await?;
        }
        Ok(())
    }

    async fn accounts_of(
        &mut self,
        tx: &mut Tx,
        id: &ApplicationId,
        declared: &declared::Application,
    ) -> Result<()> {
        let mut wanted = Vec::new();
        for slug in declared.accounts.iter().filter(|it| *it != "*") {
            wanted.push(self.account_of(tx, slug).await?.id);
        }
        wanted.sort();
        wanted.dedup();
        let present = application::accounts(tx, id).await?;
        if present == wanted {
            return Ok(());
        }
        application::set_accounts(tx, id, &wanted).await?;
        let added = wanted.iter().filter(|it| !present.contains(it));
        let removed = present.iter().filter(|it| !wanted.contains(it));
        let added = added.map(|it| (Action::AccountApplicationAdded, it));
        for (action, account) in added.chain(removed.map(|it| (Action::AccountApplicationRemoved, it))) {
            let entry = audit::Entry::new(&self.caller, action).account(account);
            entry.target("application", id).write(self.app, tx).await?;
        }
        self.note("changed", "accounts of application", id.as_str());
        Ok(())
    }

    async fn resources_of(
        &mut self,
        tx: &mut Tx,
        id: &ApplicationId,
        declared: &declared::Application,
    ) -> Result<()> {
        let Some(wanted) = &declared.resource else {
            return Ok(());
        };
        let present = application::resources(tx, id).await?;
        if present == *wanted {
            return Ok(());
        }
        for identifier in wanted {
            latchkey_oidc::resource::Resource::parse(identifier)
                .map_err(|fault| Error::invalid("resource", format!("{identifier}: {fault}")))?;
            let owner = application::of_resource(tx, identifier).await?;
            if owner.is_some_and(|it| it != *id) {
                return Err(Error::invalid(
                    "resource",
                    format!("{identifier} belongs to another application"),
                ));
            }
        }
        application::set_resources(tx, id, wanted).await?;
        audit::Entry::new(&self.caller, Action::ApplicationChanged)
            .target("application", id)
            .before(json!({ "resources": present }))
            .after(json!({ "resources": wanted }))
            .write(self.app, tx)
            .await?;
        self.note("changed", "resources of application", id.as_str());
        Ok(())
    }

    async fn catalogue_of(
        &mut self,
        tx: &mut Tx,
        id: &ApplicationId,
        declared: &declared::Application,
    ) -> Result<()> {
        let Some(areas) = &declared.areas else {
            return Ok(());
        };
        let wanted = catalogue(id, areas)?;
        wanted
            .validate()
            .map_err(|fault| Error::invalid("catalogue", fault.to_string()))?;
        let present = application::catalogue(tx, id).await?;
        if present == wanted {
            return Ok(());
        }
        let changes = present.changes(&wanted);
        if !declared.force {
            refuse_used(tx, id, changes.removed.iter()).await?;
        }
        application::set_catalogue(tx, &wanted).await?;
        audit::Entry::new(&self.caller, Action::CatalogueChanged)
            .target("application", id)
            .after(serde_json::to_value(&changes).unwrap_or(Value::Null))
            .write(self.app, tx)
            .await?;
        self.note("changed", "catalogue", id.as_str());
        Ok(())
    }

    pub(super) async fn client(
        &mut self,
        tx: &mut Tx,
        (application, id): (&str, &str),
        declared: &declared::ClientFields,
    ) -> Result<()> {
        let of = ApplicationId::new(application);
        if application::find(tx, &of).await?.is_none() {
            return Err(Error::invalid(
                "application",
                format!("there is no application '{application}'"),
            ));
        }
        let kind = declared.kind.unwrap_or(ClientKind::Web);
        let metadata = metadata(id, kind, declared)?;
        let text = serde_json::to_string(&metadata).map_err(|e| Error::Bug(e.into()))?;
        let client_id = ClientId::new(id);
        let present = kept::find(tx, &client_id).await?;
        let first_party = declared.first_party.unwrap_or(true);
        let is_same = present.as_ref().is_some_and(|it| {
            it.metadata == text
                && it.first_party == first_party
                && it.kind == kind.as_str()
                && it.application_id == of
        });
        if present.as_ref().is_some_and(|it| it.application_id != of) {
            return Err(Error::invalid(
                "client",
                format!("'{id}' belongs to another application"),
            ));
        }
        if !is_same {
            let wanted = kept::Client {
                id: client_id.clone(),
                application_id: of,
                kind: kind.as_str().to_owned(),
                first_party,
                metadata: text,
                version: 1,
            };
            kept::save(tx, &wanted, self.app.now()).await?;
            let origins: Vec<String> = if kind == ClientKind::Spa {
                metadata
                    .redirect_uris
                    .iter()
                    .filter_map(|uri| redirect::origin(uri))
                    .collect()
            } else {
                Vec::new()
            };
            kept::set_origins(tx, &client_id, &origins).await?;
            let action = if present.is_none() {
                Action::ClientCreated
            } else {
                Action::ClientChanged
            };
            audit::Entry::new(&self.caller, action)
                .target("client", &client_id)
                .after(serde_json::to_value(&metadata).unwrap_or(Value::Null))
                .write(self.app, tx)
                .await?;
            self.note(
                if present.is_none() { "created" } else { "changed" },
                "client",
                id,
            );
        }
        if metadata.is_public() {
            Ok(())
        } else {
            self.secret_of(tx, &client_id, declared).await
        }
    }

    async fn secret_of(
        &mut self,
        tx: &mut Tx,
        id: &ClientId,
        declared: &declared::ClientFields,
    ) -> Result<()> {
        let present = kept::secrets(tx, id, self.app.now()).await?;
        let secret = match (&declared.client_secret, present.is_empty()) {
            (Some(secret), _) => secret,
            (None, false) => return Ok(()),
            (None, true) => self
                .prepared
                .client_secret(id.as_str())
                .ok_or_else(|| Error::bug("no secret was made for a client"))?,
        };
        let hash = digest(secret.expose_secret());
        if present == [hash.clone()] {
            return Ok(());
        }
        kept::set_secret(tx, id, &hash, self.app.now()).await?;
        audit::Entry::new(&self.caller, Action::ClientSecretAdded)
            .target("client", id)
            .write(self.app, tx)
            .await?;
        self.note("changed", "secret of client", id.as_str());
        if declared.client_secret.is_none() {
            let text = secret.expose_secret().to_owned();
            self.show(format!("client {id}"), &text);
        }
        Ok(())
    }
}

fn catalogue(id: &ApplicationId, declared: &[declared::Area]) -> Result<Catalogue> {
    let mut catalogue = Catalogue {
        application: id.clone(),
        areas: Vec::new(),
        permissions: Vec::new(),
    };
    for area in declared {
        catalogue.areas.push(Area {
            id: area.id.clone(),
            label: area.label.clone(),
            description: area.description.clone(),
        });
        for it in &area.permissions {
            catalogue.permissions.push(Permission {
                id: PermissionId::new(it.id.as_str())
                    .map_err(|fault| Error::invalid("catalogue", format!("{}: {fault}", it.id)))?,
                area: area.id.clone(),
                label: it.label.clone(),
                description: it.description.clone(),
                class: it.class,
            });
        }
    }
    Ok(catalogue)
}

async fn refuse_used(
    tx: &mut Tx,
    id: &ApplicationId,
    removed: impl Iterator<Item = &PermissionId>,
) -> Result<()> {
    let mut users = Vec::new();
    for permission in removed {
        for it in application::uses(tx, id, permission.as_str()).await? {
            users.push(format!(
                "{permission} ({} {} in account {})",
                it.through, it.holder, it.account_id
            ));
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    Err(Error::Rule(format!(
        "permissions in use would be removed: {}; set force = true to remove them all the same",
        users.join(", ")
    )))
}

fn metadata(id: &str, kind: ClientKind, declared: &declared::ClientFields) -> Result<ClientMetadata> {
    let wrong = |fault: String| Error::invalid("client", format!("{id}: {fault}"));
    let value = Value::Object(declared.metadata.clone().into_iter().collect());
    let mut metadata: ClientMetadata =
        serde_json::from_value(value).map_err(|fault| wrong(fault.to_string()))?;
    metadata.fill_defaults(kind);
    metadata
        .validate(kind)
        .map_err(|fault| wrong(fault.description()))?;
    Ok(metadata)
}
