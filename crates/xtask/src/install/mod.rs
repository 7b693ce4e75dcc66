//! What a command needs of the machine: found, or installed where that is allowed, or asked for in one exact line.

pub mod cargo_deny;
pub mod chromium;
pub mod node;
pub mod postgresql;
pub mod python;

use crate::failure::{Failure, Outcome};
use crate::process;
use std::path::Path;

/// Installs Debian packages as root, or stops with the line to run.
fn apt(packages: &[&str], what: &str) -> Outcome {
    let listed = packages.join(" ");
    if !Path::new("/etc/debian_version").exists() {
        return Err(Failure::new(format!(
            "{what} is missing. Install what Debian calls `{listed}` and run this again."
        )));
    }
    if process::output(&mut process::command("id", ["-u"]))?.trim() != "0" {
        return Err(Failure::new(format!(
            "{what} is missing. Run: sudo apt-get update && sudo apt-get install --yes {listed}"
        )));
    }
    println!("{what} is missing: installing {listed}");
    let wait = ["-o", "DPkg::Lock::Timeout=600"];
    let update = wait.iter().chain(&["update", "--quiet"]);
    process::run(process::command("apt-get", update).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let install = wait
        .iter()
        .chain(&["install", "--yes", "--quiet", "--no-install-recommends"])
        .chain(packages);
    process::run(process::command("apt-get", install).env("DEBIAN_FRONTEND", "noninteractive"))
}
