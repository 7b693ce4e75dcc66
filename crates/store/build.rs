//! Lists the migrations, so that the program holds every one of them.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = directory("CARGO_MANIFEST_DIR")?
        .join("../../migrations")
        .canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some((number, words)) = name.strip_suffix(".sql").and_then(|n| n.split_once('_')) {
            let number: i64 = number
                .parse()
                .map_err(|_| io::Error::other(format!("{name} does not start with a number")))?;
            files.push((number, words.to_owned(), folder.join(&name)));
        }
    }
    files.sort();
    let mut list = String::from("&[");
    for (expected, (number, words, path)) in (1..).zip(&files) {
        if *number != expected {
            return Err(io::Error::other(format!(
                "migration {expected} is missing or there twice"
            )));
        }
        write!(
            list,
            "Migration {{ number: {number}, name: {words:?}, text: include_str!({path:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(directory("OUT_DIR")?.join("migrations.rs"), list)
}

fn directory(variable: &str) -> io::Result<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("cargo sets {variable}")))
}
