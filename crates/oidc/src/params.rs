//! The parameters of a request, from a query or a form body (RFC 6749 §3.1, §3.2 and appendix B).

use std::fmt;

use crate::percent::{self, DecodeError};

/// The largest query or form body that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The most parameters that one request may have.
pub const MAX_PARAMS: usize = 64;
/// The longest name of a parameter, in bytes.
pub const MAX_NAME: usize = 64;
/// The longest value of a parameter, in bytes.
pub const MAX_VALUE: usize = 16 * 1024;

/// Parameters that may stand in a request more than once (RFC 8707 §2).
const REPEATABLE: &[&str] = &["resource"];
/// Parameters whose value is JSON and may be laid out over several lines.
const MULTI_LINE: &[&str] = &["claims"];
/// Parameters that are taken as they were typed; what a password may hold is for its own rules to say.
const AS_TYPED: &[&str] = &["password", "password_confirmation"];

/// Why the parameters of a request could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// The whole is above [`MAX_BYTES`].
    #[error("the request is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// There are more than [`MAX_PARAMS`] parameters.
    #[error("the request has more than {MAX_PARAMS} parameters")]
    TooMany,
    /// A name is above [`MAX_NAME`].
    #[error("the name of a parameter is longer than {MAX_NAME} bytes")]
    NameTooLong,
    /// A value is above [`MAX_VALUE`].
    #[error("the parameter {0} is longer than {MAX_VALUE} bytes")]
    ValueTooLong(String),
    /// A value stands without a name.
    #[error("a parameter has no name")]
    NoName,
    /// Percent-encoding or UTF-8 is broken.
    #[error("the parameters are not valid application/x-www-form-urlencoded text: {0}")]
    Encoding(#[from] DecodeError),
    /// A name has a control character.
    #[error("the name of a parameter contains a control character")]
    ControlInName,
    /// A value has a control character.
    #[error("the parameter {0} contains a control character")]
    Control(String),
    /// A parameter stands more than once.
    #[error("the parameter {0} is given more than once")]
    Repeated(String),
}

impl ParamsError {
    /// The `error` that tells of it: always `invalid_request`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "invalid_request"
    }

    /// What is wrong, for the developer of the client.
    #[must_use]
    pub fn description(&self) -> String {
        self.to_string()
    }

    /// The HTTP status: 413 for what is too large, 400 for the rest.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::TooLong => 413,
            _ => 400,
        }
    }
}

/// The parameters of one request, each once (but for `resource`), decoded, without control characters
/// (but for passwords).
#[derive(Clone, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    repeated: Option<String>,
}

impl Params {
    /// Reads a query (without its `?`) or a form body.
    ///
    /// # Errors
    /// [`ParamsError`] for anything that is not well-formed, too large, or repeated.
    pub fn parse(encoded: impl AsRef<[u8]>) -> Result<Self, ParamsError> {
        let params = Self::parse_noting_repeats(encoded)?;
        match params.repeated {
            Some(name) => Err(ParamsError::Repeated(name)),
            None => Ok(params),
        }
    }

    /// As [`Params::parse`], but a repeated parameter is noted in [`Params::repeated`] and left out altogether,
    /// so that the authorization endpoint can tell the client (RFC 6749 §4.1.2.1) instead of the person.
    ///
    /// # Errors
    /// [`ParamsError`], never of the kind `Repeated`.
    pub(crate) fn parse_noting_repeats(encoded: impl AsRef<[u8]>) -> Result<Self, ParamsError> {
        let encoded = encoded.as_ref();
        if encoded.len() > MAX_BYTES {
            return Err(ParamsError::TooLong);
        }
        let mut params = Self::default();
        let pairs = encoded
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty());
        for (count, pair) in pairs.enumerate() {
            if count >= MAX_PARAMS {
                return Err(ParamsError::TooMany);
            }
            let (name, value) = read_pair(pair)?;
            let is_second =
                params.pairs.iter().any(|(known, _)| *known == name) && !REPEATABLE.contains(&name.as_str());
            if is_second {
                params.repeated.get_or_insert(name);
            } else {
                params.pairs.push((name, value));
            }
        }
        if let Some(name) = &params.repeated {
            params.pairs.retain(|(known, _)| known != name);
        }
        Ok(params)
    }

    /// The value of a parameter. An empty one counts as left out (RFC 6749 §3.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every non-empty value of a parameter, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The first parameter that stood more than once, in a request read so as to tell the client of it.
    pub(crate) fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }
}

impl fmt::Debug for Params {
    /// Shows the names only: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.pairs.iter().map(|(name, _)| name))
            .finish()
    }
}

fn read_pair(pair: &[u8]) -> Result<(String, String), ParamsError> {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    let name = percent::decode(halves.next().unwrap_or_default())?;
    let value = percent::decode(halves.next().unwrap_or_default())?;
    if name.is_empty() {
        return Err(ParamsError::NoName);
    }
    if name.len() > MAX_NAME {
        return Err(ParamsError::NameTooLong);
    }
    if has_control(&name) {
        return Err(ParamsError::ControlInName);
    }
    if value.len() > MAX_VALUE {
        return Err(ParamsError::ValueTooLong(name));
    }
    let may_break = MULTI_LINE.contains(&name.as_str());
    let is_refused = |c: char| c.is_control() && !(may_break && matches!(c, '\t' | '\n' | '\r'));
    let is_typed = AS_TYPED.contains(&name.as_str());
    if !is_typed && has_control(&value) && value.chars().any(is_refused) {
        return Err(ParamsError::Control(name));
    }
    Ok((name, value))
}

/// Whether there is a control character; quick for long texts of ASCII, such as tokens.
fn has_control(text: &str) -> bool {
    if text.is_ascii() {
        text.bytes()
            .fold(false, |found, byte| found | byte.is_ascii_control())
    } else {
        text.chars().any(char::is_control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let params = Params::parse("a=1&b=x%20y+z&c").unwrap();
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.get("b"), Some("x y z"));
        assert_eq!(params.get("d"), None);
    }

    #[test]
    fn an_empty_value_counts_as_left_out() {
        let params = Params::parse("state=&nonce").unwrap();
        assert_eq!(params.get("state"), None);
        assert_eq!(params.get("nonce"), None);
    }

    #[test]
    fn a_repeated_parameter_is_refused_even_when_one_is_empty_or_encoded() {
        for repeated in ["state=a&state=b", "state=&state=b", "state=a&st%61te=a"] {
            assert_eq!(
                Params::parse(repeated).unwrap_err(),
                ParamsError::Repeated("state".into()),
                "{repeated}"
            );
        }
    }

    #[test]
    fn resource_may_stand_more_than_once() {
        let params = Params::parse("resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&x=1").unwrap();
        assert_eq!(
            params.all("resource").collect::<Vec<_>>(),
            ["https://a", "https://b"]
        );
    }

    #[test]
    fn a_noted_repeat_leaves_no_value_to_choose_from() {
        let params = Params::parse_noting_repeats("state=a&x=1&state=b").unwrap();
        assert_eq!(params.repeated(), Some("state"));
        assert_eq!(params.get("state"), None);
        assert_eq!(params.get("x"), Some("1"));
    }

    #[test]
    fn control_characters_are_refused() {
        for bad in ["a=%00", "a=x%0Ay", "a=%7F", "a=%C2%85", "a=\u{1b}"] {
            assert_eq!(
                Params::parse(bad).unwrap_err(),
                ParamsError::Control("a".into()),
                "{bad}"
            );
        }
        assert_eq!(Params::parse("a%00=1").unwrap_err(), ParamsError::ControlInName);
    }

    #[test]
    fn claims_may_be_laid_out_over_lines_but_hold_no_nul() {
        assert!(Params::parse("claims=%7B%0D%0A%09%7D").is_ok());
        assert!(Params::parse("claims=%7B%00%7D").is_err());
    }

    #[test]
    fn sizes_are_bounded() {
        let many = "a=1&".repeat(MAX_PARAMS + 1).replace("a=", "resource=");
        assert_eq!(Params::parse(many).unwrap_err(), ParamsError::TooMany);
        let long = format!("a={}", "x".repeat(MAX_VALUE + 1));
        assert_eq!(
            Params::parse(long).unwrap_err(),
            ParamsError::ValueTooLong("a".into())
        );
        let name = format!("{}=1", "n".repeat(MAX_NAME + 1));
        assert_eq!(Params::parse(name).unwrap_err(), ParamsError::NameTooLong);
        let whole = "x".repeat(MAX_BYTES + 1);
        assert_eq!(Params::parse(&whole).unwrap_err(), ParamsError::TooLong);
        assert_eq!(Params::parse(&whole).unwrap_err().status(), 413);
    }

    #[test]
    fn a_value_without_a_name_is_refused() {
        assert_eq!(Params::parse("=x").unwrap_err(), ParamsError::NoName);
    }

    #[test]
    fn values_are_not_printed() {
        let params = Params::parse("client_secret=hunter2").unwrap();
        assert_eq!(format!("{params:?}"), r#"["client_secret"]"#);
    }
}
