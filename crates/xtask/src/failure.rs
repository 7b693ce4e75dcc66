//! Why a command stopped, in words for the person at the terminal.

use std::fmt;

/// What every command answers.
pub type Outcome<T = ()> = Result<T, Failure>;

/// A reason to stop: 1 for "refused with a reason", 2 for "wrong usage".
#[derive(Debug)]
pub struct Failure {
    words: String,
    exit_code: u8,
}

impl Failure {
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            exit_code: 1,
        }
    }

    pub fn usage(words: &str) -> Self {
        Self {
            words: words.to_owned(),
            exit_code: 2,
        }
    }

    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Joins findings into one failure, or none where there are none.
pub fn refuse_if_any(heading: &str, findings: &[String]) -> Outcome {
    if findings.is_empty() {
        return Ok(());
    }
    let lines: String = findings.iter().map(|f| format!("\n  - {f}")).collect();
    Err(Failure::new(format!("{heading}{lines}")))
}
