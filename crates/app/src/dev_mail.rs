//! The development mail box, for the pages that show it.

pub use latchkey_store::dev_mail::DevMail;

use crate::{App, Error, Mailbox, Result};

/// How many mails are shown.
const MOST: i64 = 500;

/// The newest mails, the newest first.
///
/// # Errors
/// [`Error::NotFound`] where mail really leaves.
pub async fn newest(app: &App) -> Result<Vec<DevMail>> {
    if !matches!(app.mailbox, Mailbox::Development) {
        return Err(Error::NotFound);
    }
    Ok(app
        .db
        .read(async |tx| latchkey_store::dev_mail::newest(tx, MOST).await)
        .await?)
}

/// The short id of a mail: its Message-ID (RFC 5322 §3.6.4) without brackets and host.
pub fn short_id(mail: &DevMail) -> &str {
    let inner = mail.message_id.trim_start_matches('<');
    inner.split('@').next().unwrap_or(inner)
}
