//! `/consent`: what an application asks for, and whether the person allows it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use latchkey_app::client::Client;
use latchkey_app::session::SignedIn;
use latchkey_oidc::metadata::ClientMetadata;
use serde_json::Value;
use url::Url;

use super::error::PageError;
use super::sign_in::with_another;
use super::views::{Consent, Requested, Requester, Trouble};
use super::way::{Asked, Way};
use crate::form::PostedForm;
use crate::state::Web;
use crate::visit::{Visit, see_other};

/// `GET /consent`.
pub async fn show(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    asked: Asked,
) -> Result<Response, PageError> {
    let way = Way::open(&web, &mut visit, asked.request()).await?;
    let Some(person) = way.signed_in(&visit).await? else {
        return Ok(see_other(&way.path("/sign-in"), None));
    };
    page(&visit, &way, &person)
}

fn page(visit: &Visit, way: &Way, person: &SignedIn) -> Result<Response, PageError> {
    let (Some(client), Some(request)) = (&way.client, &way.step.authorization) else {
        return Err(Trouble::BadRequest.into());
    };
    let csrf = visit.csrf();
    let requested: Vec<Requested<'_>> = request
        .scope
        .iter()
        .map(|scope| Requested {
            scope: scope.as_str(),
            new: false,
        })
        .collect();
    let not_you_path = with_another(way);
    let return_host = host(&request.redirect_uri);
    let view = Consent {
        frame: visit.frame(way.application(), &[]),
        hidden: visit.hidden(&csrf, way.request()),
        requester: &requester(client, &return_host),
        address: person.address(),
        not_you_path: &not_you_path,
        requested: &requested,
    };
    Ok(visit.page(&view)?.form_action(way.form_origin()).into_response())
}

fn requester<'a>(client: &'a Client, return_host: &'a str) -> Requester<'a> {
    let metadata = &client.metadata;
    Requester {
        name: metadata
            .client_name
            .as_deref()
            .unwrap_or(&client.application_name),
        homepage: metadata.client_uri.as_deref().and_then(link),
        return_host,
        verified: client.first_party,
        terms_url: other(metadata, "tos_uri"),
        policy_url: other(metadata, "policy_uri"),
    }
}

fn other<'a>(metadata: &'a ClientMetadata, name: &str) -> Option<&'a str> {
    metadata.other.get(name).and_then(Value::as_str).and_then(link)
}

/// Only addresses of the web become links.
fn link(url: &str) -> Option<&str> {
    Url::parse(url)
        .ok()
        .filter(|it| matches!(it.scheme(), "https" | "http"))?;
    Some(url)
}

/// The host of a redirect URI; an app's own scheme names the app.
fn host(uri: &str) -> String {
    let url = Url::parse(uri).ok();
    url.map_or_else(String::new, |it| it.host_str().unwrap_or(it.scheme()).to_owned())
}

/// `POST /consent`.
pub async fn submit(
    State(web): State<Arc<Web>>,
    mut visit: Visit,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (mut way, late) = Way::open_form(&web, &mut visit, form.request()).await?;
    match form.text("choice") {
        Some("deny") => way.cancel(&web, &visit),
        Some("allow") if !late => {
            let Some(person) = way.signed_in(&visit).await? else {
                return Ok(see_other(&way.path("/sign-in"), None));
            };
            way.step.consented_by = Some(person.user.id);
            Ok(see_other(&way.location(&web, &visit)?, None))
        }
        _ => Ok(see_other(&way.path("/consent"), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert_eq!(
            link("https://crm.example/terms"),
            Some("https://crm.example/terms")
        );
        for bad in ["javascript:alert(1)", "data:text/html,x", "terms"] {
            assert_eq!(link(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_host_that_one_returns_to_is_named() {
        assert_eq!(host("https://crm.example:8443/cb"), "crm.example");
        assert_eq!(host("com.example.app:/cb"), "com.example.app");
    }
}
