//! `cargo x bench`: the built service beside a bare reference, on both databases, as ratios of one run.
//!
//! Builds both once, optimized; `latchkey-bench` (in `conformance/bench`) does the measuring and answers rows as
//! JSON; the table is printed and kept under `target/bench/`. A row below its figure is a failure unless
//! `docs/performance.md` lists it and says why.

mod listed;
mod table;

use crate::demo;
use crate::failure::{Failure, Outcome, refuse_if_any};
use crate::install::postgresql;
use crate::process;
use crate::workspace;
use latchkey_xtask::postgres::Cluster;
use listed::Listed;
use serde_json::json;
use std::path::{Path, PathBuf};
use table::{Report, Row, Verdict};

const USAGE: &str = "\
cargo x bench [ROW…] [--on sqlite|postgresql] [--seconds N] [--rounds N] [--members N] [--accounts N]

  ROW        ids of rows, as the table shows them; all of them where none is named
  --on       one database only
  --seconds  how long each side is loaded in each round (1)
  --rounds   how often the two take turns, at least 3 (9)
  --members  members of the large account (1000000)
  --accounts accounts with fifty members each (10000)";

/// What was asked for.
struct Wanted {
    rows: Vec<String>,
    on: Option<String>,
    seconds: f64,
    rounds: u32,
    members: u32,
    accounts: u32,
}

pub fn run(arguments: &[String]) -> Outcome {
    let wanted = Wanted::read(arguments)?;
    let listed = listed::read()?;
    let programs = Programs::build()?;
    let folder = workspace::metadata()?.target_directory.join("bench");
    std::fs::create_dir_all(&folder)?;
    let mut reports = Vec::new();
    if wanted.includes("sqlite") {
        let at = fresh_folder(&folder, "sqlite")?;
        let url = |name: &str| format!("sqlite:{}", at.join(name).display());
        let databases = (url("latchkey.db"), url("reference.db"));
        reports.push(programs.measure(&wanted, "SQLite", &at, &databases)?);
    }
    if wanted.includes("postgresql") {
        postgresql::ensure()?;
        let cluster = Cluster::start_durable()?;
        let at = fresh_folder(&folder, "postgresql")?;
        let databases = (
            demo::fresh_database(&cluster, "bench")?,
            demo::fresh_database(&cluster, "reference")?,
        );
        reports.push(programs.measure(&wanted, "PostgreSQL", &at, &databases)?);
    }
    let text = table::render(&reports);
    println!("\n{text}");
    std::fs::write(folder.join("report.txt"), &text)?;
    std::fs::write(folder.join("report.json"), table::json(&reports)?)?;
    println!("kept as {}", workspace::shown(&folder.join("report.{txt,json}")));
    refuse_if_any(
        "These rows are below their figure and docs/performance.md does not explain them:",
        &unexplained(&reports, &listed),
    )
}

impl Wanted {
    fn read(arguments: &[String]) -> Outcome<Self> {
        let mut wanted = Self {
            rows: Vec::new(),
            on: None,
            seconds: 1.0,
            rounds: 9,
            members: 1_000_000,
            accounts: 10_000,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if !argument.starts_with("--") {
                wanted.rows.push(argument.clone());
                continue;
            }
            let value = rest.next().ok_or_else(|| Failure::usage(USAGE))?;
            match argument.as_str() {
                "--on" if matches!(value.as_str(), "sqlite" | "postgresql") => {
                    wanted.on = Some(value.clone());
                }
                "--seconds" => wanted.seconds = number(value)?,
                "--rounds" => wanted.rounds = number(value)?,
                "--accounts" => wanted.accounts = number(value)?,
                "--members" => wanted.members = number(value)?,
                _ => return Err(Failure::usage(USAGE)),
            }
        }
        Ok(wanted)
    }

    fn includes(&self, database: &str) -> bool {
        self.on.as_deref().is_none_or(|on| on == database)
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Outcome<T> {
    text.parse().map_err(|_| Failure::usage(USAGE))
}

/// The two built programs.
struct Programs {
    latchkey: PathBuf,
    bench: PathBuf,
}

impl Programs {
    fn build() -> Outcome<Self> {
        let packages = ["--package", "latchkey", "--package", "latchkey-bench"];
        let build = ["build", "--locked", "--release"];
        process::run(process::command("cargo", build).args(packages))?;
        let built = workspace::metadata()?.target_directory.join("release");
        Ok(Self {
            latchkey: built.join("latchkey"),
            bench: built.join("latchkey-bench"),
        })
    }

    fn measure(
        &self,
        wanted: &Wanted,
        name: &str,
        folder: &Path,
        (database, reference): &(String, String),
    ) -> Outcome<Report> {
        println!("\n== bench on {name}");
        let report = folder.join("rows.json");
        let settings = json!({
            "binary": self.latchkey,
            "folder": folder,
            "name": name,
            "database": database,
            "reference_database": reference,
            "report": report,
            "only": wanted.rows,
            "seconds": wanted.seconds,
            "rounds": wanted.rounds,
            "members": wanted.members,
            "accounts": wanted.accounts,
        });
        let mut command = process::command(&self.bench, ["measure", &settings.to_string()]);
        let status = command
            .status()
            .map_err(|error| Failure::new(format!("latchkey-bench did not start: {error}")))?;
        if !status.success() {
            return Err(Failure::new(format!(
                "latchkey-bench failed on {name} ({status})"
            )));
        }
        table::read(&report)
    }
}

/// An empty folder for one database's run.
fn fresh_folder(folder: &Path, name: &str) -> Outcome<PathBuf> {
    let folder = folder.join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn unexplained(reports: &[Report], listed: &[Listed]) -> Vec<String> {
    let mut found = Vec::new();
    for report in reports {
        for row in &report.rows {
            found.extend(finding(row, &report.database, listed));
        }
    }
    found
}

/// What is wrong with a row, if anything is.
fn finding(row: &Row, database: &str, listed: &[Listed]) -> Option<String> {
    let at = format!("{} on {database}", row.id);
    match row.verdict {
        Verdict::Reached | Verdict::NotJudged => None,
        Verdict::Failed => Some(format!("{at} could not be measured: {}", row.note)),
        Verdict::Below => {
            let short = format!(
                "{at}: {:.2} {}, to reach {}",
                row.value,
                row.unit,
                row.figure.words()
            );
            let Some(known) = listed.iter().find(|known| known.is_about(&row.id, database)) else {
                return Some(short);
            };
            row.is_worse_than(known.reached)
                .then(|| format!("{short}; docs/performance.md lists it with {}", known.reached))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, verdict: &str) -> Row {
        let row = json!({
            "id": "refresh", "work": "refresh", "figure": {"bound": "at_least", "value": 0.5}, "unit": "×",
            "value": value, "verdict": verdict, "sides": [], "rounds": [], "note": "",
        });
        serde_json::from_value(row).unwrap()
    }

    fn listed(reached: f64) -> [Listed; 1] {
        [Listed {
            row: "refresh".to_owned(),
            database: "SQLite".to_owned(),
            reached,
        }]
    }

    #[test]
    fn a_row_below_its_figure_is_a_finding_unless_it_is_listed_for_that_database() {
        assert!(finding(&row(0.4, "below"), "SQLite", &[]).is_some());
        assert!(finding(&row(0.4, "below"), "SQLite", &listed(0.4)).is_none());
        assert!(finding(&row(0.4, "below"), "PostgreSQL", &listed(0.4)).is_some());
        assert!(finding(&row(0.6, "reached"), "SQLite", &[]).is_none());
    }

    #[test]
    fn a_listed_row_that_became_much_worse_is_a_finding() {
        assert!(finding(&row(0.36, "below"), "SQLite", &listed(0.4)).is_none());
        assert!(finding(&row(0.2, "below"), "SQLite", &listed(0.4)).is_some());
    }

    #[test]
    fn a_row_that_could_not_be_measured_is_a_finding_whatever_is_listed() {
        assert!(finding(&row(0.0, "failed"), "SQLite", &listed(0.0)).is_some());
    }

    #[test]
    fn options_are_told_from_rows() {
        let arguments = ["refresh", "--on", "sqlite", "--seconds", "0.5"].map(str::to_owned);
        let wanted = Wanted::read(&arguments).unwrap();
        assert_eq!(wanted.rows, ["refresh"]);
        assert!(wanted.includes("sqlite") && !wanted.includes("postgresql"));
        assert!(Wanted::read(&["--on".to_owned(), "oracle".to_owned()]).is_err());
    }
}
