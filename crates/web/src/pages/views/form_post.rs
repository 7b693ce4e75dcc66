use askama::Template;

use super::Frame;

/// The answer to an authorization request with `response_mode=form_post` (OAuth 2.0 Form Post Response Mode §2).
#[derive(Template)]
#[template(path = "form-post.html")]
pub struct FormPost<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The proven redirect URI.
    pub action: &'a str,
    /// The parameters of the response.
    pub fields: &'a [(&'a str, &'a str)],
}

impl FormPost<'_> {
    fn title(&self) -> String {
        self.frame
            .say_with("form-post-title", &[("application", self.frame.destination())])
    }
}
