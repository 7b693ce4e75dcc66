use askama::Template;

use super::{Fault, Say};
use crate::assets::asset_path;

/// The `Content-Security-Policy` of every page. `form_target` is the origin to which sending the form may lead in the
/// end, such as that of a proven redirect URI: browsers hold redirects after a form to `form-action` too.
pub fn content_security_policy(form_target: Option<&str>) -> String {
    let target = form_target.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'{target}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

/// An account's own look on the pages.
#[derive(Debug, Clone, Copy)]
pub struct Brand<'a> {
    /// The account's name.
    pub name: &'a str,
    /// Where its logo is served, on this origin.
    pub logo_path: Option<&'a str>,
    /// Where the style sheet with its brand colour is served, on this origin.
    pub style_path: Option<&'a str>,
}

/// What surrounds every page.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The texts.
    pub texts: &'a dyn Say,
    /// The language of the texts, as a BCP 47 tag.
    pub lang: &'a str,
    /// The name of this installation.
    pub service: &'a str,
    /// The application that one is signing in to.
    pub application: Option<&'a str>,
    /// The account that one is dealing with.
    pub account: Option<Brand<'a>>,
    /// The id of this request, shown where something went wrong.
    pub request_id: &'a str,
    /// What was wrong with the form that is shown again.
    pub problems: &'a [Fault],
}

impl Frame<'_> {
    /// The text of this key.
    pub fn say(&self, key: &str) -> String {
        self.texts.say(key)
    }

    /// The text of this key with its variables filled in.
    pub fn say_with(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.texts.say_with(key, args)
    }

    pub(super) fn dir(&self) -> &'static str {
        match self.lang.split('-').next() {
            Some("ar" | "fa" | "he" | "ps" | "ur" | "yi") => "rtl",
            _ => "ltr",
        }
    }

    pub(super) fn asset(&self, name: &str) -> &'static str {
        asset_path(name)
    }

    /// Whether the focus belongs on the summary; a wrong credential puts it on the password instead.
    pub(super) fn focus_on_summary(&self) -> bool {
        self.problems
            .iter()
            .any(|fault| *fault != Fault::CredentialsWrong)
    }

    pub(super) fn words_of(&self, fault: &Fault) -> String {
        fault.text(self.texts)
    }

    pub(super) fn problem_of(&self, field: &str) -> Option<String> {
        self.problems
            .iter()
            .find(|fault| fault.field() == field)
            .map(|fault| fault.text(self.texts))
    }

    /// Whom or what one signs in to: the application, else the installation.
    pub(super) fn destination(&self) -> &str {
        self.application.unwrap_or(self.service)
    }
}

/// The hidden fields of every form.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "parts/hidden.html")]
pub struct Hidden<'a> {
    /// The CSRF token.
    pub csrf: &'a str,
    /// The sealed state of the step in progress.
    pub request: Option<&'a str>,
}

/// The name of a built-in role in the person's language; a custom role brings its own.
pub fn role_name(texts: &dyn Say, key: &str, custom: Option<&str>) -> String {
    match (custom, key) {
        (Some(name), _) => name.to_owned(),
        (None, "owner") => texts.say("role-owner"),
        (None, "manager") => texts.say("role-manager"),
        (None, "standard") => texts.say("role-standard"),
        (None, "read_only") => texts.say("role-read-only"),
        (None, other) => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::content_security_policy;

    #[test]
    fn forms_go_to_this_origin_or_to_the_one_named() {
        let plain = content_security_policy(None);
        assert!(plain.contains("default-src 'none'; ") && plain.contains("form-action 'self'; "));
        assert!(!plain.contains("unsafe"));
        assert!(
            content_security_policy(Some("https://a.example"))
                .contains("form-action 'self' https://a.example; ")
        );
    }
}
