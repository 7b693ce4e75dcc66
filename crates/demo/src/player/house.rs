//! An installation of its own: a folder, a configuration file for each node, the nodes as
//! processes, and commands.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use openidconnect::CsrfToken;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::CheckOptions;
use super::http::{Ask, Http};
use super::wrong::{OrWrong as _, Seen, ensure, wrong};

/// How long a node may take to start or stop.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// The installation.
pub(super) struct House {
    exe: PathBuf,
    folder: TempDir,
    nodes: Vec<Node>,
    http: Http,
    /// The address of the database.
    database: String,
}

/// One node.
struct Node {
    name: String,
    address: String,
    config: PathBuf,
    log: PathBuf,
    process: Option<Child>,
}

/// What a command did.
pub(super) struct Done {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl House {
    /// Lays out the folder. Nothing runs yet.
    pub async fn new(options: &CheckOptions, issuer: &str, http: Http) -> Seen<Self> {
        let folder = tempfile::Builder::new().prefix("latchkey-demo-").tempdir()?;
        let database = options.database.clone().unwrap_or_else(|| {
            let file = folder.path().join("latchkey.db");
            format!("sqlite:{}", file.display())
        });
        let master_key = CsrfToken::new_random_len(32).into_secret();
        let mut nodes = Vec::new();
        for number in 1..=options.nodes.max(1) {
            let listen = format!("127.0.0.1:{}", free_port().await?);
            let name = format!("node{number}");
            let config = folder.path().join(format!("{name}.toml"));
            let text = format!(
                "issuer = \"{issuer}\"\nlisten = \"{listen}\"\nmaster_key = \"{master_key}\"\n\n\
                 [database]\nurl = \"{database}\"\n\n[mail]\ntransport = \"dev\"\n"
            );
            std::fs::write(&config, text)?;
            nodes.push(Node {
                address: format!("http://{listen}"),
                log: folder.path().join(format!("{name}.log")),
                process: None,
                name,
                config,
            });
        }
        Ok(Self {
            exe: options.exe.clone(),
            folder,
            nodes,
            http,
            database,
        })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The SQLite file, where that is the database. A relative path begins in the folder, because
    /// nodes and commands run there.
    pub fn sqlite(&self) -> Option<PathBuf> {
        let path = self.database.strip_prefix("sqlite:")?;
        Some(self.folder().join(path.strip_prefix("//").unwrap_or(path)))
    }

    /// Leaves the folder where it is, for looking into it.
    pub fn keep(&mut self) {
        self.folder.disable_cleanup(true);
    }

    /// The nodes' own addresses.
    pub fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|it| it.address.clone()).collect()
    }

    /// Starts every node and waits until all are ready.
    pub async fn start(&mut self) -> Seen {
        for node in &mut self.nodes {
            node.start(&self.exe, self.folder.path())?;
        }
        for node in &mut self.nodes {
            node.wait_until_ready(&self.http).await?;
        }
        Ok(())
    }

    /// Ends every node with SIGKILL.
    pub fn kill(&mut self) -> Seen {
        for node in &mut self.nodes {
            if let Some(mut process) = node.process.take() {
                process.kill()?;
                process.wait()?;
            }
        }
        Ok(())
    }

    /// Tells every node to stop and waits for it: each ends by itself, without an error.
    pub async fn stop(&mut self) -> Seen {
        for node in &mut self.nodes {
            let Some(process) = &mut node.process else {
                continue;
            };
            let id = process.id().to_string();
            let told = Command::new("kill").args(["-TERM", &id]).status()?;
            ensure!(told.success(), "{} can't be told to stop", node.name);
            let deadline = Instant::now() + PATIENCE;
            let status = loop {
                if let Some(status) = process.try_wait()? {
                    break status;
                }
                ensure!(
                    Instant::now() < deadline,
                    "{} does not stop when told to (SIGTERM)",
                    node.name
                );
                tokio::time::sleep(POLL).await;
            };
            node.process = None;
            ensure!(status.success(), "{} ended with {status}", node.name);
        }
        Ok(())
    }

    /// Runs a command of the binary on this installation.
    pub async fn command(&self, arguments: &[&str]) -> Seen<Done> {
        let node = self.nodes.first().or_wrong(|| "no node".to_owned())?;
        self.command_with(&node.config, arguments).await
    }

    /// Runs a command with another configuration file.
    pub async fn command_with(&self, config: &Path, arguments: &[&str]) -> Seen<Done> {
        let mut command = clean(Command::new(&self.exe));
        command.args(arguments).arg("--config").arg(config);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        Ok(Done {
            code: output.status.code(),
            output: text(&output.stdout),
            errors: text(&output.stderr),
        })
    }

    /// A configuration file for the same installation on a copy of its SQLite file.
    pub fn config_for_copy(&self, copy: &Path) -> Seen<PathBuf> {
        let node = self.nodes.first().or_wrong(|| "no node".to_owned())?;
        let text = std::fs::read_to_string(&node.config)?;
        let text = text.replace(&self.database, &format!("sqlite:{}", copy.display()));
        let path = copy.with_extension("toml");
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// The last lines of every node's log.
    pub fn logs(&self) -> String {
        let tail = |node: &Node| format!("{}:\n{}", node.name, node.tail());
        self.nodes.iter().map(tail).collect::<Vec<_>>().join("\n")
    }
}

impl Node {
    fn start(&mut self, exe: &Path, folder: &Path) -> Seen {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&self.log)?;
        let mut command = clean(Command::new(exe));
        command.arg("serve").arg("--config").arg(&self.config);
        command.current_dir(folder);
        command.stdin(Stdio::null()).stdout(log.try_clone()?);
        self.process = Some(command.stderr(log).spawn()?);
        Ok(())
    }

    async fn wait_until_ready(&mut self, http: &Http) -> Seen {
        let deadline = Instant::now() + PATIENCE;
        let url = format!("{}/readyz", self.address);
        loop {
            let ended = match &mut self.process {
                Some(process) => process.try_wait()?,
                None => return wrong("the node was not started"),
            };
            if let Some(status) = ended {
                return wrong(format!(
                    "{} ended with {status} while starting:\n{}",
                    self.name,
                    self.tail()
                ));
            }
            let answer = http.send(Ask::get(&url)?).await;
            if answer.is_ok_and(|it| it.status.is_success()) {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "{} is not ready after {PATIENCE:?}:\n{}",
                self.name,
                self.tail()
            );
            tokio::time::sleep(POLL).await;
        }
    }

    fn tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let from = lines.len().saturating_sub(20);
        lines.get(from..).unwrap_or_default().join("\n")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Without settings from the environment: what is played is what the configuration file says.
fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LATCHKEY_") {
            command.env_remove(name);
        }
    }
    command
}

/// A port that nobody uses right now.
pub(super) async fn free_port() -> Seen<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok(listener.local_addr()?.port())
}
