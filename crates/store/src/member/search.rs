//! SCIM filters on indexed attributes as SQL (RFC 7644 section 3.4.2.2).
//!
//! [`split`] takes from a filter what the database answers by an index; the rest is for the
//! caller to evaluate. Texts of a filter are bound, never written into the statement.

use latchkey_domain::id::{AccountId, ProvisioningClientId};
use latchkey_domain::member::Member;
use latchkey_scim::filter::{Comparison, Literal, Operator};
use latchkey_scim::quirks::boolean_word;
use latchkey_scim::schema::ResourceType;
use latchkey_scim::{AttributePath, Filter};

use super::folded;
use crate::Result;
use crate::sql::{Statement, Tx, Value, sql_dynamic};

/// What the database compares; all of a list must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `id eq`.
    Id(String),
    /// `userName eq`, without regard to case.
    UserName(String),
    /// `externalId eq`, as the asking provisioning client calls them.
    ExternalId(String),
    /// `active eq`.
    Active(bool),
}

/// Whose members are searched, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The provisioning client that asks.
    pub client: &'a ProvisioningClientId,
}

/// Takes from a filter the conditions that an index answers; the rest, if any, must hold too.
pub fn split(filter: Filter) -> (Vec<Condition>, Option<Filter>) {
    let parts = match filter {
        Filter::And(parts) => parts,
        one => vec![one],
    };
    let mut conditions = Vec::new();
    let mut rest = Vec::new();
    for part in parts {
        match condition(&part) {
            Some(found) => conditions.push(found),
            None => rest.push(part),
        }
    }
    let rest = match rest.len() {
        0 | 1 => rest.pop(),
        _ => Some(Filter::And(rest)),
    };
    (conditions, rest)
}

fn condition(filter: &Filter) -> Option<Condition> {
    let Filter::Compare(Comparison {
        path,
        operator: Operator::Eq,
        value,
    }) = filter
    else {
        return None;
    };
    let name = core_attribute(path)?;
    match (name, value) {
        ("id", Literal::String(text)) => Some(Condition::Id(text.clone())),
        ("userName", Literal::String(text)) => Some(Condition::UserName(text.clone())),
        ("externalId", Literal::String(text)) => Some(Condition::ExternalId(text.clone())),
        ("active", Literal::Boolean(wanted)) => Some(Condition::Active(*wanted)),
        ("active", Literal::String(word)) => boolean_word(word).map(Condition::Active),
        _ => None,
    }
}

/// The canonical name of a whole attribute of the core schema, or one common to all resources.
fn core_attribute(path: &AttributePath) -> Option<&'static str> {
    let found = ResourceType::users().attribute(path)?;
    let is_core = found.extension.is_none() && found.sub.is_none();
    is_core.then_some(found.attribute.name.as_str())
}

/// How many people match.
pub async fn count(tx: &mut Tx, scope: Scope<'_>, conditions: &[Condition]) -> Result<i64> {
    let (text, values) = compiled("SELECT COUNT(*) FROM member", scope, conditions);
    tx.one(bound(text, values)).await
}

/// People who match, in the order of their ids, `limit` of them after the first `offset`.
pub async fn page(
    tx: &mut Tx,
    scope: Scope<'_>,
    conditions: &[Condition],
    (offset, limit): (i64, i64),
) -> Result<Vec<Member>> {
    let (mut text, mut values) = compiled(select!(), scope, conditions);
    values.push(Value::Int(Some(limit)));
    text.push_str(&format!(" ORDER BY id LIMIT ${}", values.len()));
    values.push(Value::Int(Some(offset)));
    text.push_str(&format!(" OFFSET ${}", values.len()));
    tx.all(bound(text, values)).await
}

/// People who match whose id comes after `after`, in the order of their ids: for walking through
/// many without counting them again for each page.
pub async fn after(
    tx: &mut Tx,
    scope: Scope<'_>,
    conditions: &[Condition],
    (after, limit): (&str, i64),
) -> Result<Vec<Member>> {
    let (mut text, mut values) = compiled(select!(), scope, conditions);
    values.push(Value::Text(Some(after.to_owned())));
    text.push_str(&format!(" AND id > ${}", values.len()));
    values.push(Value::Int(Some(limit)));
    text.push_str(&format!(" ORDER BY id LIMIT ${}", values.len()));
    tx.all(bound(text, values)).await
}

/// The statement so far: the people of the account that meet the conditions.
fn compiled(select: &str, scope: Scope<'_>, conditions: &[Condition]) -> (String, Vec<Value>) {
    let mut text = format!("{select} WHERE account_id = $1 AND removed_at IS NULL AND kind = 'person'");
    let mut values = vec![Value::Text(Some(scope.account.to_string()))];
    for condition in conditions {
        let next = values.len() + 1;
        match condition {
            Condition::Id(id) => {
                text.push_str(&format!(" AND id = ${next}"));
                values.push(Value::Text(Some(id.clone())));
            }
            Condition::UserName(name) => {
                text.push_str(&format!(" AND user_name_folded = ${next}"));
                values.push(Value::Text(Some(folded(name))));
            }
            Condition::ExternalId(external_id) => {
                text.push_str(&format!(
                    " AND id IN (SELECT member_id FROM member_external_id WHERE account_id = $1 \
                     AND provisioning_client_id = ${next} AND external_id = ${})",
                    next + 1
                ));
                values.push(Value::Text(Some(scope.client.to_string())));
                values.push(Value::Text(Some(external_id.clone())));
            }
            Condition::Active(wanted) => {
                text.push_str(&format!(" AND hr_active = ${next}"));
                values.push(Value::Bool(Some(*wanted)));
            }
        }
    }
    (text, values)
}

fn bound(text: String, values: Vec<Value>) -> Statement {
    values.into_iter().fold(sql_dynamic(text), Statement::bind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<Condition>, Option<Filter>) {
        split(Filter::parse(text).unwrap())
    }

    #[test]
    fn equalities_on_indexed_attributes_go_to_the_database() {
        let (conditions, rest) = parsed(
            "USERNAME eq \"Ana\" and externalId eq \"7\" and id eq \"x\" and active eq \"True\" \
             and urn:ietf:params:scim:schemas:core:2.0:User:active eq true",
        );
        assert_eq!(rest, None);
        assert_eq!(
            conditions,
            [
                Condition::UserName("Ana".to_owned()),
                Condition::ExternalId("7".to_owned()),
                Condition::Id("x".to_owned()),
                Condition::Active(true),
                Condition::Active(true),
            ]
        );
    }

    #[test]
    fn what_no_index_answers_is_left_over() {
        let (conditions, rest) = parsed("userName eq \"a\" and title eq \"b\" and not (id eq \"c\")");
        assert_eq!(conditions, [Condition::UserName("a".to_owned())]);
        assert!(matches!(rest, Some(Filter::And(parts)) if parts.len() == 2));
        for text in [
            "userName ne \"a\"",
            "userName sw \"a\"",
            "id eq null",
            "a eq \"b\" or id eq \"c\"",
        ] {
            assert_eq!(parsed(text).0, [], "{text}");
        }
    }

    #[test]
    fn texts_are_bound_and_never_part_of_the_statement() {
        let (account, client) = (AccountId::new("a"), ProvisioningClientId::new("c"));
        let scope = Scope {
            account: &account,
            client: &client,
        };
        let evil = "x' OR '1'='1".to_owned();
        let conditions = [
            Condition::UserName(evil.clone()),
            Condition::ExternalId(evil),
            Condition::Active(false),
        ];
        let (text, values) = compiled("SELECT id FROM member", scope, &conditions);
        assert!(!text.contains("OR '1'"));
        let statement = bound(text, values);
        assert!(statement.check().is_ok());
        assert_eq!(statement.values().len(), 5);
    }
}
