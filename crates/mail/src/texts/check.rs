//! What tests ask of texts: is every key there, in every language, and used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Language;

/// The keys a language defines, each with the names of the values its text takes.
///
/// Fluent messages begin in the first column with a letter; terms, comments,
/// attributes and continued lines begin otherwise, so that no parser is needed.
#[must_use]
pub fn keys(language: &Language<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in language.sources {
        let mut current: Option<&mut BTreeSet<String>> = None;
        for line in source.lines() {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                current = line
                    .split_once('=')
                    .map(|(key, _)| keys.entry(key.trim().to_owned()).or_default());
            } else if line.starts_with(['-', '#']) {
                current = None;
            }
            if let Some(values) = &mut current {
                values.extend(value_names(line));
            }
        }
    }
    keys
}

fn value_names(line: &str) -> impl Iterator<Item = String> {
    line.split('$').skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        rest.get(..end.unwrap_or(rest.len()))
            .unwrap_or_default()
            .to_owned()
    })
}

/// Everything that is wrong between texts and the code that shows them, one line each:
/// keys that a language lacks, keys whose values differ between languages, keys that
/// the code asks for (`text("…`, `text_with("…`) and nobody defines, keys that no
/// source names in quotes. Empty when all is well.
#[must_use]
pub fn missing_keys<S: AsRef<str>>(languages: &[Language<'_>], sources: &[S]) -> Vec<String> {
    let defined: Vec<_> = languages.iter().map(|l| (l.tag, keys(l))).collect();
    let every: BTreeSet<&String> = defined.iter().flat_map(|(_, keys)| keys.keys()).collect();
    let mut wrong = Vec::new();
    for key in &every {
        let mut first: Option<(&str, &BTreeSet<String>)> = None;
        for (tag, keys) in &defined {
            match (keys.get(*key), first) {
                (None, _) => wrong.push(format!("{tag}: {key} is missing")),
                (Some(values), None) => first = Some((tag, values)),
                (Some(values), Some((other, others))) if values != others => {
                    wrong.push(format!("{key}: {tag} and {other} take different values"));
                }
                _ => {}
            }
        }
        let quoted = format!("\"{key}\"");
        if !sources.iter().any(|s| s.as_ref().contains(&quoted)) {
            wrong.push(format!("{key} is not used"));
        }
    }
    let asked: BTreeSet<&str> = sources.iter().flat_map(|s| asked_for(s.as_ref())).collect();
    for key in asked {
        if !every.iter().any(|have| have.as_str() == key) {
            wrong.push(format!("{key} is used and not defined"));
        }
    }
    wrong
}

fn asked_for(source: &str) -> impl Iterator<Item = &str> {
    let calls = [".text(", ".text_with("];
    calls.into_iter().flat_map(move |call| {
        source.split(call).skip(1).filter_map(|rest| {
            let (key, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
            let in_key = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            (!key.is_empty() && key.bytes().all(in_key)).then_some(key)
        })
    })
}

/// The contents of all Rust sources and templates below the folders, tests left out
/// (`tests.rs`, `tests/`).
///
/// # Errors
/// Those of reading the folders and files.
pub fn sources_under(folders: &[&Path]) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in folders {
        collect(folder, &mut found)?;
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "tests" || name == "tests.rs" {
            continue;
        }
        if path.is_dir() {
            collect(&path, found)?;
        } else if name.ends_with(".rs") || name.ends_with(".html") || name.ends_with(".txt") {
            found.push(std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
