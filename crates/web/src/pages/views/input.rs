use askama::Template;

use super::Frame;

/// One labelled field, with its error tied to it.
#[derive(Template)]
#[template(path = "parts/input.html")]
pub(super) struct Input<'a> {
    frame: Frame<'a>,
    id: &'static str,
    label: String,
    kind: &'static str,
    autocomplete: &'static str,
    value: &'a str,
    /// The id of an element elsewhere that describes the field.
    described_by: Option<&'static str>,
    readonly: bool,
    autofocus: bool,
    error: Option<String>,
}

impl<'a> Input<'a> {
    pub(super) fn text(frame: Frame<'a>, id: &'static str, label: &str, autocomplete: &'static str) -> Self {
        Self {
            frame,
            id,
            label: frame.say(label),
            kind: "text",
            autocomplete,
            value: "",
            described_by: None,
            readonly: false,
            autofocus: false,
            error: frame.problem_of(id),
        }
    }

    pub(super) fn email(frame: Frame<'a>, id: &'static str, label: &str, autocomplete: &'static str) -> Self {
        Self {
            kind: "email",
            ..Self::text(frame, id, label, autocomplete)
        }
    }

    pub(super) fn password(
        frame: Frame<'a>,
        id: &'static str,
        label: &str,
        autocomplete: &'static str,
    ) -> Self {
        Self {
            kind: "password",
            ..Self::text(frame, id, label, autocomplete)
        }
    }

    pub(super) fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    pub(super) fn described_by(self, id: &'static str) -> Self {
        Self {
            described_by: Some(id),
            ..self
        }
    }

    pub(super) fn readonly(self) -> Self {
        Self {
            readonly: true,
            ..self
        }
    }

    pub(super) fn autofocus(self, autofocus: bool) -> Self {
        Self {
            autofocus: autofocus && !self.frame.focus_on_summary(),
            ..self
        }
    }

    fn described(&self) -> String {
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        let elsewhere = self.described_by.map(str::to_owned);
        [elsewhere, error]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}
