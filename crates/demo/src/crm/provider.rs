//! The relying party: discovery, code with PKCE, ID token, UserInfo, refresh, logout, by the
//! `openidconnect` crate (OpenID Connect Core 1.0, RP-Initiated Logout 1.0).

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use latchkey_fetch::{FetchError, Fetcher, Request};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalProviderMetadata, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenClaims, IdTokenFields, IssuerUrl,
    LogoutRequest, Nonce, NonceVerifier, OAuth2TokenResponse, PkceCodeChallenge, PostLogoutRedirectUrl,
    ProviderMetadata, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};

use super::access::AccessClaims;
use super::sessions::{Pending, SignedIn};
use super::{CrmError, CrmSettings};

const SCOPES: [&str; 6] = [
    "profile",
    "email",
    "offline_access",
    "account",
    "roles",
    "permissions",
];
/// How long what discovery said is believed.
const KNOWN_FOR: Duration = Duration::from_secs(300);

/// Why signing in or refreshing failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderError {
    #[error("the provider can't be reached: {0}")]
    Unreachable(String),
    #[error("the provider ended this access: {0}")]
    Ended(String),
    #[error("the provider refused: {0}")]
    Refused(String),
    #[error("what the provider sent can't be trusted: {0}")]
    Untrusted(String),
}

/// Metadata of RP-Initiated Logout 1.0 section 2.1 and RFC 9207 section 3.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct FurtherMetadata {
    end_session_endpoint: Option<EndSessionUrl>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for FurtherMetadata {}

type Metadata = ProviderMetadata<
    FurtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type CrmIdToken =
    IdToken<AccessClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Tokens = StandardTokenResponse<
    IdTokenFields<
        AccessClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type Claims = IdTokenClaims<AccessClaims, CoreGenderClaim>;
type UserInfo = UserInfoClaims<AccessClaims, CoreGenderClaim>;
type TokenError = RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>;
type CrmClient = Client<
    AccessClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What discovery and the key set said.
struct Known {
    since: Instant,
    client: CrmClient,
    further: FurtherMetadata,
}

/// The provider, seen from the CRM.
pub(super) struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect_uri: RedirectUrl,
    home: PostLogoutRedirectUrl,
    fetcher: Fetcher,
    known: Mutex<Option<Arc<Known>>>,
}

impl Provider {
    pub fn new(settings: &CrmSettings) -> Result<Self, CrmError> {
        let no_url = |text: &str| CrmError::Url(text.to_owned());
        let allow = if settings.allow_loopback {
            let ranges = ["127.0.0.0/8", "::1/128"];
            ranges.iter().filter_map(|it| it.parse().ok()).collect()
        } else {
            Vec::new()
        };
        let base = &settings.base_url;
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(|_| no_url(&settings.issuer))?,
            client_id: ClientId::new(settings.client_id.clone()),
            client_secret: ClientSecret::new(settings.client_secret.clone()),
            redirect_uri: RedirectUrl::new(format!("{base}/callback")).map_err(|_| no_url(base))?,
            home: PostLogoutRedirectUrl::new(format!("{base}/")).map_err(|_| no_url(base))?,
            fetcher: Fetcher::new(&latchkey_fetch::Settings {
                allow,
                ..latchkey_fetch::Settings::default()
            })?,
            known: Mutex::new(None),
        })
    }

    /// Whether this is the provider's issuer (third-party initiated login, Core section 4).
    pub fn is_issuer(&self, issuer: &str) -> bool {
        self.issuer.as_str() == issuer
    }

    /// The address to send the browser to, and what to remember until it comes back.
    pub async fn begin(&self, further: &[(&'static str, String)]) -> Result<(Url, Pending), ProviderError> {
        let known = self.known().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let request = known.client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = SCOPES.iter().map(|it| Scope::new((*it).to_owned()));
        let mut request = request.add_scopes(scopes).set_pkce_challenge(challenge);
        for (name, value) in further {
            request = request.add_extra_param(*name, value.clone());
        }
        let (url, state, nonce) = request.url();
        let pending = Pending {
            state,
            nonce,
            verifier,
        };
        Ok((url, pending))
    }

    /// Refuses an answer that another issuer sent (mix-up, RFC 9207).
    pub async fn check_answer(&self, issuer: Option<&str>) -> Result<(), ProviderError> {
        let known = self.known().await?;
        match issuer {
            Some(issuer) if self.is_issuer(issuer) => Ok(()),
            None if !known.further.authorization_response_iss_parameter_supported => Ok(()),
            _ => Err(ProviderError::Untrusted(
                "the answer is from another issuer".to_owned(),
            )),
        }
    }

    /// Redeems a code and looks at everything that comes for it.
    pub async fn redeem(&self, code: String, begun: Pending) -> Result<SignedIn, ProviderError> {
        let known = self.known().await?;
        let request = known
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(untrusted)?
            .set_pkce_verifier(begun.verifier);
        let tokens = request.request_async(&http(&self.fetcher)).await;
        let tokens = tokens.map_err(token_error)?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| ProviderError::Untrusted("there is no ID token".to_owned()))?;
        let claims = self.verified(id_token, &begun.nonce).await?;
        self.check_hash(id_token, &claims, tokens.access_token()).await?;
        let info = self.user_info(&tokens, claims.subject().as_str()).await?;
        signed_in(&tokens, id_token, &claims, &info)
    }

    /// Asks for new tokens, with what the person may do by now.
    pub async fn refresh(&self, person: &SignedIn) -> Result<SignedIn, ProviderError> {
        let refresh_token = person
            .refresh_token
            .as_ref()
            .ok_or_else(|| ProviderError::Ended("there is no refresh token".to_owned()))?;
        let known = self.known().await?;
        let request = known
            .client
            .exchange_refresh_token(refresh_token)
            .map_err(untrusted)?;
        let tokens = request.request_async(&http(&self.fetcher)).await;
        let tokens = tokens.map_err(token_error)?;
        let info = self.user_info(&tokens, &person.subject).await?;
        let mut renewed = match tokens.id_token() {
            Some(id_token) => {
                // Core section 12.2: a refreshed ID token carries no nonce or the first one.
                let any = |_: Option<&Nonce>| Ok(());
                let claims = self.verified(id_token, any).await?;
                if claims.subject().as_str() != person.subject {
                    return Err(untrusted("the ID token is about somebody else"));
                }
                signed_in(&tokens, id_token, &claims, &info)?
            }
            None => with_user_info(person, &tokens, &info)?,
        };
        let kept = || Some(RefreshToken::new(refresh_token.secret().clone()));
        renewed.refresh_token = renewed.refresh_token.or_else(kept);
        Ok(renewed)
    }

    /// Where to send the browser to be signed out at the provider too (RP-Initiated Logout 1.0).
    pub async fn sign_out_url(&self, person: &SignedIn) -> Option<Url> {
        let known = self.known().await.ok()?;
        let id_token: CrmIdToken = person.id_token.parse().ok()?;
        let end_session = known.further.end_session_endpoint.clone()?;
        let request = LogoutRequest::from(end_session)
            .set_id_token_hint(&id_token)
            .set_client_id(self.client_id.clone())
            .set_post_logout_redirect_uri(self.home.clone());
        Some(request.http_get_url())
    }

    async fn known(&self) -> Result<Arc<Known>, ProviderError> {
        let fresh = |it: &Arc<Known>| it.since.elapsed() < KNOWN_FOR;
        let known = self.kept().clone().filter(fresh);
        match known {
            Some(known) => Ok(known),
            None => self.discover().await,
        }
    }

    async fn discover(&self) -> Result<Arc<Known>, ProviderError> {
        let client = http(&self.fetcher);
        let metadata = Metadata::discover_async(self.issuer.clone(), &client)
            .await
            .map_err(|error| ProviderError::Unreachable(error.to_string()))?;
        let further = metadata.additional_metadata().clone();
        let secret = Some(self.client_secret.clone());
        let client = CrmClient::from_provider_metadata(metadata, self.client_id.clone(), secret)
            .set_redirect_uri(self.redirect_uri.clone());
        let known = Arc::new(Known {
            since: Instant::now(),
            client,
            further,
        });
        *self.kept() = Some(Arc::clone(&known));
        Ok(known)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The claims of a genuine ID token (Core section 3.1.3.7). A signature by a key not seen yet
    /// may be a new key: the key set is fetched once more.
    async fn verified<N: NonceVerifier + Clone>(
        &self,
        id_token: &CrmIdToken,
        nonce: N,
    ) -> Result<Claims, ProviderError> {
        let known = self.known().await?;
        let first = id_token.claims(&known.client.id_token_verifier(), nonce.clone());
        match first {
            Ok(claims) => Ok(claims.clone()),
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let known = self.discover().await?;
                let verifier = known.client.id_token_verifier();
                let claims = id_token.claims(&verifier, nonce).map_err(untrusted)?;
                Ok(claims.clone())
            }
            Err(error) => Err(untrusted(error)),
        }
    }

    /// `at_hash` ties the access token to the ID token (Core section 3.1.3.8).
    async fn check_hash(
        &self,
        id_token: &CrmIdToken,
        claims: &Claims,
        access_token: &AccessToken,
    ) -> Result<(), ProviderError> {
        let Some(expected) = claims.access_token_hash() else {
            return Ok(());
        };
        let known = self.known().await?;
        let verifier = known.client.id_token_verifier();
        let algorithm = id_token.signing_alg().map_err(untrusted)?;
        let key = id_token.signing_key(&verifier).map_err(untrusted)?;
        let actual = AccessTokenHash::from_token(access_token, algorithm, key).map_err(untrusted)?;
        if &actual == expected {
            Ok(())
        } else {
            Err(untrusted("the access token is not the ID token's"))
        }
    }

    async fn user_info(&self, tokens: &Tokens, subject: &str) -> Result<UserInfo, ProviderError> {
        let known = self.known().await?;
        let subject = openidconnect::SubjectIdentifier::new(subject.to_owned());
        let request = known
            .client
            .user_info(tokens.access_token().clone(), Some(subject))
            .map_err(untrusted)?;
        let client = http(&self.fetcher);
        request
            .request_async(&client)
            .await
            .map_err(|error| ProviderError::Refused(format!("UserInfo: {error}")))
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send>>;

/// The guarded client, as the crate wants one.
fn http(fetcher: &Fetcher) -> impl Fn(HttpRequest) -> Answer + Send + Sync + use<> {
    let fetcher = fetcher.clone();
    move |request: HttpRequest| -> Answer {
        let fetcher = fetcher.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let url = parts.uri.to_string().parse();
            let answer = fetcher
                .request(Request {
                    method: parts.method,
                    url: url.map_err(|_| FetchError::Url)?,
                    headers: parts.headers,
                    body: body.into(),
                })
                .await?;
            let mut response = HttpResponse::new(answer.body.to_vec());
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

fn signed_in(
    tokens: &Tokens,
    id_token: &CrmIdToken,
    claims: &Claims,
    info: &UserInfo,
) -> Result<SignedIn, ProviderError> {
    let mut access = claims.additional_claims().clone();
    let told = info.additional_claims();
    if access.is_cut() || access.permissions.is_none() {
        access.permissions.clone_from(&told.permissions);
    }
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let name = info.name().and_then(|it| it.get(None));
    Ok(SignedIn {
        subject: claims.subject().as_str().to_owned(),
        name: text(name.map(|it| it.as_str())),
        email: text(info.email().map(|it| it.as_str())),
        access,
        id_token: id_token.to_string(),
        id_token_claims: serde_json::to_value(claims).map_err(untrusted)?,
        user_info: serde_json::to_value(info).map_err(untrusted)?,
        access_token: tokens.access_token().clone(),
        refresh_token: tokens.refresh_token().cloned(),
    })
}

/// Where a refresh brings no ID token, UserInfo says what is so now.
fn with_user_info(person: &SignedIn, tokens: &Tokens, info: &UserInfo) -> Result<SignedIn, ProviderError> {
    Ok(SignedIn {
        access: info.additional_claims().clone(),
        user_info: serde_json::to_value(info).map_err(untrusted)?,
        access_token: tokens.access_token().clone(),
        refresh_token: tokens.refresh_token().cloned(),
        ..person.clone()
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "stands in map_err, which hands errors over"
)]
fn untrusted(why: impl ToString) -> ProviderError {
    ProviderError::Untrusted(why.to_string())
}

fn token_error(error: TokenError) -> ProviderError {
    match error {
        RequestTokenError::ServerResponse(said) => {
            if matches!(said.error(), CoreErrorResponseType::InvalidGrant) {
                ProviderError::Ended(said.to_string())
            } else {
                ProviderError::Refused(said.to_string())
            }
        }
        RequestTokenError::Request(error) => ProviderError::Unreachable(error.to_string()),
        other => ProviderError::Untrusted(other.to_string()),
    }
}
