//! The rows as `latchkey-bench` writes them, and the table that people read.

use crate::failure::{Failure, Outcome};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::Path;

/// How much worse than listed a row may be before it counts as a new finding: a run is not the other.
const LEEWAY: f64 = 0.2;

/// One database's rows.
#[derive(Deserialize, Serialize)]
pub struct Report {
    pub database: String,
    pub cores: usize,
    pub rows: Vec<Row>,
}

#[derive(Deserialize, Serialize)]
pub struct Row {
    pub id: String,
    pub work: String,
    pub figure: Figure,
    pub unit: String,
    /// Nothing where it could not be computed.
    #[serde(deserialize_with = "number")]
    pub value: f64,
    pub verdict: Verdict,
    pub sides: Vec<Side>,
    pub rounds: Vec<Option<f64>>,
    pub note: String,
}

/// What a row has to reach.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(tag = "bound", content = "value", rename_all = "snake_case")]
pub enum Figure {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Reached,
    Below,
    NotJudged,
    Failed,
}

/// What was measured, or what it was compared with.
#[derive(Deserialize, Serialize)]
pub struct Side {
    pub name: String,
    pub requests: u64,
    pub per_second: f64,
    pub p50_us: u32,
    pub p99_us: u32,
    pub memory_mib: f64,
}

impl Figure {
    pub fn words(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::AtMost(most) => format!("≤ {most}"),
        }
    }
}

impl Row {
    /// Whether it is clearly further from its figure than this.
    pub fn is_worse_than(&self, listed: f64) -> bool {
        match self.figure {
            Figure::AtLeast(_) => self.value < listed * (1.0 - LEEWAY),
            Figure::AtMost(_) => self.value > listed * (1.0 + LEEWAY),
        }
    }
}

fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

pub fn read(file: &Path) -> Outcome<Report> {
    let text = std::fs::read_to_string(file)?;
    serde_json::from_str(&text).map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

pub fn json(reports: &[Report]) -> Outcome<String> {
    serde_json::to_string_pretty(reports).map_err(|error| Failure::new(error.to_string()))
}

/// The table for people.
pub fn render(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        let heading = format!("{}, {} cores", report.database, report.cores);
        line(
            &mut text,
            &[
                &heading,
                "value",
                "to reach",
                "",
                "requests/s",
                "p50 ms",
                "p99 ms",
                "memory",
            ],
        );
        for row in &report.rows {
            let value = match row.verdict {
                Verdict::Failed => "-".to_owned(),
                _ => format!("{:.2} {}", row.value, row.unit),
            };
            line(
                &mut text,
                &[
                    &row.id,
                    &value,
                    &row.figure.words(),
                    row.verdict.word(),
                    "",
                    "",
                    "",
                    "",
                ],
            );
            for side in &row.sides {
                render_side(&mut text, side);
            }
            if !row.note.is_empty() {
                text.push_str(&format!("    {}\n", row.note));
            }
        }
        text.push('\n');
    }
    text
}

fn render_side(text: &mut String, side: &Side) {
    let ms = |micros: u32| format!("{:.2}", f64::from(micros) / 1000.0);
    let name = format!("  {}", side.name);
    let cells = [
        &name,
        "",
        "",
        "",
        &format!("{:.0}", side.per_second),
        &ms(side.p50_us),
        &ms(side.p99_us),
        &format!("{:.0} MiB", side.memory_mib),
    ];
    line(text, &cells);
}

fn line(text: &mut String, cells: &[&str; 8]) {
    let [name, value, figure, verdict, rate, p50, p99, memory] = cells;
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "{name:<30}{value:>18}{figure:>10}  {verdict:<10}{rate:>11}{p50:>9}{p99:>9}{memory:>10}"
    );
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Below => "BELOW",
            Self::NotJudged => "not judged",
            Self::Failed => "FAILED",
        }
    }
}
