//! What a row says: its figure, what was measured, and whether that is enough.

use serde::Serialize;

use crate::load::Seen;

/// What a row has to reach.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "bound", content = "value", rename_all = "snake_case")]
pub enum Figure {
    AtLeast(f64),
    AtMost(f64),
}

/// Whether it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Reached,
    Below,
    /// This machine cannot say, and the note says why.
    NotJudged,
    /// It could not be measured, and the note says why.
    Failed,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    pub name: String,
    #[serde(flatten)]
    pub seen: Seen,
    /// Resident memory of its process after it, in MiB.
    pub memory_mib: f64,
}

/// A row of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub id: &'static str,
    pub work: &'static str,
    pub figure: Figure,
    pub unit: &'static str,
    pub value: f64,
    pub verdict: Verdict,
    /// What was measured, and what it was compared with.
    pub sides: Vec<Side>,
    /// The value of each round.
    pub rounds: Vec<f64>,
    pub note: String,
}

impl Figure {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

impl Row {
    /// A row with its value, judged.
    pub fn new(kind: Kind, value: f64) -> Self {
        let verdict = if kind.figure.holds(value) {
            Verdict::Reached
        } else {
            Verdict::Below
        };
        Self {
            id: kind.id,
            work: kind.work,
            figure: kind.figure,
            unit: kind.unit,
            value,
            verdict,
            sides: Vec::new(),
            rounds: Vec::new(),
            note: String::new(),
        }
    }

    /// A row that could not be measured.
    pub fn failed(kind: Kind, note: String) -> Self {
        Self {
            verdict: Verdict::Failed,
            ..Self::new(kind, 0.0).noted(note)
        }
    }

    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub fn sides(mut self, sides: Vec<Side>) -> Self {
        self.sides = sides;
        self
    }

    pub fn rounds(mut self, rounds: Vec<f64>) -> Self {
        self.rounds = rounds;
        self
    }

    pub fn not_judged(mut self) -> Self {
        self.verdict = Verdict::NotJudged;
        self
    }
}

/// What a row is about.
#[derive(Clone, Copy)]
pub struct Kind {
    pub id: &'static str,
    pub work: &'static str,
    pub figure: Figure,
    pub unit: &'static str,
}

impl Kind {
    /// At least so many times the reference.
    pub const fn ratio(id: &'static str, work: &'static str, least: f64) -> Self {
        Self {
            id,
            work,
            figure: Figure::AtLeast(least),
            unit: "×",
        }
    }

    /// At most so many of a unit.
    pub const fn most(id: &'static str, work: &'static str, most: f64, unit: &'static str) -> Self {
        Self {
            id,
            work,
            figure: Figure::AtMost(most),
            unit,
        }
    }
}
