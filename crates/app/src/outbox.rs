//! What must leave after its commit, at least once, and a mail never twice.
//!
//! A use case [posts](post_mail) in its own transaction; a worker sends. What somebody asked for who
//! may be nobody waits here too, and becomes a mail or nothing. The development mail box
//! is a table: the mail and its "done" are one commit, so that it is there exactly once. Over
//! SMTP a mail may leave a second time, with the same Message-ID, only if this process dies
//! between the server's 250 and the record of it.

use std::time::Duration;

use latchkey_domain::id::AccountId;
use latchkey_domain::time::Timestamp;
use latchkey_mail::Message;
use latchkey_mail::compose::{Envelope, Mail};
use latchkey_store::dev_mail;
use latchkey_store::outbox::{self as kept, Parcel};
use latchkey_store::sql::Tx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tracing::{error, info, warn};

use crate::password::ResetAsked;
use crate::{App, Error, Mailbox, Result};

const PURPOSE: &str = "outbox";
const MAIL: &str = "mail";
const RESET_ASKED: &str = "reset asked";
const LEASE: Duration = Duration::from_secs(120);
const BATCH: i64 = 50;

/// Wakes the worker after something was posted.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// Wakes the worker.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}

/// What a mail is about, for posting it.
#[derive(Debug)]
pub struct Posting<'a> {
    /// The account it concerns.
    pub account: Option<&'a AccountId>,
    /// What it is about: an invitation's id…
    pub subject_id: Option<&'a str>,
    /// Posting the same key again changes nothing.
    pub dedup_key: String,
    /// To whom.
    pub to: &'a str,
    /// The reader's languages, the preferred one first.
    pub languages: Vec<String>,
}

/// Posts a mail in this transaction. It leaves after commit; ring [`App::outbox`] then.
///
/// # Errors
/// A [bug](Error::Bug) where the mail cannot be composed.
pub async fn post_mail(app: &App, tx: &mut Tx, posting: Posting<'_>, mail: &Mail) -> Result<()> {
    let now = app.now();
    let id = app.rng.uuid(now);
    let envelope = Envelope {
        to: posting.to.to_owned(),
        languages: posting.languages,
        message_id: Message::id_for(&id, mail_host(app)),
        now: now.millis(),
        reply_to: None,
    };
    let message = app.composer.compose(&envelope, mail)?;
    let parcel = Parcel {
        account_id: posting.account.cloned(),
        subject_id: posting.subject_id.map(str::to_owned),
        dedup_key: posting.dedup_key,
        ..parcel(app, (id, now), MAIL, &message)?
    };
    kept::post(tx, &parcel).await?;
    Ok(())
}

/// Posts what somebody asked for, in this transaction: the worker finds out whether there is
/// anybody to mail to, so that the answer's time doesn't tell. Ring [`App::outbox`] after commit.
pub(crate) async fn post_reset_asked(app: &App, tx: &mut Tx, asked: &ResetAsked) -> Result<()> {
    let now = app.now();
    let id = app.rng.uuid(now);
    kept::post(tx, &parcel(app, (id, now), RESET_ASKED, asked)?).await?;
    Ok(())
}

fn parcel(app: &App, (id, now): (String, Timestamp), kind: &str, content: &impl Serialize) -> Result<Parcel> {
    let plain = serde_json::to_vec(content).map_err(|e| Error::Bug(e.into()))?;
    Ok(Parcel {
        payload_sealed: app.sealer.seal(PURPOSE, id.as_bytes(), &plain, app.rng.bytes())?,
        dedup_key: id.clone(),
        id,
        kind: kind.to_owned(),
        account_id: None,
        subject_id: None,
        not_before: now,
        created_at: now,
        attempts: 0,
        last_error: None,
        done_at: None,
        failed_at: None,
    })
}

fn content<T: DeserializeOwned>(app: &App, parcel: &Parcel) -> Result<T> {
    let plain = app
        .sealer
        .open(PURPOSE, parcel.id.as_bytes(), &parcel.payload_sealed)?;
    serde_json::from_slice(plain.expose_secret()).map_err(|e| Error::Bug(e.into()))
}

fn mail_host(app: &App) -> &str {
    let after_scheme = app.issuer.as_str().split("://").nth(1).unwrap_or("latchkey");
    after_scheme.split(['/', ':']).next().unwrap_or("latchkey")
}

/// Sends what is due; answers how many left. Several nodes may run this at once.
///
/// # Errors
/// [`Error::Unavailable`] without the database; a mail server's refusal is recorded instead.
pub async fn send_due(app: &App) -> Result<usize> {
    let mut sent = 0;
    loop {
        let now = app.now();
        let due = app.db.read(async |tx| kept::due(tx, now, BATCH).await).await?;
        let mut answered = false;
        for parcel in due {
            let is_mail = parcel.kind == MAIL;
            let outcome = if is_mail {
                send_one(app, &parcel).await
            } else {
                answer_one(app, &parcel).await
            };
            match outcome {
                Ok(true) if is_mail => sent += 1,
                Ok(done) => answered |= done,
                Err(Error::Unavailable) => return Err(Error::Unavailable),
                Err(fault) => put_off(app, &parcel, &fault).await?,
            }
        }
        // What was asked for may be a mail by now.
        if !answered {
            return Ok(sent);
        }
    }
}

/// A parcel that can't be read or answered must not hold up those behind it.
async fn put_off(app: &App, parcel: &Parcel, fault: &Error) -> Result<()> {
    error!(parcel = %parcel.id, %fault, "a parcel can't leave");
    let at = app.now();
    let attempts = parcel.attempts + 1;
    let retry = (attempts < MOST_ATTEMPTS).then(|| at.plus(delay_after(attempts)));
    app.db
        .write_settled(async |tx| {
            if kept::claim(tx, parcel, at).await? {
                kept::failed(tx, &parcel.id, "the service failed; see its log", retry, at).await?;
            }
            Ok(())
        })
        .await
}

/// Finds out who asked for a new password; the link's mail and the end of the parcel are one commit.
/// Nothing of it stays: whoever asked may be anybody, for any address.
async fn answer_one(app: &App, parcel: &Parcel) -> Result<bool> {
    let asked: ResetAsked = content(app, parcel)?;
    let now = app.now();
    app.db
        .write(async |tx| {
            if !kept::claim(tx, parcel, now.plus(LEASE)).await? {
                return Ok(false);
            }
            asked.answer(app, tx).await?;
            kept::remove(tx, &parcel.id).await?;
            Ok::<_, Error>(true)
        })
        .await
}

async fn send_one(app: &App, parcel: &Parcel) -> Result<bool> {
    let message: Message = content(app, parcel)?;
    match &app.mailbox {
        Mailbox::Development => put_into_box(app, parcel, &message).await,
        Mailbox::Transport(transport) => {
            let now = app.now();
            if !app
                .db
                .write_settled(async |tx| kept::claim(tx, parcel, now.plus(LEASE)).await)
                .await?
            {
                return Ok(false);
            }
            match transport.send(&message).await {
                Ok(()) => {
                    let at = app.now();
                    app.db
                        .write_settled(async |tx| kept::done(tx, &parcel.id, at).await)
                        .await?;
                    info!(parcel = %parcel.id, "mail sent");
                    Ok(true)
                }
                Err(refusal) => {
                    warn!(parcel = %parcel.id, permanent = refusal.permanent, "mail not sent");
                    let at = app.now();
                    let attempts = parcel.attempts + 1;
                    let retry = (!refusal.permanent && attempts < MOST_ATTEMPTS)
                        .then(|| at.plus(delay_after(attempts)));
                    app.db
                        .write_settled(async |tx| {
                            kept::failed(tx, &parcel.id, &refusal.server_said, retry, at).await
                        })
                        .await?;
                    Ok(false)
                }
            }
        }
    }
}

const MOST_ATTEMPTS: i64 = 12;

/// 15 s, 30 s, 1 min … at most 4 hours.
fn delay_after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 11) - 1).unwrap_or(0);
    Duration::from_secs(15 * 2_u64.pow(doublings)).min(Duration::from_secs(4 * 3_600))
}

async fn put_into_box(app: &App, parcel: &Parcel, message: &Message) -> Result<bool> {
    let now: Timestamp = app.now();
    app.db
        .write_settled(async |tx| {
            if !kept::claim(tx, parcel, now.plus(LEASE)).await? {
                return Ok(false);
            }
            let mail = dev_mail::DevMail {
                message_id: message.message_id.clone(),
                recipient: message.to.clone(),
                subject: message.subject.clone(),
                body_text: message.text.clone(),
                body_html: message.html.clone(),
                sent_at: now,
            };
            dev_mail::insert(tx, &mail).await?;
            kept::done(tx, &parcel.id, now).await?;
            Ok::<_, Error>(true)
        })
        .await
}
