//! `[[terms]]`: published versions; what was published is never changed.

use latchkey_crypto::encoding::sha256_base64url;
use latchkey_domain::audit::Action;
use latchkey_domain::terms::Terms;
use latchkey_domain::time::Timestamp;
use latchkey_store::sql::Tx;
use latchkey_store::terms as kept;
use serde_json::json;

use super::{Run, declared};
use crate::{Error, Result, audit};

impl Run<'_> {
    pub(super) async fn terms(&mut self, tx: &mut Tx, declared: &declared::Terms) -> Result<()> {
        let account = match &declared.account {
            Some(slug) => Some(self.account_of(tx, slug).await?.id),
            None => None,
        };
        let present = kept::by_version(tx, account.as_ref(), &declared.version).await?;
        if let Some(published) = present.as_ref().and_then(|it| it.texts.get(&declared.language)) {
            return if *published == declared.text {
                Ok(())
            } else {
                Err(Error::Rule(
                    "this version is published; a changed text is a new version".to_owned(),
                ))
            };
        }
        let now = self.app.now();
        let effective_at = match &declared.effective_at {
            Some(text) => {
                Timestamp::parse(text).map_err(|fault| Error::invalid("effective_at", fault.to_string()))?
            }
            None => now,
        };
        let mut terms = present.unwrap_or_else(|| Terms {
            id: self.app.new_id(),
            account: account.clone(),
            version: declared.version.clone(),
            required: declared.required,
            effective_at,
            texts: std::collections::BTreeMap::new(),
        });
        terms
            .texts
            .insert(declared.language.clone(), declared.text.clone());
        let digest = sha256_base64url(declared.text.as_bytes());
        kept::publish(tx, &terms, &declared.language, &digest, now).await?;
        let mut entry = audit::Entry::new(&self.caller, Action::TermsPublished).target("terms", &terms.id);
        if let Some(account) = &account {
            entry = entry.account(account);
        }
        entry
            .after(json!({ "version": terms.version, "language": declared.language, "digest": digest }))
            .write(self.app, tx)
            .await?;
        self.note(
            "published",
            "terms",
            format!("{} ({})", declared.version, declared.language),
        );
        Ok(())
    }
}
