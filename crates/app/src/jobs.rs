//! Background work: the outbox, the audit chain, notices from other nodes, removal of what has
//! expired. All of it ends when the process is told to.

use std::sync::Arc;
use std::time::Duration;

use latchkey_store::db::Notice;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, warn};

use crate::{App, Error, audit, keys, outbox};

/// The running background work.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Jobs {
    /// Starts all of it.
    pub fn start(app: &Arc<App>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        running.spawn(send_mail(Arc::clone(app), stopped.clone()));
        running.spawn(chain_audit(Arc::clone(app), stopped.clone()));
        running.spawn(heed_notices(Arc::clone(app), stopped.clone()));
        running.spawn(prune(Arc::clone(app), stopped));
        Self { stop, running }
    }

    /// Lets each finish what it is doing, then ends it.
    pub async fn finish(mut self) {
        let _ = self.stop.send(true);
        while self.running.join_next().await.is_some() {}
    }
}

/// Waits until it is time again, `bell` rings, or the end; false at the end.
async fn pause(
    stopped: &mut watch::Receiver<bool>,
    at_most: Duration,
    bell: impl Future<Output = ()>,
) -> bool {
    if *stopped.borrow() {
        return false;
    }
    tokio::select! {
        () = tokio::time::sleep(at_most) => true,
        () = bell => true,
        _ = stopped.changed() => false,
    }
}

fn log(job: &'static str, outcome: crate::Result<usize>) {
    match outcome {
        Ok(_) => {}
        Err(Error::Unavailable) => warn!(job, "the database is away; trying again"),
        Err(fault) => error!(job, %fault, "background work failed"),
    }
}

async fn send_mail(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        log("outbox", outbox::send_due(&app).await);
        if !pause(&mut stopped, Duration::from_millis(500), app.outbox.rung()).await {
            return;
        }
    }
}

async fn chain_audit(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        log("audit chain", audit::chain(&app).await);
        if !pause(&mut stopped, Duration::from_millis(500), std::future::pending()).await {
            log("audit chain", audit::chain(&app).await);
            return;
        }
    }
}

async fn heed_notices(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut notices = app.db.listen();
    loop {
        let notice = tokio::select! {
            notice = notices.recv() => notice,
            _ = stopped.changed() => return,
        };
        match notice {
            Ok(notice) => heed(&app, &notice).await,
            Err(RecvError::Lagged(_)) => heed(&app, &Notice::Resync).await,
            Err(RecvError::Closed) => return,
        }
    }
}

async fn heed(app: &App, notice: &Notice) {
    match notice {
        Notice::Changed(what) => app.cache.heed(what),
        Notice::Resync => app.cache.forget_everything(),
    }
    let concerns_keys = match notice {
        Notice::Changed(what) => what == keys::NOTICE,
        Notice::Resync => true,
    };
    if concerns_keys {
        log("keys", keys::load(app).await.map(|()| 0));
    }
}

async fn prune(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    while pause(&mut stopped, Duration::from_secs(600), std::future::pending()).await {
        let now = app.now();
        let outcome = app
            .db
            .write_settled(async |tx| {
                let removed = latchkey_store::grant::prune(tx, now).await?;
                latchkey_store::throttle::prune(tx, now.minus(Duration::from_secs(86_400))).await?;
                Ok::<_, Error>(usize::try_from(removed).unwrap_or(0))
            })
            .await;
        log("prune", outcome);
    }
}
