//! What was not as it should be.

use std::error::Error;

/// What a step saw instead of what it should have seen, in words.
#[derive(Debug)]
pub(super) struct Wrong(pub String);

impl<E: Error> From<E> for Wrong {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self(text)
    }
}

/// What a step answers.
pub(super) type Seen<T = ()> = Result<T, Wrong>;

/// Says what is wrong.
pub(super) fn wrong<T>(text: impl Into<String>) -> Seen<T> {
    Err(Wrong(text.into()))
}

/// Ends the step with these words unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return $crate::player::wrong::wrong(format!($($words)+));
        }
    };
}
pub(super) use ensure;

/// The value, or these words.
pub(super) trait OrWrong<T> {
    fn or_wrong(self, words: impl FnOnce() -> String) -> Seen<T>;
}

impl<T> OrWrong<T> for Option<T> {
    fn or_wrong(self, words: impl FnOnce() -> String) -> Seen<T> {
        self.ok_or_else(|| Wrong(words()))
    }
}
