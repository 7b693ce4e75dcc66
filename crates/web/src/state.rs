//! What every handler shares.

use std::net::IpAddr;
use std::sync::Arc;

use latchkey_app::App;
use latchkey_app::texts::{Language, Texts};
use tokio::sync::Semaphore;

use crate::form::CsrfKey;
use crate::layers::trust::TrustedProxies;
use crate::oauth::well_known::Documents;

/// The state of the HTTP service.
pub struct Web {
    /// The use cases.
    pub app: Arc<App>,
    /// Texts of the pages.
    pub texts: Texts,
    /// Whether people come over https, so that cookies are `Secure`.
    pub secure: bool,
    /// The origin of the issuer, as browsers send it.
    pub origin: String,
    /// Makes and checks CSRF tokens.
    pub csrf: CsrfKey,
    /// Whose forwarding headers are believed.
    pub proxies: TrustedProxies,
    /// Room for requests under way.
    pub room: Arc<Semaphore>,
    /// Public documents, ready to be sent.
    pub(crate) documents: Documents,
}

/// The texts of the pages, one file a language.
const LANGUAGES: [Language<'static>; 2] = [
    Language {
        tag: "en",
        sources: &[include_str!("../locales/en/pages.ftl")],
    },
    Language {
        tag: "de",
        sources: &[include_str!("../locales/de/pages.ftl")],
    },
];

impl Web {
    /// The state for an installation.
    ///
    /// # Errors
    /// [`latchkey_app::Error::Invalid`] for a proxy that is no address or range, a
    /// [bug](latchkey_app::Error::Bug) where the texts cannot be read or discovery cannot be rendered.
    pub fn new(app: Arc<App>) -> latchkey_app::Result<Arc<Self>> {
        let texts = Texts::new(&LANGUAGES).map_err(|e| latchkey_app::Error::bug(e.to_string()))?;
        let issuer = app.issuer.as_str();
        let origin = latchkey_oidc::redirect::origin(issuer)
            .ok_or_else(|| latchkey_app::Error::invalid("issuer", "has no origin"))?;
        Ok(Arc::new(Self {
            secure: app.issuer.is_https(),
            csrf: CsrfKey::new(&app.sealer),
            proxies: TrustedProxies::parse(&app.settings.security.trusted_proxies)?,
            room: Arc::new(Semaphore::new(
                app.settings.limits.requests.clamp(1, Semaphore::MAX_PERMITS),
            )),
            documents: Documents::new(&app, &texts)?,
            origin,
            texts,
            app,
        }))
    }
}

/// What the layer around every route found out about a request.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// The request's id: in every answer, page and log line.
    pub id: Arc<str>,
    /// The network address it came from.
    pub address: Option<IpAddr>,
}
