//! A filter's words.

use super::MAX_LENGTH;
use crate::error::ScimError;
use crate::name::is_name_character;

/// One word of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A name, operator, number, `true`, `false` or `null`.
    Word(String),
    /// A string, its escapes resolved.
    Text(String),
    /// `(`, `)`, `[` or `]`.
    Mark(char),
}

/// A token and the byte at which it starts.
pub(crate) type Placed = (usize, Token);

pub(crate) fn tokens(text: &str) -> Result<Vec<Placed>, ScimError> {
    if text.len() > MAX_LENGTH {
        return Err(ScimError::filter(format!(
            "A filter may have at most {MAX_LENGTH} bytes."
        )));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some((rest, c)) = text.get(at..).and_then(|rest| Some((rest, rest.chars().next()?))) {
        let length = match c {
            ' ' | '\t' => {
                at += 1;
                continue;
            }
            '(' | ')' | '[' | ']' => {
                tokens.push((at, Token::Mark(c)));
                1
            }
            '"' => {
                let (string, length) = string(rest, at)?;
                tokens.push((at, Token::Text(string)));
                length
            }
            _ => {
                let length = rest.find(|c| !is_word_character(c)).unwrap_or(rest.len());
                if length == 0 {
                    return Err(unexpected(&format!("{c:?}"), at));
                }
                tokens.push((at, Token::Word(rest.get(..length).unwrap_or_default().to_owned())));
                length
            }
        };
        at += length;
    }
    Ok(tokens)
}

fn is_word_character(c: char) -> bool {
    is_name_character(c) || c == '+'
}

/// Reads a JSON string at the start of `rest`; gives it and its length in bytes.
fn string(rest: &str, at: usize) -> Result<(String, usize), ScimError> {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let length = index + 1;
                let written = rest.get(..length).unwrap_or_default();
                let string: String = serde_json::from_str(written).map_err(|_| {
                    ScimError::filter(format!("The string at position {at} is no JSON string."))
                })?;
                if string.contains('\0') {
                    let detail = format!("The string at position {at} contains NUL.");
                    return Err(ScimError::filter(detail));
                }
                return Ok((string, length));
            }
            _ => {}
        }
    }
    Err(ScimError::filter(format!(
        "The string that starts at position {at} has no closing quote."
    )))
}

pub(crate) fn unexpected(what: &str, at: usize) -> ScimError {
    ScimError::filter(format!("{what} at position {at} is unexpected."))
}
