//! All routes, each with the guard it stands behind. A route cannot be added without one, and a
//! test compares the list with a reviewed file.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};

use crate::layers::around::Around;
use crate::layers::front::Front;
use crate::state::Web;
use crate::{assets, health, oauth, pages, scim};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody; it says nothing that is not public.
    Public,
    /// Anybody with a browser; forms carry a CSRF token bound to that browser.
    Browser,
    /// A signed-in person, in the browser of their session.
    Session,
    /// A client that proves who it is (or a public one, for what it was given itself).
    Client,
    /// The bearer of an access token.
    AccessToken,
    /// The bearer of an account's SCIM token.
    ScimToken,
    /// Anybody, only where the development mail box is on.
    Development,
}

/// A route: its methods, its path and its guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Methods, separated by spaces.
    pub methods: &'static str,
    /// The path, as axum writes it.
    pub path: &'static str,
    /// Who may call it.
    pub guard: Guard,
}

/// Routes being put together.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<Arc<Web>>,
    table: Vec<Route>,
}

impl Routes {
    /// Adds a route.
    #[must_use]
    pub fn add(
        mut self,
        methods: &'static str,
        path: &'static str,
        guard: Guard,
        handler: MethodRouter<Arc<Web>>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.table.push(Route { methods, path, guard });
        self
    }

    /// Adds all routes of another list.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    /// Puts a layer around the routes so far.
    #[must_use]
    pub fn map(mut self, change: impl FnOnce(Router<Arc<Web>>) -> Router<Arc<Web>>) -> Self {
        self.router = change(self.router);
        self
    }
}

fn routes(web: &Arc<Web>) -> Routes {
    let pages = pages::routes(web)
        .map(|router| router.layer(from_fn_with_state(Arc::clone(web), pages::error::render)));
    Routes::default()
        .add("GET", "/healthz", Guard::Public, get(health::live))
        .add("GET", "/readyz", Guard::Public, get(health::ready))
        .add("GET", "/assets/{file}", Guard::Public, get(assets::serve))
        .and(oauth::routes(web))
        .and(pages)
        .and(scim::routes(web))
}

/// Every route with its guard, by path.
pub fn table(web: &Arc<Web>) -> Vec<Route> {
    let mut table = routes(web).table;
    table.sort_by_key(|route| (route.path, route.methods));
    table
}

/// The whole service.
pub fn router(web: &Arc<Web>) -> Front {
    let nothing = axum::routing::any(pages::error::nothing_here)
        .layer(from_fn_with_state(Arc::clone(web), pages::error::render));
    let router = routes(web)
        .router
        .fallback_service(nothing.with_state(Arc::clone(web)))
        .layer(Around(Arc::clone(web)))
        .with_state(Arc::clone(web));
    Front::new(web, router)
}
