//! The string literals of Rust source, with their lines: enough of a lexer to find SQL text.

/// One string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// The line it starts on, from 1.
    pub line: usize,
    pub text: String,
}

/// Every string literal outside comments, in order. Escapes stay as written, but for a line's continuation.
pub fn literals(source: &str) -> Vec<Literal> {
    let mut rest = source;
    let mut line = 1;
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (length, text) = token(rest, first);
        if let Some(text) = text {
            found.push(Literal { line, text });
        }
        let (passed, after) = rest.split_at(length.min(rest.len()));
        line += passed.matches('\n').count();
        rest = after;
    }
    found
}

/// The bytes of the token that starts here, and its text where it is a string.
fn token(rest: &str, first: char) -> (usize, Option<String>) {
    match first {
        '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
        '/' if rest.starts_with("/*") => (block_comment(rest), None),
        '"' => quoted(rest),
        '\'' => (character(rest), None),
        'r' | 'b' | 'c' => prefixed(rest),
        _ if is_word(first) => (word(rest), None),
        _ => (first.len_utf8(), None),
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn word(rest: &str) -> usize {
    rest.find(|letter| !is_word(letter)).unwrap_or(rest.len())
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// `"…"` with escapes.
fn quoted(rest: &str) -> (usize, Option<String>) {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (at + 1, Some(text)),
            '\\' => match letters.next() {
                Some((_, '\n')) => while letters.next_if(|(_, next)| next.is_whitespace()).is_some() {},
                Some((_, escaped)) => text.extend(['\\', escaped]),
                None => break,
            },
            other => text.push(other),
        }
    }
    (rest.len(), Some(text))
}

/// A character literal, or only the apostrophe of a lifetime.
fn character(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => letters
            .skip(1)
            .find(|(_, letter)| *letter == '\'')
            .map_or(rest.len(), |(at, _)| at + 1),
        Some(_) => match letters.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// What starts with `r`, `b` or `c`: a raw, byte or C string, or only a word.
fn prefixed(rest: &str) -> (usize, Option<String>) {
    let prefix = word(rest);
    let (name, tail) = rest.split_at(prefix);
    if !matches!(name, "r" | "b" | "c" | "br" | "cr") {
        return (prefix, None);
    }
    if !name.ends_with('r') {
        let (length, text) = match tail.chars().next() {
            Some('"') => quoted(tail),
            _ => (0, None),
        };
        return (prefix + length, text);
    }
    let hashes = tail.len() - tail.trim_start_matches('#').len();
    let (fence, body) = tail.split_at(hashes);
    let Some(body) = body.strip_prefix('"') else {
        return (prefix + hashes, None);
    };
    let end = format!("\"{fence}");
    let length = body.find(&end).unwrap_or(body.len());
    let text = body.get(..length).unwrap_or(body).to_owned();
    (prefix + hashes + 1 + length + end.len(), Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        literals(source).into_iter().map(|found| found.text).collect()
    }

    #[test]
    fn plain_raw_and_byte_strings_are_found() {
        let source = r####"a("one"); r"two"; r#"th"ree"#; b"four"; br##"five"##;"####;
        assert_eq!(texts(source), ["one", "two", "th\"ree", "four", "five"]);
    }

    #[test]
    fn comments_characters_and_lifetimes_hide_nothing_and_add_nothing() {
        let source = "// \"no\"\n/* \"no\" /* \"no\" */ */ let c = '\"'; let d = '\\''; fn f<'a>(x: &'a str) { g(\"yes\") }";
        assert_eq!(texts(source), ["yes"]);
    }

    #[test]
    fn a_continued_line_reads_as_one() {
        assert_eq!(texts("\"SELECT a \\\n     FROM b\""), ["SELECT a FROM b"]);
    }

    #[test]
    fn escapes_do_not_end_a_string() {
        assert_eq!(texts(r#""a\"b" "c\\" "d""#), [r#"a\"b"#, r"c\\", "d"]);
    }

    #[test]
    fn lines_are_counted_from_one() {
        let found = literals("\n\n  \"here\nand on\"\n\"there\"");
        let lines: Vec<usize> = found.iter().map(|literal| literal.line).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn a_file_that_ends_in_the_middle_is_no_trouble() {
        for source in ["\"", "r#\"", "'", "/*", "b", "r##", "'\\"] {
            assert!(literals(source).len() <= 1);
        }
    }
}
