//! The hosted pages, by path.

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::invitation::{self, create};
use super::{account, choose_account, dev_mail, password, sign_in, sign_out, terms};
use crate::routes::{Guard, Routes};
use crate::state::Web;

/// All routes of the hosted pages.
pub fn routes(web: &Arc<Web>) -> Routes {
    let development =
        development().map(|router| router.layer(from_fn_with_state(Arc::clone(web), dev_mail::by_own_name)));
    signing_in().and(joining()).and(own()).and(development)
}

fn signing_in() -> Routes {
    Routes::default()
        .add(
            "GET POST",
            "/sign-in",
            Guard::Browser,
            get(sign_in::show).post(sign_in::submit),
        )
        .add(
            "GET POST",
            "/choose-account",
            Guard::Browser,
            get(choose_account::show).post(choose_account::submit),
        )
        .add(
            "GET POST",
            "/password/forgot",
            Guard::Browser,
            get(password::forgot).post(password::send),
        )
        .add(
            "GET",
            "/password/reset/{token}",
            Guard::Browser,
            get(password::open),
        )
        .add(
            "GET POST",
            "/password/reset",
            Guard::Browser,
            get(password::reset).post(password::set),
        )
        .add("GET", "/password/changed", Guard::Public, get(password::changed))
        .add(
            "GET POST",
            "/sign-out",
            Guard::Browser,
            get(sign_out::confirm).post(sign_out::submit),
        )
        .add("GET", "/signed-out", Guard::Public, get(sign_out::done))
}

fn joining() -> Routes {
    Routes::default()
        .add(
            "GET",
            "/invitation/{token}",
            Guard::Public,
            get(invitation::follow),
        )
        .add(
            "GET POST",
            "/invitation",
            Guard::Browser,
            get(invitation::show).post(invitation::submit),
        )
        .add(
            "GET POST",
            "/invitation/create",
            Guard::Browser,
            get(create::show).post(create::submit),
        )
        .add(
            "GET POST",
            "/terms",
            Guard::Browser,
            get(terms::show).post(terms::submit),
        )
        .add("GET", "/terms/{version}", Guard::Public, get(terms::read))
}

fn own() -> Routes {
    Routes::default()
        .add("GET", "/account", Guard::Session, get(account::show))
        .add(
            "POST",
            "/account/sessions",
            Guard::Session,
            post(account::end_sessions),
        )
}

fn development() -> Routes {
    Routes::default()
        .add("GET", "/dev/mail", Guard::Development, get(dev_mail::list))
        .add("GET", "/dev/mail.json", Guard::Development, get(dev_mail::json))
        .add(
            "GET",
            "/dev/mail/{id}",
            Guard::Development,
            get(dev_mail::message),
        )
}
