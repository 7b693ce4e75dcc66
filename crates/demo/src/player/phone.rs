//! The CRM's phone app: a public client with a redirect URI of its own scheme (RFC 8252).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use serde_json::Value;
use url::Url;

use super::http::Answer;
use super::play::Play;
use super::wrong::{OrWrong as _, Seen, Wrong, ensure};

const CLIENT: &str = "crm-phone";
const REDIRECT_URI: &str = "com.example.crm:/callback";
const SCOPE: &str = "openid profile email offline_access account roles permissions";

/// A sign-in under way.
pub(super) struct Begun {
    pub url: String,
    state: String,
    nonce: String,
    verifier: String,
}

/// What a token answer holds.
#[derive(Clone)]
pub(super) struct Tokens {
    pub access: String,
    pub refresh: String,
    /// The access token's claims (RFC 9068). The phone app sends it on and relies on none of
    /// them; the player looks at what a resource server would see.
    pub claims: Value,
    pub until: Instant,
}

/// Begins a sign-in for one account.
pub(super) fn begin(play: &Play, account: &str) -> Seen<Begun> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = CsrfToken::new_random().into_secret();
    let nonce = Nonce::new_random().secret().clone();
    let mut url: Url = format!("{}/oauth2/authorize", play.issuer).parse()?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", CLIENT)
        .append_pair("redirect_uri", REDIRECT_URI)
        .append_pair("scope", SCOPE)
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", challenge.as_str())
        .append_pair("code_challenge_method", "S256")
        .append_pair("account", account)
        .append_pair("app_version", "3.2.0")
        .append_pair("platform", "ios")
        .append_pair("platform_version", "26.1");
    Ok(Begun {
        url: url.into(),
        verifier: verifier.into_secret(),
        state,
        nonce,
    })
}

impl Begun {
    /// A parameter of the answer, which must be the provider's to this very request.
    pub fn answer(&self, play: &Play, url: &Url, wanted: &str) -> Seen<String> {
        ensure!(
            url.as_str().starts_with(REDIRECT_URI),
            "the phone app was sent to {url}"
        );
        let get = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, it)| it.into_owned())
        };
        ensure!(
            get("state").as_deref() == Some(self.state.as_str()),
            "the state is not the phone's: {url}"
        );
        ensure!(
            get("iss").as_deref() == Some(play.issuer.as_str()),
            "the answer does not name the issuer: {url}"
        );
        get(wanted).or_wrong(|| format!("no {wanted} in {url}"))
    }

    /// Redeems a code with the verifier of this sign-in.
    pub async fn redeem(&self, play: &Play, code: &str) -> Seen<Answer> {
        redeem(play, code, &self.verifier).await
    }

    /// The tokens for a code.
    pub async fn tokens(&self, play: &Play, code: &str) -> Seen<Tokens> {
        let answer = self.redeem(play, code).await?;
        let body = answer.json()?;
        let id_token = body.get("id_token").and_then(Value::as_str);
        let id_token = id_token.or_wrong(|| format!("no ID token: {}", answer.brief()))?;
        let claims = payload(id_token)?;
        for (name, value) in [
            ("iss", play.issuer.as_str()),
            ("aud", CLIENT),
            ("nonce", self.nonce.as_str()),
        ] {
            let found = claims.get(name);
            let fits = found.and_then(Value::as_str) == Some(value)
                || found.and_then(|it| it.get(0)).and_then(Value::as_str) == Some(value);
            ensure!(fits, "the ID token's {name} is {found:?}, not {value}");
        }
        Tokens::read(&answer)
    }
}

impl Tokens {
    fn read(answer: &Answer) -> Seen<Self> {
        ensure!(answer.status == 200, "no tokens: {}", answer.brief());
        let body = answer.json()?;
        let text = |name: &str| {
            let found = body.get(name).and_then(Value::as_str).map(str::to_owned);
            found.or_wrong(|| format!("no {name} among the tokens"))
        };
        let seconds = body.get("expires_in").and_then(Value::as_u64);
        let seconds = seconds.or_wrong(|| "no expires_in among the tokens".to_owned())?;
        let access = text("access_token")?;
        Ok(Self {
            claims: payload(&access)?,
            refresh: text("refresh_token")?,
            until: Instant::now() + Duration::from_secs(seconds.saturating_sub(5)),
            access,
        })
    }

    pub fn permissions(&self) -> Vec<String> {
        let list = self.claims.get("permissions").and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    pub fn may(&self, permission: &str) -> bool {
        self.permissions().iter().any(|it| it == permission)
    }
}

/// Redeems a code with any verifier.
pub(super) async fn redeem(play: &Play, code: &str, verifier: &str) -> Seen<Answer> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", verifier),
    ];
    let url = format!("{}/oauth2/token", play.issuer);
    play.as_client(CLIENT, &url, &fields).await
}

/// Asks for new tokens; the answer may be a refusal.
pub(super) async fn try_refresh(play: &Play, refresh_token: &str) -> Seen<Answer> {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    let url = format!("{}/oauth2/token", play.issuer);
    play.as_client(CLIENT, &url, &fields).await
}

/// Asks for new tokens. A phone's refresh token is used once: the answer has the next.
pub(super) async fn refresh(play: &Play, tokens: &Tokens) -> Seen<Tokens> {
    let next = Tokens::read(&try_refresh(play, &tokens.refresh).await?)?;
    ensure!(
        next.refresh != tokens.refresh,
        "a public client's refresh token did not rotate"
    );
    Ok(next)
}

/// A refusal with this error code (RFC 6749 section 5.2).
pub(super) fn expect_error(answer: &Answer, error: &str) -> Seen {
    let body = answer.json()?;
    let found = body.get("error").and_then(Value::as_str);
    ensure!(
        answer.status == 400 && found == Some(error),
        "400 {error} was expected, not {}",
        answer.brief()
    );
    Ok(())
}

/// The claims in a JWT. Nothing is verified: the CRM does that with its own library.
pub(super) fn payload(token: &str) -> Seen<Value> {
    let part = token.split('.').nth(1);
    let part = part.or_wrong(|| "an access or ID token is no JWT".to_owned())?;
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(Wrong::from)?;
    Ok(serde_json::from_slice(&bytes)?)
}
