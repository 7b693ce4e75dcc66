//! Chromium for the walks through the pages.

use super::apt;
use crate::failure::{Failure, Outcome};
use crate::process;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The browser's program.
pub fn ensure() -> Outcome<String> {
    if let Some(found) = process::first_on_path(&NAMES) {
        return Ok(found);
    }
    apt(&["chromium", "fonts-dejavu-core"], "Chromium")?;
    process::first_on_path(&NAMES).ok_or_else(|| Failure::new("Chromium was installed, but is not on PATH."))
}
