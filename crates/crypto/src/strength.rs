//! How hard a password is to guess, by zxcvbn (NIST SP 800-63B-4 §3.1.1.2: guidance, no
//! composition rules).

use zxcvbn::Score;

/// zxcvbn's time grows fast with the length, and its answer no longer changes.
const MAX_CHARACTERS: usize = 100;
const MAX_WORDS: usize = 32;

/// An estimate of how hard a password is to guess.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strength {
    /// 0 (guessed at once) to 4 (very hard to guess).
    pub score: u8,
    /// The decimal logarithm of the estimated guesses.
    pub guesses_log10: f64,
}

/// Estimates a password; `words` are what the person, the account and the service are called,
/// which an attacker tries first. Only the first 100 characters of each are looked at.
pub fn strength(password: &str, words: &[&str]) -> Strength {
    let words: Vec<&str> = words.iter().take(MAX_WORDS).map(|word| first(word)).collect();
    let entropy = zxcvbn::zxcvbn(first(password), &words);
    let score = match entropy.score() {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        _ => 4,
    };
    Strength {
        score,
        guesses_log10: entropy.guesses_log10(),
    }
}

fn first(text: &str) -> &str {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_passwords_score_lowest_and_random_words_highest() {
        assert_eq!(strength("password123", &[]).score, 0);
        assert_eq!(strength("", &[]).score, 0);
        assert_eq!(strength("violin-drawer-comet-eleven-moss", &[]).score, 4);
    }

    #[test]
    fn ones_own_words_count_as_guessed() {
        let alone = strength("northwindlima", &[]);
        let known = strength("northwindlima", &["Northwind", "Lima"]);
        assert!(known.guesses_log10 < alone.guesses_log10);
    }

    #[test]
    fn a_very_long_password_is_looked_at_only_so_far() {
        let long = "é".repeat(5_000);
        assert_eq!(first(&long).chars().count(), MAX_CHARACTERS);
        assert_eq!(
            strength(&long, &[&long]).score,
            strength(&"é".repeat(100), &[&"é".repeat(100)]).score
        );
    }
}
