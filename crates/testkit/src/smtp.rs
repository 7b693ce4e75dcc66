//! A real SMTP server (aiosmtpd) to send to. Its Python packages are installed on
//! first use into a virtual environment of their own in the target folder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test needs and does not get fails the test"
)]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use latchkey_mail::{Secret, Settings, Tls, TransportKind};
use serde_json::Value;

/// The user name the server takes.
pub const USER: &str = "latchkey";
/// The password the server takes.
pub const PASSWORD: &str = "correct horse 42";

/// A running server; it ends when this is dropped.
pub struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// Starts a server that wants STARTTLS and authentication.
    pub fn start() -> Self {
        Self::start_with(&["--user", USER, "--password", PASSWORD])
    }

    /// Starts a server with the options of `conformance/smtp/server.py`.
    pub fn start_with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(python())
            .arg(smtp_folder().join("server.py"))
            .arg(folder.path().join("ca.pem"))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut server = Self {
            stdin: child.stdin.take(),
            lines: BufReader::new(child.stdout.take().unwrap()),
            child,
            folder,
            port: 0,
        };
        let ready = server.received();
        server.port = ready["port"].as_u64().unwrap().try_into().unwrap();
        server
    }

    /// The next message that the server took.
    pub fn received(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the SMTP server ended");
        serde_json::from_str(&line).unwrap()
    }

    /// The certificate authority to trust for it.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The settings to reach this server with everything right.
    pub fn settings(&self) -> Settings {
        Settings {
            transport: TransportKind::Smtp,
            host: "localhost".into(),
            port: Some(self.port),
            user: Some(USER.into()),
            password: Some(Secret::new(PASSWORD)),
            tls: Tls::Starttls,
            from: "Jäger CRM <no-reply@login.example>".into(),
            ca_file: Some(self.ca_file()),
            ..Settings::default()
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        self.child.wait().ok();
    }
}

fn smtp_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/smtp")
}

/// The interpreter of the virtual environment, made on first use. The lock keeps
/// test programs that start at the same time from installing into it together.
fn python() -> PathBuf {
    let target = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let (home, requirements) = (target.join("venv-smtp"), smtp_folder().join("requirements.txt"));
    let wanted = std::fs::read_to_string(&requirements).unwrap();
    let (python, marker) = (home.join("bin/python"), home.join("installed.txt"));
    let lock = File::create(target.join("venv-smtp.lock")).unwrap();
    lock.lock().unwrap();
    let installed = std::fs::read_to_string(&marker).unwrap_or_default();
    if installed != wanted || !python.exists() {
        let hint = "the SMTP server of the tests needs Python: apt-get install python3 python3-venv";
        run(Command::new("python3").args(["-m", "venv"]).arg(&home), hint);
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ];
        let hint = "the packages in conformance/smtp/requirements.txt cannot be installed";
        run(Command::new(&python).args(install).arg(&requirements), hint);
        std::fs::write(&marker, wanted).unwrap();
    }
    python
}

fn run(command: &mut Command, hint: &str) {
    // What pip prints belongs to nobody's test output.
    let status = command.stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{hint}");
}
