//! What declared state must not say twice, or both ways: applied one after the other, the entries
//! would undo each other at every run. And names, which are checked before anything is kept.

use std::collections::BTreeSet;

use latchkey_crypto::token::digest;
use latchkey_domain::text::check_person_name;
use latchkey_store::member::folded;

use super::declared::{Member, ScimToken, State};
use super::entries::{self, about};
use super::prepare::address;
use super::sets::permissions;
use crate::{Error, Result};

/// Entries by what tells them apart.
#[derive(Default)]
struct Seen(BTreeSet<Vec<String>>);

impl Seen {
    fn add<const N: usize>(&mut self, key: [&str; N], entry: impl FnOnce() -> String) -> Result<()> {
        if self.0.insert(Vec::from(key.map(str::to_owned))) {
            return Ok(());
        }
        Err(Error::Rule(format!("{} is declared twice", entry())))
    }
}

/// Refuses what contradicts itself, and names that can't be.
///
/// # Errors
/// [`Error::Rule`] or [`Error::Invalid`] names the entry.
pub(super) fn check(state: &State) -> Result<()> {
    let mut accounts = Seen::default();
    for it in &state.account {
        accounts.add([&it.slug], || entries::account(it))?;
    }
    check_clients(state)?;
    let mut sets = Seen::default();
    for it in &state.permission_set {
        sets.add([&it.account, &folded(&it.name)], || entries::permission_set(it))?;
    }
    let mut services = Seen::default();
    for it in &state.service_member {
        services.add([&it.account, &it.client], || entries::service_member(it))?;
    }
    let mut members = Seen::default();
    for it in &state.member {
        let named = |fault| about(&entries::member(it), fault);
        let email = address(&it.email).map_err(named)?;
        members.add([&it.account, &email.folded()], || entries::member(it))?;
        check_member(it).map_err(named)?;
    }
    let mut tokens = Seen::default();
    for it in &state.scim_token {
        let secret = told_apart(it);
        tokens.add([&it.account, &it.name, &secret], || entries::scim_token(it))?;
        let shares_its_name = |other: &&ScimToken| other.account == it.account && other.name == it.name;
        if it.token.is_none() && state.scim_token.iter().filter(shares_its_name).count() > 1 {
            let why = "without a token it can't be told from the others of its name";
            return Err(about(&entries::scim_token(it), Error::Rule(why.to_owned())));
        }
    }
    let mut terms = Seen::default();
    for it in &state.terms {
        let account = it.account.as_deref().unwrap_or_default();
        terms.add([account, &it.version, &it.language], || entries::terms(it))?;
    }
    Ok(())
}

fn check_clients(state: &State) -> Result<()> {
    let (mut applications, mut clients) = (Seen::default(), Seen::default());
    for it in &state.application {
        applications.add([&it.id], || entries::application(&it.id))?;
        if it.client.is_declared() {
            clients.add([&it.id], || entries::client(&it.id))?;
        }
    }
    for it in &state.client {
        clients.add([&it.id], || entries::client(&it.id))?;
    }
    Ok(())
}

fn check_member(it: &Member) -> Result<()> {
    for (field, name) in [("given_name", it.given_name()), ("family_name", it.family_name())] {
        if !name.is_empty() {
            check_person_name(name).map_err(|fault| Error::invalid(field, fault.to_string()))?;
        }
    }
    let granted = permissions(it.grant.as_deref().unwrap_or_default())?;
    let denied = permissions(it.deny.as_deref().unwrap_or_default())?;
    match granted.intersection(&denied).next() {
        Some(both) => Err(Error::Rule(format!("{both} is both granted and denied"))),
        None => Ok(()),
    }
}

/// Several tokens may share a name: they are told apart by their secrets, or rather their digests.
fn told_apart(it: &ScimToken) -> String {
    let token = it.token.as_ref();
    token.map_or_else(String::new, |it| digest(it.expose_secret()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let state: State = toml::from_str(text).unwrap();
        check(&state).unwrap_err().to_string()
    }

    #[test]
    fn an_entry_that_is_there_twice_is_refused_by_name() {
        let account = "[[account]]\nslug = \"acme\"\nname = \"A\"\nowner = \"o@acme.example\"\n";
        assert_eq!(
            refusal(&format!("{account}{account}")),
            "account 'acme' is declared twice"
        );
        let application = "[[application]]\nid = \"crm\"\nname = \"CRM\"\nkind = \"web\"\n";
        let client = "[[client]]\napplication = \"crm\"\nid = \"crm\"\nkind = \"spa\"\n";
        assert_eq!(
            refusal(&format!("{application}{application}")),
            "application 'crm' is declared twice"
        );
        assert_eq!(
            refusal(&format!("{application}{client}")),
            "client 'crm' is declared twice"
        );
        let set = |name: &str| {
            format!("[[permission_set]]\naccount = \"acme\"\nname = \"{name}\"\npermissions = []\n")
        };
        assert_eq!(
            refusal(&format!("{}{}", set("Sales desk"), set("sales DESK"))),
            "permission set 'sales DESK' of 'acme' is declared twice"
        );
        let terms = "[[terms]]\nversion = \"1\"\nfile = \"terms.md\"\n";
        assert_eq!(
            refusal(&format!("{terms}{terms}")),
            "terms '1' (en) is declared twice"
        );
    }

    #[test]
    fn a_member_is_told_by_address_in_whatever_case() {
        let member = |email: &str| format!("[[member]]\naccount = \"acme\"\nemail = \"{email}\"\n");
        assert_eq!(
            refusal(&format!(
                "{}{}",
                member("stan@acme.example"),
                member("Stan@Acme.example")
            )),
            "member Stan@Acme.example of 'acme' is declared twice"
        );
    }

    #[test]
    fn one_permission_is_not_both_granted_and_denied() {
        let why = refusal(
            "[[member]]\naccount = \"acme\"\nemail = \"stan@acme.example\"\n\
             grant = [\"crm/deals:edit\"]\ndeny = [\"crm/deals:edit\"]\n",
        );
        assert_eq!(
            why,
            "member stan@acme.example of 'acme': crm/deals:edit is both granted and denied"
        );
    }

    #[test]
    fn names_that_smuggle_something_are_refused() {
        for (field, name) in [
            ("given_name", "A\\u202EB"),
            ("given_name", "http://evil"),
            ("family_name", "C\\nD www.evil.example"),
        ] {
            let why = refusal(&format!(
                "[[member]]\naccount = \"acme\"\nemail = \"stan@acme.example\"\n{field} = \"{name}\"\n"
            ));
            let start = format!("{field}: member stan@acme.example of 'acme': this ");
            assert!(why.starts_with(&start), "{why}");
        }
    }

    #[test]
    fn several_tokens_may_share_a_name_but_not_a_secret() {
        let token = |secret: &str| format!("[[scim_token]]\naccount = \"acme\"\nname = \"hr\"\n{secret}\n");
        let (one, other, made) = (token("token = \"one\""), token("token = \"other\""), token(""));
        for good in [format!("{one}{other}"), made.clone()] {
            let state: State = toml::from_str(&good).unwrap();
            check(&state).unwrap();
        }
        assert_eq!(
            refusal(&format!("{one}{one}")),
            "scim token 'hr' of 'acme' is declared twice"
        );
        let why = refusal(&format!("{one}{made}"));
        assert!(
            why.ends_with("it can't be told from the others of its name"),
            "{why}"
        );
    }
}
