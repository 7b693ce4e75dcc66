//! Reading SQL text as far as both databases agree on it: what is code, and what stands in
//! quotes or comments. Dollar quoting and backslash escapes belong to PostgreSQL alone and are
//! no portable words, so they are not known here.

/// Where the scan stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    Text,
    Name,
    Line,
    Block,
}

/// The characters of `text` outside of quotes and comments, with their byte offsets.
/// The first character of a comment's opening is still counted as code.
fn code(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut inside = Inside::Code;
    let mut previous = ' ';
    text.char_indices().filter(move |&(_, c)| {
        let before = std::mem::replace(&mut previous, c);
        let (next, is_code) = match (inside, c) {
            (Inside::Code, '\'') => (Inside::Text, false),
            (Inside::Code, '"') => (Inside::Name, false),
            (Inside::Code, '-') if before == '-' => (Inside::Line, false),
            (Inside::Code, '*') if before == '/' => (Inside::Block, false),
            (Inside::Code, _) => (Inside::Code, true),
            (Inside::Text, '\'') | (Inside::Name, '"') | (Inside::Line, '\n') => (Inside::Code, false),
            (Inside::Block, '/') if before == '*' => (Inside::Code, false),
            (other, _) => (other, false),
        };
        if next != inside {
            // `/*/` opens a comment and does not close it.
            previous = ' ';
        }
        inside = next;
        is_code
    })
}

/// The highest `n` of the placeholders `$n` in `text`; 0 when there are none.
pub(crate) fn highest_placeholder(text: &str) -> usize {
    let mut highest = 0;
    let mut number: Option<usize> = None;
    for (_, c) in code(text) {
        number = match (c.to_digit(10), number) {
            (Some(digit), Some(n)) => {
                let n = n.saturating_mul(10).saturating_add(digit as usize);
                highest = highest.max(n);
                Some(n)
            }
            _ if c == '$' => Some(0),
            _ => None,
        };
    }
    highest
}

/// The statements of a migration: split at semicolons, trimmed, without empty ones and without
/// those that are only a comment.
pub(crate) fn statements(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let ends = code(text).filter_map(|(at, c)| (c == ';').then_some(at));
    for end in ends.chain(std::iter::once(text.len())) {
        let part = text.get(start..end).unwrap_or_default().trim();
        if code(part).any(|(_, c)| c.is_alphanumeric()) {
            found.push(part);
        }
        start = end + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_placeholder_counts_and_not_the_last() {
        assert_eq!(
            highest_placeholder("SELECT a FROM t WHERE b = $12 AND c = $2"),
            12
        );
        assert_eq!(highest_placeholder("SELECT a FROM t"), 0);
    }

    #[test]
    fn placeholders_in_quotes_and_comments_do_not_count() {
        let text = "SELECT '$9''$8', \"$7\" -- $6\n, /* $5 /*/ a FROM t WHERE b = $1";
        assert_eq!(highest_placeholder(text), 1);
    }

    #[test]
    fn statements_end_at_semicolons_outside_of_quotes_and_comments() {
        let text = "-- first; step\nCREATE TABLE a (b TEXT DEFAULT ';');\n/* c; d */\n\
                    INSERT INTO a VALUES ('it''s; so');;\n-- the end;\n";
        assert_eq!(
            statements(text),
            [
                "-- first; step\nCREATE TABLE a (b TEXT DEFAULT ';')",
                "/* c; d */\nINSERT INTO a VALUES ('it''s; so')",
            ]
        );
    }

    #[test]
    fn a_last_statement_needs_no_semicolon() {
        assert_eq!(statements("SELECT 1; SELECT 2"), ["SELECT 1", "SELECT 2"]);
        assert!(statements(" \n-- nothing\n").is_empty());
    }
}
