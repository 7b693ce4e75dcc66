//! Portable SQL: one text serves SQLite and PostgreSQL, so only words that both read alike may stand in it.
//!
//! Looks at `migrations/*.sql` and at the SQL text in `crates/store/src`, but for `crates/store/src/sql/`, the one
//! folder where the databases may differ.

use crate::failure::{Outcome, refuse_if_any};
use crate::rust_text;
use crate::workspace;

/// Column and CAST types that mean the same on both.
const TYPES: [&str; 3] = ["TEXT", "BIGINT", "BOOLEAN"];

/// Runs of words that only one of the two understands or means the same by, and what to do instead.
const REFUSED: &[(&[&str], &str)] = &[
    (&["ILIKE"], "compare a _folded column"),
    (&["GLOB"], "compare a _folded column"),
    (&["COLLATE"], "compare a _folded column"),
    (&["=", "ANY"], "use IN or EXISTS"),
    (&["ARRAY"], "use a table"),
    (&["UNNEST"], "use a table"),
    (&["JSON"], "keep documents as TEXT, search a column"),
    (&["JSONB"], "keep documents as TEXT, search a column"),
    (&["->"], "keep documents as TEXT, search a column"),
    (&["->>"], "keep documents as TEXT, search a column"),
    (&["::"], "write CAST(x AS TYPE)"),
    (&["NOW", "("], "bind the time"),
    (&["CURRENT_TIMESTAMP"], "bind the time"),
    (&["CURRENT_DATE"], "bind the time"),
    (&["CURRENT_TIME"], "bind the time"),
    (&["DATETIME"], "bind the time"),
    (&["STRFTIME"], "bind the time"),
    (&["INTERVAL"], "bind the time"),
    (&["FOR", "UPDATE"], "compare and set a version column"),
    (&["FOR", "SHARE"], "compare and set a version column"),
    (&["SKIP", "LOCKED"], "compare and set a version column"),
    (&["LOCK", "TABLE"], "compare and set a version column"),
    (
        &["DEFERRABLE"],
        "a deferred constraint fails a whole group of commits",
    ),
    (&["SEQUENCE"], "ids are UUIDv7 text"),
    (&["NEXTVAL"], "ids are UUIDv7 text"),
    (&["SERIAL"], "ids are UUIDv7 text"),
    (&["BIGSERIAL"], "ids are UUIDv7 text"),
    (&["AUTOINCREMENT"], "ids are UUIDv7 text"),
    (&["IDENTITY"], "ids are UUIDv7 text"),
    (&["ROWID"], "ids are UUIDv7 text"),
    (&["GEN_RANDOM_UUID"], "bind what app::Rng gives"),
    (&["RANDOM", "("], "bind what app::Rng gives"),
    (&["DISTINCT", "ON"], "group, or use a window"),
    (&["INSERT", "OR"], "use ON CONFLICT"),
    (&["REPLACE", "INTO"], "use ON CONFLICT"),
    (&["IFNULL"], "use COALESCE"),
    (&["GROUP_CONCAT"], "read rows and join them in Rust"),
    (&["STRING_AGG"], "read rows and join them in Rust"),
    (&["LATERAL"], "use a common table expression"),
    (&["PRAGMA"], "belongs in crates/store/src/sql"),
    (&["NOTIFY"], "belongs in crates/store/src/sql"),
    (&["LISTEN"], "belongs in crates/store/src/sql"),
    (&["PG_ADVISORY_XACT_LOCK"], "belongs in crates/store/src/sql"),
    (&["?"], "number the bind: $1"),
];

/// A literal that starts with one of these is read as SQL, whole statements and clauses alike.
const OPENINGS: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "WITH",
    "CREATE",
    "ALTER",
    "DROP",
    "FROM",
    "JOIN",
    "LEFT",
    "INNER",
    "WHERE",
    "AND",
    "OR",
    "ORDER",
    "GROUP",
    "HAVING",
    "LIMIT",
    "RETURNING",
    "ON",
    "EXISTS",
    "CAST",
    "UNION",
    "PRAGMA",
    "LOCK",
    "NOTIFY",
    "LISTEN",
    "EXPLAIN",
];

pub fn run() -> Outcome {
    let mut found = Vec::new();
    let migrations = workspace::files(&workspace::path("migrations"), ".sql")?;
    for file in &migrations {
        let text = std::fs::read_to_string(file)?;
        found.extend(findings(&text, &workspace::shown(file), 1));
    }
    let apart = workspace::path("crates/store/src/sql");
    let mut statements = 0;
    for file in workspace::files(&workspace::path("crates/store/src"), ".rs")? {
        if file.starts_with(&apart) {
            continue;
        }
        for literal in rust_text::literals(&std::fs::read_to_string(&file)?) {
            if is_sql(&literal.text) {
                statements += 1;
                found.extend(findings(&literal.text, &workspace::shown(&file), literal.line));
            }
        }
    }
    refuse_if_any("SQL that one of the two databases would not understand:", &found)?;
    println!(
        "portable SQL: {} migrations and {statements} statements in crates/store read alike on both databases",
        migrations.len()
    );
    Ok(())
}

fn is_sql(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let opens = words
        .next()
        .is_some_and(|first| OPENINGS.contains(&first.trim_end_matches('(')));
    opens && words.next().is_some()
}

/// What is not portable in this SQL, each with its file and line.
fn findings(sql: &str, file: &str, first_line: usize) -> Vec<String> {
    let tokens = tokens(sql, first_line);
    let mut found = refused_words(&tokens);
    found.extend(refused_types(&tokens));
    found.sort();
    found
        .into_iter()
        .map(|(line, words)| format!("{file}:{line}: {words}"))
        .collect()
}

struct Token {
    line: usize,
    word: String,
}

/// Words in upper case and signs, without comments, quoted text and quoted names.
fn tokens(sql: &str, first_line: usize) -> Vec<Token> {
    let mut found = Vec::new();
    for (line, text) in (first_line..).zip(without_quoted(sql).lines()) {
        let code = text.split("--").next().unwrap_or_default();
        let mut rest = code.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphanumeric() || first == '_' || first == '$' {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                    .unwrap_or(rest.len())
            } else {
                ["->>", "::", "->"]
                    .iter()
                    .find(|sign| rest.starts_with(**sign))
                    .map_or(first.len_utf8(), |sign| sign.len())
            };
            let (word, after) = rest.split_at(length);
            found.push(Token {
                line,
                word: word.to_ascii_uppercase(),
            });
            rest = after.trim_start();
        }
    }
    found
}

/// The same text with what stands in quotes blanked, lines kept. An apostrophe in a comment opens nothing.
fn without_quoted(sql: &str) -> String {
    let mut quote = None;
    let mut comment = false;
    let mut before = ' ';
    sql.chars()
        .map(|letter| {
            let shown = match (quote, letter) {
                (_, '\n') => {
                    comment = false;
                    '\n'
                }
                _ if comment => letter,
                (Some(open), letter) if letter == open => {
                    quote = None;
                    ' '
                }
                (Some(_), _) => ' ',
                (None, '\'' | '"') => {
                    quote = Some(letter);
                    ' '
                }
                (None, '-') if before == '-' => {
                    comment = true;
                    letter
                }
                (None, letter) => letter,
            };
            before = shown;
            shown
        })
        .collect()
}

fn refused_words(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (words, instead) in REFUSED {
        for run in tokens.windows(words.len()) {
            let same = run.iter().zip(*words).all(|(token, word)| token.word == *word);
            if let (true, Some(first)) = (same, run.first()) {
                found.push((first.line, format!("`{}`: {instead}", words.join(" "))));
            }
        }
    }
    found
}

/// The types of columns in CREATE TABLE and ALTER TABLE … ADD, and of CAST.
fn refused_types(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut table = Table::No;
    let mut cast = None;
    for (at, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(at + ahead);
        match token.word.as_str() {
            "TABLE" if at > 0 => table = Table::Named,
            "CAST" => cast = Some(depth),
            "AS" if cast.is_some_and(|outer| depth == outer + 1) => {
                found.extend(wrong_type(next(1), "a CAST"));
                cast = None;
            }
            "(" => {
                depth += 1;
                if table == Table::Named && depth == 1 {
                    table = Table::Columns;
                    found.extend(column(next(1), next(2)));
                }
            }
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 1 && table == Table::Columns => found.extend(column(next(1), next(2))),
            "ADD" if table == Table::Named && depth == 0 => {
                let skip = usize::from(next(1).is_some_and(|token| token.word == "COLUMN"));
                found.extend(column(next(1 + skip), next(2 + skip)));
            }
            ";" => table = Table::No,
            _ => {}
        }
    }
    found
}

#[derive(PartialEq, Eq)]
enum Table {
    No,
    Named,
    Columns,
}

/// A row of a table's body: a column with its type, or a constraint.
fn column(name: Option<&Token>, of: Option<&Token>) -> Option<(usize, String)> {
    let constraint = ["PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "CONSTRAINT"];
    let name = name?;
    if constraint.contains(&name.word.as_str()) {
        return None;
    }
    wrong_type(of, &format!("the column {}", name.word.to_ascii_lowercase()))
}

fn wrong_type(of: Option<&Token>, what: &str) -> Option<(usize, String)> {
    let of = of?;
    (!TYPES.contains(&of.word.as_str())).then(|| {
        let words = format!("{what} is `{}`; TEXT, BIGINT or BOOLEAN only", of.word);
        (of.line, words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sql: &str) -> Vec<String> {
        findings(sql, "x.sql", 1)
    }

    #[test]
    fn portable_text_has_no_findings() {
        let sql = "-- don't mind now() here\n\
            CREATE TABLE member (\n  account_id TEXT NOT NULL REFERENCES account (id),\n  id TEXT NOT NULL,\n\
            kind TEXT NOT NULL CHECK (kind IN ('jsonb', 'a -- b', 'ilike')),\n  held BOOLEAN NOT NULL,\n\
            at BIGINT,\n  PRIMARY KEY (account_id, id),\n  FOREIGN KEY (a, b) REFERENCES c (d, e)\n);\n\
            CREATE UNIQUE INDEX i ON member (id) WHERE held = TRUE;\n\
            INSERT INTO a (b) SELECT CAST(1 AS BIGINT) FROM c WHERE d IS NOT DISTINCT FROM $1 \
            ON CONFLICT (b) DO UPDATE SET b = excluded.b RETURNING b;";
        assert_eq!(found(sql), Vec::<String>::new());
    }

    #[test]
    fn words_of_one_database_only_are_refused_with_their_line() {
        for (sql, word) in [
            ("SELECT a FROM b WHERE\na ILIKE $1", "ILIKE"),
            ("SELECT a FROM b\nWHERE a = ANY($1)", "= ANY"),
            ("SELECT a\n::text FROM b", "::"),
            ("UPDATE b SET\na = now()", "NOW ("),
            ("SELECT a FROM b\nFOR UPDATE", "FOR UPDATE"),
            ("SELECT\nnextval('s')", "NEXTVAL"),
            ("SELECT a\n->> 'b' FROM c", "->>"),
            ("INSERT\nOR IGNORE INTO a VALUES ($1)", "INSERT OR"),
            ("SELECT a FROM b WHERE\nc = ?", "?"),
        ] {
            let found = found(sql);
            assert_eq!(found.len(), 1, "{sql}: {found:?}");
            assert!(found[0].contains(&format!("`{word}`")), "{found:?}");
        }
        assert!(found("a\nILIKE b")[0].starts_with("x.sql:2: "));
    }

    #[test]
    fn other_column_types_are_refused() {
        assert_eq!(
            found("CREATE TABLE a (\n  id INTEGER PRIMARY KEY,\n  at TIMESTAMPTZ,\n  b TEXT\n);"),
            [
                "x.sql:2: the column id is `INTEGER`; TEXT, BIGINT or BOOLEAN only",
                "x.sql:3: the column at is `TIMESTAMPTZ`; TEXT, BIGINT or BOOLEAN only"
            ]
        );
        assert_eq!(
            found("ALTER TABLE a ADD COLUMN b JSONB;\nALTER TABLE a ADD c BYTEA;").len(),
            3,
            "two types, and jsonb as a word"
        );
    }

    #[test]
    fn a_cast_names_a_portable_type() {
        assert_eq!(
            found("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM a"),
            Vec::<String>::new()
        );
        assert_eq!(
            found("SELECT CAST(COUNT(*) AS INTEGER) AS n FROM a"),
            ["x.sql:1: a CAST is `INTEGER`; TEXT, BIGINT or BOOLEAN only"]
        );
    }

    #[test]
    fn only_text_that_opens_like_sql_is_looked_at() {
        assert!(is_sql("SELECT a FROM b"));
        assert!(is_sql("\n  WITH x AS (SELECT 1)"));
        assert!(is_sql("AND a = $2"));
        assert!(is_sql("EXISTS (SELECT"));
        assert!(!is_sql("select what you like"));
        assert!(!is_sql("CREATE"));
        assert!(!is_sql("a member is gone"));
    }
}
