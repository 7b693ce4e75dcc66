//! Terms of use: what a person still has to accept, and its acceptance (docs: "Terms of use").

use std::collections::BTreeSet;

use latchkey_crypto::encoding::sha256_base64url;
use latchkey_domain::audit::Action;
use latchkey_domain::id::{AccountId, TermsId, UserId};
use latchkey_domain::terms::{self, Acceptance, Terms};
use latchkey_domain::time::Timestamp;
use latchkey_store::sql::Tx;
use latchkey_store::terms as kept;
use serde_json::json;

use crate::audit::Entry;
use crate::{App, Caller, Error, Result};

/// The language of terms where a person reads none that they are in.
const FALLBACK: &str = "en";

/// One version as it is shown to a person, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which terms.
    pub id: TermsId,
    /// The account whose own they are; the installation's otherwise.
    pub account: Option<AccountId>,
    /// The version.
    pub version: String,
    /// Since when they are in force.
    pub effective_at: Timestamp,
    /// The language of the text (BCP 47).
    pub language: String,
    /// The text, Markdown.
    pub text: String,
}

impl Shown {
    /// The terms in the first of these languages that they have.
    pub fn of(terms: &Terms, languages: &[String]) -> Option<Self> {
        let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
        let (language, text) = terms.text(&languages, FALLBACK)?;
        Some(Self {
            id: terms.id.clone(),
            account: terms.account.clone(),
            version: terms.version.clone(),
            effective_at: terms.effective_at,
            language: language.to_owned(),
            text: text.to_owned(),
        })
    }

    /// The digest of the text, as it is kept with an acceptance.
    pub fn digest(&self) -> String {
        sha256_base64url(&self.text)
    }

    /// The heading that the text begins with, and the rest; none where it begins otherwise.
    pub fn title_and_body(&self) -> (Option<&str>, &str) {
        let text = self.text.trim_start();
        let Some(heading) = text.strip_prefix("# ") else {
            return (None, text);
        };
        let (title, body) = heading.split_once('\n').unwrap_or((heading, ""));
        (Some(title.trim().trim_end_matches('#').trim()), body)
    }
}

/// What a person has to accept before anything is issued for this account: none, the
/// installation's, the account's, or both.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn outstanding(
    app: &App,
    tx: &mut Tx,
    user: &UserId,
    account: Option<&AccountId>,
) -> Result<Vec<Terms>> {
    let accepted = kept::acceptances(tx, user)
        .await?
        .into_iter()
        .map(|it| it.terms)
        .collect();
    left(app, tx, &accepted, account).await
}

/// What somebody who is no user yet has to accept.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn for_newcomer(app: &App, tx: &mut Tx, account: Option<&AccountId>) -> Result<Vec<Terms>> {
    left(app, tx, &BTreeSet::new(), account).await
}

/// The first of what somebody who is no user yet has to accept, as it is shown.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn next_for_newcomer(
    app: &App,
    account: &AccountId,
    languages: &[String],
) -> Result<Option<Shown>> {
    let wanted = app
        .db
        .read(async |tx| for_newcomer(app, tx, Some(account)).await)
        .await?;
    Ok(wanted.first().and_then(|it| Shown::of(it, languages)))
}

async fn left(
    app: &App,
    tx: &mut Tx,
    accepted: &BTreeSet<TermsId>,
    account: Option<&AccountId>,
) -> Result<Vec<Terms>> {
    let all = kept::applicable(tx, account).await?;
    Ok(terms::outstanding(&all, accepted, account, app.now())
        .into_iter()
        .cloned()
        .collect())
}

/// Records that a person accepted this text.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn accept(app: &App, tx: &mut Tx, caller: &Caller, user: &UserId, shown: &Shown) -> Result<()> {
    let acceptance = Acceptance {
        user: user.clone(),
        terms: shown.id.clone(),
        language: shown.language.clone(),
        digest: shown.digest(),
        accepted_at: app.now(),
        address: caller.address.clone(),
    };
    kept::accept(tx, &acceptance).await?;
    let mut entry = Entry::new(caller, Action::TermsAccepted).target("terms", &shown.id);
    if let Some(account) = &shown.account {
        entry = entry.account(account);
    }
    entry
        .after(json!({
            "user": user,
            "version": shown.version,
            "language": shown.language,
            "digest": acceptance.digest,
        }))
        .write(app, tx)
        .await
}

/// What the page between signing in and going on shows.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The terms to accept now; more may follow.
    pub shown: Shown,
    /// When the person last accepted terms of the same scope.
    pub last_accepted: Option<Timestamp>,
    /// What is new since then, Markdown.
    pub changes: Option<String>,
}

/// The next terms that a person has to accept for this account, with what changed in them.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn next(
    app: &App,
    user: &UserId,
    account: Option<&AccountId>,
    languages: &[String],
) -> Result<Option<Asked>> {
    app.db
        .read(async |tx| {
            let Some(terms) = outstanding(app, tx, user, account).await?.into_iter().next() else {
                return Ok(None);
            };
            let Some(shown) = Shown::of(&terms, languages) else {
                return Ok(None);
            };
            let all = kept::applicable(tx, account).await?;
            let before = kept::acceptances(tx, user)
                .await?
                .into_iter()
                .rev()
                .find_map(|it| {
                    let earlier = all
                        .iter()
                        .find(|one| one.id == it.terms && one.account == terms.account)?;
                    Some((it.accepted_at, earlier.texts.get(&shown.language).cloned()))
                });
            let changes = before
                .as_ref()
                .and_then(|(_, text)| text.as_deref())
                .and_then(|earlier| changes(earlier, &shown.text));
            Ok::<_, Error>(Some(Asked {
                last_accepted: before.map(|(at, _)| at),
                changes,
                shown,
            }))
        })
        .await
}

/// How accepting went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left to accept.
    Done,
    /// More is to be accepted: the account's own, or a version that came in the meantime.
    MoreToAccept,
}

/// A signed-in person accepts the version they were shown.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn accept_version(
    app: &App,
    caller: &Caller,
    (user, account): (&UserId, Option<&AccountId>),
    version: &str,
    languages: &[String],
) -> Result<Outcome> {
    app.db
        .write(async |tx| {
            let left = outstanding(app, tx, user, account).await?;
            // Only the first is shown; a version of the account's may be called as the installation's.
            let Some(wanted) = left.first() else {
                return Ok(Outcome::Done);
            };
            if wanted.version != version {
                return Ok(Outcome::MoreToAccept);
            }
            let shown = Shown::of(wanted, languages).ok_or(Error::NotFound)?;
            accept(app, tx, caller, user, &shown).await?;
            Ok::<_, Error>(if left.len() > 1 {
                Outcome::MoreToAccept
            } else {
                Outcome::Done
            })
        })
        .await
}

/// The terms of this version, the installation's or an account's own, for anyone to read.
///
/// # Errors
/// [`Error::NotFound`] for a version that was not published.
pub async fn read(
    app: &App,
    account: Option<&AccountId>,
    version: &str,
    languages: &[String],
) -> Result<Shown> {
    let found = app
        .db
        .read(async |tx| kept::by_version(tx, account, version).await)
        .await?;
    found
        .and_then(|it| Shown::of(&it, languages))
        .ok_or(Error::NotFound)
}

/// The paragraphs of the new text that the earlier one does not have; none where there are no
/// such, or hardly any other.
fn changes(earlier: &str, text: &str) -> Option<String> {
    let known: BTreeSet<&str> = paragraphs(earlier).collect();
    let all = paragraphs(text).count();
    let new: Vec<&str> = paragraphs(text).filter(|it| !known.contains(it)).collect();
    let tells_something = !new.is_empty() && new.len() * 2 <= all;
    tells_something.then(|| new.join("\n\n"))
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|it| !it.is_empty() && !it.starts_with("# "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Shown {
        Shown {
            id: TermsId::new("t"),
            account: None,
            version: "2026-11".to_owned(),
            effective_at: Timestamp(0),
            language: "en".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_first_heading_is_the_title() {
        assert_eq!(
            shown("# Terms of Use\n\nBe kind.").title_and_body(),
            (Some("Terms of Use"), "\nBe kind.")
        );
        assert_eq!(shown("Be kind.").title_and_body(), (None, "Be kind."));
        assert_eq!(shown("# Terms").title_and_body(), (Some("Terms"), ""));
    }

    #[test]
    fn changes_are_the_paragraphs_that_are_new() {
        let earlier = "# Terms\n\nBe kind.\n\nPay in time.\n\nSleep well.";
        let text = "# Terms, again\n\nBe kind.\n\nPay within 30 days.\n\nSleep well.\n\nEat.";
        assert_eq!(
            changes(earlier, text).as_deref(),
            Some("Pay within 30 days.\n\nEat.")
        );
        assert_eq!(changes(earlier, earlier), None);
    }

    #[test]
    fn a_text_written_anew_has_no_list_of_changes() {
        assert_eq!(changes("One.\n\nTwo.", "Three.\n\nFour."), None);
    }

    #[test]
    fn the_digest_is_of_the_very_text() {
        assert_ne!(shown("a").digest(), shown("b").digest());
    }
}
