//! `cargo x conformance`: clients that nobody here wrote, against the built binary.

use crate::demo::{self, Demo};
use crate::failure::Outcome;
use crate::install::{chromium, node, python};
use crate::process;

pub fn run() -> Outcome {
    let chromium = chromium::ensure()?;
    let node = node::ensure()?;
    let python = python::ensure()?;
    demo::on_both_databases("conformance", |demo: &Demo| {
        demo.declare_clients()?;
        let scripts = [
            node.script("conformance/oidc/openid-client/run.mjs"),
            process::command(&python, ["conformance/oidc/authlib/run.py"]),
            process::command(&python, ["conformance/scim/run.py"]),
        ];
        for mut script in scripts {
            script.env("LATCHKEY_CHROMIUM", &chromium);
            script.env("LATCHKEY_NODE", node.program());
            demo.tell(&mut script);
            process::run(&mut script)?;
        }
        Ok(())
    })
}
