//! What entries of declared state are called where one is refused: there may be hundreds of them.

use super::declared::{Account, Member, PermissionSet, ScimToken, ServiceMember, Terms};
use crate::Error;

pub(super) fn account(it: &Account) -> String {
    format!("account '{}'", it.slug)
}

pub(super) fn application(id: &str) -> String {
    format!("application '{id}'")
}

pub(super) fn client(id: &str) -> String {
    format!("client '{id}'")
}

pub(super) fn permission_set(it: &PermissionSet) -> String {
    format!("permission set '{}' of '{}'", it.name, it.account)
}

pub(super) fn service_member(it: &ServiceMember) -> String {
    format!("service member '{}' of '{}'", it.client, it.account)
}

pub(super) fn member(it: &Member) -> String {
    format!("member {} of '{}'", it.email, it.account)
}

pub(super) fn scim_token(it: &ScimToken) -> String {
    format!("scim token '{}' of '{}'", it.name, it.account)
}

pub(super) fn terms(it: &Terms) -> String {
    let of = match &it.account {
        Some(account) => format!(" of '{account}'"),
        None => String::new(),
    };
    format!("terms '{}' ({}){of}", it.version, it.language)
}

/// The same refusal, naming the entry that it is about.
pub(super) fn about(entry: &str, fault: Error) -> Error {
    match fault {
        Error::Invalid { field, why } => Error::Invalid {
            field,
            why: format!("{entry}: {why}"),
        },
        Error::Rule(why) => Error::Rule(format!("{entry}: {why}")),
        Error::Denied(why) => Error::Denied(format!("{entry}: {why}")),
        Error::Conflict(what) => Error::Rule(format!("{entry}: {what} is taken")),
        other => other,
    }
}
