//! Handing messages to an SMTP server (RFC 5321).
//!
//! Connections are kept here and not in lettre's pool: that one takes back a
//! connection whose use was cancelled half way, after which the answer to one
//! message would be read as the answer to the next.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use super::SendError;
use crate::{Message, Secret, Settings, SettingsError, Tls};

/// How many connections wait for their next message at most.
const IDLE_CONNECTIONS: usize = 4;
/// Servers may close after five minutes (RFC 5321 §4.5.3.2.7); many do much sooner.
const IDLE_TIME: Duration = Duration::from_secs(45);
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// An SMTP server to send through; clones share its connections.
#[derive(Clone)]
pub struct Smtp(Arc<Server>);

struct Server {
    host: String,
    port: u16,
    from: Mailbox,
    hello: ClientId,
    protection: Protection,
    credentials: Option<(String, Secret)>,
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

enum Protection {
    Starttls(TlsParameters),
    Tls(TlsParameters),
    None,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{})", self.0.host, self.0.port)
    }
}

impl Smtp {
    /// Prepares for the server that the settings name, without connecting to it.
    ///
    /// # Errors
    /// [`SettingsError`] for bad settings and for files that cannot be read.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let protection = match settings.tls {
            Tls::Starttls => Protection::Starttls(parameters(settings)?),
            Tls::Tls => Protection::Tls(parameters(settings)?),
            Tls::None => Protection::None,
        };
        let from = settings.sender()?;
        Ok(Self(Arc::new(Server {
            host: settings.host.clone(),
            port: settings.port(),
            hello: ClientId::Domain(from.email.domain().to_owned()),
            from,
            protection,
            credentials: settings.credentials()?,
            timeout: Duration::from_secs(settings.timeout),
            idle: Mutex::new(Vec::new()),
        })))
    }

    /// Hands one message to the server.
    ///
    /// # Errors
    /// [`SendError`]: permanent when the server refused this message for good or it is
    /// malformed; what concerns the connection or the credentials may be put right, so is not.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        let server = &self.0;
        let mime = message.to_mime(&server.from).map_err(|error| SendError {
            permanent: true,
            server_said: error.to_string(),
        })?;
        let attempt = async {
            let mut connection = self.connection().await?;
            let bytes = mime.formatted();
            let sent = connection.send(mime.envelope(), &bytes).await;
            sent.map_err(|error| self.said(&error, error.is_permanent() || error.is_client()))?;
            self.keep(connection);
            Ok(())
        };
        self.in_time(attempt).await
    }

    /// Connects, secures and authenticates, and keeps the connection for the next message.
    ///
    /// # Errors
    /// [`SendError`], never permanent.
    pub async fn probe(&self) -> Result<(), SendError> {
        self.in_time(async {
            let connection = self.connection().await?;
            self.keep(connection);
            Ok(())
        })
        .await
    }

    /// Bounds all steps of an attempt together. A connection cut off here is dropped, never kept.
    async fn in_time<F>(&self, attempt: F) -> Result<(), SendError>
    where
        F: Future<Output = Result<(), SendError>>,
    {
        let limited = tokio::time::timeout(self.0.timeout, attempt).await;
        limited.unwrap_or_else(|_| {
            Err(SendError {
                permanent: false,
                server_said: format!("no answer within {:?}", self.0.timeout),
            })
        })
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection, SendError> {
        while let Some(mut connection) = self.kept() {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.connect().await.map_err(|error| self.said(&error, false))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let server = &self.0;
        let implicit = match &server.protection {
            Protection::Tls(parameters) => Some(parameters.clone()),
            Protection::Starttls(_) | Protection::None => None,
        };
        let address = (server.host.as_str(), server.port);
        let time = Some(server.timeout);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, time, &server.hello, implicit, None).await?;
        if let Protection::Starttls(parameters) = &server.protection {
            connection.starttls(parameters.clone(), &server.hello).await?;
        }
        if let Some((user, password)) = &server.credentials {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            connection.auth(&MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    fn kept(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE_TIME);
        idle.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if !connection.has_broken() && idle.len() < IDLE_CONNECTIONS {
            idle.push((connection, Instant::now()));
        }
    }

    fn said(&self, error: &Error, permanent: bool) -> SendError {
        let words = match (error.status(), std::error::Error::source(error)) {
            (Some(code), Some(words)) => format!("{code} {words}"),
            _ => error.to_string(),
        };
        let password = self.0.credentials.as_ref().map(|(_, password)| password.reveal());
        SendError {
            permanent,
            server_said: one_line(&words, password.unwrap_or_default()),
        }
    }
}

/// One line of at most 500 characters, without the password should a server repeat it.
fn one_line(words: &str, password: &str) -> String {
    let words = if password.is_empty() {
        words.to_owned()
    } else {
        words.replace(password, "***")
    };
    let space = |c: char| if crate::message::is_break(c) { ' ' } else { c };
    words.chars().map(space).take(500).collect()
}

fn parameters(settings: &Settings) -> Result<TlsParameters, SettingsError> {
    let wrong = |error: Error| SettingsError::Certificates(error.to_string());
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|source| SettingsError::File {
            setting: "mail.ca_file",
            path: path.clone(),
            source,
        })?;
        if !pem.windows(27).any(|w| w == b"-----BEGIN CERTIFICATE-----") {
            return Err(SettingsError::Certificates("no certificate in the file".into()));
        }
        let authorities = Certificate::from_pem(&pem).map_err(wrong)?;
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(authorities);
    }
    builder.build_rustls().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_one_line_without_the_password() {
        let said = one_line("535 bad\r\npassword 'hunter22'", "hunter22");
        assert_eq!(said, "535 bad  password '***'");
        assert_eq!(one_line(&"x".repeat(900), "").len(), 500);
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let settings = Settings {
            ca_file: Some(file.path().into()),
            ..Settings::default()
        };
        let error = Smtp::new(&settings).unwrap_err();
        assert!(error.to_string().contains("mail.ca_file"), "{error}");
        let missing = Settings {
            ca_file: Some("/no/such/file".into()),
            ..Settings::default()
        };
        assert!(matches!(Smtp::new(&missing), Err(SettingsError::File { .. })));
    }
}
