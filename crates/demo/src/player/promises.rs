//! What the service has acknowledged, to be found again after a crash.

use std::time::Instant;

use axum::http::Method;
use serde_json::Value;
use url::Url;

use super::browser::Browser;
use super::http::Ask;
use super::mail::{self, Mail};
use super::play::Play;
use super::wrong::{Seen, ensure, wrong};
use crate::state::Scim;

/// Everything acknowledged so far.
#[derive(Default)]
pub(super) struct Promises {
    members: Vec<Member>,
    mails: Vec<Mail>,
    sessions: Vec<(String, Browser)>,
    tokens: Vec<Token>,
    permissions: Vec<Permission>,
    is_any: bool,
}

/// A member, as an HR system sees it.
struct Member {
    hr: Scim,
    id: String,
    /// JSON pointers and the values there.
    facts: Vec<(String, Value)>,
}

/// An access token.
struct Token {
    value: String,
    is_active: bool,
    until: Instant,
}

/// What `latchkey explain` says of one permission of a member.
struct Permission {
    email: String,
    permission: String,
    is_allowed: bool,
}

impl Promises {
    pub fn is_empty(&self) -> bool {
        !self.is_any
    }

    /// From now on there is something to lose.
    pub fn begin(&mut self) {
        self.is_any = true;
    }

    /// A member has this value at this JSON pointer.
    pub fn member(&mut self, hr: &Scim, id: &str, pointer: &str, value: Value) {
        let at = self.members.iter().position(|it| it.id == id).unwrap_or_else(|| {
            self.members.push(Member {
                hr: hr.clone(),
                id: id.to_owned(),
                facts: Vec::new(),
            });
            self.members.len() - 1
        });
        if let Some(member) = self.members.get_mut(at) {
            member.facts.retain(|(known, _)| known != pointer);
            member.facts.push((pointer.to_owned(), value));
        }
    }

    /// A mail is in the box.
    pub fn mail(&mut self, mail: Mail) {
        self.mails.push(mail);
    }

    /// A person is signed in with this browser.
    pub fn session(&mut self, email: &str, browser: &Browser) {
        self.sessions.push((email.to_owned(), browser.clone()));
    }

    /// An access token is active, or not, until it expires anyway.
    pub fn token(&mut self, value: &str, is_active: bool, until: Instant) {
        self.tokens.retain(|it| it.value != value);
        self.tokens.push(Token {
            value: value.to_owned(),
            is_active,
            until,
        });
    }

    /// No token issued so far is active any more.
    pub fn no_token_is_active(&mut self) {
        for token in &mut self.tokens {
            token.is_active = false;
        }
    }

    /// A member of Acme has a permission of the CRM, or not.
    pub fn permission(&mut self, email: &str, permission: &str, is_allowed: bool) {
        self.permissions
            .retain(|it| it.email != email || it.permission != permission);
        self.permissions.push(Permission {
            email: email.to_owned(),
            permission: permission.to_owned(),
            is_allowed,
        });
    }

    /// A member of Acme has none of the permissions any more.
    pub fn no_permission(&mut self, email: &str) {
        for permission in &mut self.permissions {
            permission.is_allowed &= permission.email != email;
        }
    }

    /// Looks for everything.
    pub async fn check(&self, play: &Play) -> Seen {
        let result = self.check_all(play).await;
        result.or_else(|found| wrong(format!("after the restart: {}", found.0)))
    }

    async fn check_all(&self, play: &Play) -> Seen {
        let node = play.node()?;
        for member in &self.members {
            member.check(play, &node).await?;
        }
        let mails = mail::all(play, &node).await?;
        for promised in &self.mails {
            ensure!(
                mails.iter().any(|it| it.is_same(promised)),
                "the mail to {} is gone",
                promised.to
            );
        }
        mail::none_twice(&mails)?;
        for (email, browser) in &self.sessions {
            check_session(&node, email, browser).await?;
        }
        for token in &self.tokens {
            token.check(play, &node).await?;
        }
        for permission in &self.permissions {
            permission.check(play).await?;
        }
        Ok(())
    }
}

impl Member {
    async fn check(&self, play: &Play, node: &str) -> Seen {
        let hr = Scim {
            url: self.hr.url.replace(&play.issuer, node),
            ..self.hr.clone()
        };
        let path = format!("/Users/{}", self.id);
        let answer = play.scim(&hr, Method::GET, &path, None).await?;
        ensure!(
            answer.status == 200,
            "the member {} is gone: {}",
            self.id,
            answer.brief()
        );
        let member = answer.json()?;
        for (pointer, value) in &self.facts {
            let found = member.pointer(pointer);
            ensure!(
                found == Some(value),
                "the member {} has {found:?} at {pointer}, not {value}",
                self.id
            );
        }
        Ok(())
    }
}

impl Token {
    async fn check(&self, play: &Play, node: &str) -> Seen {
        if Instant::now() >= self.until {
            return Ok(());
        }
        let url = format!("{node}/oauth2/introspect");
        let fields = [("token", self.value.as_str())];
        let answer = play.as_client("crm", &url, &fields).await?.json()?;
        let found = answer.get("active").and_then(Value::as_bool);
        ensure!(
            found == Some(self.is_active),
            "an access token that was active: {} is now {answer}",
            self.is_active
        );
        Ok(())
    }
}

impl Permission {
    async fn check(&self, play: &Play) -> Seen {
        let explained = super::parts::changed::explain(play, &self.email, &self.permission).await?;
        ensure!(
            explained.is_allowed == self.is_allowed,
            "{} of {} is allowed: {}",
            self.permission,
            self.email,
            explained.is_allowed
        );
        Ok(())
    }
}

async fn check_session(node: &str, email: &str, browser: &Browser) -> Seen {
    let address: Url = node.parse()?;
    let mut browser = browser.clone().with_cookies_at(&address);
    let answer = browser.once(Ask::get(&format!("{node}/account"))?).await?;
    ensure!(
        answer.status == 200 && answer.text().contains(email),
        "{email} is no longer signed in: {}",
        answer.status
    );
    Ok(())
}
