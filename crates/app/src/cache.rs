//! What a node remembers, and how it learns that it is no longer true.
//!
//! Whoever changes configuration or access tells so in the same transaction
//! (`tx.notify("client ID")`); [`Cache::heed`] forgets what a notice names, on this node and on
//! every other one, and everything after a gap in the notices. What a transaction relies on is
//! checked against versions read in it; what is answered from memory alone (UserInfo,
//! introspection) is kept for less than a second. What has no version is kept only once a while
//! has passed since the last change: a transaction that began before it may still read what was.
//! What follows from what is known (that a signature is good, which permissions a member's facts
//! give) is remembered longer, and says with each use whether it still holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use latchkey_domain::id::{AccountId, ApplicationId, ClientId, GrantId, MemberId, UserId};
use latchkey_domain::time::Timestamp;
use moka::sync::Cache as Memory;

use crate::access::{Facts, Scene};
use crate::known::{Known, Person};
use crate::oauth::access_token::Genuine;
use crate::oauth::claims::Entitled;
use crate::oauth::client_credentials::Placed;

/// How long an answer from memory alone may be behind the database.
const AT_MOST_BEHIND: Duration = Duration::from_millis(800);
/// Longer than a transaction takes from its beginning to its last read.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// The caches of one node.
#[derive(Debug)]
pub struct Cache {
    members: Memory<(AccountId, MemberId), Arc<Known>>,
    people: Memory<UserId, Arc<Person>>,
    scenes: Memory<(AccountId, ApplicationId), Arc<Scene>>,
    /// By where facts and scene lie in memory: see [`Entitled::holds`].
    entitled: Memory<(usize, usize), Arc<Entitled>>,
    clients: Memory<ClientId, Arc<crate::client::Client>>,
    standings: Memory<GrantId, crate::grant::Standing>,
    /// By the SHA-256 of the whole token.
    genuine: Memory<[u8; 32], Arc<Genuine>>,
    tokens: Memory<String, bool>,
    services: Memory<(ClientId, String), Placed>,
    changes: Changes,
}

/// When configuration last changed.
#[derive(Debug)]
struct Changes {
    began: Instant,
    /// In milliseconds since `began`; nothing has changed while it is 0.
    last: AtomicU64,
}

impl Changes {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn note(&self) {
        self.last.store(self.now().max(1), Ordering::SeqCst);
    }

    fn are_settled(&self, for_so_long: Duration) -> bool {
        let last = self.last.load(Ordering::SeqCst);
        last == 0 || u128::from(self.now().saturating_sub(last)) >= for_so_long.as_millis()
    }
}

impl Cache {
    /// Empty caches.
    pub(crate) fn new() -> Self {
        Self {
            members: Memory::builder()
                .max_capacity(20_000)
                .time_to_idle(Duration::from_secs(600))
                .build(),
            people: Memory::builder()
                .max_capacity(20_000)
                .time_to_idle(Duration::from_secs(600))
                .build(),
            scenes: Memory::builder()
                .max_capacity(5_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            entitled: Memory::builder()
                .max_capacity(4_000)
                .time_to_idle(Duration::from_secs(60))
                .build(),
            clients: Memory::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            standings: Memory::builder()
                .max_capacity(50_000)
                .time_to_live(AT_MOST_BEHIND)
                .build(),
            services: Memory::builder()
                .max_capacity(5_000)
                .time_to_live(AT_MOST_BEHIND)
                .build(),
            genuine: Memory::builder()
                .max_capacity(20_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            tokens: Memory::builder()
                .max_capacity(50_000)
                .time_to_live(AT_MOST_BEHIND)
                .build(),
            changes: Changes::new(),
        }
    }

    pub(crate) fn member(&self, account: &AccountId, member: &MemberId) -> Option<Arc<Known>> {
        self.members.get(&(account.clone(), member.clone()))
    }

    pub(crate) fn keep_member(&self, known: Arc<Known>) {
        let facts = &known.facts;
        self.members
            .insert((facts.account.id.clone(), facts.member.id.clone()), known);
    }

    pub(crate) fn person(&self, user: &UserId) -> Option<Arc<Person>> {
        self.people.get(user)
    }

    pub(crate) fn keep_person(&self, person: Arc<Person>) {
        self.people.insert(person.user.id.clone(), person);
    }

    pub(crate) fn scene(&self, account: &AccountId, application: &ApplicationId) -> Option<Arc<Scene>> {
        self.scenes.get(&(account.clone(), application.clone()))
    }

    pub(crate) fn keep_scene(&self, account: &AccountId, application: &ApplicationId, scene: Arc<Scene>) {
        let key = (account.clone(), application.clone());
        self.scenes.insert(key.clone(), scene);
        // In this order: a notice that comes in between is heeded here or finds what was inserted.
        if !self.changes.are_settled(SETTLED_AFTER) {
            self.scenes.invalidate(&key);
        }
    }

    /// What these facts give in this scene, if it was worked out and holds now.
    pub(crate) fn entitled(
        &self,
        facts: &Arc<Facts>,
        scene: &Arc<Scene>,
        now: Timestamp,
    ) -> Option<Arc<Entitled>> {
        self.entitled
            .get(&places(facts, scene))
            .filter(|it| it.holds(facts, scene, now))
    }

    pub(crate) fn keep_entitled(&self, facts: &Arc<Facts>, scene: &Arc<Scene>, entitled: Arc<Entitled>) {
        self.entitled.insert(places(facts, scene), entitled);
    }

    pub(crate) fn client(&self, id: &ClientId) -> Option<Arc<crate::client::Client>> {
        self.clients.get(id)
    }

    pub(crate) fn keep_client(&self, id: &ClientId, client: Arc<crate::client::Client>) {
        self.clients.insert(id.clone(), client);
        if !self.changes.are_settled(SETTLED_AFTER) {
            self.clients.invalidate(id);
        }
    }

    pub(crate) fn standing(&self, grant: &GrantId) -> Option<crate::grant::Standing> {
        self.standings.get(grant)
    }

    pub(crate) fn keep_standing(&self, grant: &GrantId, standing: crate::grant::Standing) {
        self.standings.insert(grant.clone(), standing);
    }

    /// An access token whose signature was good; its key and its times are judged by whoever asks.
    pub(crate) fn genuine(&self, digest: &[u8; 32]) -> Option<Arc<Genuine>> {
        self.genuine.get(digest)
    }

    pub(crate) fn keep_genuine(&self, digest: [u8; 32], token: Arc<Genuine>) {
        self.genuine.insert(digest, token);
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
        self.changes.note();
        self.members.invalidate_all();
        self.people.invalidate_all();
        self.scenes.invalidate_all();
        self.entitled.invalidate_all();
        self.clients.invalidate_all();
        self.standings.invalidate_all();
        self.genuine.invalidate_all();
        self.tokens.invalidate_all();
        self.services.invalidate_all();
    }

    /// Forgets what a notice names.
    pub fn heed(&self, notice: &str) {
        match notice.split_once(' ') {
            Some(("client", id)) => {
                self.changes.note();
                self.clients.invalidate(&ClientId::new(id));
            }
            Some(("grant", id)) => self.standings.invalidate(&GrantId::new(id)),
            Some(("application", _)) => {
                self.changes.note();
                self.scenes.invalidate_all();
                self.clients.invalidate_all();
            }
            // Members are checked by version; standings end by themselves within a second.
            Some(("access", _)) => self.standings.invalidate_all(),
            _ => self.forget_everything(),
        }
    }
}

fn places(facts: &Arc<Facts>, scene: &Arc<Scene>) -> (usize, usize) {
    (Arc::as_ptr(facts).addr(), Arc::as_ptr(scene).addr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_about_the_time_of_a_change_is_not_kept() {
        let changes = Changes::new();
        assert!(changes.are_settled(SETTLED_AFTER));
        changes.note();
        assert!(!changes.are_settled(SETTLED_AFTER));
        assert!(changes.are_settled(Duration::ZERO));
    }

    #[test]
    fn a_scene_read_before_a_change_and_kept_after_it_is_not_found() {
        let cache = Cache::new();
        let (account, application) = (AccountId::new("acme"), ApplicationId::new("crm"));
        let before = Arc::new(Scene {
            catalogue: latchkey_domain::catalogue::latchkey(),
            enabled: true,
        });
        cache.keep_scene(&account, &application, Arc::clone(&before));
        assert!(cache.scene(&account, &application).is_some());
        cache.heed("application crm");
        cache.keep_scene(&account, &application, before);
        assert!(cache.scene(&account, &application).is_none());
    }
}
