//! Token requests.

use crate::device::Device;
use crate::metadata::GrantType;
use crate::params::Params;
use crate::pkce::CodeVerifier;
use crate::resource::Resource;
use crate::scope::ScopeSet;
use crate::secret::Secret;

use super::{TokenError, TokenErrorCode};

/// The longest `account`, in bytes.
const MAX_ACCOUNT: usize = 320;

/// A well-formed token request; who makes it is [`crate::client_auth::ClientCredentials`].
#[derive(Debug, Clone)]
pub enum TokenRequest {
    /// RFC 6749 §4.1.3.
    AuthorizationCode {
        /// The code.
        code: Secret,
        /// The redirect URI of the authorization request, to be compared byte for byte.
        redirect_uri: String,
        /// The proof of RFC 7636.
        code_verifier: Option<CodeVerifier>,
        /// The audiences wanted, among those of the authorization request.
        resource: Vec<Resource>,
        /// What a mobile app says of itself.
        device: Device,
    },
    /// RFC 6749 §6.
    RefreshToken {
        /// The refresh token.
        refresh_token: Secret,
        /// The scopes wanted, at most those granted; all of them if left out.
        scope: Option<ScopeSet>,
        /// The audiences wanted, among those granted.
        resource: Vec<Resource>,
        /// What a mobile app says of itself.
        device: Device,
    },
    /// RFC 6749 §4.4.2.
    ClientCredentials {
        /// The scopes wanted.
        scope: Option<ScopeSet>,
        /// The audiences wanted.
        resource: Vec<Resource>,
        /// The account to act in, id or slug, where the client's service member is in several.
        account: Option<String>,
    },
}

impl TokenRequest {
    /// Reads the form.
    ///
    /// # Errors
    /// [`TokenError`]: `unsupported_grant_type`, `invalid_request`, `invalid_scope` or `invalid_target`;
    /// `invalid_grant` for a verifier that can't be anybody's.
    pub fn parse(params: &Params) -> Result<Self, TokenError> {
        let grant_type = required(params, "grant_type")?;
        let grant_type = GrantType::parse(grant_type).ok_or_else(|| {
            let why = "grant_type must be authorization_code, refresh_token or client_credentials";
            TokenError::new(TokenErrorCode::UnsupportedGrantType, why)
        })?;
        let resource = Resource::from_params(params)
            .map_err(|error| TokenError::new(TokenErrorCode::InvalidTarget, error.to_string()))?;
        Ok(match grant_type {
            GrantType::AuthorizationCode => Self::AuthorizationCode {
                code: Secret::new(required(params, "code")?),
                redirect_uri: required(params, "redirect_uri")?.to_owned(),
                code_verifier: read_verifier(params)?,
                resource,
                device: read_device(params)?,
            },
            GrantType::RefreshToken => Self::RefreshToken {
                refresh_token: Secret::new(required(params, "refresh_token")?),
                scope: read_scope(params)?,
                resource,
                device: read_device(params)?,
            },
            GrantType::ClientCredentials => Self::ClientCredentials {
                scope: read_scope(params)?,
                resource,
                account: read_account(params)?,
            },
        })
    }

    /// The grant that the client must be registered for.
    #[must_use]
    pub fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

fn required<'a>(params: &'a Params, name: &str) -> Result<&'a str, TokenError> {
    params
        .get(name)
        .ok_or_else(|| TokenError::invalid_request(format!("{name} is missing")))
}

fn read_verifier(params: &Params) -> Result<Option<CodeVerifier>, TokenError> {
    params
        .get("code_verifier")
        .map(CodeVerifier::parse)
        .transpose()
        .map_err(|error| TokenError::invalid_grant(error.to_string()))
}

fn read_scope(params: &Params) -> Result<Option<ScopeSet>, TokenError> {
    params
        .get("scope")
        .map(ScopeSet::parse_known)
        .transpose()
        .map_err(|error| TokenError::new(TokenErrorCode::InvalidScope, error.to_string()))
}

fn read_device(params: &Params) -> Result<Device, TokenError> {
    Device::from_params(params).map_err(|error| TokenError::invalid_request(error.to_string()))
}

fn read_account(params: &Params) -> Result<Option<String>, TokenError> {
    match params.get("account") {
        Some(account) if account.len() > MAX_ACCOUNT => Err(TokenError::invalid_request(format!(
            "account is longer than {MAX_ACCOUNT} bytes"
        ))),
        account => Ok(account.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(form: &str) -> Result<TokenRequest, TokenError> {
        TokenRequest::parse(&Params::parse(form).unwrap())
    }

    fn code_of(form: &str) -> &'static str {
        parse(form).unwrap_err().code().as_str()
    }

    #[test]
    fn a_code_is_redeemed() {
        let verifier = "v".repeat(43);
        let form = format!(
            "grant_type=authorization_code&code=c1&redirect_uri=https%3A%2F%2Fa%2Fcb\
             &code_verifier={verifier}&resource=urn:crm&app_version=4.2"
        );
        let TokenRequest::AuthorizationCode {
            code,
            redirect_uri,
            code_verifier,
            resource,
            device,
        } = parse(&form).unwrap()
        else {
            panic!("another grant")
        };
        assert_eq!(code.expose(), "c1");
        assert_eq!(redirect_uri, "https://a/cb");
        assert!(code_verifier.is_some());
        assert_eq!(resource.len(), 1);
        assert_eq!(device.app_version.as_deref(), Some("4.2"));
    }

    #[test]
    fn a_refresh_may_name_fewer_scopes() {
        let TokenRequest::RefreshToken {
            refresh_token, scope, ..
        } = parse("grant_type=refresh_token&refresh_token=r1&scope=openid+roles").unwrap()
        else {
            panic!("another grant")
        };
        assert_eq!(refresh_token.expose(), "r1");
        assert_eq!(scope.unwrap().to_string(), "openid roles");
    }

    #[test]
    fn a_program_names_the_account_that_it_acts_in() {
        let request = parse("grant_type=client_credentials&account=acme").unwrap();
        assert_eq!(request.grant_type(), GrantType::ClientCredentials);
        assert!(matches!(
            request,
            TokenRequest::ClientCredentials { account: Some(account), scope: None, .. } if account == "acme"
        ));
    }

    #[test]
    fn each_fault_has_its_code() {
        for (form, code) in [
            ("", "invalid_request"),
            ("grant_type=", "invalid_request"),
            (
                "grant_type=password&username=a&password=b",
                "unsupported_grant_type",
            ),
            ("grant_type=Refresh_Token", "unsupported_grant_type"),
            ("grant_type=authorization_code&redirect_uri=x", "invalid_request"),
            ("grant_type=authorization_code&code=x", "invalid_request"),
            (
                "grant_type=authorization_code&code=x&redirect_uri=x&code_verifier=short",
                "invalid_grant",
            ),
            ("grant_type=refresh_token", "invalid_request"),
            (
                "grant_type=refresh_token&refresh_token=r&scope=admin",
                "invalid_scope",
            ),
            (
                "grant_type=refresh_token&refresh_token=r&scope=%22",
                "invalid_scope",
            ),
            ("grant_type=client_credentials&resource=api", "invalid_target"),
        ] {
            assert_eq!(code_of(form), code, "{form}");
        }
        let long = format!("grant_type=client_credentials&account={}", "a".repeat(400));
        assert_eq!(code_of(&long), "invalid_request");
    }

    #[test]
    fn secrets_of_a_request_are_not_printed() {
        let request = parse("grant_type=refresh_token&refresh_token=hunter2").unwrap();
        assert!(!format!("{request:?}").contains("hunter2"));
    }
}
