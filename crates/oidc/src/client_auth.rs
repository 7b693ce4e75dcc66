//! Who makes a request: client authentication at the token, introspection and revocation endpoints
//! (RFC 6749 §2.3, RFC 7617).

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::authorize::MAX_CLIENT_ID;
use crate::metadata::ClientAuthMethod;
use crate::params::Params;
use crate::percent;
use crate::secret::Secret;
use crate::token::TokenError;

/// The longest `Authorization` header that is read, in bytes.
const MAX_HEADER: usize = 8 * 1024;

/// What a client presented, by exactly one method. Whether it is right, and whether the method is the one that
/// the client registered, is for the caller to check.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    client_id: String,
    presented: Presented,
}

#[derive(Debug, Clone)]
enum Presented {
    Nothing,
    Basic(Secret),
    Post(Secret),
}

impl ClientCredentials {
    /// Reads every `Authorization` header of a request and its form.
    ///
    /// # Errors
    /// `invalid_request` where more than one method is used or two ids differ, `invalid_client` where there is
    /// none or it can't be read.
    pub fn read<'a>(
        authorization: impl IntoIterator<Item = &'a [u8]>,
        form: &Params,
    ) -> Result<Self, TokenError> {
        let mut headers = authorization.into_iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Err(TokenError::invalid_request(
                "the Authorization header is given more than once",
            ));
        }
        if form.get("client_assertion").is_some() || form.get("client_assertion_type").is_some() {
            return Err(TokenError::invalid_client(
                "client assertions are not supported; use client_secret_basic, client_secret_post or none",
            ));
        }
        let form_id = form.get("client_id");
        let form_secret = form.get("client_secret");
        let credentials = match (header, form_secret) {
            (Some(_), Some(_)) => {
                return Err(TokenError::invalid_request(
                    "the client authenticates by more than one method; use either the header or the form",
                ));
            }
            (Some(header), None) => read_basic(header)?,
            (None, secret) => Self {
                client_id: form_id
                    .ok_or_else(|| TokenError::invalid_client("the request names no client"))?
                    .to_owned(),
                presented: secret.map_or(Presented::Nothing, |secret| Presented::Post(Secret::new(secret))),
            },
        };
        if form_id.is_some_and(|id| id != credentials.client_id) {
            return Err(TokenError::invalid_request(
                "client_id is not the one in the Authorization header",
            ));
        }
        let is_id = credentials.client_id.len() <= MAX_CLIENT_ID
            && credentials.client_id.bytes().all(|byte| byte.is_ascii_graphic());
        if is_id {
            Ok(credentials)
        } else {
            Err(TokenError::invalid_client("client_id is malformed"))
        }
    }

    /// The client's id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The method used; it must be the one that the client registered.
    #[must_use]
    pub fn method(&self) -> ClientAuthMethod {
        match self.presented {
            Presented::Nothing => ClientAuthMethod::None,
            Presented::Basic(_) => ClientAuthMethod::ClientSecretBasic,
            Presented::Post(_) => ClientAuthMethod::ClientSecretPost,
        }
    }

    /// The secret presented, to be compared by digest in constant time.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        match &self.presented {
            Presented::Nothing => None,
            Presented::Basic(secret) | Presented::Post(secret) => Some(secret),
        }
    }
}

/// Id and secret are form-urlencoded before they are joined and put into base64 (RFC 6749 §2.3.1).
fn read_basic(header: &[u8]) -> Result<ClientCredentials, TokenError> {
    let unreadable = || {
        TokenError::invalid_client(
            "the Authorization header must be: Basic, then base64 of the form-urlencoded client_id, a colon, \
             and the form-urlencoded client_secret",
        )
    };
    if header.len() > MAX_HEADER {
        return Err(unreadable());
    }
    let text = std::str::from_utf8(header).map_err(|_| unreadable())?;
    let (scheme, encoded) = text.split_once(' ').ok_or_else(unreadable)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(unreadable());
    }
    let joined = BASE64_STANDARD
        .decode(encoded.trim_matches(' '))
        .map_err(|_| unreadable())?;
    let mut halves = joined.splitn(2, |byte| *byte == b':');
    let id = percent::decode(halves.next().unwrap_or_default()).map_err(|_| unreadable())?;
    let secret = halves.next().ok_or_else(unreadable)?;
    let secret = percent::decode(secret).map_err(|_| unreadable())?;
    if id.is_empty() || secret.is_empty() || secret.chars().any(char::is_control) {
        return Err(unreadable());
    }
    Ok(ClientCredentials {
        client_id: id,
        presented: Presented::Basic(Secret::new(secret)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::percent::encode_pairs;

    fn read(headers: &[&str], form: &str) -> Result<ClientCredentials, TokenError> {
        let headers = headers.iter().map(|header| header.as_bytes());
        ClientCredentials::read(headers, &Params::parse(form).unwrap())
    }

    fn basic(joined: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(joined))
    }

    fn code_of(headers: &[&str], form: &str) -> &'static str {
        read(headers, form).unwrap_err().code().as_str()
    }

    #[test]
    fn each_method_is_recognized() {
        let client = read(&[&basic("crm:s3cret")], "grant_type=x").unwrap();
        assert_eq!(client.method(), ClientAuthMethod::ClientSecretBasic);
        assert_eq!(client.secret().unwrap().expose(), "s3cret");
        let client = read(&[], "client_id=crm&client_secret=s3cret").unwrap();
        assert_eq!(client.method(), ClientAuthMethod::ClientSecretPost);
        let client = read(&[], "client_id=crm").unwrap();
        assert_eq!(client.method(), ClientAuthMethod::None);
        assert!(client.secret().is_none());
    }

    #[test]
    fn the_header_is_form_urlencoded_inside() {
        let client = read(&[&basic("https%3A%2F%2Fcrm.example:a%3Ab%2Bc%25+%C3%A9:x")], "").unwrap();
        assert_eq!(client.client_id(), "https://crm.example");
        assert_eq!(client.secret().unwrap().expose(), "a:b+c% é:x");
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        let header = basic("crm:s").replace("Basic ", "bAsIc  ");
        assert_eq!(read(&[&header], "").unwrap().client_id(), "crm");
    }

    #[test]
    fn the_same_id_may_be_repeated_in_the_form_but_no_other() {
        assert!(read(&[&basic("crm:s")], "client_id=crm").is_ok());
        assert_eq!(code_of(&[&basic("crm:s")], "client_id=other"), "invalid_request");
    }

    #[test]
    fn exactly_one_method_is_used() {
        assert_eq!(
            code_of(&[&basic("crm:s")], "client_id=crm&client_secret=s"),
            "invalid_request"
        );
        assert_eq!(
            code_of(&[&basic("crm:s"), &basic("crm:s")], ""),
            "invalid_request"
        );
        assert_eq!(code_of(&[], ""), "invalid_client");
        assert_eq!(code_of(&[], "client_secret=s"), "invalid_client");
        let assertion = "client_id=crm&client_assertion=a.b.c&client_assertion_type=x";
        assert_eq!(code_of(&[], assertion), "invalid_client");
    }

    #[test]
    fn headers_that_can_not_be_read_are_refused() {
        let control = basic("crm:a%00b");
        let long = basic(&format!("crm:{}", "x".repeat(9000)));
        for header in [
            "",
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Bearer abc",
            "Basic Y3Jt",
            &basic("crm:"),
            &basic(":secret"),
            &basic("crm:100%"),
            &basic("crm:%ff"),
            &basic("c r m:s"),
            &control,
            &long,
        ] {
            assert_eq!(code_of(&[header], ""), "invalid_client", "{header}");
        }
    }

    #[test]
    fn a_refused_client_is_challenged() {
        let error = read(&["Bearer abc"], "").unwrap_err();
        assert_eq!(error.status(), 401);
        assert_eq!(
            error.www_authenticate().unwrap(),
            r#"Basic realm="latchkey", charset="UTF-8""#
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let client = read(&[&basic("crm:hunter2")], "").unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_secret_that_is_encoded_comes_through(secret in "\\PC{1,40}") {
            let encoded = encode_pairs([("", secret.as_str())]);
            let joined = format!("crm:{}", encoded.trim_start_matches('='));
            // An encoded secret never begins with "=", which is written as %3D.
            let client = read(&[&basic(&joined)], "").unwrap();
            prop_assert_eq!(client.secret().unwrap().expose(), secret);
        }
    }
}
