//! `cargo x browser`: walks through the pages in Chromium, with pictures under `target/pictures`.

use crate::demo::{self, Demo};
use crate::failure::Outcome;
use crate::install::{chromium, node};
use crate::process;
use crate::workspace;

/// Runs every walk, or those named.
pub fn run(walks: &[String]) -> Outcome {
    let chromium = chromium::ensure()?;
    let node = node::ensure()?;
    let pictures = workspace::metadata()?.target_directory.join("pictures");
    demo::on_both_databases("browser", |demo: &Demo| {
        let mut script = node.script("conformance/browser/walk.mjs");
        script.args(walks).env("LATCHKEY_CHROMIUM", &chromium);
        script.env("LATCHKEY_PICTURES", pictures.join(demo.database.to_lowercase()));
        demo.tell(&mut script);
        process::run(&mut script)
    })
}
