//! Passwords that many people choose, recognized through the usual disguises
//! (NIST SP 800-63B-4 section 3.1.1.2).

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words that passwords are made of, already in [`normal`] form.
static WORDS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| include_str!("common.txt").lines().map(normal).collect());

/// What fingers run along: keyboard rows, the alphabet, digits, and sayings known to everyone.
const RUNS: [&str; 13] = [
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "correcthorsebatterystaple",
    "tobeornottobethatisthequestion",
    "thequickbrownfoxjumpsoverthelazydog",
    "loremipsumdolorsitametconsectetur",
];

/// The runs, forwards and backwards, in [`normal`] form.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let turned = |it: &&str| -> String { it.chars().rev().collect() };
    RUNS.iter()
        .flat_map(|it| [normal(it), normal(&turned(it))])
        .collect()
});

/// Letters that can stand for others taken for them, all in lower case, nothing but letters and
/// digits.
pub(super) fn normal(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            '@' | '4' => Some('a'),
            '3' | '€' => Some('e'),
            '1' | '!' | '|' | 'l' => Some('i'),
            '0' => Some('o'),
            '5' | '$' => Some('s'),
            '7' => Some('t'),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

/// Whether the password is one that many choose: a common word, several of them, or one said
/// again and again, whatever the case, disguise, digits and signs around it.
pub(super) fn is_common(password: &str) -> bool {
    let whole = normal(password);
    let bare = normal(password.trim_matches(|c: char| !c.is_alphabetic()));
    [whole.as_str(), bare.as_str()]
        .into_iter()
        .any(|it| is_made_of_common_words(it) || is_run(it) || repeats(it))
}

/// Few characters are left once common words are taken off the front, one after another. Every
/// way of taking them is tried, which is cheap: `reached` marks each place once.
fn is_made_of_common_words(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let mut reached = BTreeSet::from([0_usize]);
    let mut furthest = 0;
    while let Some(at) = reached.pop_first() {
        for end in at + 4..=letters.len().min(at + 26) {
            let word: String = letters.get(at..end).unwrap_or_default().iter().collect();
            if WORDS.contains(&word) {
                reached.insert(end);
                furthest = furthest.max(end);
            }
        }
    }
    // Up to five more, such as a year and a sign, do not make it anyone's own.
    furthest > 0 && letters.len() - furthest <= 5
}

/// It stands on a keyboard row, in the alphabet or among the digits as a whole, perhaps from the
/// beginning again when the end is reached.
fn is_run(text: &str) -> bool {
    let long = text.chars().count() >= 6;
    long && LINES.iter().any(|line| {
        let twice = format!("{line}{line}");
        twice.contains(text)
    })
}

/// A short piece is said again and again.
fn repeats(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let longest = (letters.len() / 2).min(6);
    letters.len() >= 6
        && (1..=longest).any(|period| {
            letters
                .iter()
                .zip(letters.iter().skip(period))
                .all(|(a, b)| a == b)
        })
}
