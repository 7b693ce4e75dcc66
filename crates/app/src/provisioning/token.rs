//! SCIM tokens: who a bearer is, and what they may do at the moment of each write.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_crypto::token::digest;
use latchkey_domain::account::{Account, AccountStatus};
use latchkey_domain::audit::Actor;
use latchkey_domain::authority::Authority;
use latchkey_domain::catalogue::QualifiedPermission;
use latchkey_domain::id::{AccountId, ProvisioningClientId};
use latchkey_domain::invitation::Inviter;
use latchkey_domain::role::BuiltInRole;
use latchkey_domain::time::Timestamp;
use latchkey_store::provisioning::{self as kept, Presented, ScimToken};
use latchkey_store::sql::Tx;

use crate::access::Scene;
use crate::administration::authority::{catalogues, scenes};
use crate::{App, Caller, Error, Result};

/// An HR system that has shown a good token of an account.
#[derive(Debug, Clone)]
pub struct Provisioner {
    /// The account the token is of; nothing outside it can be reached.
    pub account: AccountId,
    /// The HR system; several tokens may be of it.
    pub client: ProvisioningClientId,
    /// Its name.
    pub name: String,
    /// As the audit trail names it.
    pub caller: Caller,
    token_hash: String,
}

/// The bearer of a token; nothing for one that is unknown, expired or revoked, or whose account
/// is closed. `address` is where the request came from.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn authenticate(app: &App, token: &str, address: Option<String>) -> Result<Option<Provisioner>> {
    let token_hash = digest(token);
    let now = app.now();
    let found = app
        .db
        .look_up(async |tx| good(tx, &token_hash, now).await)
        .await?;
    Ok(found.map(|Presented { token, .. }| Provisioner {
        account: token.account_id,
        caller: Caller {
            actor: Actor::ProvisioningClient {
                client: token.provisioning_client_id.clone(),
                token: Some(token.id),
                name: token.name.clone(),
            },
            address,
        },
        client: token.provisioning_client_id,
        name: token.name,
        token_hash,
    }))
}

async fn good(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<Presented>> {
    let found = kept::presented(tx, token_hash).await?;
    Ok(found.filter(|it| is_in_force(&it.token, now) && it.account.status == AccountStatus::Active))
}

fn is_in_force(token: &ScimToken, now: Timestamp) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|end| now < end)
}

impl Provisioner {
    /// The account and the token's authority, as they are in this transaction.
    ///
    /// # Errors
    /// [`Error::Denied`] for a token that has ended since the request began.
    pub(super) async fn standing(&self, app: &App, tx: &mut Tx) -> Result<Standing> {
        let Presented {
            token,
            account,
            is_system_account,
        } = good(tx, &self.token_hash, app.now())
            .await?
            .ok_or_else(|| Error::denied("this token was revoked or has expired"))?;
        let scenes = scenes(app, tx, &account.id).await?;
        let permissions = permissions(&token)?;
        let authority =
            Authority::of_token(highest_role(&token)?, permissions.as_ref(), &catalogues(&scenes));
        Ok(Standing {
            account,
            is_system_account,
            authority,
            scenes,
        })
    }

    /// As an invitation names it.
    pub(super) fn inviter(&self) -> Inviter {
        Inviter::ProvisioningClient {
            id: self.client.clone(),
            name: self.name.clone(),
        }
    }
}

/// What a token may do, and where.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) account: Account,
    pub(super) is_system_account: bool,
    pub(super) authority: Authority,
    /// The applications that count in the account.
    pub(super) scenes: Vec<Arc<Scene>>,
}

fn highest_role(token: &ScimToken) -> Result<BuiltInRole> {
    BuiltInRole::from_key(&token.highest_role)
        .ok_or_else(|| Error::bug(format!("token {} has an unknown highest role", token.id)))
}

fn permissions(token: &ScimToken) -> Result<Option<BTreeSet<QualifiedPermission>>> {
    let list = token.permissions.as_deref().map(serde_json::from_str).transpose();
    list.map_err(|fault| Error::Bug(fault.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> ScimToken {
        ScimToken {
            account_id: AccountId::new("acme"),
            id: "t".to_owned().into(),
            provisioning_client_id: ProvisioningClientId::new("hr"),
            name: "hr".to_owned(),
            token_hash: String::new(),
            highest_role: "standard".to_owned(),
            permissions: Some("[\"crm/deals:edit\"]".to_owned()),
            created_by: String::new(),
            created_at: Timestamp(0),
            expires_at: Some(Timestamp(10)),
            revoked_at: None,
        }
    }

    #[test]
    fn a_token_is_good_until_it_expires_or_is_revoked() {
        assert!(is_in_force(&token(), Timestamp(9)));
        assert!(!is_in_force(&token(), Timestamp(10)));
        let revoked = ScimToken {
            revoked_at: Some(Timestamp(1)),
            ..token()
        };
        assert!(!is_in_force(&revoked, Timestamp(2)));
        let endless = ScimToken {
            expires_at: None,
            ..token()
        };
        assert!(is_in_force(&endless, Timestamp(i64::MAX)));
    }

    #[test]
    fn a_tokens_authority_is_read_or_it_is_a_defect_never_more() {
        assert_eq!(highest_role(&token()).unwrap(), BuiltInRole::Standard);
        assert_eq!(permissions(&token()).unwrap().unwrap().len(), 1);
        let odd = ScimToken {
            permissions: Some("{".to_owned()),
            highest_role: "x".to_owned(),
            ..token()
        };
        assert!(permissions(&odd).is_err());
        assert!(highest_role(&odd).is_err());
    }
}
