//! Makes the installation match declared state: idempotent, all or nothing, and it leaves alone
//! what is not declared. It never changes who the owner is nor an existing person's password.

mod accounts;
mod applications;
mod contradictions;
pub mod declared;
mod entries;
mod members;
mod newcomers;
mod prepare;
mod profiles;
mod read;
mod sets;
mod terms;
mod tokens;

use std::fmt;

use latchkey_domain::audit::{Action, Actor};
use latchkey_store::sql::{DbError, Tx};
use serde::Serialize;

pub use declared::State;
pub use read::read;

use crate::{App, Caller, Error, Result, audit};
use entries::about;
use prepare::Prepared;

/// What the operator is called in records, invitations and tokens.
const OPERATOR: &str = "the operator";

/// How to apply.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Says what would change, and changes nothing.
    pub dry_run: bool,
    /// Takes the declared passwords of people who are new, and counts their addresses as proven.
    pub allow_passwords: bool,
}

/// One thing that was (or would be) changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `created`, `changed`, `invited`, `published`…
    pub action: &'static str,
    /// What kind of thing.
    pub kind: &'static str,
    /// Which one.
    pub name: String,
}

/// A secret that was made here and is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What it belongs to.
    pub name: String,
    /// The secret.
    pub secret: String,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Shown");
        shown.field("name", &self.name).finish_non_exhaustive()
    }
}

/// What an application of declared state did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// All changes, in order.
    pub changes: Vec<Change>,
    /// Secrets made on the way.
    pub secrets: Vec<Shown>,
}

/// One application of declared state under way.
struct Run<'a> {
    app: &'a App,
    caller: Caller,
    options: Options,
    prepared: &'a Prepared,
    report: Report,
}

impl Run<'_> {
    fn note(&mut self, action: &'static str, kind: &'static str, name: impl Into<String>) {
        self.report.changes.push(Change {
            action,
            kind,
            name: name.into(),
        });
    }

    fn show(&mut self, name: impl Into<String>, secret: &str) {
        self.report.secrets.push(Shown {
            name: name.into(),
            secret: secret.to_owned(),
        });
    }
}

/// Why nothing was changed.
enum Undone {
    /// Only asked.
    DryRun(Report),
    /// It failed.
    Failed(Error),
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Applies declared state in one transaction.
///
/// # Errors
/// [`Error::Invalid`] or [`Error::Rule`] names what cannot be as declared; nothing is changed then.
pub async fn apply(app: &App, state: &State, options: Options) -> Result<Report> {
    let prepared = prepare::prepare(app, state, options).await?;
    let caller = Caller::local(Actor::Operator {
        label: "apply".to_owned(),
    });
    let outcome = app
        .db
        .write(async |tx| {
            let mut run = Run {
                app,
                caller: caller.clone(),
                options,
                prepared: &prepared,
                report: Report::default(),
            };
            run.all(tx, state).await?;
            if options.dry_run {
                Err(Undone::DryRun(run.report))
            } else {
                Ok(run.report)
            }
        })
        .await;
    match outcome {
        Ok(report) => {
            app.cache.forget_everything();
            app.outbox.ring();
            Ok(report)
        }
        Err(Undone::DryRun(report)) => Ok(report),
        Err(Undone::Failed(error)) => Err(error),
    }
}

impl Run<'_> {
    async fn all(&mut self, tx: &mut Tx, state: &State) -> Result<()> {
        for it in &state.account {
            let done = self.account(tx, it, state).await;
            done.map_err(|fault| about(&entries::account(it), fault))?;
        }
        for it in &state.application {
            let done = self.application(tx, it).await;
            done.map_err(|fault| about(&entries::application(&it.id), fault))?;
        }
        for it in &state.client {
            let done = self.client(tx, (&it.application, &it.id), &it.fields).await;
            done.map_err(|fault| about(&entries::client(&it.id), fault))?;
        }
        for it in &state.permission_set {
            let done = self.permission_set(tx, it).await;
            done.map_err(|fault| about(&entries::permission_set(it), fault))?;
        }
        for it in &state.service_member {
            let done = self.service_member(tx, it).await;
            done.map_err(|fault| about(&entries::service_member(it), fault))?;
        }
        for it in &state.member {
            let done = self.member(tx, it).await;
            done.map_err(|fault| about(&entries::member(it), fault))?;
        }
        for it in &state.scim_token {
            let done = self.scim_token(tx, it).await;
            done.map_err(|fault| about(&entries::scim_token(it), fault))?;
        }
        for it in &state.terms {
            let done = self.terms(tx, it).await;
            done.map_err(|fault| about(&entries::terms(it), fault))?;
        }
        if !self.report.changes.is_empty() {
            let entry = audit::Entry::new(&self.caller, Action::StateApplied);
            entry
                .detail("changes", self.report.changes.len().to_string())
                .write(self.app, tx)
                .await?;
            tx.notify("configuration").await?;
        }
        Ok(())
    }

    async fn account_of(&self, tx: &mut Tx, slug: &str) -> Result<latchkey_domain::account::Account> {
        latchkey_store::account::by_slug(tx, slug)
            .await?
            .ok_or_else(|| Error::invalid("account", format!("there is no account '{slug}'")))
    }
}
