//! `latchkey serve`

use std::sync::Arc;

use latchkey_app::App;
use latchkey_app::jobs::Jobs;
use latchkey_web::Web;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use crate::config::Config;
use crate::output::Refusal;
use crate::{logging, start};

/// Runs the service until SIGTERM or SIGINT, then finishes what is under way.
pub async fn run(config: &Config) -> Result<(), Refusal> {
    let _logging = logging::start(&config.telemetry)?;
    let app = start::app(config).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|fault| Refusal::new(format!("listen {}: {fault}", config.listen)))?;
    info!(listen = %config.listen, issuer = %config.issuer, "serving");
    serve(app, listener, stop_signal()?).await
}

/// Serves an installation on a listener until told to stop.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Refusal> {
    let web = Web::new(Arc::clone(&app))?;
    let jobs = Jobs::start(&app);
    let most = app.settings.limits.connections;
    let served = latchkey_web::serve::serve(listener, latchkey_web::router(&web), most, stop).await;
    jobs.finish().await;
    app.db.close().await;
    served.map_err(|fault| Refusal::new(fault.to_string()))
}

/// Resolves at SIGTERM or SIGINT.
pub fn stop_signal() -> Result<impl Future<Output = ()>, Refusal> {
    let told = |fault: std::io::Error| Refusal::new(fault.to_string());
    let mut terminate = signal(SignalKind::terminate()).map_err(told)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(told)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
