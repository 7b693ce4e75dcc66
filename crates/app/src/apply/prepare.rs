//! Slow and random work, done before the transaction so that it can run again unchanged.

use std::collections::HashMap;

use latchkey_crypto::token::OpaqueToken;
use latchkey_domain::address::EmailAddress;
use latchkey_store::user;

use super::declared::State;
use super::{Options, contradictions};
use crate::{App, Error, Result, Secret};

/// Password hashes of people who are new, by folded address, and secrets to give out.
pub(super) struct Prepared {
    hashes: HashMap<String, String>,
    clients: HashMap<String, Secret>,
    tokens: HashMap<(String, String), Secret>,
}

impl Prepared {
    pub(super) fn hash(&self, address: &EmailAddress) -> Option<&str> {
        self.hashes.get(&address.folded()).map(String::as_str)
    }

    pub(super) fn client_secret(&self, client: &str) -> Option<&Secret> {
        self.clients.get(client)
    }

    pub(super) fn token(&self, account: &str, name: &str) -> Option<&Secret> {
        self.tokens.get(&(account.to_owned(), name.to_owned()))
    }
}

pub(super) async fn prepare(app: &App, state: &State, options: Options) -> Result<Prepared> {
    contradictions::check(state)?;
    let mut hashes = HashMap::new();
    for member in &state.member {
        let Some(password) = &member.password else {
            continue;
        };
        if !options.allow_passwords {
            return Err(Error::invalid(
                "password",
                format!(
                    "{} has a password; passwords are taken only with --allow-passwords",
                    member.email
                ),
            ));
        }
        let address = address(&member.email)?;
        let folded = address.folded();
        let is_known = app
            .db
            .look_up(async |tx| user::by_address(tx, &folded).await)
            .await?
            .is_some();
        if !is_known && !hashes.contains_key(&folded) {
            let words = [
                member.email.as_str(),
                member.given_name.as_str(),
                member.family_name.as_str(),
            ];
            crate::password::check(app, password, &words)
                .map_err(|fault| Error::invalid("password", format!("{}: {fault}", member.email)))?;
            hashes.insert(folded, crate::password::hash(app, password).await?);
        }
    }
    let secret = || Secret::new(OpaqueToken::from_bytes(app.rng.bytes()).text());
    let of_applications = state.application.iter().map(|it| it.id.clone());
    let of_clients = state.client.iter().map(|it| it.id.clone());
    let clients = of_applications
        .chain(of_clients)
        .map(|id| (id, secret()))
        .collect();
    let token = || Secret::new(OpaqueToken::with_prefix("lk_scim_", app.rng.bytes()).text());
    let tokens = state
        .scim_token
        .iter()
        .map(|it| ((it.account.clone(), it.name.clone()), token()))
        .collect();
    Ok(Prepared {
        hashes,
        clients,
        tokens,
    })
}

pub(super) fn address(text: &str) -> Result<EmailAddress> {
    EmailAddress::parse(text).map_err(|fault| Error::invalid("email", format!("{text}: {fault}")))
}
