//! The rows that `docs/performance.md` lists as below their figure, each with the reason.

use crate::failure::{Failure, Outcome};
use crate::workspace;

const FILE: &str = "docs/performance.md";
/// The heading under which the table stands.
const HEADING: &str = "## Rows below their figure";

/// A line of the table.
#[derive(Debug, PartialEq)]
pub struct Listed {
    pub row: String,
    /// `SQLite`, `PostgreSQL` or `both`.
    pub database: String,
    /// What it reached when that was written.
    pub reached: f64,
}

impl Listed {
    pub fn is_about(&self, row: &str, database: &str) -> bool {
        self.row == row && (self.database == "both" || self.database == database)
    }
}

pub fn read() -> Outcome<Vec<Listed>> {
    let text = std::fs::read_to_string(workspace::path(FILE))
        .map_err(|error| Failure::new(format!("{FILE}: {error}")))?;
    parse(&text).map_err(|line| {
        Failure::new(format!(
            "{FILE}: not `| row | database | reached | the profile that explains it |`: {line}"
        ))
    })
}

/// The lines of the table; an error is the line that is none.
fn parse(text: &str) -> Result<Vec<Listed>, String> {
    let Some((_, section)) = text.split_once(HEADING) else {
        return Err(format!("there is no `{HEADING}`"));
    };
    let section = section.split("\n## ").next().unwrap_or_default();
    section
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2) // the head and the line under it
        .map(|line| entry(line).ok_or_else(|| line.to_owned()))
        .collect()
}

fn entry(line: &str) -> Option<Listed> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [row, database, reached, why] = cells.as_slice() else {
        return None;
    };
    let is_known = matches!(*database, "SQLite" | "PostgreSQL" | "both");
    let number = reached.split_whitespace().next()?;
    (is_known && !why.is_empty()).then_some(Listed {
        row: row.trim_matches('`').to_owned(),
        database: (*database).to_owned(),
        reached: number.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &str) -> String {
        format!(
            "# Speed\n\n{HEADING}\n\nWords.\n\n| row | database | reached | why |\n|---|---|---|---|\n{lines}\n\n## Next\n\n| a | b |\n"
        )
    }

    #[test]
    fn the_table_is_read() {
        let listed = parse(&page("| `refresh` | both | 0.42 × | two commits |")).unwrap();
        assert!(listed[0].is_about("refresh", "SQLite") && listed[0].is_about("refresh", "PostgreSQL"));
        assert!((listed[0].reached - 0.42).abs() < f64::EPSILON);
        assert_eq!(parse(&page("")), Ok(vec![]));
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        assert!(parse(&page("| `refresh` | SQLite | 0.42 × | |")).is_err());
        assert!(parse(&page("| `refresh` | Oracle | 0.42 × | why |")).is_err());
        assert!(parse("# Speed").is_err());
    }

    #[test]
    fn the_page_can_be_read() {
        read().unwrap();
    }
}
