//! `latchkey`: commands and wiring.
//!
//! `cli` says what can be asked, `config` reads the settings, `start` puts an installation
//! together, `commands/` has one file a command. Exit codes: 0 done, 1 refused with a reason,
//! 2 wrong usage.

mod cli;
mod commands;
mod config;
mod logging;
mod output;
mod start;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::output::Refusal;

/// A tenth and more of what a request costs is memory taken and given back, by several threads at
/// once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            output::refuse(&refusal, json);
            ExitCode::from(refusal.exit_code())
        }
    }
}

fn run(cli: Cli) -> Result<(), Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|fault| Refusal::new(format!("the process cannot start its threads: {fault}")))?;
    let outcome = runtime.block_on(commands::run(cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    outcome
}
