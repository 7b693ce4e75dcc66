//! The sample CRM: a relying party that knows the provider by its issuer alone. What its pages
//! show and take follows from the `role` and `permissions` claims, and is checked again at every
//! request that changes something.

mod access;
mod contacts;
mod handlers;
mod provider;
mod sessions;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use latchkey_fetch::FetchError;
use openidconnect::url::Url;

use contacts::Contacts;
use provider::Provider;
use sessions::Sessions;

/// Where the CRM is, who its provider is and what it is called there.
#[derive(Clone, Debug)]
pub struct CrmSettings {
    /// The issuer.
    pub issuer: String,
    /// The address of the CRM itself, no slash at the end.
    pub base_url: String,
    /// Its client at the provider.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// Whether the provider may be on this machine, over plain http.
    pub allow_loopback: bool,
}

/// Why there is no CRM.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// The issuer or the CRM's own address is no URL.
    #[error("{0} is not a URL")]
    Url(String),
    /// Calling out can't be set up.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// What every handler shares.
struct Crm {
    settings: CrmSettings,
    provider: Provider,
    sessions: Sessions,
    contacts: Contacts,
    policy: HeaderValue,
}

/// The CRM as a router. The provider is asked at the first sign-in, not before.
///
/// # Errors
/// [`CrmError`].
pub fn router(settings: CrmSettings) -> Result<Router, CrmError> {
    let provider = Provider::new(&settings)?;
    let crm = Arc::new(Crm {
        policy: policy(&settings.issuer)?,
        provider,
        settings,
        sessions: Sessions::default(),
        contacts: Contacts::default(),
    });
    let routes = Router::new()
        .route("/", get(handlers::home))
        .route("/login", get(handlers::login))
        .route("/callback", get(handlers::callback))
        .route("/refresh", post(handlers::refresh))
        .route("/sign-out", post(handlers::sign_out))
        .route(
            "/contacts/{id}",
            get(handlers::contact).post(handlers::change_contact),
        )
        .route("/reports.csv", get(handlers::report))
        .route("/billing", get(handlers::billing))
        .route("/claims", get(handlers::claims))
        .route("/crm.css", get(handlers::style))
        .fallback(handlers::nothing_here)
        .layer(middleware::from_fn_with_state(Arc::clone(&crm), secure))
        .with_state(crm);
    Ok(routes)
}

/// Nothing inline, nothing from elsewhere. Signing out leads by redirect to the provider, and
/// browsers hold that against `form-action`.
fn policy(issuer: &str) -> Result<HeaderValue, CrmError> {
    let url: Url = issuer.parse().map_err(|_| CrmError::Url(issuer.to_owned()))?;
    let origin = url.origin().ascii_serialization();
    let text = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; \
         form-action 'self' {origin}; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&text).map_err(|_| CrmError::Url(issuer.to_owned()))
}

async fn secure(State(crm): State<Arc<Crm>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Under `no-referrer` browsers would send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, crm.policy.clone());
    response
}

#[cfg(test)]
mod tests;
