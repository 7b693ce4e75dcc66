//! A running `latchkey demo` for the scripts of `conformance/`, on one database after the other.

use crate::failure::{Failure, Outcome};
use crate::install::postgresql;
use crate::process;
use crate::workspace;
use latchkey_xtask::postgres::Cluster;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The relying parties of the protocol checks.
const CLIENTS: &str = "conformance/clients.toml";

/// A demo that answers; it ends when this is dropped.
pub struct Demo {
    child: Child,
    /// `SQLite` or `PostgreSQL`.
    pub database: &'static str,
    binary: PathBuf,
    facts: PathBuf,
}

/// Builds the binary, then starts a fresh demo on each database and does the same with it.
pub fn on_both_databases(purpose: &str, each: impl Fn(&Demo) -> Outcome) -> Outcome {
    let binary = workspace::build_binary()?;
    let folder = workspace::metadata()?.target_directory.join("demo").join(purpose);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    println!("\n== {purpose} on SQLite");
    each(&Demo::start(&binary, "SQLite", &folder.join("sqlite"), None)?)?;
    println!("\n== {purpose} on PostgreSQL");
    postgresql::ensure()?;
    let cluster = Cluster::start()?;
    let url = fresh_database(&cluster, purpose)?;
    each(&Demo::start(
        &binary,
        "PostgreSQL",
        &folder.join("postgresql"),
        Some(&url),
    )?)
}

/// Makes an empty database in the cluster and answers its address.
pub fn fresh_database(cluster: &Cluster, name: &str) -> Outcome<String> {
    let name = format!("latchkey_{name}");
    let create = format!("CREATE DATABASE {name}");
    let arguments = ["--quiet", "--no-psqlrc", "--command", &create];
    process::output(process::command("psql", arguments).arg(cluster.url("postgres")))?;
    Ok(cluster.url(&name))
}

impl Demo {
    fn start(binary: &Path, database: &'static str, folder: &Path, url: Option<&str>) -> Outcome<Self> {
        std::fs::create_dir_all(folder)?;
        let log = folder.join("demo.log");
        let listen = format!("127.0.0.1:{}", free_pair_of_ports()?);
        let mut command = Command::new(binary);
        command
            .args(["demo", "--json", "--listen", &listen, "--data"])
            .arg(folder);
        if let Some(url) = url {
            command.args(["--database", url]);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .map_err(|error| Failure::new(format!("{} did not start: {error}", binary.display())))?;
        let mut demo = Self {
            child,
            database,
            binary: binary.to_path_buf(),
            facts: folder.join("demo.json"),
        };
        let facts = demo.first_line().map_err(|failure| {
            Failure::new(format!(
                "the demo on {database} did not start: {failure}; its log is {}",
                log.display()
            ))
        })?;
        std::fs::write(&demo.facts, facts)?;
        Ok(demo)
    }

    /// Declares the relying parties of the protocol checks beside the demo's own, and adds them to its facts.
    pub fn declare_clients(&self) -> Outcome {
        let facts = with_clients(&std::fs::read_to_string(&self.facts)?)?;
        let config = facts.get("config").and_then(Value::as_str).ok_or_else(|| {
            Failure::new("`latchkey demo --json` names no `config` (see conformance/README.md)")
        })?;
        let apply = ["apply", CLIENTS, "--config", config];
        process::run(&mut process::command(&self.binary, apply))?;
        Ok(std::fs::write(&self.facts, format!("{facts:#}\n"))?)
    }

    /// What every script is told: the demo's facts and binary.
    pub fn tell(&self, script: &mut Command) {
        script.env("LATCHKEY_DEMO", &self.facts);
        script.env("LATCHKEY_BINARY", &self.binary);
    }

    fn first_line(&mut self) -> Outcome<String> {
        let Some(stdout) = self.child.stdout.take() else {
            return Err(Failure::new("it has no output"));
        };
        let mut lines = BufReader::new(stdout).lines();
        match lines.next() {
            Some(line) => {
                // What follows is read and forgotten, so that the demo never waits for its reader.
                std::thread::spawn(move || lines.map_while(Result::ok).count());
                Ok(line?)
            }
            None => Err(Failure::new("it ended without a word")),
        }
    }
}

impl Drop for Demo {
    /// Asks it to end as an operator would, and insists after ten seconds.
    fn drop(&mut self) {
        let asked = process::works("kill", &["-TERM", &self.child.id().to_string()]);
        let patience = Instant::now() + Duration::from_secs(if asked { 10 } else { 0 });
        while Instant::now() < patience {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        eprintln!(
            "the demo on {} did not end within ten seconds of SIGTERM",
            self.database
        );
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The demo's facts, with the clients of `conformance/clients.toml` added to its own.
fn with_clients(line: &str) -> Outcome<Value> {
    let mut facts: Value = serde_json::from_str(line)
        .map_err(|error| Failure::new(format!("its first line is no JSON ({error}): {line}")))?;
    let declared = std::fs::read_to_string(workspace::path(CLIENTS))?;
    let declared: toml::Table =
        toml::from_str(&declared).map_err(|error| Failure::new(format!("{CLIENTS}: {error}")))?;
    let clients = facts
        .get_mut("clients")
        .and_then(Value::as_array_mut)
        .ok_or_else(|| Failure::new("its facts have no `clients` (see conformance/README.md)"))?;
    for client in declared
        .get("client")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
    {
        clients.push(json!({
            "id": client.get("id"),
            "secret": client.get("client_secret"),
            "redirect_uris": client.get("redirect_uris"),
            "post_logout_redirect_uris": client.get("post_logout_redirect_uris"),
        }));
    }
    Ok(facts)
}

/// A free port whose next one is free too: the provider's and the sample CRM's.
fn free_pair_of_ports() -> Outcome<u16> {
    for _ in 0..50 {
        let first = TcpListener::bind("127.0.0.1:0")?;
        let port = first.local_addr()?.port();
        let next = port
            .checked_add(1)
            .map(|next| TcpListener::bind(("127.0.0.1", next)));
        if matches!(next, Some(Ok(_))) {
            return Ok(port);
        }
    }
    Err(Failure::new("no two neighboring ports are free on 127.0.0.1"))
}
