//! Authorization codes: sealed values, so that nothing is written when one is given. A code names
//! the grant that it will give: once there is that grant, the code is used. Docs: "Tokens".

use std::time::Duration;

use latchkey_crypto::seal::{SealError, Sealed};
use latchkey_domain::id::{AccountId, ClientId, GrantId, MemberId, UserId};
use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::ClaimsRequest;
use latchkey_oidc::device::Device;
use latchkey_oidc::pkce::CodeChallenge;
use latchkey_oidc::resource::Resource;
use latchkey_oidc::scope::ScopeSet;
use latchkey_oidc::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::{App, Error, Result};

const PURPOSE: &str = "code";

/// How long after its end a code is still recognized, so that a replay revokes what it gave.
const RECOGNIZED: Duration = Duration::from_secs(3_600);

/// All that a code stands for. The client is bound to it by the seal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    /// The grant that it gives, once.
    pub grant: GrantId,
    pub user: UserId,
    pub account: AccountId,
    pub member: MemberId,
    pub redirect_uri: String,
    pub scope: ScopeSet,
    pub resources: Vec<Resource>,
    pub nonce: Option<String>,
    pub challenge: Option<CodeChallenge>,
    pub auth_time: Timestamp,
    pub amr: String,
    pub sid: String,
    /// When the session it came from ends at the latest.
    pub session_ends_at: Timestamp,
    pub device: Device,
    /// Single claims asked for (OpenID Connect Core 1.0 §5.5).
    pub claims: ClaimsRequest,
    /// From when on it can't be redeemed.
    pub expires_at: Timestamp,
}

impl Code {
    pub fn seal(&self, app: &App, client: &ClientId) -> Result<Secret> {
        let sealed = Sealed {
            expires_at_ms: self.expires_at.plus(RECOGNIZED).millis(),
            value: self,
        };
        let text = app
            .sealer
            .seal_json(PURPOSE, client.as_str().as_bytes(), &sealed, app.rng.bytes())?;
        Ok(Secret::new(text))
    }

    /// The code, where it is one that was given to this client.
    pub fn open(app: &App, client: &ClientId, text: &Secret) -> Result<Option<Self>> {
        let now = app.now().millis();
        match app
            .sealer
            .open_json(PURPOSE, client.as_str().as_bytes(), text.expose(), now)
        {
            Ok(code) => Ok(Some(code)),
            Err(SealError::Unsealable) => Err(Error::bug("a code can't be opened")),
            Err(_) => Ok(None),
        }
    }
}
