//! What a member may do, and why (docs: "Effective access, and why").

use latchkey_domain::access::Reason;
use latchkey_domain::authority::needs;
use latchkey_domain::catalogue::{PermissionId, QualifiedPermission};
use latchkey_domain::id::ApplicationId;
use latchkey_store::application;
use latchkey_store::sql::Tx;
use serde::Serialize;

use super::acting::At;
use super::authority;
use super::case::Case;
use crate::{App, Error, Result, access};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// The member, by address or id.
    pub member: &'a str,
    /// One permission, `area:action` or with its application before it; all otherwise.
    pub permission: Option<&'a str>,
    /// One application; all of the account otherwise.
    pub application: Option<&'a str>,
}

/// Whether a member has a permission, and the chain of reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The permission: with its application before it, unless the question named the application.
    pub permission: String,
    /// Whether the member has it.
    pub allowed: bool,
    /// Why: what gives it, then what takes it away.
    pub because: Vec<Reason>,
}

/// Answers for each permission asked about.
///
/// # Errors
/// [`Error::Denied`] without `latchkey/users:view` for anybody but oneself, [`Error::Invalid`]
/// for no such member, permission or application.
pub async fn explain(app: &App, at: &At, question: &Question<'_>) -> Result<Vec<Explanation>> {
    app.db.read(async |tx| answer(app, tx, at, question).await).await
}

async fn answer(app: &App, tx: &mut Tx, at: &At, question: &Question<'_>) -> Result<Vec<Explanation>> {
    let case = Case::open(app, tx, at, question.member).await?;
    if case.acting.member.as_ref() != Some(&case.member().id) {
        case.acting.may(needs::USERS_VIEW)?;
    }
    let wanted = wanted(question)?;
    let mut found = Vec::new();
    for id in applications(app, tx, &case, &wanted).await? {
        let scene = access::scene(app, tx, &case.member().account, &id).await?;
        for it in case.facts.explained(&scene, app.now()).explanation {
            if wanted
                .permission
                .as_ref()
                .is_some_and(|one| *one != it.permission)
            {
                continue;
            }
            let permission = if question.application.is_some() {
                it.permission.to_string()
            } else {
                scene.catalogue.qualify(&it.permission).to_string()
            };
            found.push(Explanation {
                permission,
                allowed: it.allowed,
                because: it.because,
            });
        }
    }
    match question.permission {
        Some(permission) if found.is_empty() => Err(Error::invalid(
            "permission",
            format!("there is no permission '{permission}'"),
        )),
        _ => Ok(found),
    }
}

/// A question, read.
struct Wanted {
    application: Option<ApplicationId>,
    permission: Option<PermissionId>,
}

fn wanted(question: &Question<'_>) -> Result<Wanted> {
    let form = || Error::invalid("permission", "write it as area:action or application/area:action");
    let mut wanted = Wanted {
        application: question.application.map(ApplicationId::from),
        permission: None,
    };
    match question.permission {
        Some(text) if text.contains('/') => {
            let it: QualifiedPermission = text.parse().map_err(|_| form())?;
            if wanted
                .application
                .as_ref()
                .is_some_and(|named| *named != it.application)
            {
                return Err(Error::invalid(
                    "permission",
                    "it belongs to another application than the one named",
                ));
            }
            wanted.application = Some(it.application);
            wanted.permission = Some(it.permission);
        }
        Some(text) => wanted.permission = Some(PermissionId::new(text).map_err(|_| form())?),
        None => {}
    }
    Ok(wanted)
}

/// The application named, whether or not the account has it, else all that count in the account.
async fn applications(app: &App, tx: &mut Tx, case: &Case, wanted: &Wanted) -> Result<Vec<ApplicationId>> {
    let Some(id) = &wanted.application else {
        let all = authority::scenes(app, tx, &case.member().account).await?;
        return Ok(all.iter().map(|it| it.catalogue.application.clone()).collect());
    };
    let is_built_in = *id == latchkey_domain::catalogue::latchkey_id();
    if !is_built_in && application::find(tx, id).await?.is_none() {
        return Err(Error::invalid(
            "application",
            format!("there is no application '{id}'"),
        ));
    }
    Ok(vec![id.clone()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_may_bring_its_application() {
        let question = Question {
            permission: Some("crm/deals:edit"),
            ..Question::default()
        };
        let read = wanted(&question).unwrap();
        assert_eq!(read.application, Some(ApplicationId::new("crm")));
        assert_eq!(read.permission, Some(PermissionId::new("deals:edit").unwrap()));
    }

    #[test]
    fn two_applications_at_once_are_refused() {
        let question = Question {
            permission: Some("crm/deals:edit"),
            application: Some("erp"),
            ..Question::default()
        };
        assert!(wanted(&question).is_err());
    }
}
