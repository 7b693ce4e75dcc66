//! The hosted pages, by path.

use std::sync::Arc;

use axum::routing::get;

use super::{choose_account, sign_in};
use crate::routes::{Guard, Routes};
use crate::state::Web;

/// All routes of the hosted pages.
pub fn routes(_web: &Arc<Web>) -> Routes {
    Routes::default()
        .add("GET POST", "/sign-in", Guard::Browser, get(sign_in::show).post(sign_in::submit))
        .add("GET POST", "/choose-account", Guard::Browser, get(choose_account::show).post(choose_account::submit))
}
