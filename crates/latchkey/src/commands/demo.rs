//! `latchkey demo`
use crate::cli::Demo;
use crate::output::Refusal;

pub async fn run(_wanted: Demo, _json: bool) -> Result<(), Refusal> {
    Err(Refusal::new("not yet"))
}
