//! `latchkey demo`: a complete installation to try, or, with `--check`, the main job played from
//! outside.

mod check;
mod words;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use latchkey_app::apply::{self, Options};
use latchkey_app::settings::LimitSettings;
use latchkey_demo::crm::{self, CrmSettings};
use latchkey_demo::state::{self, Facts};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::serve;
use crate::cli::Demo;
use crate::config::Config;
use crate::logging::{self, TelemetrySettings};
use crate::output::{Refusal, say};
use crate::start;

/// Where everything of one demonstration is.
struct Place {
    folder: PathBuf,
    /// Removes the folder at the end, where nobody asked to keep it.
    _temporary: Option<tempfile::TempDir>,
    issuer: String,
    crm: String,
    crm_listen: SocketAddr,
}

/// Runs the demonstration.
///
/// # Errors
/// [`Refusal`] says what is in the way, or which step went otherwise than it should.
pub async fn run(wanted: Demo, json: bool) -> Result<(), Refusal> {
    if wanted.check {
        return check::run(wanted).await;
    }
    let told = |fault: std::io::Error| Refusal::new(format!("{}: {fault}", wanted.listen));
    let listener = TcpListener::bind(wanted.listen).await.map_err(told)?;
    let listen = listener.local_addr().map_err(told)?;
    let place = place(&wanted, listen)?;
    let crm_listener = TcpListener::bind(place.crm_listen)
        .await
        .map_err(|fault| Refusal::new(format!("the sample CRM needs {}: {fault}", place.crm_listen)))?;
    let (file, config) = write_config(&place, &wanted, listen)?;
    let _logging = logging::start(&TelemetrySettings {
        log: "warn".to_owned(),
        ..TelemetrySettings::default()
    })?;
    let app = start::app(&config).await?;
    let declared = state::write(&place.folder.join("state"), &place.crm).map_err(told)?;
    let options = Options {
        dry_run: false,
        allow_passwords: true,
    };
    apply::apply(&app, &apply::read(&[declared])?, options).await?;

    let facts = state::facts(&place.issuer, &place.crm).map_err(|fault| Refusal::new(fault.to_string()))?;
    let (stop, stopped) = watch::channel(false);
    let crm = serve_crm(&place, &facts, crm_listener, until(stopped.clone()));
    let provider = serve::serve(Arc::clone(&app), listener, until(stopped));
    if json {
        say(&as_json(&place, &file, &facts).to_string());
    } else {
        say(&words::welcome(&place.issuer, &place.crm, &facts));
    }
    let signal = serve::stop_signal()?;
    let ending = async move {
        signal.await;
        let _ = stop.send(true);
    };
    let (served, answered, ()) = tokio::join!(provider, crm, ending);
    served.and(answered)
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody is left who could say stop, which is as good.
    let _ = stopped.wait_for(|it| *it).await;
}

async fn serve_crm(
    place: &Place,
    facts: &Facts,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Refusal> {
    let client = facts.clients.iter().find(|it| it.id == state::CRM);
    let settings = CrmSettings {
        issuer: place.issuer.clone(),
        base_url: place.crm.clone(),
        client_id: state::CRM.to_owned(),
        client_secret: client.and_then(|it| it.secret.clone()).unwrap_or_default(),
        allow_loopback: true,
    };
    let router = crm::router(settings).map_err(|fault| Refusal::new(fault.to_string()))?;
    let most = LimitSettings::default().connections;
    let served = latchkey_web::serve::serve(listener, router, most, stop).await;
    served.map_err(|fault| Refusal::new(fault.to_string()))
}

fn place(wanted: &Demo, listen: SocketAddr) -> Result<Place, Refusal> {
    let told = |fault: std::io::Error| Refusal::new(format!("no folder for the demonstration: {fault}"));
    let temporary = match &wanted.data {
        Some(_) => None,
        None => Some(
            tempfile::Builder::new()
                .prefix("latchkey-demo-")
                .tempdir()
                .map_err(told)?,
        ),
    };
    let folder = match (&wanted.data, &temporary) {
        (Some(folder), _) => folder.clone(),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => PathBuf::from("."),
    };
    std::fs::create_dir_all(&folder).map_err(told)?;
    let port = listen
        .port()
        .checked_add(1)
        .ok_or_else(|| Refusal::new("the sample CRM needs the next port"))?;
    let crm_listen = SocketAddr::new(listen.ip(), port);
    Ok(Place {
        folder,
        _temporary: temporary,
        issuer: format!("http://{listen}"),
        crm: format!("http://{crm_listen}"),
        crm_listen,
    })
}

/// The configuration of the demonstration, as a file, so that other commands work on it too.
fn write_config(place: &Place, wanted: &Demo, listen: SocketAddr) -> Result<(PathBuf, Config), Refusal> {
    let folder = std::path::absolute(&place.folder).unwrap_or_else(|_| place.folder.clone());
    let url = wanted
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", folder.join("latchkey.db").display()));
    let key = folder.join("master.key");
    start::make_master_key(&key)?;
    let file = folder.join("latchkey.toml");
    let text = toml::to_string(&json!({
        "issuer": place.issuer,
        "listen": listen,
        "master_key_file": key,
        "database": { "url": url },
        "telemetry": { "log": "warn" },
    }))
    .map_err(|fault| Refusal::new(fault.to_string()))?;
    std::fs::write(&file, text).map_err(|fault| Refusal::new(format!("{}: {fault}", file.display())))?;
    let config = Config::read(Some(&file))?;
    Ok((file, config))
}

fn as_json(place: &Place, file: &Path, facts: &Facts) -> serde_json::Value {
    json!({
        "issuer": place.issuer,
        "crm": place.crm,
        "mail": format!("{}/dev/mail", place.issuer),
        "config": file,
        "people": facts.people,
        "clients": facts.clients,
        "scim": facts.scim,
    })
}
