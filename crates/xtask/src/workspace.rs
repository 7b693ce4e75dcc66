//! Where things stand in the workspace, and what cargo says of it.

use crate::failure::{Failure, Outcome};
use crate::process;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The folder of the root `Cargo.toml`.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}

/// A path below the root.
pub fn path(below: &str) -> PathBuf {
    root().join(below)
}

/// Builds the `latchkey` binary and answers where it stands.
pub fn build_binary() -> Outcome<PathBuf> {
    process::run(&mut process::command(
        "cargo",
        ["build", "--locked", "--package", "latchkey"],
    ))?;
    Ok(metadata()?.target_directory.join("debug").join("latchkey"))
}

/// What `cargo metadata --no-deps` answers, as far as anything here reads it.
#[derive(Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
    pub target_directory: PathBuf,
    #[serde(default)]
    pub metadata: serde_json::Value,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub kind: Option<String>,
}

pub fn metadata() -> Outcome<Metadata> {
    let answer = process::output(&mut process::command(
        "cargo",
        ["metadata", "--no-deps", "--format-version", "1"],
    ))?;
    serde_json::from_str(&answer)
        .map_err(|error| Failure::new(format!("cargo metadata answered something odd: {error}")))
}

/// Every file below a folder whose name ends so, in order.
pub fn files(folder: &Path, ending: &str) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        std::fs::read_dir(folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, ending)?);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A path as people write it, from the root.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
