//! `cargo x test`: everything that needs no browser, on both databases.

use crate::failure::Outcome;
use crate::install::{postgresql, python};
use crate::process;
use latchkey_xtask::postgres::Cluster;

/// Runs `cargo test`, of the workspace or of what the arguments name, beside a PostgreSQL cluster of its own.
pub fn run(arguments: &[String]) -> Outcome {
    postgresql::ensure()?;
    python::ensure_venv()?; // the mail crate's SMTP server makes an environment of its own
    let cluster = Cluster::start()?;
    let mut test = process::command("cargo", ["test", "--locked"]);
    if arguments.is_empty() {
        test.arg("--workspace");
    }
    test.args(arguments);
    test.env("LATCHKEY_TEST_POSTGRES", cluster.url("postgres"));
    process::run(&mut test)
}
