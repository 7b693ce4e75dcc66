//! Texts for people: one set of Fluent messages a language, chosen for a person
//! by their language ranges, English (the first language given) where one is missing.

mod check;
mod negotiate;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use check::{keys, missing_keys, sources_under};
pub use negotiate::{accept_language, lookup};

/// One language as it is given to [`Texts::new`]: its tag (RFC 5646) and its Fluent files.
#[derive(Debug, Clone, Copy)]
pub struct Language<'a> {
    /// The language tag, such as `en` or `de`.
    pub tag: &'a str,
    /// The contents of the language's Fluent files.
    pub sources: &'a [&'a str],
}

/// Why a set of texts could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// No language was given.
    #[error("no language was given")]
    NoLanguage,
    /// The tag is not a language tag (RFC 5646).
    #[error("{0:?} is not a language tag")]
    Tag(String),
    /// A source is not well-formed Fluent.
    #[error("the texts in {tag:?} cannot be read: {why}")]
    Syntax {
        /// The language of the source.
        tag: String,
        /// What the parser found.
        why: String,
    },
    /// Two sources of one language define the same key.
    #[error("the texts in {tag:?} define a key twice: {why}")]
    Twice {
        /// The language of the sources.
        tag: String,
        /// Which key.
        why: String,
    },
}

struct Loaded {
    tag: String,
    bundle: FluentBundle<FluentResource>,
}

/// All texts, in every language; cheap to clone.
#[derive(Clone)]
pub struct Texts(Arc<[Loaded]>);

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Texts")
            .field(&self.tags().collect::<Vec<_>>())
            .finish()
    }
}

impl Texts {
    /// Loads the languages; the first is the one to fall back to.
    ///
    /// # Errors
    /// [`TextsError`] for no language, a bad tag, a syntax error, a key defined twice.
    pub fn new(languages: &[Language<'_>]) -> Result<Self, TextsError> {
        if languages.is_empty() {
            return Err(TextsError::NoLanguage);
        }
        let loaded: Result<Vec<_>, _> = languages.iter().map(load).collect();
        Ok(Self(loaded?.into()))
    }

    /// The language that suits the person's language ranges best, in their order
    /// (RFC 4647 §3.4); the first language where none does. `de_CH` is read as `de-CH`.
    #[must_use]
    pub fn language<S: AsRef<str>>(&self, wanted: &[S]) -> Lang {
        let tags: Vec<&str> = self.tags().collect();
        let at = lookup(&tags, wanted).unwrap_or(0);
        Lang {
            texts: self.clone(),
            at,
        }
    }

    /// The tags of the languages, in the order in which they were given.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|loaded| loaded.tag.as_str())
    }
}

fn load(language: &Language<'_>) -> Result<Loaded, TextsError> {
    let tag = language.tag.to_owned();
    let id: LanguageIdentifier = tag.parse().map_err(|_| TextsError::Tag(tag.clone()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Marks around each value would show as boxes in subjects and in old mail programs.
    bundle.set_use_isolating(false);
    for source in language.sources {
        let resource =
            FluentResource::try_new((*source).to_owned()).map_err(|(_, errors)| TextsError::Syntax {
                tag: tag.clone(),
                why: words(&errors),
            })?;
        bundle
            .add_resource(resource)
            .map_err(|errors| TextsError::Twice {
                tag: tag.clone(),
                why: words(&errors),
            })?;
    }
    Ok(Loaded { tag, bundle })
}

fn words<E: std::fmt::Display>(errors: &[E]) -> String {
    let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
    words.join("; ")
}

/// A value set into a text: words, or a number that chooses a plural form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Words, set in as they are.
    Text(&'a str),
    /// A whole number.
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// The texts in one language; a cheap handle to clone into a page or a mail.
#[derive(Debug, Clone)]
pub struct Lang {
    texts: Texts,
    at: usize,
}

impl Lang {
    /// The language's tag, for the `lang` attribute and `Content-Language`.
    #[must_use]
    pub fn tag(&self) -> &str {
        self.texts.0.get(self.at).map_or("en", |l| l.tag.as_str())
    }

    /// The writing direction, `ltr` or `rtl`, for the `dir` attribute.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        negotiate::direction(self.tag())
    }

    /// The text of a key. A key no language has is answered with the key itself,
    /// and logged; tests with [`missing_keys`] keep that from happening.
    #[must_use]
    pub fn text(&self, key: &str) -> Cow<'_, str> {
        self.format(key, None)
    }

    /// The text of a key with values set in; the values are not escaped for markup.
    #[must_use]
    pub fn text_with<'v, V>(&self, key: &str, values: &[(&str, V)]) -> Cow<'_, str>
    where
        V: Into<Value<'v>> + Copy,
    {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            let value = match (*value).into() {
                Value::Text(text) => FluentValue::from(text),
                Value::Number(number) => FluentValue::from(number),
            };
            args.set((*name).to_owned(), value);
        }
        self.format(key, Some(&args))
    }

    /// Whether this language itself, not only the one to fall back to, has the key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        let loaded = self.texts.0.get(self.at);
        loaded.is_some_and(|loaded| loaded.bundle.has_message(key))
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'_, str> {
        let chain = self.texts.0.get(self.at).into_iter();
        for loaded in chain.chain(self.texts.0.first()) {
            let message = loaded.bundle.get_message(key);
            let Some(pattern) = message.and_then(|message| message.value()) else {
                continue;
            };
            let mut errors = Vec::new();
            let text = loaded.bundle.format_pattern(pattern, args, &mut errors);
            if !errors.is_empty() {
                tracing::warn!(key, language = loaded.tag, why = words(&errors), "text");
            }
            return text;
        }
        tracing::warn!(key, language = self.tag(), "missing text");
        Cow::Owned(key.to_owned())
    }
}
