//! What the CRM keeps: contacts of each account, in memory, and figures that never change.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A person at a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contact {
    pub id: String,
    pub name: String,
    pub company: String,
    pub phone: String,
}

/// Something being sold.
pub(super) struct Deal {
    pub name: &'static str,
    pub company: &'static str,
    pub stage: &'static str,
    pub value: &'static str,
}

pub(super) const DEALS: [Deal; 3] = [
    Deal {
        name: "Warehouse lights",
        company: "Harbor Stores",
        stage: "Offer sent",
        value: "€ 18,400",
    },
    Deal {
        name: "Service contract",
        company: "Fjord Ferries",
        stage: "Negotiation",
        value: "€ 7,200",
    },
    Deal {
        name: "Pilot, two sites",
        company: "Kite Robotics",
        stage: "First talk",
        value: "€ 3,000",
    },
];

/// Quarter and sales in euros.
pub(super) const SALES: [(&str, u32); 4] = [
    ("Q1 2026", 41_200),
    ("Q2 2026", 38_950),
    ("Q3 2026", 52_300),
    ("Q4 2026", 57_810),
];

/// Number, month, sum and state of what the account pays for the CRM.
pub(super) const INVOICES: [(&str, &str, &str, &str); 3] = [
    ("2026-0911", "September 2026", "€ 96.00", "Paid"),
    ("2026-1011", "October 2026", "€ 96.00", "Paid"),
    ("2026-1111", "November 2026", "€ 120.00", "Due"),
];

const FIRST: [[&str; 4]; 4] = [
    ["ada", "Ada Brandt", "Harbor Stores", "+1 555 0101"],
    ["bo", "Bo Tran", "Fjord Ferries", "+1 555 0102"],
    ["chloe", "Chloe Haddad", "Kite Robotics", "+1 555 0103"],
    ["dev", "Dev Iyer", "Alder Print", "+1 555 0104"],
];

/// Everybody's contacts, account by account.
#[derive(Default)]
pub(super) struct Contacts(Mutex<HashMap<String, Vec<Contact>>>);

impl Contacts {
    pub fn of(&self, account: &str) -> Vec<Contact> {
        self.within(account, |contacts| contacts.clone())
    }

    pub fn find(&self, account: &str, id: &str) -> Option<Contact> {
        self.within(account, |contacts| {
            contacts.iter().find(|it| it.id == id).cloned()
        })
    }

    /// Replaces a contact; `false` where the account has none of this id.
    pub fn change(&self, account: &str, changed: Contact) -> bool {
        self.within(account, |contacts| {
            let found = contacts.iter_mut().find(|it| it.id == changed.id);
            found.map(|contact| *contact = changed).is_some()
        })
    }

    fn within<T>(&self, account: &str, act: impl FnOnce(&mut Vec<Contact>) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(all.entry(account.to_owned()).or_insert_with(first))
    }
}

fn first() -> Vec<Contact> {
    let contact = |[id, name, company, phone]: [&str; 4]| Contact {
        id: id.to_owned(),
        name: name.to_owned(),
        company: company.to_owned(),
        phone: phone.to_owned(),
    };
    FIRST.map(contact).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_in_one_account_is_not_seen_in_another() {
        let contacts = Contacts::default();
        let mut ada = contacts.find("acme", "ada").unwrap();
        ada.phone = "+1 555 0199".to_owned();
        assert!(contacts.change("acme", ada.clone()));
        assert_eq!(contacts.find("acme", "ada"), Some(ada));
        assert_eq!(contacts.find("globex", "ada").unwrap().phone, "+1 555 0101");
    }

    #[test]
    fn an_unknown_contact_is_not_made() {
        let contacts = Contacts::default();
        let mut ada = contacts.find("acme", "ada").unwrap();
        ada.id = "nobody".to_owned();
        assert!(!contacts.change("acme", ada));
        assert_eq!(contacts.of("acme").len(), 4);
    }
}
