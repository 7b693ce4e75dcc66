//! `cargo x dev`: the demo, built and started again when a source file changes.

use crate::failure::Outcome;
use crate::process;
use crate::workspace;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, SystemTime};

const WATCHED: [&str; 4] = ["crates", "migrations", "scim-schemas", "config"];

pub fn run() -> Outcome {
    let mut running: Option<Child> = None;
    loop {
        let seen = newest()?;
        match workspace::build_binary() {
            Ok(binary) => {
                end(running.take())?;
                running = Some(process::command(binary, ["demo"]).spawn()?);
            }
            Err(failure) => eprintln!("{failure}; the demo keeps running as it was"),
        }
        while newest()? == seen {
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

fn end(running: Option<Child>) -> Outcome {
    if let Some(mut child) = running {
        process::works("kill", &["-TERM", &child.id().to_string()]);
        child.wait()?;
    }
    Ok(())
}

/// When the last change of a watched file was made.
fn newest() -> Outcome<Option<SystemTime>> {
    let mut times = vec![];
    for folder in WATCHED {
        for file in workspace::files(&workspace::path(folder), "")? {
            times.extend(modified(&file));
        }
    }
    Ok(times.into_iter().max())
}

/// `None` for a file that went away between listing and looking.
fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|facts| facts.modified()).ok()
}
