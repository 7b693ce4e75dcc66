//! `cargo x COMMAND`: what developers and CI run.
//!
//! Each command installs what it misses where it may (Debian, root), or stops with the exact line to run.
//! Nothing is ever skipped silently.

mod bench;
mod browser;
mod check;
mod ci;
mod conformance;
mod demo;
mod deny;
mod dev;
mod failure;
mod install;
mod journey;
mod layers;
mod migration;
mod portable;
mod process;
mod rust_text;
mod test;
mod workspace;

use failure::{Failure, Outcome};
use std::process::ExitCode;

const USAGE: &str = "\
cargo x COMMAND

  dev             the demo, rebuilt when a source file changes
  check           format, clippy, layers, portable SQL, licences and bans
  test            everything that needs no browser, on both databases
  browser         walks through the pages in Chromium, on both databases
  bench [ROW…]    speed and memory beside a bare reference, on both databases; not part of ci
  conformance     real OpenID Connect and SCIM clients, on both databases
  migration NAME  the next numbered migration file
  journey         the page of the book that shows the journey on the wire (--check compares it)
  layers          only the comparison of crates with [workspace.metadata.layers]
  ci              check, test, browser, conformance, demo --check on both databases

`test` and `browser` hand what follows on: `cargo x test -p latchkey-store`, `cargo x browser invitation`.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\ncargo x: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(arguments: &[String]) -> Outcome {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => return Err(Failure::usage(USAGE)),
    };
    match (command, rest) {
        ("dev", []) => dev::run(),
        ("check", []) => check::run(),
        ("test", rest) => test::run(rest),
        ("bench", rest) => bench::run(rest),
        ("browser", rest) => browser::run(rest),
        ("conformance", []) => conformance::run(),
        ("migration", [name]) => migration::run(name),
        ("journey", []) => journey::write(),
        ("journey", [check]) if check == "--check" => journey::check(),
        ("layers", []) => layers::run(),
        ("ci", []) => ci::run(),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::usage(USAGE)),
    }
}
