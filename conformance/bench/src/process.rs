//! The processes that are measured: started on a free port, watched, ended.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http::StatusCode;

use crate::failure::{Failure, Outcome};
use crate::wire::{Ask, Wire};

/// How long a process may take until it answers, and until it ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that answers. It ends when this is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From starting the process to its first answer.
    pub first_answer: Duration,
}

impl Server {
    /// Starts a server and waits until `path` answers 200.
    pub async fn start(command: &mut Command, address: SocketAddr, path: &str, log: &Path) -> Outcome<Self> {
        let log_file = File::options().create(true).append(true).open(log)?;
        command
            .stdin(Stdio::null())
            .stdout(log_file.try_clone()?)
            .stderr(log_file);
        let began = Instant::now();
        let child = command.spawn()?;
        let mut server = Self {
            child,
            address,
            first_answer: Duration::ZERO,
        };
        loop {
            if answers(address, path).await {
                server.first_answer = began.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(Failure::new(format!(
                    "it ended ({status}); its log is {}",
                    log.display()
                )));
            }
            if began.elapsed() > PATIENCE {
                return Err(Failure::new(format!(
                    "it does not answer; its log is {}",
                    log.display()
                )));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Resident memory now, in MiB.
    pub fn memory(&self) -> Outcome<f64> {
        self.status("VmRSS:")
    }

    /// The most resident memory there ever was, in MiB.
    pub fn most_memory(&self) -> Outcome<f64> {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0)
            .ok_or_else(|| Failure::new(format!("/proc says nothing of {name}")))
    }
}

impl Server {
    /// Asks it to end as an operator would, and insists when it does not.
    pub fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let patience = Instant::now() + if asked.is_ok() { PATIENCE } else { Duration::ZERO };
        while Instant::now() < patience {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    let Ok(mut wire) = Wire::connect(address).await else {
        return false;
    };
    let answer = wire.send(&Ask::get(path)).await;
    answer.is_ok_and(|answer| answer.status == StatusCode::OK)
}

/// A port that nobody listens on just now.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Runs a command to its end; its output only where it fails.
pub fn run(command: &mut Command) -> Outcome {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::new(format!(
        "{} failed: {said}",
        command.get_program().to_string_lossy()
    )))
}
