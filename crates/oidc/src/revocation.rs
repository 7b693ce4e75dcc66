//! Token revocation (RFC 7009). The answer to every well-formed request of an authenticated client is 200 with
//! an empty body, whether or not there was such a token (§2.2).

use crate::introspection::TokenTypeHint;
use crate::params::Params;
use crate::secret::Secret;
use crate::token::TokenError;

/// A token that its client no longer needs.
#[derive(Debug, Clone)]
pub struct RevocationRequest {
    /// The token to end.
    pub token: Secret,
    /// Where to look first; an unknown hint is ignored.
    pub token_type_hint: Option<TokenTypeHint>,
}

impl RevocationRequest {
    /// Reads the form.
    ///
    /// # Errors
    /// `invalid_request` where there is no token.
    pub fn parse(form: &Params) -> Result<Self, TokenError> {
        let token = form
            .get("token")
            .ok_or_else(|| TokenError::invalid_request("token is missing"))?;
        Ok(Self {
            token: Secret::new(token),
            token_type_hint: form.get("token_type_hint").and_then(TokenTypeHint::parse),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_token() {
        let read = |form: &str| RevocationRequest::parse(&Params::parse(form).unwrap());
        let request = read("token=t1&token_type_hint=access_token").unwrap();
        assert_eq!(request.token.expose(), "t1");
        assert_eq!(request.token_type_hint, Some(TokenTypeHint::AccessToken));
        assert_eq!(read("token_type_hint=x").unwrap_err().status(), 400);
    }
}
