//! A page as somebody meets it: its words, its links, its forms and their labels. Reads the HTML
//! that our own templates write, and fails on anything careless in it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a page that cannot be read fails the test"
)]

use std::collections::BTreeMap;

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Open(Tag),
    Close(String),
    Text(String),
}

/// An opening tag.
#[derive(Debug, Clone, Default)]
pub struct Tag {
    /// Its name, in lower case.
    pub name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    /// An attribute; empty where it is missing or has no value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Whether it has the attribute.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }
}

/// A form, with the fields that it sends by itself.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Names and values, in order, without its buttons.
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// Gives a field one value, whatever stood in it.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.remove(name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a field out.
    pub fn remove(&mut self, name: &str) -> &mut Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// Its names and values.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

const VOID: [&str; 8] = ["meta", "link", "input", "br", "img", "hr", "use", "path"];

impl Page {
    /// Reads a page.
    ///
    /// # Panics
    /// For markup that is not closed or not quoted.
    #[must_use]
    pub fn parse(html: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = html;
        while let Some((text, after)) = rest.split_once('<') {
            parts.push(Part::Text(decoded(text)));
            if let Some(after) = after.strip_prefix("!--") {
                rest = after.split_once("-->").expect("a comment ends").1;
                continue;
            }
            let (inside, next) = split_tag(after);
            rest = next;
            if let Some(name) = inside.strip_prefix('/') {
                parts.push(Part::Close(name.trim().to_ascii_lowercase()));
            } else if !inside.starts_with('!') {
                parts.push(Part::Open(tag(inside)));
            }
        }
        parts.push(Part::Text(decoded(rest)));
        Self { parts }
    }

    /// All opening tags.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.parts.iter().filter_map(|part| match part {
            Part::Open(tag) => Some(tag),
            _ => None,
        })
    }

    /// The element with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Tag> {
        self.tags().find(|tag| tag.attribute("id") == id)
    }

    /// All words of the page, with single spaces.
    #[must_use]
    pub fn words(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        squeezed(&texts.collect::<Vec<_>>().join(" "))
    }

    /// The words of the first element with this name.
    #[must_use]
    pub fn words_of(&self, name: &str) -> String {
        self.inside(|tag| tag.name == name)
    }

    /// The words of the element with this id.
    #[must_use]
    pub fn words_by_id(&self, id: &str) -> String {
        self.inside(|tag| tag.attribute("id") == id)
    }

    /// The heading.
    #[must_use]
    pub fn heading(&self) -> String {
        self.words_of("h1")
    }

    /// What is said to be wrong, a sentence each.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let is_summary = |tag: &Tag| tag.attribute("id") == "error-summary";
        let mut inside = false;
        let mut found = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Open(tag) if is_summary(tag) => inside = true,
                Part::Close(name) if name == "div" => inside = false,
                Part::Open(tag) if inside && tag.name == "a" => found.push(self.words_from(at)),
                _ => {}
            }
        }
        found
    }

    /// Where the link with this id leads.
    #[must_use]
    pub fn link(&self, id: &str) -> Option<&str> {
        self.by_id(id)
            .filter(|tag| tag.name == "a")
            .map(|tag| tag.attribute("href"))
    }

    /// The name of the field with this label, or with this name.
    #[must_use]
    pub fn field(&self, label: &str) -> Option<String> {
        for (at, part) in self.parts.iter().enumerate() {
            if let Part::Open(tag) = part
                && tag.name == "label"
                && self.words_from(at) == label
            {
                return self
                    .by_id(tag.attribute("for"))
                    .map(|tag| tag.attribute("name").to_owned());
            }
        }
        let is_field = |tag: &&Tag| tag.name == "input" && tag.attribute("name") == label;
        self.tags()
            .find(is_field)
            .map(|tag| tag.attribute("name").to_owned())
    }

    /// What stands in the field of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let is_field = |tag: &&Tag| tag.name == "input" && tag.attribute("name") == name;
        self.tags().find(is_field).map(|tag| tag.attribute("value"))
    }

    /// The form that the button with this id sends, with the button's own name and value.
    #[must_use]
    pub fn form_of(&self, button: &str) -> Option<Form> {
        let mut form: Option<Form> = None;
        let mut pressed = false;
        for part in &self.parts {
            match (part, &mut form) {
                (Part::Open(tag), _) if tag.name == "form" => form = Some(form_from(tag)),
                (Part::Close(name), Some(found)) if name == "form" => {
                    if pressed {
                        return Some(std::mem::take(found));
                    }
                    form = None;
                }
                (Part::Open(tag), Some(found)) if tag.name == "input" => found.fields.extend(sent(tag)),
                (Part::Open(tag), Some(found)) if tag.name == "button" && tag.attribute("id") == button => {
                    pressed = true;
                    if tag.has("name") {
                        let pair = (
                            tag.attribute("name").to_owned(),
                            tag.attribute("value").to_owned(),
                        );
                        found.fields.push(pair);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn inside(&self, wanted: impl Fn(&Tag) -> bool) -> String {
        let at = self
            .parts
            .iter()
            .position(|part| matches!(part, Part::Open(tag) if wanted(tag)));
        at.map_or_else(String::new, |at| self.words_from(at))
    }

    /// The words from an opening tag to the one that closes it.
    fn words_from(&self, at: usize) -> String {
        let mut depth = 0_usize;
        let mut text = String::new();
        for part in self.parts.iter().skip(at) {
            match part {
                Part::Open(tag) if !VOID.contains(&tag.name.as_str()) => depth += 1,
                Part::Open(_) => {}
                Part::Close(name) if !VOID.contains(&name.as_str()) => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Part::Close(_) => {}
                Part::Text(words) => {
                    text.push_str(words);
                    text.push(' ');
                }
            }
        }
        squeezed(&text)
    }
}

fn form_from(tag: &Tag) -> Form {
    Form {
        action: tag.attribute("action").to_owned(),
        method: tag.attribute("method").to_ascii_lowercase(),
        fields: Vec::new(),
    }
}

/// What a field sends if nobody touches it.
fn sent(tag: &Tag) -> Option<(String, String)> {
    let is_box = matches!(tag.attribute("type"), "checkbox" | "radio");
    let sends = tag.has("name") && (!is_box || tag.has("checked"));
    sends.then(|| {
        (
            tag.attribute("name").to_owned(),
            tag.attribute("value").to_owned(),
        )
    })
}

/// The inside of a tag, and what follows it. A `>` within quotes does not end it.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => {
                let (inside, rest) = text.split_at(at);
                return (inside.trim_end_matches('/'), rest.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    panic!(
        "a tag does not end: {}",
        text.chars().take(80).collect::<String>()
    );
}

fn tag(inside: &str) -> Tag {
    let name: String = inside.chars().take_while(|c| !c.is_whitespace()).collect();
    let mut attributes = BTreeMap::new();
    let mut rest = inside.get(name.len()..).unwrap_or_default().trim_start();
    while !rest.is_empty() {
        let key: String = rest
            .chars()
            .take_while(|c| !c.is_whitespace() && *c != '=')
            .collect();
        rest = rest.get(key.len()..).unwrap_or_default();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let (quoted, after) = after.split_once('"').expect("a quote ends");
            value = decoded(quoted);
            rest = after;
        }
        let twice = attributes.insert(key.to_ascii_lowercase(), value);
        assert!(twice.is_none(), "{key} stands twice in <{inside}>");
        rest = rest.trim_start();
    }
    Tag {
        name: name.to_ascii_lowercase(),
        attributes,
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without character references (those that our templates and cleaner write).
fn decoded(text: &str) -> String {
    let mut found = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        found.push_str(before);
        let (name, next) = after
            .split_once(';')
            .unwrap_or_else(|| panic!("a bare & in {text:?}"));
        let code = name
            .strip_prefix('#')
            .map(|it| match it.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => it.parse(),
            });
        match (name, code) {
            (_, Some(Ok(code))) => found.extend(char::from_u32(code)),
            ("amp", _) => found.push('&'),
            ("lt", _) => found.push('<'),
            ("gt", _) => found.push('>'),
            ("quot", _) => found.push('"'),
            ("apos", _) => found.push('\''),
            ("nbsp", _) => found.push(' '),
            _ => panic!("&{name}; is not known"),
        }
        rest = next;
    }
    found.push_str(rest);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = r##"<!doctype html><html><head><title>T &amp; U</title></head><body>
        <div id="error-summary"><h2>No</h2><ul><li><a href="#a">First &#60;</a></li></ul></div>
        <h1>Sign <b>in</b></h1><form method="post" action="/x"><input type="hidden" name="csrf" value="a&quot;b">
        <label for="u">Your name</label><input id="u" name="user" value="x > y">
        <input type="checkbox" name="box" value="1"><input type="checkbox" name="ticked" value="2" checked>
        <button id="one" name="choice" value="1">One</button><button id="two">Two</button></form>
        <a id="out" href="/out?a=1&amp;b=2">Out</a></body></html>"##;

    #[test]
    fn words_and_headings_are_read() {
        let page = Page::parse(HTML);
        assert_eq!(page.heading(), "Sign in");
        assert_eq!(page.words_of("title"), "T & U");
        assert_eq!(page.problems(), ["First <"]);
        assert_eq!(page.link("out"), Some("/out?a=1&b=2"));
    }

    #[test]
    fn a_form_sends_what_a_browser_would() {
        let page = Page::parse(HTML);
        let form = page.form_of("one").unwrap();
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/x", "post"));
        let fields: Vec<String> = form
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(fields, ["csrf=a\"b", "user=x > y", "ticked=2", "choice=1"]);
        assert!(page.form_of("three").is_none());
    }

    #[test]
    fn fields_are_found_by_their_label() {
        let page = Page::parse(HTML);
        assert_eq!(page.field("Your name").as_deref(), Some("user"));
        assert_eq!(page.field("user").as_deref(), Some("user"));
        assert_eq!(page.field("Nobody"), None);
        assert_eq!(page.value("user"), Some("x > y"));
    }
}
