//! A fresh installation of Latchkey to measure: its configuration, its declared state, its nodes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use latchkey_store::db::{Db, Settings};

use crate::failure::{Failure, Outcome};
use crate::process::{self, Server, free_address};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const STATE: &str = include_str!("../bench.toml");
const CATALOGUE: &str = include_str!("../bench.catalogue.toml");
const MASTER_KEY: &str = "for measuring only: this key protects nothing at all";

/// Where everything of it stands.
pub struct Installation {
    binary: PathBuf,
    folder: PathBuf,
    pub database: String,
    issuer: SocketAddr,
}

impl Installation {
    /// Makes the configuration and applies the declared state.
    pub fn prepare(binary: &Path, folder: &Path, database: &str) -> Outcome<Self> {
        std::fs::create_dir_all(folder)?;
        let installation = Self {
            binary: binary.to_path_buf(),
            folder: folder.to_path_buf(),
            database: database.to_owned(),
            issuer: free_address()?,
        };
        std::fs::write(folder.join("bench.catalogue.toml"), CATALOGUE)?;
        installation.configure(installation.issuer)?;
        process::run(&mut installation.applying(STATE)?)?;
        Ok(installation)
    }

    /// `latchkey apply` of this state, to be run.
    pub fn applying(&self, state: &str) -> Outcome<Command> {
        let file = self.folder.join("bench.toml");
        std::fs::write(&file, state)?;
        let mut command = self.command(self.issuer);
        command.args(["apply", "--allow-passwords"]).arg(file);
        Ok(command)
    }

    /// The declared state with the service member in another role.
    pub fn state_with_role(role: &str) -> String {
        let service = "client = \"bench-batch\"\nrole = \"";
        STATE.replace(&format!("{service}standard\""), &format!("{service}{role}\""))
    }

    /// The first node, at the issuer's address.
    pub async fn serve(&self) -> Outcome<Server> {
        self.serve_at(self.issuer).await
    }

    /// One more node, at an address of its own.
    pub async fn serve_another(&self) -> Outcome<Server> {
        let address = free_address()?;
        self.configure(address)?;
        self.serve_at(address).await
    }

    async fn serve_at(&self, address: SocketAddr) -> Outcome<Server> {
        let log = self.folder.join(format!("node-{}.log", address.port()));
        let mut command = self.command(address);
        Server::start(command.arg("serve"), address, DISCOVERY, &log)
            .await
            .map_err(|failure| Failure::new(format!("latchkey serve: {failure}")))
    }

    /// The database, as the program's own store opens it.
    pub async fn open(&self) -> Outcome<Db> {
        Ok(Db::open(&Settings::at(self.database.as_str())).await?)
    }

    /// The median time from starting the process to its first answer, over `times` starts.
    pub async fn starts(&self, times: usize) -> Outcome<Vec<Duration>> {
        let mut taken = Vec::with_capacity(times);
        for _ in 0..times {
            taken.push(self.serve().await?.first_answer);
        }
        Ok(taken)
    }

    fn command(&self, node: SocketAddr) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .arg("--config")
            .arg(self.config(node));
        command
    }

    fn config(&self, node: SocketAddr) -> PathBuf {
        self.folder.join(format!("node-{}.toml", node.port()))
    }

    /// Everything as it is by default but for the addresses and the key that all nodes share.
    fn configure(&self, node: SocketAddr) -> Outcome {
        let text = format!(
            "issuer = \"http://{}\"\nlisten = \"{node}\"\nmaster_key = \"{MASTER_KEY}\"\n\n[database]\nurl = \"{}\"\n",
            self.issuer, self.database
        );
        Ok(std::fs::write(self.config(node), text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_member_can_be_declared_in_another_role() {
        let changed = Installation::state_with_role("manager");
        assert_ne!(changed, STATE);
        assert!(changed.contains("client = \"bench-batch\"\nrole = \"manager\""));
    }
}
