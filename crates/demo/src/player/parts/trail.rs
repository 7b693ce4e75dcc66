//! Part 7, in the end: the audit trail shows every step, proves it, and notices a changed byte.

use std::path::Path;

use super::changed::NOTE;
use crate::player::mail;
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, ensure};

pub(super) async fn shows_and_proves_it(play: &mut Play) -> Seen {
    play.step("7.8 no mail came twice");
    let mails = mail::all(play, &play.node()?).await?;
    mail::none_twice(&mails)?;
    play.seen(&format!("{} mails, each once", mails.len())).await?;

    play.step("7.9 the audit trail shows every step");
    let trail = play
        .command(&["audit", "export", "--account", "acme", "--json"])
        .await?;
    for word in ["nadia@acme.example", NOTE] {
        ensure!(
            trail.output.contains(word),
            "the audit trail does not show {word:?}"
        );
    }
    let records = trail.output.lines().count();
    play.seen(&format!("{records} lines")).await?;

    play.step("7.10 audit verify proves it");
    let proven = play.command(&["audit", "verify"]).await?;
    play.seen(proven.output.lines().last().unwrap_or_default())
        .await?;

    play.step("7.11 the nodes stop when told to");
    play.stop_nodes().await?;
    play.seen("each by itself, without an error").await?;

    one_byte(play).await
}

/// Changes one byte of a copy of the database, where a record's stored values have the note.
/// Only a file can be changed without speaking SQL; on PostgreSQL the store's own tests do it.
async fn one_byte(play: &mut Play) -> Seen {
    play.step("7.12 one changed byte is noticed");
    let Some(original) = play.house.sqlite.clone() else {
        return play
            .seen("not played on PostgreSQL: the player speaks no SQL")
            .await;
    };
    let bytes = std::fs::read(&original)?;
    let places = places_of(&bytes, NOTE.as_bytes());
    ensure!(
        !places.is_empty(),
        "the note is not in the database file (is everything in it?)"
    );
    let mut said = None;
    for (number, place) in places.iter().enumerate() {
        let copy = play.house.folder().join(format!("changed{number}.db"));
        write_changed(&copy, &bytes, *place)?;
        let config = play.house.config_for_copy(&copy)?;
        let done = play.house.command_with(&config, &["audit", "verify"]).await?;
        if done.code == Some(1) {
            said = Some(format!("{} {}", done.output, done.errors));
        }
        std::fs::remove_file(&copy)?;
    }
    let said = said.or_wrong(|| {
        format!(
            "audit verify accepts a changed byte at each of {} places",
            places.len()
        )
    })?;
    let line = said.trim().lines().next().unwrap_or_default().to_owned();
    play.seen(&line).await
}

fn write_changed(copy: &Path, bytes: &[u8], place: usize) -> Seen {
    let mut changed = bytes.to_vec();
    let byte = changed.get_mut(place).or_wrong(|| "no such byte".to_owned())?;
    // From one letter to another.
    *byte ^= 1;
    std::fs::write(copy, changed)?;
    Ok(())
}

fn places_of(bytes: &[u8], wanted: &[u8]) -> Vec<usize> {
    bytes
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| *window == wanted)
        .map(|(at, _)| at)
        .collect()
}
