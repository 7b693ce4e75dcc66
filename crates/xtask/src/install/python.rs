//! Python with the packages of `conformance/requirements.txt`, in `target/venv`.

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::workspace;
use std::path::{Path, PathBuf};

/// The packages, each with its exact version.
const REQUIREMENTS: &str = "conformance/requirements.txt";

/// The environment's `python`, with every listed package in it.
pub fn ensure() -> Outcome<PathBuf> {
    let venv = folder()?;
    let python = create(&venv)?;
    let list = workspace::path(REQUIREMENTS);
    let wanted = std::fs::read_to_string(&list)?;
    let installed = venv.join("installed-requirements.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|present| present == wanted) {
        return Ok(python);
    }
    process::run(pip(&python).arg("--requirement").arg(&list))?;
    std::fs::write(installed, wanted)?;
    Ok(python)
}

/// Makes sure that `python3 -m venv` works.
pub fn ensure_venv() -> Outcome {
    if process::works("python3", &["-c", "import ensurepip, venv"]) {
        return Ok(());
    }
    apt(&["python3", "python3-venv"], "Python 3 with its venv module")
}

/// Installs one more package, named with its version.
pub fn add(package: &str) -> Outcome {
    let python = create(&folder()?)?;
    process::run(pip(&python).arg(package))
}

/// Where the environment stands.
pub fn folder() -> Outcome<PathBuf> {
    Ok(workspace::metadata()?.target_directory.join("venv"))
}

fn pip(python: &Path) -> std::process::Command {
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    process::command(python, install)
}

fn create(venv: &Path) -> Outcome<PathBuf> {
    let python = venv.join("bin").join("python");
    let asked = process::output(&mut process::command(&python, ["-m", "pip", "--version"]));
    if asked.is_ok() {
        return Ok(python);
    }
    ensure_venv()?;
    process::run(process::command("python3", ["-m", "venv", "--clear"]).arg(venv))?;
    if python.exists() {
        return Ok(python);
    }
    Err(Failure::new("python3 -m venv made no environment."))
}
