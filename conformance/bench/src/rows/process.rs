//! The process itself: its memory, its size, its start.

use crate::failure::{Failure, Outcome};
use crate::load::median;
use crate::measure::Bench;
use crate::report::{Kind, Row};

const IDLE: Kind = Kind::most("idle-memory", "resident memory, idle", 40.0, "MiB");
const SIZE: Kind = Kind::most("binary-size", "the stripped binary", 30.0, "MiB");
const START: Kind = Kind::most(
    "start",
    "start to first answer on an existing database",
    150.0,
    "ms",
);
/// Starts; the median counts.
const STARTS: usize = 5;
const MIB: f64 = 1024.0 * 1024.0;

/// What needs no load.
pub fn idle(bench: &mut Bench) {
    if bench.wants(IDLE.id) {
        let row = Row::new(IDLE, bench.idle_memory);
        bench.keep(IDLE, Ok(row));
    }
    if bench.wants(SIZE.id) {
        let row = size(bench);
        bench.keep(SIZE, row);
    }
}

fn size(bench: &Bench) -> Outcome<Row> {
    let bytes = std::fs::metadata(&bench.settings.binary)?.len();
    let kib = u32::try_from(bytes / 1024).map_err(|_| Failure::new("it has terabytes"))?;
    Ok(Row::new(SIZE, f64::from(kib) * 1024.0 / MIB))
}

/// Starts the node again and again on the database that the other rows have filled.
pub async fn start(bench: &mut Bench) {
    if !bench.wants(START.id) {
        return;
    }
    bench.node.stop();
    let row = starts(bench).await;
    bench.keep(START, row);
    match bench.installation.serve().await {
        Ok(node) => bench.node = node,
        Err(failure) => eprintln!("  {failure}"),
    }
}

async fn starts(bench: &Bench) -> Outcome<Row> {
    let taken = bench.installation.starts(STARTS).await?;
    let rounds: Vec<f64> = taken.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
    Ok(Row::new(START, median(&rounds)).rounds(rounds))
}
