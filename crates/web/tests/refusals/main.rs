//! Bad input at every edge: each case is refused in the words of its RFC, or with a page that a
//! person understands, and nothing in the database changes but what the rule names.
//!
//! The answers stand in `snapshots/`, one line a case, the same for both databases. A test counts
//! them.

mod authorize;
mod bearer;
mod clients;
mod end_session;
mod forms;
mod links;
mod races;
mod scim_bodies;
mod scim_queries;
mod table;
mod token;

/// How many cases there are at least.
const LEAST: usize = 150;

#[test]
fn there_are_enough_cases_and_each_has_its_own_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/refusals/snapshots");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "snap") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let body = text.splitn(3, "---\n").nth(2).unwrap_or_default().to_owned();
        names.extend(
            body.lines()
                .filter_map(|line| line.split_once(" => "))
                .map(|(name, _)| name.to_owned()),
        );
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "two cases have one name");
    assert!(count >= LEAST, "{count} cases");
}
