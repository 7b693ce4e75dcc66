//! `cargo x migration NAME`: the next numbered file.

use crate::failure::{Failure, Outcome};
use crate::workspace;

pub fn run(name: &str) -> Outcome {
    let folder = workspace::path("migrations");
    let present: Vec<String> = workspace::files(&folder, ".sql")?
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    let file = folder.join(next(&present, name)?);
    std::fs::write(&file, format!("-- {}.\n\n", name.replace('_', " ")))?;
    println!("{}", workspace::shown(&file));
    Ok(())
}

/// The file name that follows those present.
fn next(present: &[String], name: &str) -> Outcome<String> {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    if name.is_empty() || !name.chars().all(|letter| plain(letter) || letter == '_') {
        return Err(Failure::usage(
            "A migration's name has lower-case letters, digits and _ only: `cargo x migration add_devices`.",
        ));
    }
    let last = present
        .iter()
        .filter_map(|file| file.split_once('_')?.0.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    Ok(format!("{:04}_{name}.sql", last + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_file_follows_the_highest_number() {
        let present = ["0001_accounts.sql".to_owned(), "0007_more.sql".to_owned()];
        assert_eq!(next(&present, "add_devices").unwrap(), "0008_add_devices.sql");
    }

    #[test]
    fn the_first_file_is_number_one() {
        assert_eq!(next(&[], "start").unwrap(), "0001_start.sql");
    }

    #[test]
    fn a_name_that_is_no_plain_word_is_refused() {
        assert_eq!(next(&[], "../escape").unwrap_err().exit_code(), 2);
        assert_eq!(next(&[], "").unwrap_err().exit_code(), 2);
    }
}
