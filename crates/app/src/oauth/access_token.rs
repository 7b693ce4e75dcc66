//! Access tokens that come back, and ID tokens given as hints.

use std::sync::Arc;

use latchkey_crypto::encoding::sha256;
use latchkey_crypto::verify::{Expect, Typ, Verified};
use latchkey_domain::id::{AccountId, GrantId, MemberId};
use latchkey_oidc::claims::{AccessTokenClaims, IdTokenClaims, MembershipClaims};
use latchkey_oidc::secret::Secret;

use crate::{App, Result, grant};

/// The type of JWT access tokens (RFC 9068 §2.1).
pub(super) const TYPE: &str = "at+jwt";

/// Between what a token hangs on and what makes it the only one of its name.
const DOT: char = '.';
/// Between account and service member.
const TILDE: char = '~';

/// What a token hangs on: with it, the token ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// A person's grant.
    Grant(GrantId),
    /// A service member.
    Service(AccountId, MemberId),
    /// The client alone.
    Client,
}

impl Root {
    /// A token's own id that tells what it hangs on.
    pub(super) fn jti(&self, random: &str) -> String {
        match self {
            Self::Grant(grant) => format!("{grant}{DOT}{random}"),
            Self::Service(account, member) => format!("{account}{TILDE}{member}{DOT}{random}"),
            Self::Client => random.to_owned(),
        }
    }

    fn of(jti: &str) -> Self {
        match jti.rsplit_once(DOT) {
            None => Self::Client,
            Some((root, _)) => match root.split_once(TILDE) {
                Some((account, member)) => Self::Service(account.into(), member.into()),
                None => Self::Grant(root.into()),
            },
        }
    }
}

/// An access token of ours whose signature and times are good.
#[derive(Debug)]
pub struct Genuine {
    verified: Verified<AccessTokenClaims>,
    /// What it hangs on.
    pub root: Root,
}

impl Genuine {
    /// What it says, without what it says of a member.
    pub fn claims(&self) -> &AccessTokenClaims {
        &self.verified.claims
    }
}

/// Reads an access token; nothing where it is not ours, was altered or has expired. An API asks
/// for the same token again and again, and a signature takes three times as long to verify as to
/// make; so what was verified is remembered, by the digest of the whole token. Its key and its
/// times are judged each time.
pub fn read(app: &App, token: &Secret) -> Option<Arc<Genuine>> {
    let expect = Expect {
        issuer: Some(app.issuer.as_str()),
        ..Expect::new(Typ::Exactly(TYPE), app.now().seconds())
    };
    let keys = app.keys.current();
    let digest = sha256(token.expose());
    if let Some(known) = app.cache.genuine(&digest)
        && keys.verifying.check_again(&known.verified, &expect).is_ok()
    {
        return Some(known);
    }
    let mut verified: Verified<AccessTokenClaims> = keys.verifying.verify(token.expose(), &expect).ok()?;
    let root = Root::of(&verified.claims.jti);
    if root != Root::Client {
        // What a member may do is told as of the moment, never as the token has it.
        verified.claims.membership = MembershipClaims::default();
    }
    let genuine = Arc::new(Genuine { verified, root });
    app.cache.keep_genuine(digest, Arc::clone(&genuine));
    Some(genuine)
}

/// Whether a genuine token is still good, and for whom: at most a second old.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn standing(app: &App, token: &Genuine) -> Result<grant::Standing> {
    if grant::is_token_revoked(app, &token.claims().jti).await? {
        return Ok(grant::Standing::ended());
    }
    match &token.root {
        Root::Grant(grant) => grant::standing(app, grant).await,
        Root::Service(account, member) => {
            grant::service_standing(app, account, member, &token.claims().client_id).await
        }
        Root::Client => grant::client_standing(app, &token.claims().client_id).await,
    }
}

/// Reads an ID token that comes back as a hint; it may have expired (RP-Initiated Logout 1.0 §4).
pub fn read_id_token_hint(app: &App, token: &Secret) -> Option<IdTokenClaims> {
    let expect = Expect {
        issuer: Some(app.issuer.as_str()),
        expires: false,
        ..Expect::new(Typ::Plain, app.now().seconds())
    };
    app.keys
        .current()
        .verifying
        .verify_jwt(token.expose(), &expect)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_token_tells_what_it_hangs_on() {
        for root in [
            Root::Grant("0199-g".into()),
            Root::Service("acme".into(), "0199-m".into()),
            Root::Client,
        ] {
            assert_eq!(Root::of(&root.jti("r_4-x")), root);
        }
    }
}
