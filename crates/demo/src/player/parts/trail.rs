//! Part 7, in the end: the audit trail shows every step, proves it, and notices a changed byte.

use std::path::Path;

use serde_json::Value;

use super::EMAIL;
use super::changed::NOTE;
use crate::player::Intruder;
use crate::player::house::House;
use crate::player::mail;
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, Wrong, ensure, wrong};

pub(super) async fn shows_and_proves_it(play: &mut Play) -> Seen {
    play.step("7.8 no mail came twice");
    let mails = mail::all(play, &play.node()?).await?;
    mail::none_twice(&mails)?;
    play.seen(&format!("{} mails, each once", mails.len())).await?;

    play.step("7.9 the audit trail shows every step");
    let acme = export(play, &["--account", "acme"]).await?;
    expect(&acme, "Acme", &IN_ACME)?;
    expect(&acme, "Acme", &[EMAIL, NOTE])?;
    let globex = export(play, &["--account", "globex"]).await?;
    expect(&globex, "Globex", &IN_GLOBEX)?;
    let all = export(play, &[]).await?;
    expect(&all, "the installation", &IN_THE_INSTALLATION)?;
    let found = IN_ACME.len() + IN_GLOBEX.len() + IN_THE_INSTALLATION.len();
    play.seen(&format!("{found} kinds of records, with who and why"))
        .await?;

    play.step("7.10 audit verify proves it");
    let proven = play.command(&["audit", "verify"]).await?;
    play.seen(proven.output.lines().last().unwrap_or_default())
        .await?;

    play.step("7.11 the nodes stop when told to");
    play.stop_nodes().await?;
    play.seen("each by itself, without an error").await
}

/// What the journey did, by the names of the audit trail.
const IN_ACME: [&str; 14] = [
    "account.created",
    "grant.issued",
    "grant.revoked",
    "invitation.accepted",
    "invitation.sent",
    "member.accepted",
    "member.created",
    "member.deactivated",
    "member.denied",
    "member.granted",
    "member.mobile_access_changed",
    "member.set_assigned",
    "permission_set.created",
    "session.signed_out",
];
const IN_GLOBEX: [&str; 4] = [
    "grant.issued",
    "invitation.accepted",
    "member.accepted",
    "session.signed_out",
];
const IN_THE_INSTALLATION: [&str; 8] = [
    "application.created",
    "client.created",
    "key.created",
    "sign_in.failed",
    "sign_in.succeeded",
    "terms.accepted",
    "terms.published",
    "user.created",
];

async fn export(play: &Play, further: &[&str]) -> Seen<String> {
    let mut arguments = vec!["audit", "export", "--json"];
    arguments.extend(further);
    Ok(play.command(&arguments).await?.output)
}

fn expect(trail: &str, whose: &str, words: &[&str]) -> Seen {
    for word in words {
        ensure!(
            trail.contains(word),
            "the audit trail of {whose} does not show {word}"
        );
    }
    Ok(())
}

/// Changes one byte where a record's stored values have the note, as somebody could who has the
/// database but not the keys: in a copy of the file, or in the table.
pub(super) async fn notices_one_byte(play: &mut Play, intruder: Option<&Intruder>) -> Seen {
    play.step("7.12 one changed byte is noticed");
    let fault = match (play.house.sqlite(), intruder) {
        (Some(file), _) => in_the_file(&play.house, &file).await?,
        (None, Some(intruder)) => in_the_table(&play.house, intruder).await?,
        (None, None) => return wrong("nobody is there to change a byte in this database"),
    };
    play.seen(&fault).await
}

const VERIFY: [&str; 3] = ["audit", "verify", "--json"];

async fn in_the_table(house: &House, intruder: &Intruder) -> Seen<String> {
    let other = NOTE.replacen('c', "b", 1);
    let altered = intruder(NOTE, other).await.map_err(Wrong)?;
    ensure!(altered > 0, "no record of the audit trail has the note");
    let done = house.command(&VERIFY).await?;
    ensure!(
        done.code == Some(1),
        "audit verify accepts a changed byte: {} {}",
        done.output,
        done.errors
    );
    first_fault(&done.output)
}

async fn in_the_file(house: &House, original: &Path) -> Seen<String> {
    let bytes = std::fs::read(original)?;
    let places = places_of(&bytes, NOTE.as_bytes());
    ensure!(
        !places.is_empty(),
        "the note is not in the database file (is everything in it?)"
    );
    let mut said = None;
    for (number, place) in places.iter().enumerate() {
        let copy = house.folder().join(format!("changed{number}.db"));
        write_changed(&copy, &bytes, *place)?;
        let config = house.config_for_copy(&copy)?;
        let done = house.command_with(&config, &VERIFY).await?;
        if done.code == Some(1) {
            said = Some(first_fault(&done.output)?);
        }
        std::fs::remove_file(&copy)?;
    }
    let count = places.len();
    said.or_wrong(|| format!("audit verify accepts a changed byte at each of {count} places"))
}

/// What `audit verify --json` finds, and in which record.
fn first_fault(output: &str) -> Seen<String> {
    // The report comes first, then the refusal.
    let mut documents = serde_json::Deserializer::from_str(output).into_iter::<Value>();
    let report = documents
        .next()
        .or_wrong(|| "audit verify says nothing".to_owned())??;
    let fault = report.pointer("/faults/0");
    let text = |name: &str| fault.and_then(|it| it.get(name)).and_then(Value::as_str);
    match (text("record"), text("what")) {
        (Some(record), Some(what)) => Ok(format!("record {record}: {what}")),
        _ => wrong(format!("audit verify does not say which record: {output}")),
    }
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
