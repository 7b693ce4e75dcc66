//! The table of cases of one edge.

use latchkey_testkit::actors::Returned;
use latchkey_testkit::installation::ISSUER;
use latchkey_testkit::{Answer, Browser, TestApp};

/// What came of the cases so far, a line each.
pub struct Table<'a> {
    it: &'a TestApp,
    lines: Vec<String>,
    faults: Vec<String>,
}

impl<'a> Table<'a> {
    /// An empty table.
    pub fn new(it: &'a TestApp) -> Self {
        Self {
            it,
            lines: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// A case that must change nothing.
    pub async fn refuse(&mut self, name: &str, act: impl Future<Output = Answer>) {
        self.refuse_but(name, &[], act).await;
    }

    /// A case that may change these tables and must change nothing else.
    pub async fn refuse_but(&mut self, name: &str, tables: &[&str], act: impl Future<Output = Answer>) {
        let before = self.it.digest().await;
        let answer = act.await;
        let after = self.it.digest().await;
        if before.changed(&after) != tables {
            self.faults.push(format!(
                "{name} changed something:\n{}",
                before.difference(&after)
            ));
        }
        self.faults.extend(
            fault_of(&answer).map(|what| format!("{name}: {what}: {} {}", answer.status, answer.text())),
        );
        self.lines.push(format!("{name} => {}", told(&answer)));
    }

    /// A case that a browser meets: where it ends up is the answer.
    pub async fn refuse_in<'b>(
        &mut self,
        name: &str,
        browser: &mut Browser<'b>,
        act: impl AsyncFnOnce(&mut Browser<'b>),
    ) {
        let before = self.it.digest().await;
        act(browser).await;
        let after = self.it.digest().await;
        if before != after {
            self.faults.push(format!(
                "{name} changed something:\n{}",
                before.difference(&after)
            ));
        }
        let line = if browser.url().as_str().starts_with(ISSUER) {
            let what = fault_of(browser.answer());
            self.faults
                .extend(what.map(|what| format!("{name}: {what}: {}", browser.words())));
            format!("{} {}", told(browser.answer()), fixed(browser.path()))
        } else {
            refusal_at(&Returned::read(browser.url()))
        };
        self.lines.push(format!("{name} => {line}"));
    }

    /// Compares all answers with the reviewed ones.
    pub fn review(self, name: &str) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        let text = self.lines.join("\n");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

/// What no refusal does, whatever it says.
fn fault_of(answer: &Answer) -> Option<&'static str> {
    let text = answer.text();
    let is_refusal = (300..500).contains(&answer.status) || answer.status == 501;
    let begins_session = answer
        .cookie("__Host-latchkey_session")
        .is_some_and(|it| !it.is_empty());
    let leaks = ["panicked", "SELECT ", "sqlx", "rusqlite", "crates/", "RUST_"]
        .iter()
        .any(|it| text.contains(it));
    let may_be_cached = answer.status >= 400 && !answer.header("cache-control").contains("no-store");
    [
        (!is_refusal, "it is no refusal"),
        (begins_session, "a session began"),
        (leaks, "it tells of the inside"),
        (may_be_cached, "it may be cached"),
    ]
    .into_iter()
    .find_map(|(is_wrong, what)| is_wrong.then_some(what))
}

/// One line that says all that matters of an answer.
fn told(answer: &Answer) -> String {
    let status = answer.status;
    let kind = answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let challenge = answer
        .header("www-authenticate")
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    let challenge = if challenge.is_empty() {
        challenge
    } else {
        format!(" [{challenge}]")
    };
    let said = match kind.as_str() {
        _ if (300..400).contains(&status) => moved(answer),
        "application/json" => format!(
            "{}: {}",
            answer.json_text("/error"),
            answer.json_text("/error_description")
        ),
        "application/scim+json" => {
            assert_eq!(answer.json_text("/status"), status.to_string());
            format!(
                "{}: {}",
                answer.json_text("/scimType"),
                answer.json_text("/detail")
            )
        }
        "text/html" => page(answer),
        _ => answer.text().to_owned(),
    };
    without_ids(format!("{status}{challenge} {said}").trim_end())
}

fn moved(answer: &Answer) -> String {
    let to = answer.location();
    if to.as_str().starts_with(ISSUER) {
        return format!("to {}", to.path());
    }
    refusal_at(&Returned::read(&to))
}

fn refusal_at(returned: &Returned) -> String {
    assert_eq!(returned.get("iss"), ISSUER, "{returned:?}");
    assert_eq!(returned.get("code"), "", "{returned:?}");
    without_ids(&format!(
        "at {} {}: {}",
        returned.at,
        returned.get("error"),
        returned.get("error_description")
    ))
}

/// The title, the problems named, and for errors the line for developers.
fn page(answer: &Answer) -> String {
    let page = answer.page();
    let words = page.words();
    let problems = page.problems();
    let technical = words.split("For whoever looks after the application").nth(1);
    let technical = technical.map(|it| it.split("Reference").next().unwrap_or_default().trim());
    let mut said = format!("“{}”", page.heading());
    for problem in problems {
        said.push_str(&format!(" – {problem}"));
    }
    if let Some(technical) = technical.filter(|it| !it.is_empty()) {
        said.push_str(&format!(" ({technical})"));
    }
    said
}

/// A path without what is different each time.
fn fixed(path: &str) -> String {
    let is_fixed =
        |part: &&str| part.len() < 20 && part.bytes().all(|b| b.is_ascii_lowercase() || b"-_".contains(&b));
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if is_fixed(&part) { part } else { "…" })
        .collect();
    parts.join("/")
}

/// Ids differ from run to run, and what is too long is not worth reading.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| {
        let parts: Vec<usize> = word.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    let mut found = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '-' {
            word.push(c);
            continue;
        }
        match word.len() {
            100.. => found.push_str("LONG"),
            _ if is_id(&word) => found.push_str("ID"),
            _ => found.push_str(&word),
        }
        word.clear();
        found.push(c);
    }
    found.trim_end().to_owned()
}

/// Text that is too much for a field, of this length.
pub fn long(length: usize) -> String {
    "x".repeat(length)
}
