//! What commands print: words for people, or JSON.

use std::io::Write as _;

use serde::Serialize;
use serde_json::json;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct Refusal {
    words: String,
    is_answered: bool,
    is_usage: bool,
}

impl Refusal {
    /// A refusal in words.
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_answered: false,
            is_usage: false,
        }
    }

    /// A refusal of a command that was asked for in a wrong way.
    pub fn usage(words: impl Into<String>) -> Self {
        Self {
            is_usage: true,
            ..Self::new(words)
        }
    }

    /// The exit code that says so: 1 refused with a reason, 2 wrong usage.
    pub fn exit_code(&self) -> u8 {
        if self.is_usage { 2 } else { 1 }
    }

    /// A refusal whose reasons stand in an answer that was printed already.
    pub fn answered(words: impl Into<String>) -> Self {
        Self {
            is_answered: true,
            ..Self::new(words)
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)
    }
}

impl From<latchkey_app::Error> for Refusal {
    fn from(error: latchkey_app::Error) -> Self {
        Self::new(match error {
            latchkey_app::Error::NotFound => "there is no such thing here".to_owned(),
            latchkey_app::Error::Unavailable => {
                "the database or a part of the service does not answer; try again".to_owned()
            }
            other => other.to_string(),
        })
    }
}

impl From<latchkey_store::sql::DbError> for Refusal {
    fn from(error: latchkey_store::sql::DbError) -> Self {
        Self::new(error.to_string())
    }
}

/// Prints a refusal: JSON on standard output where asked for, words on standard error.
pub fn refuse(refusal: &Refusal, as_json: bool) {
    if as_json && !refusal.is_answered {
        say(&json!({ "refused": refusal.to_string() }).to_string());
    }
    eprintln!("latchkey: {refusal}");
}

/// Prints a line on standard output. Whoever reads it may have gone (`| head`), which is no fault.
pub fn say(text: &str) {
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}

/// Prints an answer as JSON, or in words.
pub fn answer<T: Serialize>(value: &T, as_json: bool, words: impl FnOnce(&T) -> String) {
    if !as_json {
        let text = words(value);
        if !text.is_empty() {
            say(&text);
        }
        return;
    }
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(fault) => eprintln!("latchkey: {fault}"),
    }
}
