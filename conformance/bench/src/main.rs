//! `latchkey-bench`: what `cargo x bench` runs, once for each database.
//!
//! `measure` starts a fresh installation of the built binary and the reference beside it, loads them in
//! turn over the loopback interface, and writes the rows of the table as JSON. `reference` is that
//! reference: a bare server that does only the unavoidable work. Both take one argument, their settings
//! as JSON. Every load is bounded in connections, requests and time, and nothing but the loopback
//! interface is ever spoken to.

mod browser;
mod declared;
mod failure;
mod installation;
mod load;
mod measure;
mod process;
mod reference;
mod report;
mod rows;
mod rows_of_member;
mod seed;
mod wire;

use std::process::ExitCode;

use failure::{Failure, Outcome};

const USAGE: &str = "latchkey-bench measure|reference SETTINGS (as JSON); started by `cargo x bench`";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, settings] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(command, settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("latchkey-bench: {failure}");
            ExitCode::from(1)
        }
    }
}

fn run(command: &str, settings: &str) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command {
        "reference" => runtime.block_on(reference::serve(&serde_json::from_str(settings)?)),
        "measure" => runtime.block_on(measure::run(&serde_json::from_str(settings)?)),
        _ => Err(Failure::new(USAGE)),
    }
}
