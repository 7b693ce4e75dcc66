//! What a node remembers, and how it learns that it is no longer true.
//!
//! Whoever changes configuration or access tells so in the same transaction
//! (`tx.notify("client ID")`); [`Cache::heed`] forgets what a notice names, on this node and on
//! every other one, and everything after a gap in the notices. What a transaction relies on is
//! checked against versions read in it; what is answered from memory alone (UserInfo,
//! introspection) is kept for less than a second.

use std::sync::Arc;
use std::time::Duration;

use latchkey_domain::id::{AccountId, ApplicationId, ClientId, GrantId, MemberId};
use moka::sync::Cache as Memory;

use crate::access::{Facts, Scene};
use crate::oauth::client_credentials::Placed;

/// How long an answer from memory alone may be behind the database.
const AT_MOST_BEHIND: Duration = Duration::from_millis(800);

/// The caches of one node.
#[derive(Debug)]
pub struct Cache {
    facts: Memory<(AccountId, MemberId), Arc<Facts>>,
    scenes: Memory<(AccountId, ApplicationId), Arc<Scene>>,
    clients: Memory<ClientId, Arc<crate::client::Client>>,
    standings: Memory<GrantId, crate::grant::Standing>,
    tokens: Memory<String, bool>,
    services: Memory<(ClientId, String), Placed>,
}

impl Cache {
    /// Empty caches.
    pub(crate) fn new() -> Self {
        Self {
            facts: Memory::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(600)).build(),
            scenes: Memory::builder().max_capacity(5_000).time_to_live(Duration::from_secs(60)).build(),
            clients: Memory::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60)).build(),
            standings: Memory::builder().max_capacity(50_000).time_to_live(AT_MOST_BEHIND).build(),
            services: Memory::builder().max_capacity(5_000).time_to_live(AT_MOST_BEHIND).build(),
            tokens: Memory::builder().max_capacity(50_000).time_to_live(AT_MOST_BEHIND).build(),
        }
    }

    pub(crate) fn facts(&self, account: &AccountId, member: &MemberId) -> Option<Arc<Facts>> {
        self.facts.get(&(account.clone(), member.clone()))
    }

    pub(crate) fn keep_facts(&self, facts: Arc<Facts>) {
        self.facts.insert((facts.account.id.clone(), facts.member.id.clone()), facts);
    }

    pub(crate) fn scene(&self, account: &AccountId, application: &ApplicationId) -> Option<Arc<Scene>> {
        self.scenes.get(&(account.clone(), application.clone()))
    }

    pub(crate) fn keep_scene(&self, account: &AccountId, application: &ApplicationId, scene: Arc<Scene>) {
        self.scenes.insert((account.clone(), application.clone()), scene);
    }

    pub(crate) fn client(&self, id: &ClientId) -> Option<Arc<crate::client::Client>> {
        self.clients.get(id)
    }

    pub(crate) fn keep_client(&self, id: &ClientId, client: Arc<crate::client::Client>) {
        self.clients.insert(id.clone(), client);
    }

    pub(crate) fn standing(&self, grant: &GrantId) -> Option<crate::grant::Standing> {
        self.standings.get(grant)
    }

    pub(crate) fn keep_standing(&self, grant: &GrantId, standing: crate::grant::Standing) {
        self.standings.insert(grant.clone(), standing);
    }

    /// Whether an access token was revoked by itself.
    pub(crate) fn is_token_revoked(&self, jti: &str) -> Option<bool> {
        self.tokens.get(jti)
    }

    pub(crate) fn keep_token(&self, jti: &str, revoked: bool) {
        self.tokens.insert(jti.to_owned(), revoked);
    }

    pub(crate) fn service(&self, key: &(ClientId, String)) -> Option<Placed> {
        self.services.get(key)
    }

    pub(crate) fn keep_service(&self, key: (ClientId, String), placed: Placed) {
        self.services.insert(key, placed);
    }

    pub(crate) fn forget_standing(&self, grant: &GrantId) {
        self.standings.invalidate(grant);
    }

    /// Forgets all.
    pub fn forget_everything(&self) {
        self.facts.invalidate_all();
        self.scenes.invalidate_all();
        self.clients.invalidate_all();
        self.standings.invalidate_all();
        self.tokens.invalidate_all();
        self.services.invalidate_all();
    }

    /// Forgets what a notice names.
    pub fn heed(&self, notice: &str) {
        match notice.split_once(' ') {
            Some(("client", id)) => self.clients.invalidate(&ClientId::new(id)),
            Some(("grant", id)) => self.standings.invalidate(&GrantId::new(id)),
            Some(("application", _)) => {
                self.scenes.invalidate_all();
                self.clients.invalidate_all();
            }
            // Facts are checked by version; standings end by themselves within a second.
            Some(("access", _)) => self.standings.invalidate_all(),
            _ => self.forget_everything(),
        }
    }
}
