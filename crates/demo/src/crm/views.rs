//! The pages.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::access::Permission;
use super::contacts::{Contact, Deal};
use super::sessions::SignedIn;

/// The first page, before anybody has signed in.
#[derive(Template)]
#[template(path = "welcome.html")]
pub(super) struct Welcome {
    /// Something to say first.
    pub notice: Option<&'static str>,
}

/// The first page of somebody signed in.
#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct Home<'a> {
    pub person: &'a SignedIn,
    pub csrf: &'a str,
    pub notice: Option<&'static str>,
    pub contacts: &'a [Contact],
    pub deals: &'a [Deal],
    pub sales: &'a [(&'static str, u32)],
}

/// One contact, to change.
#[derive(Template)]
#[template(path = "contact.html")]
pub(super) struct Editing<'a> {
    pub person: &'a SignedIn,
    pub csrf: &'a str,
    pub contact: &'a Contact,
    /// What is wrong with the name, if anything.
    pub problem: Option<&'static str>,
}

/// What the account pays.
#[derive(Template)]
#[template(path = "billing.html")]
pub(super) struct Billing<'a> {
    pub person: &'a SignedIn,
    pub csrf: &'a str,
    pub invoices: &'a [(&'static str, &'static str, &'static str, &'static str)],
}

/// What the provider said about the person.
#[derive(Template)]
#[template(path = "claims.html")]
pub(super) struct ClaimsPage<'a> {
    pub person: &'a SignedIn,
    pub csrf: &'a str,
    pub id_token: String,
    pub access_token: String,
    pub user_info: String,
}

/// What went wrong and what to do.
#[derive(Template)]
#[template(path = "trouble.html")]
pub(super) struct Trouble<'a> {
    pub title: &'a str,
    pub what: &'a str,
    pub technical: Option<&'a str>,
}

impl Home<'_> {
    /// A sum in euros, its thousands apart.
    #[expect(clippy::unused_self, reason = "templates call what belongs to the page")]
    fn euros(&self, sum: &u32) -> String {
        format!("€ {},{:03}", sum / 1_000, sum % 1_000)
    }
}

impl SignedIn {
    fn may(&self, permission: Permission) -> bool {
        self.access.allows(permission)
    }

    fn edits_contacts(&self) -> bool {
        self.may(Permission::ContactsEdit)
    }

    fn sees_contacts(&self) -> bool {
        self.may(Permission::ContactsView)
    }

    fn sees_deals(&self) -> bool {
        self.may(Permission::DealsView)
    }

    fn sees_reports(&self) -> bool {
        self.may(Permission::ReportsView)
    }

    fn exports_reports(&self) -> bool {
        self.may(Permission::ReportsExport)
    }

    fn sees_invoices(&self) -> bool {
        self.may(Permission::InvoicesView)
    }

    fn manages_invoices(&self) -> bool {
        self.may(Permission::InvoicesManage)
    }

    fn permissions(&self) -> &[String] {
        self.access.permissions.as_deref().unwrap_or_default()
    }

    fn entitlements(&self) -> &[String] {
        self.access.entitlements.as_deref().unwrap_or_default()
    }
}

/// A page with this status.
pub(super) fn page(status: StatusCode, view: &impl Template) -> Response {
    match view.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "a page of the sample CRM can't be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
