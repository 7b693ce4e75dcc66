//! Terms of use: versioned documents and their acceptance. Docs: "Terms of use".

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, TermsId, UserId};
use crate::time::Timestamp;

/// One version of the terms of the installation or of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Its id.
    pub id: TermsId,
    /// The account whose own terms these are; `None` for the installation's.
    pub account: Option<AccountId>,
    /// The version as people know it, such as `2026-11`.
    pub version: String,
    /// Whether nobody goes on without accepting it.
    pub required: bool,
    /// From when on it is in force.
    pub effective_at: Timestamp,
    /// The text (Markdown) per language (BCP 47).
    pub texts: BTreeMap<String, String>,
}

/// That a user accepted one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Who.
    pub user: UserId,
    /// Which version.
    pub terms: TermsId,
    /// In which language it was shown.
    pub language: String,
    /// The digest of the very text shown.
    pub digest: String,
    /// When.
    pub accepted_at: Timestamp,
    /// From which network address.
    pub address: Option<String>,
}

impl Terms {
    /// Whether it is in force.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.effective_at <= now
    }

    /// The text in the first of these languages that it has (`de-CH` is served by `de`), else in
    /// `fallback`, else in any; with the language it is in.
    pub fn text(&self, languages: &[&str], fallback: &str) -> Option<(&str, &str)> {
        let of = |wanted: &str| {
            let primary = wanted.split('-').next().unwrap_or(wanted);
            [wanted, primary].into_iter().find_map(|it| {
                self.texts
                    .iter()
                    .find(|(language, _)| language.eq_ignore_ascii_case(it))
            })
        };
        languages
            .iter()
            .find_map(|it| of(it))
            .or_else(|| of(fallback))
            .or_else(|| self.texts.iter().next())
            .map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// What later versions are told by: the date, then the version, then the id.
    fn order(&self) -> (Timestamp, &str, &TermsId) {
        (self.effective_at, &self.version, &self.id)
    }
}

/// The newest terms in force of one scope: of an account, or of the installation.
pub fn in_force<'a>(terms: &'a [Terms], account: Option<&AccountId>, now: Timestamp) -> Option<&'a Terms> {
    of_scope(terms, account)
        .filter(|it| it.is_in_force(now))
        .max_by_key(|it| it.order())
}

/// What the person has to accept before anything is issued for this account: the newest required
/// terms in force of the installation, then of the account, unless these or later ones in force
/// of the same scope are accepted.
pub fn outstanding<'a>(
    terms: &'a [Terms],
    accepted: &BTreeSet<TermsId>,
    account: Option<&AccountId>,
    now: Timestamp,
) -> Vec<&'a Terms> {
    let mut scopes = vec![None];
    scopes.extend(account.map(Some));
    scopes
        .into_iter()
        .filter_map(|scope| outstanding_of(terms, accepted, scope, now))
        .collect()
}

fn outstanding_of<'a>(
    terms: &'a [Terms],
    accepted: &BTreeSet<TermsId>,
    scope: Option<&AccountId>,
    now: Timestamp,
) -> Option<&'a Terms> {
    let in_force = || of_scope(terms, scope).filter(|it| it.is_in_force(now));
    let newest = in_force().filter(|it| it.required).max_by_key(|it| it.order())?;
    let satisfied = in_force().any(|it| it.order() >= newest.order() && accepted.contains(&it.id));
    (!satisfied).then_some(newest)
}

fn of_scope<'a>(terms: &'a [Terms], scope: Option<&AccountId>) -> impl Iterator<Item = &'a Terms> {
    terms.iter().filter(move |it| it.account.as_ref() == scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(id: &str, account: Option<&str>, required: bool, effective_at: i64) -> Terms {
        Terms {
            id: TermsId::new(id),
            account: account.map(AccountId::new),
            version: id.to_owned(),
            required,
            effective_at: Timestamp(effective_at),
            texts: BTreeMap::from([
                ("en".to_owned(), "Terms".to_owned()),
                ("de".to_owned(), "Bedingungen".to_owned()),
            ]),
        }
    }

    fn ids(accepted: &[&str], now: i64, all: &[Terms], account: Option<&str>) -> Vec<String> {
        let accepted = accepted.iter().map(|it| TermsId::new(*it)).collect();
        let account = account.map(AccountId::new);
        outstanding(all, &accepted, account.as_ref(), Timestamp(now))
            .into_iter()
            .map(|it| it.id.to_string())
            .collect()
    }

    #[test]
    fn only_the_newest_required_terms_in_force_are_asked_for() {
        let all = [
            terms("a", None, true, 10),
            terms("b", None, true, 20),
            terms("c", None, true, 30),
        ];
        assert_eq!(ids(&[], 5, &all, None), [""; 0]);
        assert_eq!(ids(&[], 20, &all, None), ["b"]);
        assert_eq!(ids(&["a"], 20, &all, None), ["b"]);
        assert_eq!(ids(&["a", "b"], 29, &all, None), [""; 0]);
        assert_eq!(ids(&["a", "b"], 30, &all, None), ["c"]);
    }

    #[test]
    fn an_optional_version_is_not_asked_for_and_satisfies_an_earlier_required_one() {
        let all = [terms("a", None, true, 10), terms("b", None, false, 20)];
        assert_eq!(ids(&["a"], 25, &all, None), [""; 0]);
        assert_eq!(ids(&[], 25, &all, None), ["a"]);
        assert_eq!(ids(&["b"], 25, &all, None), [""; 0]);
    }

    #[test]
    fn accepting_a_version_before_its_time_does_not_count_for_the_one_in_force() {
        let all = [terms("a", None, true, 10), terms("b", None, true, 20)];
        assert_eq!(ids(&["b"], 15, &all, None), ["a"]);
    }

    #[test]
    fn an_accounts_own_terms_are_asked_for_in_that_account_alone() {
        let all = [terms("i", None, true, 10), terms("x", Some("acme"), true, 10)];
        assert_eq!(ids(&[], 20, &all, Some("acme")), ["i", "x"]);
        assert_eq!(ids(&["i"], 20, &all, Some("acme")), ["x"]);
        assert_eq!(ids(&["i"], 20, &all, Some("globex")), [""; 0]);
        assert_eq!(ids(&["i"], 20, &all, None), [""; 0]);
    }

    #[test]
    fn the_text_is_in_the_first_language_there_is() {
        let it = terms("a", None, true, 10);
        assert_eq!(it.text(&["fr", "de-CH"], "en"), Some(("de", "Bedingungen")));
        assert_eq!(it.text(&["fr"], "en"), Some(("en", "Terms")));
        assert_eq!(it.text(&[], "pt"), Some(("de", "Bedingungen")));
    }

    #[test]
    fn the_newest_in_force_is_shown_to_anyone() {
        let all = [terms("a", None, true, 10), terms("b", None, false, 20)];
        assert_eq!(in_force(&all, None, Timestamp(20)).unwrap().id.as_str(), "b");
        assert_eq!(in_force(&all, None, Timestamp(9)), None);
    }
}
