//! cargo-deny, built once into `target/tools`.

use crate::failure::Outcome;
use crate::process;
use crate::workspace;
use std::path::PathBuf;

const VERSION: &str = "0.20.2";

/// Where cargo-deny of the version named here stands.
pub fn ensure() -> Outcome<PathBuf> {
    let tools = workspace::metadata()?.target_directory.join("tools");
    let program = tools.join("bin").join("cargo-deny");
    let present = process::output(&mut process::command(&program, ["--version"]));
    if !present.is_ok_and(|said| said.trim() == format!("cargo-deny {VERSION}")) {
        // Unoptimized it builds in a minute on two cores, and one run takes seconds either way.
        let arguments = [
            "install",
            "--locked",
            "--force",
            "--debug",
            "--no-default-features",
            "--version",
            VERSION,
            "--root",
        ];
        process::run(process::command("cargo", arguments).arg(&tools).arg("cargo-deny"))?;
    }
    Ok(program)
}
