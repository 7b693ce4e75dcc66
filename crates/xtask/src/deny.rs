//! Licences, bans and sources of everything built in (`deny.toml`).

use crate::failure::Outcome;
use crate::install::cargo_deny;
use crate::process;

pub fn run() -> Outcome {
    let program = cargo_deny::ensure()?;
    process::run(&mut process::command(
        program,
        ["--locked", "check", "bans", "licenses", "sources"],
    ))
}
