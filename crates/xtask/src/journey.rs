//! `cargo x journey`: the page of the book that shows the journey on the wire, made from a
//! transcript; with `--check` it is compared instead.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

use crate::failure::{Failure, Outcome};
use crate::{process, workspace};

const TEXT: &str = "docs/journey.in.md";
const PAGE: &str = "docs/journey.md";
const TRANSCRIPT: &str = "target/journey.jsonl";
const REQUEST_HEADERS: [&str; 3] = ["authorization", "content-type", "if-match"];
const ANSWER_HEADERS: [&str; 5] = [
    "cache-control",
    "content-type",
    "etag",
    "location",
    "www-authenticate",
];

/// One line of a transcript (`latchkey demo --check --transcript FILE`).
#[derive(Debug, Deserialize)]
struct Exchange {
    step: String,
    request: Request,
    response: Answer,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Plays the journey and writes the page.
pub fn write() -> Outcome {
    let page = made()?;
    std::fs::write(workspace::root().join(PAGE), page)
        .map_err(|fault| Failure::new(format!("{PAGE}: {fault}")))
}

/// Plays the journey and compares the page.
pub fn check() -> Outcome {
    let page = std::fs::read_to_string(workspace::root().join(PAGE))
        .map_err(|fault| Failure::new(format!("{PAGE}: {fault}")))?;
    if page == made()? {
        println!("{PAGE} shows what is on the wire");
        return Ok(());
    }
    Err(Failure::new(format!(
        "{PAGE} no longer shows what is on the wire; `cargo x journey` writes it anew"
    )))
}

fn made() -> Outcome<String> {
    let binary = workspace::build_binary()?;
    process::run(&mut process::command(
        &binary,
        ["demo", "--check", "--transcript", TRANSCRIPT],
    ))?;
    let read = |file: &str| {
        std::fs::read_to_string(workspace::root().join(file))
            .map_err(|fault| Failure::new(format!("{file}: {fault}")))
    };
    let exchanges: Vec<Exchange> = read(TRANSCRIPT)?
        .lines()
        .map(|line| {
            serde_json::from_str(line).map_err(|fault| Failure::new(format!("{TRANSCRIPT}: {fault}")))
        })
        .collect::<Outcome<_>>()?;
    render(&read(TEXT)?, &exchanges)
}

fn render(text: &str, exchanges: &[Exchange]) -> Outcome<String> {
    let mut page = format!("<!-- Made from {TEXT} by `cargo x journey`. -->\n\n");
    for line in text.lines() {
        match line.strip_prefix("{{ ").and_then(|rest| rest.strip_suffix(" }}")) {
            Some(wanted) => page.push_str(&shown(find(wanted, exchanges)?)),
            None => page.push_str(line),
        }
        page.push('\n');
    }
    Ok(page)
}

/// The last exchange of a step with this method, whose path begins so.
fn find<'a>(wanted: &str, exchanges: &'a [Exchange]) -> Outcome<&'a Exchange> {
    let mut words = wanted.split(' ');
    let (step, method, path) = (words.next(), words.next(), words.next());
    exchanges
        .iter()
        .rev()
        .find(|it| {
            it.step.split(' ').next() == step
                && Some(it.request.method.as_str()) == method
                && path.is_some_and(|path| path_of(&it.request.url).starts_with(path))
        })
        .ok_or_else(|| Failure::new(format!("the transcript has no '{wanted}'")))
}

fn path_of(url: &str) -> &str {
    let after = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(after..).unwrap_or_default();
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

fn shown(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let mut text = String::from("```http\n");
    let _ = writeln!(
        text,
        "{} {}",
        request.method,
        path_of(&request.url).replace('&', "\n    &")
    );
    headers(&mut text, &request.headers, &REQUEST_HEADERS);
    body(&mut text, &request.headers, &request.body);
    text.push_str("```\n\n```http\n");
    let answer = &exchange.response;
    let _ = writeln!(text, "{}", answer.status);
    headers(&mut text, &answer.headers, &ANSWER_HEADERS);
    body(&mut text, &answer.headers, &answer.body);
    text.push_str("```");
    text
}

fn headers(text: &mut String, all: &BTreeMap<String, String>, wanted: &[&str]) {
    for name in wanted {
        if let Some(value) = all.get(*name) {
            let _ = writeln!(text, "{name}: {}", value.replace('&', "\n    &"));
        }
    }
}

fn body(text: &mut String, headers: &BTreeMap<String, String>, body: &str) {
    let kind = headers.get("content-type").map_or("", String::as_str);
    if body.is_empty() || kind.starts_with("text/html") {
        return;
    }
    text.push('\n');
    match serde_json::from_str::<Value>(body) {
        Ok(json) => text.push_str(&serde_json::to_string_pretty(&json).unwrap_or_default()),
        Err(_) => text.push_str(&body.replace('&', "\n&")),
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(step: &str, path: &str) -> Exchange {
        Exchange {
            step: step.to_owned(),
            request: Request {
                method: "GET".to_owned(),
                url: format!("http://127.0.0.1:8080{path}"),
                headers: BTreeMap::new(),
                body: String::new(),
            },
            response: Answer {
                status: 200,
                headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
                body: r#"{"a":1}"#.to_owned(),
            },
        }
    }

    #[test]
    fn an_exchange_stands_where_the_text_names_it() {
        let all = [exchange("1.1 before", "/a"), exchange("1.2 then", "/a/b?c=d&e=f")];
        let page = render("One.\n{{ 1.2 GET /a/b }}\nTwo.", &all).unwrap();
        assert!(
            page.contains("One.\n```http\nGET /a/b?c=d\n    &e=f\n```\n\n```http\n200\n"),
            "{page}"
        );
        assert!(page.contains("{\n  \"a\": 1\n}\n```\nTwo.\n"), "{page}");
    }

    #[test]
    fn a_missing_exchange_is_a_failure() {
        assert!(render("{{ 9.9 GET /a }}", &[exchange("1.1 x", "/a")]).is_err());
    }
}
