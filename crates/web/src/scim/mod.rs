//! SCIM 2.0 at `/scim/v2` (RFC 7644): discovery for anybody, users for the bearer of an account's
//! token. Each path answers with a slash at its end too, which some clients write.

mod discovery;
mod error;
mod request;
mod users;

use std::sync::Arc;

use axum::routing::{MethodRouter, any, get, post};

pub use self::error::Failure;
use crate::routes::{Guard, Routes};
use crate::state::Web;

/// All routes of SCIM.
pub fn routes(web: &Arc<Web>) -> Routes {
    let documents = discovery::Documents::new(&web.app);
    let users = get(users::list).post(users::create);
    let user = get(users::read)
        .put(users::replace)
        .patch(users::patch)
        .delete(users::delete);
    let routes = discovery::routes(&documents);
    let routes = both(
        routes,
        "GET POST",
        USERS,
        Guard::ScimToken,
        refusing(users, "GET, HEAD, POST"),
    );
    let routes = both(
        routes,
        "POST",
        SEARCH,
        Guard::ScimToken,
        refusing(post(users::search), "POST"),
    );
    let allowed = "GET, HEAD, PUT, PATCH, DELETE";
    let routes = both(
        routes,
        "GET PUT PATCH DELETE",
        USER,
        Guard::ScimToken,
        refusing(user, allowed),
    );
    let routes = both(
        routes,
        "ANY",
        ["/scim/v2/Me", "/scim/v2/Me/"],
        Guard::Public,
        any(error::not_implemented),
    );
    let routes = both(
        routes,
        "ANY",
        ["/scim/v2/Bulk", "/scim/v2/Bulk/"],
        Guard::Public,
        any(error::not_implemented),
    );
    // Users are the one kind of resource so far, so searching all kinds finds users.
    let routes = both(
        routes,
        "POST",
        SEARCH_ALL,
        Guard::ScimToken,
        refusing(post(users::search), "POST"),
    );
    both(
        routes,
        "ANY",
        ["/scim/v2", "/scim/v2/"],
        Guard::Public,
        any(error::nothing_here),
    )
    .add("ANY", "/scim/v2/{*rest}", Guard::Public, any(error::nothing_here))
}

const USERS: [&str; 2] = ["/scim/v2/Users", "/scim/v2/Users/"];
const SEARCH: [&str; 2] = ["/scim/v2/Users/.search", "/scim/v2/Users/.search/"];
const SEARCH_ALL: [&str; 2] = ["/scim/v2/.search", "/scim/v2/.search/"];
const USER: [&str; 2] = ["/scim/v2/Users/{id}", "/scim/v2/Users/{id}/"];

/// Adds a route under a path and under the same with a slash at its end.
fn both(
    routes: Routes,
    methods: &'static str,
    paths: [&'static str; 2],
    guard: Guard,
    handler: MethodRouter<Arc<Web>>,
) -> Routes {
    let [plain, slashed] = paths;
    routes
        .add(methods, plain, guard, handler.clone())
        .add(methods, slashed, guard, handler)
}

/// Answers other methods with 405 in the words of SCIM.
fn refusing(handler: MethodRouter<Arc<Web>>, allowed: &'static str) -> MethodRouter<Arc<Web>> {
    handler.fallback(async move || Failure::method_not_allowed(allowed))
}
