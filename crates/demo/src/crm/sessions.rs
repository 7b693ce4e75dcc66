//! The CRM's own sessions, in memory, under opaque ids in a cookie.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};
use openidconnect::{AccessToken, CsrfToken, Nonce, PkceCodeVerifier, RefreshToken};

use super::access::AccessClaims;

const NAME: &str = "crm_session";
/// Beyond this many, sessions in which nobody is signed in are dropped.
const MOST: usize = 10_000;
/// Sign-ins that one browser may have under way at a time (tabs).
const MOST_PENDING: usize = 5;

/// A sign-in under way, kept until the provider sends the person back.
pub(super) struct Pending {
    pub state: CsrfToken,
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
}

/// Somebody signed in.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub subject: String,
    pub name: String,
    pub email: String,
    pub access: AccessClaims,
    /// The ID token as it came, for signing out.
    pub id_token: String,
    pub id_token_claims: serde_json::Value,
    pub user_info: serde_json::Value,
    pub access_token: AccessToken,
    pub refresh_token: Option<RefreshToken>,
}

#[derive(Default)]
struct Session {
    csrf: String,
    pending: Vec<Pending>,
    signed_in: Option<SignedIn>,
}

/// All sessions.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// The id in a request's cookie.
    pub fn id(headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(';'))
            .filter_map(|it| it.trim().split_once('='))
            .find(|(name, _)| *name == NAME)
            .map(|(_, id)| id.to_owned())
    }

    /// The cookie that keeps an id.
    pub fn cookie(id: &str, secure: bool) -> Option<HeaderValue> {
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{NAME}={id}; Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).ok()
    }

    /// Who is signed in, and the token for their forms.
    pub fn signed_in(&self, headers: &HeaderMap) -> Option<(SignedIn, String)> {
        let id = Self::id(headers)?;
        self.within(|all| {
            let session = all.get(&id)?;
            Some((session.signed_in.clone()?, session.csrf.clone()))
        })
    }

    /// Remembers a sign-in under way, in this browser's session or a new one, and answers its id.
    pub fn begin(&self, headers: &HeaderMap, pending: Pending) -> String {
        let known = Self::id(headers);
        self.within(|all| {
            let id = match known.filter(|id| all.contains_key(id)) {
                Some(id) => id,
                None => random(),
            };
            make_room(all);
            let session = all.entry(id.clone()).or_insert_with(Session::fresh);
            if session.pending.len() >= MOST_PENDING {
                session.pending.remove(0);
            }
            session.pending.push(pending);
            id
        })
    }

    /// Takes the sign-in that was begun in this browser with this state: once only.
    pub fn take(&self, headers: &HeaderMap, state: &str) -> Option<Pending> {
        let id = Self::id(headers)?;
        self.within(|all| {
            let pending = &mut all.get_mut(&id)?.pending;
            let at = pending.iter().position(|it| it.state.secret() == state)?;
            Some(pending.remove(at))
        })
    }

    /// Ends the browser's session and opens one for who signed in, under a new id.
    pub fn open(&self, headers: &HeaderMap, person: SignedIn) -> String {
        let id = random();
        let old = Self::id(headers);
        self.within(|all| {
            if let Some(old) = old {
                all.remove(&old);
            }
            let session = Session {
                signed_in: Some(person),
                ..Session::fresh()
            };
            all.insert(id.clone(), session);
        });
        id
    }

    /// Keeps what a refresh brought.
    pub fn renew(&self, headers: &HeaderMap, person: SignedIn) {
        let Some(id) = Self::id(headers) else { return };
        self.within(|all| {
            if let Some(session) = all.get_mut(&id) {
                session.signed_in = Some(person);
            }
        });
    }

    /// Ends the browser's session.
    pub fn close(&self, headers: &HeaderMap) {
        let Some(id) = Self::id(headers) else { return };
        self.within(|all| all.remove(&id));
    }

    fn within<T>(&self, act: impl FnOnce(&mut HashMap<String, Session>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Session {
    fn fresh() -> Self {
        Self {
            csrf: random(),
            ..Self::default()
        }
    }
}

fn make_room(all: &mut HashMap<String, Session>) {
    if all.len() >= MOST {
        all.retain(|_, it| it.signed_in.is_some());
    }
}

/// 256 random bits as base64url.
fn random() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(state: &str) -> Pending {
        Pending {
            state: CsrfToken::new(state.to_owned()),
            nonce: Nonce::new_random(),
            verifier: PkceCodeVerifier::new("v".repeat(43)),
        }
    }

    fn browser(id: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = format!("other=1; {NAME}={id}");
        headers.insert(COOKIE, HeaderValue::from_str(&value).unwrap());
        headers
    }

    fn person() -> SignedIn {
        SignedIn {
            subject: "s".to_owned(),
            name: "Stan".to_owned(),
            email: "stan@acme.example".to_owned(),
            access: AccessClaims::default(),
            id_token: String::new(),
            id_token_claims: serde_json::Value::Null,
            user_info: serde_json::Value::Null,
            access_token: AccessToken::new("a".to_owned()),
            refresh_token: None,
        }
    }

    #[test]
    fn a_state_is_good_once_and_in_its_browser_only() {
        let sessions = Sessions::default();
        let id = sessions.begin(&HeaderMap::new(), pending("one"));
        assert!(sessions.take(&browser("another"), "one").is_none());
        assert!(sessions.take(&browser(&id), "two").is_none());
        assert!(sessions.take(&browser(&id), "one").is_some());
        assert!(sessions.take(&browser(&id), "one").is_none());
    }

    #[test]
    fn signing_in_changes_the_id_of_the_session() {
        let sessions = Sessions::default();
        let before = sessions.begin(&HeaderMap::new(), pending("one"));
        let after = sessions.open(&browser(&before), person());
        assert_ne!(before, after);
        assert!(sessions.signed_in(&browser(&before)).is_none());
        assert!(sessions.signed_in(&browser(&after)).is_some());
        sessions.close(&browser(&after));
        assert!(sessions.signed_in(&browser(&after)).is_none());
    }

    #[test]
    fn a_browser_keeps_a_few_sign_ins_under_way() {
        let sessions = Sessions::default();
        let id = sessions.begin(&HeaderMap::new(), pending("0"));
        for state in 1..=MOST_PENDING {
            assert_eq!(sessions.begin(&browser(&id), pending(&state.to_string())), id);
        }
        assert!(sessions.take(&browser(&id), "0").is_none());
        assert!(sessions.take(&browser(&id), "1").is_some());
    }
}
