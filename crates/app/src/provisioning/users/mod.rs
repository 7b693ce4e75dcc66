//! The use cases on `Users`: make, read, list, replace, patch, remove.
//!
//! A change is told as a whole resource: the one that is there, edited by PUT or PATCH; what
//! differs is carried out attribute by attribute, each under its own rule, or nothing is.

mod change;
mod create;
mod directory;
mod inviting;
mod list;
mod page;
mod render;
mod wanted;
mod work;

pub use list::{DEFAULT_PAGE, LARGEST_PAGE, list};

use latchkey_domain::id::MemberId;
use latchkey_domain::member::Member;
use latchkey_scim::etag::Condition;
use latchkey_scim::patch::PatchRequest;
use latchkey_scim::projection::Projection;
use latchkey_scim::resource::{Policy, canonicalize, check_required};
use latchkey_scim::schema::USERS;
use latchkey_scim::{Resource, put};
use latchkey_store::sql::Tx;
use serde_json::{Map, Value};
use tracing::debug;

use self::render::{Viewer, rendered};
use self::work::{Seen, Work, present};
use super::{Provisioner, Result, base};
use crate::{App, Error};

/// A user as it is answered.
#[derive(Debug)]
pub struct Answer {
    /// The attributes that were asked for.
    pub resource: Resource,
    /// The version, for the entity tag (RFC 7644 section 3.14).
    pub version: i64,
    /// The absolute URL.
    pub location: String,
}

/// Which user is meant, and in which version.
#[derive(Debug, Clone)]
pub struct Meant {
    /// The `id`.
    pub id: MemberId,
    /// `If-Match`, where it is given.
    pub condition: Option<Condition>,
    /// `If-None-Match`, where it is given.
    pub unless: Option<Condition>,
}

/// POST (RFC 7644 section 3.3): a new member in status `invited`, and the invitation.
///
/// # Errors
/// 400, 403 and 409 as SCIM words them; [`Error::RateLimited`] where too many invitations left.
pub async fn create(
    app: &App,
    by: &Provisioner,
    body: Map<String, Value>,
    projection: &Projection,
) -> Result<Answer> {
    let incoming = canonicalize(body, &USERS, &Policy::default())?;
    log_ignored(&incoming.ignored);
    check_required(&incoming.resource, &USERS)?;
    let (id, resource): (MemberId, _) = (app.new_id(), &incoming.resource);
    let effective = list::asks_for_effective(projection);
    let (member, beside, sent) = app
        .db
        .write_settled(async |tx| {
            let work = Work::begin(app, by, tx).await?;
            work.create(tx, &id, resource, effective).await
        })
        .await?;
    ring(app, sent);
    let made = rendered(&member, &beside, &base(app), app.now());
    Ok(answered(app, &member, &made, projection))
}

/// GET of one user.
///
/// # Errors
/// 404 for no such user.
pub async fn read(app: &App, by: &Provisioner, id: &MemberId, projection: &Projection) -> Result<Answer> {
    let viewer = Viewer {
        app,
        by,
        effective: list::asks_for_effective(projection),
    };
    app.db
        .read(async |tx| {
            let account = latchkey_store::account::find(tx, &by.account)
                .await?
                .ok_or(Error::NotFound)?;
            let member = present(tx, &account, id).await?;
            let resource = viewer.resource(tx, &account, &member).await?;
            Ok(answered(app, &member, &resource, projection))
        })
        .await
}

/// PUT (RFC 7644 section 3.5.1).
///
/// # Errors
/// 404, 412, and as [`create`]; 403 for what nobody may do to the owner.
pub async fn replace(
    app: &App,
    by: &Provisioner,
    meant: &Meant,
    body: Map<String, Value>,
    projection: &Projection,
) -> Result<Answer> {
    let incoming = canonicalize(body, &USERS, &Policy::default())?;
    log_ignored(&incoming.ignored);
    let edit = |seen: &Seen| Ok(put::replace(&seen.resource, &incoming, &USERS)?);
    edited(app, by, meant, &edit, projection).await
}

/// PATCH (RFC 7644 section 3.5.2): all of it, or nothing.
///
/// # Errors
/// As [`replace`], and those of [`PatchRequest::apply`].
pub async fn patch(
    app: &App,
    by: &Provisioner,
    meant: &Meant,
    body: Map<String, Value>,
    projection: &Projection,
) -> Result<Answer> {
    let request = PatchRequest::parse(body)?;
    let edit = |seen: &Seen| {
        let patched = request.apply(&seen.resource, &USERS, &Policy::default())?;
        log_ignored(&patched.ignored);
        let is_derived = directory::is_address_derived(&seen.member.profile);
        if is_derived && !gives_emails(&request, &seen.resource) {
            // Kept, they would hold the address where it is when the user name becomes another one.
            let mut following = patched.resource.clone();
            following.set("emails", Value::Null);
            if directory::address(&following).is_some() {
                return Ok(following);
            }
        }
        Ok(patched.resource)
    };
    edited(app, by, meant, &edit, projection).await
}

/// Whether a PATCH says anything of `emails` that is to be kept: without those that are shown there
/// are some afterwards, or it asks for those.
fn gives_emails(request: &PatchRequest, shown: &Resource) -> bool {
    let mut without = shown.clone();
    without.set("emails", Value::Null);
    let patched = request.apply(&without, &USERS, &Policy::default());
    !patched.is_ok_and(|it| it.resource.get("emails").is_none())
}

/// Edits the resource that is there and makes the member what it then says.
async fn edited(
    app: &App,
    by: &Provisioner,
    meant: &Meant,
    edit: &(impl Fn(&Seen) -> Result<Resource> + Sync),
    projection: &Projection,
) -> Result<Answer> {
    let (answer, sent) = app
        .db
        .write(async |tx| {
            let work = Work::begin(app, by, tx).await?;
            let seen = work.seen(tx, meant).await?;
            let wanted = edit(&seen)?;
            let (member, sent) = work.change(tx, &seen, &wanted).await?;
            Ok::<_, super::Refused>((answer(&work, tx, &member, projection).await?, sent))
        })
        .await?;
    ring(app, sent);
    Ok(answer)
}

/// DELETE (RFC 7644 section 3.6): the member is removed for good.
///
/// # Errors
/// 404, 412; 403 for the owner.
pub async fn delete(app: &App, by: &Provisioner, meant: &Meant) -> Result<()> {
    app.db
        .write(async |tx| {
            let work = Work::begin(app, by, tx).await?;
            let seen = work.seen(tx, meant).await?;
            work.remove(tx, &seen).await
        })
        .await
}

/// The member as this transaction has left it.
async fn answer(work: &Work<'_>, tx: &mut Tx, member: &Member, projection: &Projection) -> Result<Answer> {
    let viewer = Viewer {
        app: work.app,
        by: work.by,
        effective: list::asks_for_effective(projection),
    };
    let resource = viewer.resource(tx, &work.account, member).await?;
    Ok(answered(work.app, member, &resource, projection))
}

fn answered(app: &App, member: &Member, resource: &Resource, projection: &Projection) -> Answer {
    Answer {
        resource: projection.apply(resource, &USERS),
        version: member.version,
        location: format!("{}/Users/{}", base(app), member.id),
    }
}

/// Unknown attributes are left out; their names help whoever connects an HR system.
fn log_ignored(names: &[String]) {
    if !names.is_empty() {
        debug!(attributes = names.join(", "), "unknown attributes were left out");
    }
}

fn ring(app: &App, sent: bool) {
    if sent {
        app.outbox.ring();
    }
}
