//! Reading the rest of an authorization request, once its redirect URI is proven.

use std::collections::BTreeSet;

use crate::device::Device;
use crate::metadata::{ClientMetadata, GrantType};
use crate::params::Params;
use crate::pkce::CodeChallenge;
use crate::resource::Resource;
use crate::scope::ScopeSet;
use crate::secret::Secret;

use super::AuthorizeErrorCode as Code;
use super::{AuthorizationRequest, ClaimsRequest, Prompt, ProvenRedirect, ResponseMode, ResponseType};

type Refusal = (Code, String);

/// The longest `state`, in bytes. Most clients send some 30 to 100 random ones; those that keep nothing themselves
/// seal the way back into it, with an address of a kilobyte or more.
const MAX_STATE: usize = 2048;
/// The longest `nonce`, in bytes. It is random, a digest, or either with a time: no client sends above some 150.
/// It is copied into ID tokens, which come back as hints.
const MAX_NONCE: usize = 512;
/// The longest `login_hint` and `account`, in bytes.
const MAX_HINT: usize = 320;
/// The most languages or authentication contexts.
const MAX_LIST: usize = 16;

pub(super) fn read(
    params: &Params,
    client_id: String,
    redirect: &ProvenRedirect,
    metadata: &ClientMetadata,
) -> Result<AuthorizationRequest, Refusal> {
    if let Some(name) = params.repeated() {
        return Err(invalid(format!("the parameter {name} is given more than once")));
    }
    refuse_what_is_not_spoken(params)?;
    let response_type = read_response_type(params, metadata)?;
    if let Some(mode) = params.get("response_mode")
        && ResponseMode::parse(mode).is_none()
    {
        return Err(invalid("response_mode must be query, fragment or form_post"));
    }
    let scope = ScopeSet::parse(params.get("scope").unwrap_or_default())
        .map_err(|error| (Code::InvalidScope, error.to_string()))?;
    let granted = metadata.narrow(&scope);
    if granted.is_empty() && params.get("scope").is_some() {
        let why = "scope names nothing that this client can get";
        return Err((Code::InvalidScope, why.to_owned()));
    }
    let claims = match params.get("claims") {
        Some(text) => ClaimsRequest::parse(text).map_err(|error| invalid(error.to_string()))?,
        None => ClaimsRequest::default(),
    };
    let resource = Resource::from_params(params).map_err(|error| (Code::InvalidTarget, error.to_string()))?;
    Ok(AuthorizationRequest {
        client_id,
        redirect_uri: redirect.uri().to_owned(),
        response_type,
        response_mode: redirect.response_mode(),
        scope: granted,
        state: bounded(params, "state", MAX_STATE)?,
        nonce: bounded(params, "nonce", MAX_NONCE)?,
        code_challenge: read_challenge(params, metadata)?,
        prompt: read_prompt(params)?,
        max_age: read_max_age(params)?.or(metadata.default_max_age),
        login_hint: bounded(params, "login_hint", MAX_HINT)?,
        id_token_hint: params.get("id_token_hint").map(Secret::new),
        ui_locales: read_locales(params.get("ui_locales")),
        acr_values: read_acr_values(params, metadata)?,
        claims,
        account: bounded(params, "account", MAX_HINT)?,
        resource,
        device: Device::from_params(params).map_err(|error| invalid(error.to_string()))?,
    })
}

fn invalid(why: impl Into<String>) -> Refusal {
    (Code::InvalidRequest, why.into())
}

/// Parameters that change what a request means are refused, never ignored (OpenID Connect Core 1.0 §6, §7.2.1).
fn refuse_what_is_not_spoken(params: &Params) -> Result<(), Refusal> {
    for (name, code) in [
        ("request", Code::RequestNotSupported),
        ("request_uri", Code::RequestUriNotSupported),
        ("registration", Code::RegistrationNotSupported),
    ] {
        if params.get(name).is_some() {
            return Err((code, format!("the parameter {name} is not supported")));
        }
    }
    Ok(())
}

fn read_response_type(params: &Params, metadata: &ClientMetadata) -> Result<ResponseType, Refusal> {
    let text = params
        .get("response_type")
        .ok_or_else(|| invalid("response_type is missing"))?;
    let response_type = ResponseType::parse(text).ok_or_else(|| {
        let why = "response_type must be code".to_owned();
        (Code::UnsupportedResponseType, why)
    })?;
    if metadata.may_respond_with(text) && metadata.may_use(GrantType::AuthorizationCode) {
        Ok(response_type)
    } else {
        let why = "the client is not registered for response_type code".to_owned();
        Err((Code::UnauthorizedClient, why))
    }
}

fn read_challenge(params: &Params, metadata: &ClientMetadata) -> Result<Option<CodeChallenge>, Refusal> {
    let challenge =
        CodeChallenge::from_params(params.get("code_challenge"), params.get("code_challenge_method"))
            .map_err(|error| invalid(error.to_string()))?;
    if challenge.is_none() && metadata.is_public() {
        return Err(invalid(
            "a public client must send code_challenge and code_challenge_method=S256 (RFC 7636)",
        ));
    }
    Ok(challenge)
}

fn read_prompt(params: &Params) -> Result<BTreeSet<Prompt>, Refusal> {
    let words = params.get("prompt").unwrap_or_default();
    let prompt = words
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| {
            Prompt::parse(word)
                .ok_or_else(|| invalid("prompt must be none, or some of login, consent and select_account"))
        })
        .collect::<Result<BTreeSet<_>, _>>()?;
    if prompt.contains(&Prompt::None) && prompt.len() > 1 {
        return Err(invalid("prompt=none must stand alone"));
    }
    Ok(prompt)
}

fn read_max_age(params: &Params) -> Result<Option<u32>, Refusal> {
    let Some(text) = params.get("max_age") else {
        return Ok(None);
    };
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if is_digits => Ok(Some(seconds)),
        _ => Err(invalid("max_age must be a whole number of seconds")),
    }
}

/// Languages that are not well-formed are ignored: `ui_locales` is a wish (OpenID Connect Core 1.0 §3.1.2.1).
pub(crate) fn read_locales(text: Option<&str>) -> Vec<String> {
    let is_tag = |tag: &&str| {
        (1..=35).contains(&tag.len())
            && tag
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.unwrap_or_default()
        .split(' ')
        .filter(is_tag)
        .take(MAX_LIST)
        .map(str::to_owned)
        .collect()
}

fn read_acr_values(params: &Params, metadata: &ClientMetadata) -> Result<Vec<String>, Refusal> {
    let Some(text) = params.get("acr_values") else {
        return Ok(metadata.default_acr_values.clone());
    };
    let values: Vec<_> = text
        .split(' ')
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    if values.len() > MAX_LIST {
        return Err(invalid(format!("acr_values holds at most {MAX_LIST} values")));
    }
    Ok(values)
}

fn bounded(params: &Params, name: &str, limit: usize) -> Result<Option<String>, Refusal> {
    match params.get(name) {
        Some(value) if value.len() > limit => Err(invalid(format!("{name} is longer than {limit} bytes"))),
        value => Ok(value.map(str::to_owned)),
    }
}
