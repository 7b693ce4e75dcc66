//! The `mail.*` settings.

use std::net::IpAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize, Serializer};

/// Where mail goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// Into the development mail box, a page that shows it; never to anybody.
    #[default]
    Dev,
    /// To an SMTP server.
    Smtp,
}

/// How the connection to the SMTP server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Plain at first, then always upgraded, or nothing is sent (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls,
    /// Not at all: only for a server on this machine.
    None,
}

/// A value that is neither printed nor written out again.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a value as a secret.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// The `mail.*` settings, as the configuration file has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where mail goes; the development mail box unless set.
    pub transport: TransportKind,
    /// The SMTP server's name or address; its certificate must be for it.
    pub host: String,
    /// The SMTP server's port; unless set 587 with STARTTLS, 465 with TLS, 25 with neither.
    pub port: Option<u16>,
    /// The user name to authenticate with, if the server wants one.
    pub user: Option<String>,
    /// The password for `user`.
    pub password: Option<Secret>,
    /// A file that holds the password, in place of `password`.
    pub password_file: Option<PathBuf>,
    /// How the connection is protected.
    pub tls: Tls,
    /// The sender, as an address or as `Name <address>`.
    pub from: String,
    /// A PEM file with the certificate authorities to trust for this server, in place of the machine's.
    pub ca_file: Option<PathBuf>,
    /// After how many seconds an attempt to send is given up.
    pub timeout: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            transport: TransportKind::Dev,
            host: "localhost".into(),
            port: None,
            user: None,
            password: None,
            password_file: None,
            tls: Tls::Starttls,
            from: "Latchkey <latchkey@localhost>".into(),
            ca_file: None,
            timeout: 30,
        }
    }
}

/// What is wrong with the `mail.*` settings; each names the setting to change.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The sender is not a mail address.
    #[error("mail.from is not a mail address: {0:?}")]
    From(String),
    /// No server is named.
    #[error("mail.host is empty; name the SMTP server")]
    Host,
    /// An unprotected connection would leave this machine.
    #[error("mail.tls = \"none\" is only for a server on this machine; set \"starttls\" or \"tls\"")]
    Unprotected,
    /// Two passwords are given.
    #[error("mail.password and mail.password_file are both set; keep one")]
    TwoPasswords,
    /// A user without a password, or a password without a user.
    #[error("mail.user and mail.password (or mail.password_file) go together; one is missing")]
    Credentials,
    /// No time to send in.
    #[error("mail.timeout must be at least one second")]
    Timeout,
    /// A named file cannot be read.
    #[error("{setting} cannot be read from {path:?}: {source}")]
    File {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of certificate authorities holds none, or TLS cannot be set up.
    #[error("mail.ca_file or the machine's certificates are of no use: {0}")]
    Certificates(String),
}

impl Settings {
    /// Checks everything that needs no file: what `config check` says of mail.
    ///
    /// # Errors
    /// The first [`SettingsError`] found.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.sender()?;
        if self.host.trim().is_empty() {
            return Err(SettingsError::Host);
        }
        if self.tls == Tls::None && !self.is_on_this_machine() {
            return Err(SettingsError::Unprotected);
        }
        if self.password.is_some() && self.password_file.is_some() {
            return Err(SettingsError::TwoPasswords);
        }
        let has_password = self.password.is_some() || self.password_file.is_some();
        if self.user.is_some() != has_password {
            return Err(SettingsError::Credentials);
        }
        if self.timeout == 0 {
            return Err(SettingsError::Timeout);
        }
        Ok(())
    }

    /// The port in force.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }

    pub(crate) fn sender(&self) -> Result<Mailbox, SettingsError> {
        let wrong = || SettingsError::From(self.from.clone());
        if self.from.chars().any(crate::message::is_break) {
            return Err(wrong());
        }
        self.from.parse().map_err(|_| wrong())
    }

    fn is_on_this_machine(&self) -> bool {
        let address: Result<IpAddr, _> = self.host.parse();
        self.host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|a| a.is_loopback())
    }

    /// The user and password to authenticate with, the password read from its file where it is in one.
    pub(crate) fn credentials(&self) -> Result<Option<(String, Secret)>, SettingsError> {
        let Some(user) = self.user.clone() else {
            return Ok(None);
        };
        if let Some(password) = self.password.clone() {
            return Ok(Some((user, password)));
        }
        let path = self.password_file.as_ref().ok_or(SettingsError::Credentials)?;
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|source| SettingsError::File {
            setting: "mail.password_file",
            path: path.clone(),
            source,
        })?;
        Ok(Some((user, Secret::new(text.trim_end_matches(['\r', '\n'])))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn nothing_configured_is_the_development_mail_box() {
        let settings = read("").unwrap();
        assert_eq!(settings.transport, TransportKind::Dev);
        settings.check().unwrap();
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(read("passwort = \"x\"").is_err());
        assert!(read("tls = \"maybe\"").is_err());
    }

    #[test]
    fn the_port_follows_the_protection_unless_set() {
        assert_eq!(read("").unwrap().port(), 587);
        assert_eq!(read("tls = \"tls\"").unwrap().port(), 465);
        assert_eq!(read("tls = \"none\"").unwrap().port(), 25);
        assert_eq!(read("port = 2525").unwrap().port(), 2525);
    }

    #[test]
    fn an_unprotected_connection_stays_on_this_machine() {
        for host in ["localhost", "127.0.0.1", "::1"] {
            read(&format!("tls = \"none\"\nhost = \"{host}\""))
                .unwrap()
                .check()
                .unwrap();
        }
        for host in ["mail.example", "10.0.0.1", "localhost.example"] {
            let settings = read(&format!("tls = \"none\"\nhost = \"{host}\"")).unwrap();
            assert!(
                matches!(settings.check(), Err(SettingsError::Unprotected)),
                "{host}"
            );
        }
    }

    #[test]
    fn user_and_password_go_together_and_only_once() {
        let check = |text: &str| read(text).unwrap().check();
        assert!(matches!(check("user = \"u\""), Err(SettingsError::Credentials)));
        assert!(matches!(
            check("password = \"p\""),
            Err(SettingsError::Credentials)
        ));
        let both = check("user = \"u\"\npassword = \"p\"\npassword_file = \"/f\"");
        assert!(matches!(both, Err(SettingsError::TwoPasswords)));
        check("user = \"u\"\npassword = \"p\"").unwrap();
    }

    #[test]
    fn a_sender_that_is_no_address_is_refused() {
        for from in ["nobody", "a@example.com\\nBcc: b@example.com", ""] {
            let settings = read(&format!("from = \"{from}\"")).unwrap();
            assert!(matches!(settings.check(), Err(SettingsError::From(_))), "{from}");
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        let settings = read("user = \"u\"\npassword = \"hunter22\"").unwrap();
        assert!(!format!("{settings:?}").contains("hunter22"));
        assert!(!toml::to_string(&settings).unwrap().contains("hunter22"));
    }

    #[test]
    fn a_password_file_is_read_without_its_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "p w\n").unwrap();
        let settings = Settings {
            user: Some("u".into()),
            password_file: Some(file.path().into()),
            ..Settings::default()
        };
        let (_, password) = settings.credentials().unwrap().unwrap();
        assert_eq!(password.reveal(), "p w");
    }
}
