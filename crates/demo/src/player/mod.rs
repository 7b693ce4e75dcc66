//! Plays the main job by itself, from outside: the binary's commands and nodes as processes, the
//! pages through a browser that fills in their forms, HR over SCIM, the CRM and its phone app.
//! The first deviation ends it.

mod browser;
mod house;
mod html;
mod http;
mod mail;
mod normal;
mod parts;
mod phone;
mod play;
mod promises;
mod proxy;
mod scan;
mod transcript;
mod wrong;

use std::path::PathBuf;
use std::pin::Pin;

pub use transcript::{Answered, Asked, Exchange, Transcript};

use play::{Play, say};

/// Somebody who has the database but none of the keys: puts the second text in the place of the
/// first in the values that the audit trail keeps, and answers in how many records it was.
pub type Intruder = Box<dyn Fn(&'static str, String) -> Altering + Send + Sync>;
/// What an [`Intruder`] does; a fault in words.
pub type Altering = Pin<Box<dyn Future<Output = Result<u64, String>> + Send>>;

/// How to play.
pub struct CheckOptions {
    /// The `latchkey` binary.
    pub exe: PathBuf,
    /// A PostgreSQL URL whose schema is the player's alone; a fresh SQLite file without it.
    pub database: Option<String>,
    /// Who alters a record of the audit trail there; in an SQLite file the player does it.
    pub intruder: Option<Intruder>,
    /// How many nodes serve, at least one; requests are spread over them.
    pub nodes: u32,
    /// Whether to end all nodes with SIGKILL after each acknowledged step.
    pub kill_at_every_step: bool,
    /// Where to write the transcript.
    pub transcript: Option<PathBuf>,
}

/// The first thing that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {what}")]
pub struct Deviation {
    /// The step of the journey.
    pub step: String,
    /// What was seen instead of what should have been.
    pub what: String,
}

/// Plays the whole journey and prints each step with what it saw.
///
/// # Errors
/// The first [`Deviation`]. The folder with configuration, database and logs is then kept, and
/// its path printed.
pub async fn check(options: CheckOptions) -> Result<(), Deviation> {
    let begins = |what: wrong::Wrong| Deviation {
        step: "before the first step".to_owned(),
        what: what.0,
    };
    let mut play = Play::new(&options).await.map_err(begins)?;
    let intruder = options.intruder.as_ref();
    let played = match parts::all(&mut play, intruder).await {
        Ok(()) => Ok(()),
        Err(what) => {
            play.house.keep();
            say(&format!(
                "{}\nthe installation is left in {}",
                play.house.logs(),
                play.house.folder().display()
            ));
            Err(what)
        }
    };
    let written = play.write_transcript(&options);
    played.and(written).map_err(|what| Deviation {
        step: play.current().to_owned(),
        what: what.0,
    })
}
