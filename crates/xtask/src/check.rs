//! `cargo x check`: what needs no running program.

use crate::deny;
use crate::failure::Outcome;
use crate::layers;
use crate::portable;
use crate::process;

pub fn run() -> Outcome {
    process::run(&mut process::command("cargo", ["fmt", "--all", "--check"]))?;
    layers::run()?;
    portable::run()?;
    deny::run()?;
    process::run(&mut process::command(
        "cargo",
        [
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ))
}
