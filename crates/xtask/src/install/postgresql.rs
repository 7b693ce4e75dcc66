//! The programs of PostgreSQL's server.

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process;

/// Makes sure that `initdb` is there, on `PATH` or where Debian puts it.
pub fn ensure() -> Outcome {
    if present() {
        return Ok(());
    }
    apt(&["postgresql", "postgresql-client"], "PostgreSQL")?;
    if present() {
        return Ok(());
    }
    Err(Failure::new(
        "PostgreSQL was installed, but its initdb is not to be found.",
    ))
}

fn present() -> bool {
    process::first_on_path(&["initdb"]).is_some()
        || process::works("sh", &["-c", "ls /usr/lib/postgresql/*/bin/initdb"])
}
