//! Lists (RFC 7644 section 3.4.2). Equalities on indexed attributes, and all of them together, are
//! the database's work; any other filter, and sorting, walks through the members that are left.

use latchkey_domain::account::Account;
use latchkey_domain::member::Member;
use latchkey_scim::filter::{Filter, matches};
use latchkey_scim::list::{ListQuery, ListResponse};
use latchkey_scim::projection::Projection;
use latchkey_scim::schema::{ACCESS, ENTERPRISE_USER, INVITATION, Resolved, Target, USERS};
use latchkey_scim::sort::{SortKey, SortOrder, sort_target};
use latchkey_scim::{AttributePath, Resource, ScimError, ScimType};
use latchkey_store::member::search::{self, Condition, Scope};
use latchkey_store::sql::Tx;

use super::render::{Viewer, profile_alone};
use crate::provisioning::{Provisioner, Refused, Result, base};
use crate::{App, Error};

/// How many users a page has where the client says nothing.
pub const DEFAULT_PAGE: u64 = 100;
/// How many it has at most.
pub const LARGEST_PAGE: u64 = 200;

/// How many members are walked through for a filter that only needs their profile.
const MOST_PROFILES: usize = 100_000;
/// How many for one that needs roles, sets, groups or invitations, which are read for each.
const MOST_RESOURCES: usize = 10_000;
/// How many are read at a time.
const STRIDE: i64 = 500;

/// The users that match, one page of them.
///
/// # Errors
/// 400 `invalidFilter`, `invalidValue`, or `tooMany` where so many members would have to be
/// walked through that it is refused.
pub async fn list(app: &App, by: &Provisioner, query: &ListQuery) -> Result<ListResponse> {
    if query.cursor.is_some() {
        let detail = "Lists are paged by startIndex and count here; cursors are not supported.";
        return Err(ScimError::of(ScimType::InvalidCursor, detail).into());
    }
    if let Some(filter) = &query.filter {
        filter.check(&USERS)?;
    }
    let sort_by = query
        .sort_by
        .as_ref()
        .map(|it| sort_target(it, &USERS))
        .transpose()?;
    let (conditions, rest) = query.filter.clone().map_or_else(Default::default, search::split);
    let effective =
        asks_for_effective(&query.projection) || query.filter.as_ref().is_some_and(names_effective);
    let search = Search {
        viewer: Viewer { app, by, effective },
        conditions,
        rest,
        sort_by,
        query,
    };
    app.db
        .read(async |tx| {
            let account = latchkey_store::account::find(tx, &by.account)
                .await?
                .ok_or(Error::NotFound)?;
            let (total, resources) = search.page(tx, &account).await?;
            let resources = resources
                .iter()
                .map(|it| query.projection.apply(it, &USERS))
                .collect();
            Ok::<_, Refused>(ListResponse::page(query, total, resources))
        })
        .await
}

struct Search<'a> {
    viewer: Viewer<'a>,
    conditions: Vec<Condition>,
    rest: Option<Filter>,
    sort_by: Option<Resolved<'static>>,
    query: &'a ListQuery,
}

impl Search<'_> {
    /// How many match in all, and those of the page.
    async fn page(&self, tx: &mut Tx, account: &Account) -> Result<(u64, Vec<Resource>)> {
        let limit = self.query.limit(DEFAULT_PAGE, LARGEST_PAGE);
        if self.rest.is_some() || self.sort_by.is_some() {
            let all = self.walk(tx, account).await?;
            let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
            let skip = usize::try_from(self.query.offset()).unwrap_or(usize::MAX);
            let take = usize::try_from(limit).unwrap_or(usize::MAX);
            let mut page = Vec::new();
            for member in all.iter().skip(skip).take(take) {
                page.push(self.viewer.resource(tx, account, member).await?);
            }
            return Ok((total, page));
        }
        let scope = self.scope(account);
        let total = u64::try_from(search::count(tx, scope, &self.conditions).await?).unwrap_or(0);
        if limit == 0 || self.query.offset() >= total {
            return Ok((total, Vec::new()));
        }
        let window = (whole(self.query.offset()), whole(limit));
        let members = search::page(tx, scope, &self.conditions, window).await?;
        Ok((total, self.viewer.run(tx, account, &members).await?))
    }

    fn scope<'s>(&'s self, account: &'s Account) -> Scope<'s> {
        Scope {
            account: &account.id,
            client: &self.viewer.by.client,
        }
    }

    /// All members that match, in the order asked for.
    async fn walk(&self, tx: &mut Tx, account: &Account) -> Result<Vec<Member>> {
        let base = base(self.viewer.app);
        let is_light = !self.needs_more_than_the_profile();
        let most = if is_light { MOST_PROFILES } else { MOST_RESOURCES };
        let mut found: Vec<(SortKey, Member)> = Vec::new();
        let (mut walked, mut last) = (0_usize, String::new());
        loop {
            let members = search::after(tx, self.scope(account), &self.conditions, (&last, STRIDE)).await?;
            let Some(end) = members.last() else { break };
            end.id.as_str().clone_into(&mut last);
            walked = walked.saturating_add(members.len());
            if walked > most {
                return Err(too_many(most));
            }
            let resources = if is_light {
                members.iter().map(|it| profile_alone(it, &base)).collect()
            } else {
                self.viewer.run(tx, account, &members).await?
            };
            for (member, resource) in members.into_iter().zip(resources) {
                if self.rest.as_ref().is_none_or(|it| matches(it, &resource, &USERS)) {
                    found.push((self.key(&resource), member));
                }
            }
        }
        found.sort_by(|(a, _), (b, _)| match self.query.sort_order {
            SortOrder::Ascending => a.compare(b),
            SortOrder::Descending => b.compare(a),
        });
        Ok(found.into_iter().map(|(_, member)| member).collect())
    }

    fn key(&self, resource: &Resource) -> SortKey {
        self.sort_by
            .map_or(SortKey::Absent, |it| SortKey::of(resource, it))
    }

    fn needs_more_than_the_profile(&self) -> bool {
        self.sort_by.is_some_and(is_beside)
            || self.rest.as_ref().is_some_and(|it| any_path(it, &is_path_beside))
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn too_many(most: usize) -> Refused {
    let detail = format!(
        "This would look through more than {most} users. Narrow it with userName, externalId, id or active (eq, joined \
         by and), which are indexed."
    );
    ScimError::of(ScimType::TooMany, detail).into()
}

/// Whether any name in the filter is one that `is` says; names between brackets belong to the one
/// before them.
fn any_path(filter: &Filter, is: &impl Fn(&AttributePath) -> bool) -> bool {
    match filter {
        Filter::Compare(comparison) => is(&comparison.path),
        Filter::Present(path) | Filter::ValuePath(path, _) => is(path),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(|it| any_path(it, is)),
        Filter::Not(inner) => any_path(inner, is),
    }
}

/// Whether an attribute is not in the member's own row; which schemas there are is told by them all.
fn is_beside(found: Resolved<'_>) -> bool {
    let name = found.attribute.name.as_str();
    match found.extension.map(|it| it.id.as_str()) {
        None => matches!(
            name,
            "schemas" | "externalId" | "roles" | "groups" | "entitlements"
        ),
        Some(ENTERPRISE_USER) => name == "manager",
        Some(_) => true,
    }
}

fn is_path_beside(path: &AttributePath) -> bool {
    match USERS.resolve(path) {
        Some(Target::Attribute(found)) => is_beside(found),
        Some(Target::Extension(schema)) => schema.id == ACCESS || schema.id == INVITATION,
        None => false,
    }
}

/// Whether `effectivePermissions` is asked for: it is computed for nobody else.
pub(super) fn asks_for_effective(projection: &Projection) -> bool {
    projection.attributes.iter().any(is_effective)
}

fn names_effective(filter: &Filter) -> bool {
    any_path(filter, &is_effective)
}

fn is_effective(path: &AttributePath) -> bool {
    match USERS.resolve(path) {
        Some(Target::Attribute(found)) => found.attribute.name == "effectivePermissions",
        Some(Target::Extension(schema)) => schema.id == ACCESS,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        Filter::parse(text).unwrap()
    }

    #[test]
    fn only_what_is_kept_beside_the_member_is_read_for_each() {
        for text in [
            "title eq \"x\"",
            "emails[type eq \"work\"]",
            "not (meta.created gt \"2026-01-01T00:00:00Z\")",
        ] {
            assert!(!any_path(&filter(text), &is_path_beside), "{text}");
        }
        let status = format!("{ACCESS}:status eq \"active\"");
        let manager = format!("{ENTERPRISE_USER}:manager.displayName eq \"x\"");
        for text in [
            "roles.value eq \"x\"",
            "title pr or externalId pr",
            "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
            &status,
            &manager,
        ] {
            assert!(any_path(&filter(text), &is_path_beside), "{text}");
        }
    }

    #[test]
    fn effective_permissions_are_computed_only_where_they_are_asked_for() {
        let asked = |names: &str| asks_for_effective(&Projection::parse(Some(names), None).unwrap());
        assert!(asked(&format!("userName,{ACCESS}:effectivePermissions")));
        assert!(asked(ACCESS));
        assert!(!asked(&format!("userName,{ACCESS}:status")));
        assert!(!asks_for_effective(&Projection::default()));
        assert!(names_effective(&filter(&format!(
            "{ACCESS}:effectivePermissions eq \"crm/deals:edit\""
        ))));
    }
}
