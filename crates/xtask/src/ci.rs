//! `cargo x ci`: everything, in the order in which it fails soonest, with the time each part took.

use crate::demo;
use crate::failure::{Failure, Outcome};
use crate::install::postgresql;
use crate::process;
use crate::workspace;
use crate::{browser, check, conformance, journey, test};
use latchkey_xtask::postgres::Cluster;
use std::time::{Duration, Instant};

type Stage = (&'static str, fn() -> Outcome);

pub fn run() -> Outcome {
    let stages: [Stage; 6] = [
        ("check", check::run),
        ("test", || test::run(&[])),
        ("demo --check", demo_check),
        ("journey", journey::check),
        ("conformance", conformance::run),
        ("browser", || browser::run(&[])),
    ];
    let start = Instant::now();
    let mut took = Vec::new();
    for (name, stage) in stages {
        println!("\n==== {name}");
        let began = Instant::now();
        let outcome = stage();
        took.push((name, began.elapsed()));
        if let Err(failure) = outcome {
            report(&took, start.elapsed());
            return Err(Failure::new(format!("{name}: {failure}")));
        }
    }
    report(&took, start.elapsed());
    Ok(())
}

fn report(took: &[(&str, Duration)], all: Duration) {
    println!("\n==== what took how long");
    for (name, time) in took {
        println!("{name:<14}{:>6.0} s", time.as_secs_f64());
    }
    println!("{:<14}{:>6.0} s", "all", all.as_secs_f64());
}

/// The main job, played from outside: on SQLite, on PostgreSQL, on two nodes, and
/// with the serving process killed after each acknowledged step.
fn demo_check() -> Outcome {
    let binary = workspace::build_binary()?;
    postgresql::ensure()?;
    let cluster = Cluster::start()?;
    let url = demo::fresh_database(&cluster, "check")?;
    let runs: [&[&str]; 5] = [
        &[],
        &["--kill-at-every-step"],
        &["--database", &url],
        &["--database", &url, "--nodes", "2"],
        &["--database", &url, "--kill-at-every-step"],
    ];
    for options in runs {
        process::run(process::command(&binary, ["demo", "--check"]).args(options))?;
    }
    Ok(())
}
