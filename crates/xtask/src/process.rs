//! Running other programs: shown before they start, failing loudly.

use crate::failure::{Failure, Outcome};
use crate::workspace;
use std::process::{Command, Stdio};

/// A program with its arguments, started in the workspace's root.
pub fn command<A: AsRef<std::ffi::OsStr>>(
    program: impl AsRef<std::ffi::OsStr>,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root());
    command
}

/// Runs to the end with its output on this terminal; any exit code but 0 is a failure.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("`{shown}` did not start: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{shown}` failed ({status})")))
}

/// Runs to the end and answers what it printed, quietly.
pub fn output(command: &mut Command) -> Outcome<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("`{shown}` did not start: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!(
        "`{shown}` failed ({}): {}",
        output.status,
        said.trim()
    )))
}

/// Whether the program starts and ends well, whatever it prints.
pub fn works(program: &str, arguments: &[&str]) -> bool {
    output(&mut command(program, arguments)).is_ok()
}

/// The first of these programs that `PATH` has.
pub fn first_on_path(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let found = output(&mut command("sh", ["-c", "command -v \"$0\"", name])).ok()?;
        let found = found.trim();
        (!found.is_empty()).then(|| found.to_owned())
    })
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
