//! Which address is invited.

use crate::resource::Resource;
use crate::user::Email;

/// The address to invite: the primary email, else the one of type `work`, else the first, else a
/// `userName` that is an address. With none of them there is nobody to write to.
///
/// A primary or work value that can't be an address is passed over, like one that is not there.
#[must_use]
pub fn invited_address(resource: &Resource) -> Option<String> {
    let emails: Vec<Email> = crate::user::emails(resource)
        .into_iter()
        .filter(|email| looks_like_address(&email.value))
        .collect();
    let is_work = |email: &&Email| {
        email
            .kind
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
    };
    emails
        .iter()
        .find(|email| email.primary)
        .or_else(|| emails.iter().find(is_work))
        .or_else(|| emails.first())
        .map(|email| email.value.trim().to_owned())
        .or_else(|| {
            let name = resource.text("userName")?.trim();
            looks_like_address(name).then(|| name.to_owned())
        })
}

/// Whether mail could go there: one `@`, something before it, a name after it, no spaces or control
/// characters. Whether the address is acceptable is not for this crate to say.
#[must_use]
pub fn looks_like_address(text: &str) -> bool {
    let text = text.trim();
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn invited(value: &Value) -> Option<String> {
        invited_address(&Resource::from(value.as_object().unwrap().clone()))
    }

    #[test]
    fn the_primary_address_comes_before_the_work_address_and_that_before_the_first() {
        let home = json!({"value": "h@x.example", "type": "home"});
        let work = json!({"value": "w@x.example", "type": "Work"});
        let other = json!({"value": "p@x.example", "primary": true});
        let all = json!({"userName": "u@x.example", "emails": [home, work, other]});
        assert_eq!(invited(&all).as_deref(), Some("p@x.example"));
        let two = json!({"userName": "u@x.example", "emails": [home, work]});
        assert_eq!(invited(&two).as_deref(), Some("w@x.example"));
        let one = json!({"userName": "u@x.example", "emails": [home]});
        assert_eq!(invited(&one).as_deref(), Some("h@x.example"));
    }

    #[test]
    fn a_user_name_is_invited_only_if_it_is_an_address() {
        assert_eq!(
            invited(&json!({"userName": "u@x.example"})).as_deref(),
            Some("u@x.example")
        );
        for name in ["ana", "a@", "@x", "a b@x.example", "a@b@c", "a@.x", "a@x."] {
            assert_eq!(invited(&json!({"userName": name})), None, "{name}");
        }
    }

    #[test]
    fn a_primary_value_that_is_no_address_is_passed_over() {
        let emails = json!([{"value": "none", "primary": true}, {"value": "w@x.example"}]);
        let user = json!({"userName": "ana", "emails": emails});
        assert_eq!(invited(&user).as_deref(), Some("w@x.example"));
    }
}
