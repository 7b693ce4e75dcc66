//! Python with the packages of `conformance/`, in `target/venv`.

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::workspace;
use std::path::{Path, PathBuf};

/// The lists of packages, each with exact versions.
const REQUIREMENTS: [&str; 2] = [
    "conformance/requirements.txt",
    "conformance/smtp/requirements.txt",
];

/// The environment's `python`, with every listed package in it.
pub fn ensure() -> Outcome<PathBuf> {
    let venv = folder()?;
    let python = create(&venv)?;
    let lists: Vec<PathBuf> = REQUIREMENTS
        .iter()
        .map(|list| workspace::path(list))
        .filter(|list| list.exists())
        .collect();
    let wanted = lists
        .iter()
        .map(std::fs::read_to_string)
        .collect::<Result<Vec<_>, _>>()?
        .join("\n");
    let installed = venv.join("installed-requirements.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|present| present == wanted) {
        return Ok(python);
    }
    let mut pip = process::command(
        &python,
        [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ],
    );
    for list in &lists {
        pip.arg("--requirement").arg(list);
    }
    process::run(&mut pip)?;
    std::fs::write(installed, wanted)?;
    Ok(python)
}

/// Installs one more package, named with its version.
pub fn add(package: &str) -> Outcome {
    let python = create(&folder()?)?;
    process::run(process::command(&python, ["-m", "pip", "install", "--quiet"]).arg(package))
}

/// Where the environment stands.
pub fn folder() -> Outcome<PathBuf> {
    Ok(workspace::metadata()?.target_directory.join("venv"))
}

fn create(venv: &Path) -> Outcome<PathBuf> {
    let python = venv.join("bin").join("python");
    let pip = ["-m", "pip", "--version"];
    if process::output(&mut process::command(&python, pip)).is_ok() {
        return Ok(python);
    }
    if !process::works("python3", &["-c", "import ensurepip, venv"]) {
        apt(
            &["python3", "python3-venv"],
            "Python 3 with its venv module",
        )?;
    }
    process::run(process::command("python3", ["-m", "venv", "--clear"]).arg(venv))?;
    if python.exists() {
        return Ok(python);
    }
    Err(Failure::new("python3 -m venv made no environment."))
}
