//! Reads just enough of HTML to see a page as its reader does: elements by id, visible text,
//! links, and forms with their fields and labels.

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open {
        name: String,
        attributes: Vec<(String, String)>,
    },
    Close(String),
    Text(String),
}

/// A page.
#[derive(Clone, Debug)]
pub(super) struct Html(Vec<Token>);

/// A form, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub action: String,
    pub method: String,
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub name: String,
    pub kind: String,
    pub value: String,
    pub is_checked: bool,
    pub is_labelled: bool,
}

const VOID: [&str; 8] = ["meta", "link", "br", "hr", "img", "input", "use", "path"];

impl Html {
    pub fn parse(text: &str) -> Self {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let (before, tag) = rest.split_at(at);
            push_text(&mut tokens, before);
            rest = match read_tag(tag, &mut tokens) {
                Some(rest) => rest,
                None => {
                    push_text(&mut tokens, "<");
                    tag.get(1..).unwrap_or_default()
                }
            };
        }
        push_text(&mut tokens, rest);
        Self(tokens)
    }

    /// The text of the first element of this name.
    pub fn text_of(&self, name: &str) -> Option<String> {
        let at = self.positions(name).next()?;
        Some(self.text_within(at))
    }

    /// All of the page's text.
    pub fn text(&self) -> String {
        join(self.0.iter())
    }

    /// How many elements of this name there are.
    pub fn count(&self, name: &str) -> usize {
        self.positions(name).count()
    }

    /// An attribute of the first element of this name.
    pub fn attribute_of(&self, name: &str, attribute: &str) -> Option<&str> {
        let at = self.positions(name).next()?;
        self.attribute(at, attribute)
    }

    pub fn has_id(&self, id: &str) -> bool {
        self.position_of_id(id).is_some()
    }

    /// The text of the element with this id.
    pub fn text_by_id(&self, id: &str) -> Option<String> {
        Some(self.text_within(self.position_of_id(id)?))
    }

    /// An attribute of the element with this id.
    pub fn attribute_by_id(&self, id: &str, attribute: &str) -> Option<&str> {
        self.attribute(self.position_of_id(id)?, attribute)
    }

    /// The texts of the elements with this name within the element with this id.
    pub fn texts_in(&self, id: &str, name: &str) -> Vec<String> {
        let Some(within) = self.position_of_id(id) else {
            return Vec::new();
        };
        let end = self.end_of(within);
        self.positions(name)
            .filter(|at| (within..end).contains(at))
            .map(|at| self.text_within(at))
            .collect()
    }

    /// What a press of the button with this id sends, before anything is typed; `None` where there
    /// is no such button, or it is in no form.
    pub fn form_of(&self, button: &str) -> Option<Form> {
        let pressed = self.position_of_id(button)?;
        let form = self
            .positions("form")
            .find(|at| (*at..self.end_of(*at)).contains(&pressed))?;
        let mut fields = self.fields_within(form);
        if let Some(name) = self.attribute(pressed, "name") {
            fields.push(Field {
                name: name.to_owned(),
                kind: "submit".to_owned(),
                value: self.attribute(pressed, "value").unwrap_or_default().to_owned(),
                is_checked: false,
                is_labelled: true,
            });
        }
        let text = |name: &str, other: &str| {
            let found = self.attribute(form, name).unwrap_or(other);
            found.to_owned()
        };
        Some(Form {
            action: text("action", ""),
            method: text("method", "get").to_ascii_lowercase(),
            fields,
        })
    }

    /// Visible fields without a label, by name.
    pub fn unlabelled(&self) -> Vec<String> {
        self.positions("form")
            .flat_map(|form| self.fields_within(form))
            .filter(|it| !it.is_labelled)
            .map(|it| it.name)
            .collect()
    }

    /// Whether there is script or style within the page itself.
    pub fn has_inline_code(&self) -> bool {
        let is_inline = |token: &Token| match token {
            Token::Open { name, attributes } => {
                let has = |wanted: &str| attributes.iter().any(|(name, _)| name == wanted);
                let is_handler = |(name, _): &(String, String)| name.starts_with("on");
                name == "style"
                    || (name == "script" && !has("src"))
                    || has("style")
                    || attributes.iter().any(is_handler)
            }
            _ => false,
        };
        self.0.iter().any(is_inline)
    }

    fn fields_within(&self, form: usize) -> Vec<Field> {
        let end = self.end_of(form);
        self.positions("input")
            .filter(|at| (form..end).contains(at))
            .filter_map(|at| self.field(at))
            .collect()
    }

    fn field(&self, at: usize) -> Option<Field> {
        let kind = self.attribute(at, "type").unwrap_or("text").to_owned();
        let value = self.attribute(at, "value");
        let fallback = if kind == "checkbox" { "on" } else { "" };
        Some(Field {
            name: self.attribute(at, "name")?.to_owned(),
            is_checked: self.attribute(at, "checked").is_some(),
            is_labelled: kind == "hidden" || self.is_labelled(at),
            value: value.unwrap_or(fallback).to_owned(),
            kind,
        })
    }

    fn is_labelled(&self, field: usize) -> bool {
        let Some(id) = self.attribute(field, "id") else {
            return false;
        };
        self.positions("label")
            .any(|at| self.attribute(at, "for") == Some(id) && !self.text_within(at).is_empty())
    }

    fn positions(&self, wanted: &str) -> impl Iterator<Item = usize> {
        let is_wanted = move |token: &Token| matches!(token, Token::Open { name, .. } if name == wanted);
        let numbered = self.0.iter().enumerate();
        numbered.filter_map(move |(at, token)| is_wanted(token).then_some(at))
    }

    fn position_of_id(&self, wanted: &str) -> Option<usize> {
        (0..self.0.len()).find(|at| self.attribute(*at, "id") == Some(wanted))
    }

    fn attribute(&self, at: usize, wanted: &str) -> Option<&str> {
        match self.0.get(at)? {
            Token::Open { attributes, .. } => attributes
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str()),
            _ => None,
        }
    }

    /// Where the element that opens here is closed.
    fn end_of(&self, at: usize) -> usize {
        let Some(Token::Open { name: opened, .. }) = self.0.get(at) else {
            return at;
        };
        if VOID.contains(&opened.as_str()) {
            return at;
        }
        let mut depth = 0_usize;
        for (position, token) in self.0.iter().enumerate().skip(at) {
            match token {
                Token::Open { name, .. } if name == opened => depth += 1,
                Token::Close(name) if name == opened => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return position;
            }
        }
        self.0.len()
    }

    fn text_within(&self, at: usize) -> String {
        let end = self.end_of(at);
        join(self.0.iter().take(end).skip(at))
    }
}

impl Form {
    /// Types into a field that a person can see.
    pub fn fill(mut self, name: &str, value: &str) -> Option<Self> {
        let is_it = |it: &&mut Field| it.name == name && it.kind != "hidden";
        value.clone_into(&mut self.fields.iter_mut().find(is_it)?.value);
        Some(self)
    }

    /// Ticks a box.
    pub fn tick(mut self, name: &str) -> Option<Self> {
        let is_it = |it: &&mut Field| it.name == name && it.kind == "checkbox";
        self.fields.iter_mut().find(is_it)?.is_checked = true;
        Some(self)
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.name == name)
    }

    /// What is sent.
    pub fn body(&self) -> String {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for field in &self.fields {
            if field.kind != "checkbox" || field.is_checked {
                body.append_pair(&field.name, &field.value);
            }
        }
        body.finish()
    }
}

fn join<'a>(tokens: impl Iterator<Item = &'a Token>) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Text(piece) => text.push_str(piece),
            Token::Open { name, .. } | Token::Close(name) if !is_inline(name) => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Elements that do not part words.
fn is_inline(name: &str) -> bool {
    ["a", "b", "bdi", "code", "span", "strong", "em", "time"].contains(&name)
}

fn push_text(tokens: &mut Vec<Token>, text: &str) {
    if !text.is_empty() {
        tokens.push(Token::Text(unescape(text)));
    }
}

/// Reads one tag, comment or declaration and answers what is behind it.
fn read_tag<'a>(text: &'a str, tokens: &mut Vec<Token>) -> Option<&'a str> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.split_once("-->").map(|(_, rest)| rest);
    }
    if text.starts_with("<!") {
        return text.split_once('>').map(|(_, rest)| rest);
    }
    if let Some(close) = text.strip_prefix("</") {
        let (name, rest) = close.split_once('>')?;
        tokens.push(Token::Close(name.trim().to_ascii_lowercase()));
        return Some(rest);
    }
    let inner = text.strip_prefix('<')?;
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, rest) = inner.split_at(length);
    if name.is_empty() {
        return None;
    }
    let (attributes, rest) = read_attributes(rest)?;
    let name = name.to_ascii_lowercase();
    let is_raw = name == "script" || name == "style";
    let end = format!("</{name}");
    tokens.push(Token::Open { name, attributes });
    if is_raw {
        // What stands in it is no text.
        let at = rest.find(&end)?;
        return rest.get(at..);
    }
    Some(rest)
}

/// The attributes up to the end of a tag, and what is behind it.
fn read_attributes(mut rest: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix('>') {
            return Some((attributes, behind));
        }
        if let Some(behind) = rest.strip_prefix('/') {
            rest = behind;
            continue;
        }
        let length = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c))?;
        let (name, behind) = rest.split_at(length);
        if name.is_empty() {
            return None;
        }
        let (value, behind) = match behind.strip_prefix('=') {
            Some(behind) => read_value(behind)?,
            None => (String::new(), behind),
        };
        attributes.push((name.to_ascii_lowercase(), value));
        rest = behind;
    }
}

fn read_value(text: &str) -> Option<(String, &str)> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (value, rest) = inner.split_once(quote)?;
            return Some((unescape(value), rest));
        }
    }
    let length = text.find(|c: char| c.is_whitespace() || c == '>')?;
    let (value, rest) = text.split_at(length);
    Some((unescape(value), rest))
}

/// Replaces character references.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        let read = reference
            .get(1..)
            .and_then(|it| it.split_once(';'))
            .filter(|(name, _)| name.len() <= 8)
            .and_then(|(name, behind)| Some((character(name)?, behind)));
        match read {
            Some((character, behind)) => {
                out.push(character);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    let hex = number.and_then(|it| it.strip_prefix(['x', 'X']));
    match (name, hex, number) {
        ("amp", ..) => Some('&'),
        ("lt", ..) => Some('<'),
        ("gt", ..) => Some('>'),
        ("quot", ..) => Some('"'),
        ("nbsp", ..) => Some('\u{a0}'),
        (_, Some(hex), _) => char::from_u32(u32::from_str_radix(hex, 16).ok()?),
        (_, None, Some(number)) => char::from_u32(number.parse().ok()?),
        _ => None,
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
