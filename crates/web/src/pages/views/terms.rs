use askama::Template;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

use super::{Frame, Hidden, When};

/// The text of terms as HTML that is safe to show: made from Markdown and sanitized, and in no other way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsHtml(String);

impl TermsHtml {
    /// Renders and sanitizes. Its headings stand below that of the page, whatever level they have in the text, and
    /// none is skipped; HTML within is shown as text.
    pub fn from_markdown(markdown: &str) -> Self {
        Self::below(HeadingLevel::H1, markdown)
    }

    /// The same within a section of the page that has a heading of its own.
    pub fn in_section(markdown: &str) -> Self {
        Self::below(HeadingLevel::H2, markdown)
    }

    fn below(heading: HeadingLevel, markdown: &str) -> Self {
        let mut outline = Outline::below(heading, markdown);
        let events = Parser::new_ext(markdown, MARKDOWN).map(|event| match event {
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: outline.enter(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(outline.level)),
            Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
            other => other,
        });
        let mut html = String::new();
        push_html(&mut html, events);
        let mut rules = ammonia::Builder::default();
        rules.rm_tags(["img"]).link_rel(Some("noopener noreferrer"));
        Self(rules.clean(&html).to_string())
    }

    pub(super) fn html(&self) -> &str {
        &self.0
    }
}

const MARKDOWN: Options = Options::ENABLE_TABLES;

/// Where the headings of a text stand on the page: its highest one right below the heading above it, and no heading
/// more than one level below the one before.
struct Outline {
    /// How many levels all headings move down.
    down: isize,
    above: HeadingLevel,
    level: HeadingLevel,
}

impl Outline {
    fn below(above: HeadingLevel, markdown: &str) -> Self {
        let highest = Parser::new_ext(markdown, MARKDOWN).filter_map(|event| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(level),
            _ => None,
        });
        let highest = highest.min().unwrap_or(HeadingLevel::H1);
        Self {
            down: above as isize + 1 - highest as isize,
            above,
            level: above,
        }
    }

    fn enter(&mut self, level: HeadingLevel) -> HeadingLevel {
        let wanted = (level as isize + self.down).clamp(self.above as isize + 1, self.level as isize + 1);
        let wanted = usize::try_from(wanted)
            .ok()
            .and_then(|it| HeadingLevel::try_from(it).ok());
        self.level = wanted.unwrap_or(HeadingLevel::H6);
        self.level
    }
}

/// One version of terms.
#[derive(Debug, Clone)]
pub struct TermsText<'a> {
    /// The title of the document.
    pub title: &'a str,
    /// The version.
    pub version: &'a str,
    /// Since when it is in force.
    pub effective: When,
    /// The text.
    pub body: TermsHtml,
    /// Where anyone can read it.
    pub path: &'a str,
}

impl TermsText<'_> {
    pub(super) fn dated(&self, frame: &Frame<'_>) -> String {
        frame.say_with(
            "terms-version",
            &[("version", self.version), ("date", &self.effective.text)],
        )
    }
}

/// `/terms`: new terms between signing in and going on.
#[derive(Template)]
#[template(path = "terms-changed.html")]
pub struct TermsChanged<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// The terms to accept.
    pub terms: &'a TermsText<'a>,
    /// When the person last accepted a version; none for the first time.
    pub last_accepted: Option<When>,
    /// What changed since.
    pub changes: Option<&'a TermsHtml>,
}

impl TermsChanged<'_> {
    fn title(&self) -> String {
        self.frame.say(if self.last_accepted.is_some() {
            "terms-changed-title"
        } else {
            "terms-title"
        })
    }

    fn lead(&self) -> String {
        match &self.last_accepted {
            Some(when) => self.frame.say_with("terms-changed-text", &[("date", &when.text)]),
            None => self.frame.say("terms-first-text"),
        }
    }

    fn accepted(&self) -> bool {
        false
    }
}

/// `/terms/VERSION`: readable for anyone.
#[derive(Template)]
#[template(path = "terms-reading.html")]
pub struct TermsReading<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The terms.
    pub terms: &'a TermsText<'a>,
}

impl TermsReading<'_> {
    fn title(&self) -> String {
        self.terms.title.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::TermsHtml;

    #[test]
    fn terms_keep_their_structure_below_the_heading_of_the_page() {
        let terms =
            TermsHtml::from_markdown("# Use\n\nBe *kind*.\n\n* one\n\n[law](https://example.com/law)");
        assert!(terms.html().contains("<h2>Use</h2>"), "{}", terms.html());
        assert!(terms.html().contains("<em>kind</em>"));
        assert!(terms.html().contains("<li>one</li>"));
        assert!(terms.html().contains(r#"rel="noopener noreferrer""#));
    }

    #[test]
    fn no_level_of_headings_is_skipped_whatever_the_text_begins_with() {
        let levels = |terms: TermsHtml| -> Vec<char> {
            terms
                .html()
                .split("<h")
                .skip(1)
                .filter_map(|it| it.chars().next())
                .collect()
        };
        let titled_apart = "## What you may do\n\n#### Odd\n\n##### Odder\n\n## Where we end";
        assert_eq!(
            levels(TermsHtml::from_markdown(titled_apart)),
            ['2', '3', '4', '2']
        );
        assert_eq!(levels(TermsHtml::in_section(titled_apart)), ['3', '4', '5', '3']);
        let deep = "###### a\n\n# b\n\n## c\n\n### d\n\n#### e\n\n##### f\n\n###### g";
        assert_eq!(
            levels(TermsHtml::in_section(deep)),
            ['3', '3', '4', '5', '6', '6', '6']
        );
    }

    #[test]
    fn terms_can_carry_neither_script_nor_style_nor_picture() {
        let text = "<script>alert(1)</script>\n\n<b style='color:red' onclick='x()'>hi</b> \
                    [x](javascript:alert(1)) ![p](https://example.com/p.png)";
        let html = TermsHtml::from_markdown(text).html().to_owned();
        for forbidden in ["<script", "<b", "javascript:", "<img"] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
    }
}
