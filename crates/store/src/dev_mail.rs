//! The development mail box.

use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

/// A mail in the development mail box.
#[derive(Clone)]
pub struct DevMail {
    /// Its Message-ID; the same mail is never kept twice.
    pub message_id: String,
    /// To whom.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// The plain text.
    pub body_text: String,
    /// The HTML.
    pub body_html: String,
    /// When it was put here.
    pub sent_at: Timestamp,
}

row!(DevMail {
    message_id,
    recipient,
    subject,
    body_text,
    body_html,
    sent_at
});

/// Puts a mail into the box, once.
pub async fn insert(tx: &mut Tx, mail: &DevMail) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO dev_mail (message_id, recipient, subject, body_text, body_html, sent_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message_id) DO NOTHING",
        )
        .bind(mail.message_id.as_str())
        .bind(mail.recipient.as_str())
        .bind(mail.subject.as_str())
        .bind(mail.body_text.as_str())
        .bind(mail.body_html.as_str())
        .bind(mail.sent_at),
    )
    .await?;
    Ok(())
}

/// The newest mails, the newest first.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<DevMail>> {
    tx.all(
        sql(
            "SELECT message_id, recipient, subject, body_text, body_html, sent_at FROM dev_mail
             ORDER BY sent_at DESC, message_id DESC LIMIT $1",
        )
        .bind(limit),
    )
    .await
}
