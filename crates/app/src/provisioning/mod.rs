//! Provisioning: what an HR system does over SCIM to the members of one account (docs:
//! "Machines have authority too", "Member status", "Invitations").
//!
//! A SCIM `User` is a [member](latchkey_domain::member::Member). Every use case is handed the
//! [`Provisioner`] that its bearer token names, and asks that token's authority again in the
//! transaction that writes.

mod token;
pub mod users;

pub use token::{Provisioner, authenticate};

use latchkey_scim::{ScimError, ScimType};
use latchkey_store::sql::DbError;

use crate::App;

/// What a use case of provisioning answers.
pub type Result<T, E = Refused> = std::result::Result<T, E>;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// In the words of SCIM already (RFC 7644 section 3.12).
    #[error("{}", .0.detail)]
    Scim(ScimError),
    /// As any use case refuses.
    #[error(transparent)]
    Error(#[from] crate::Error),
}

impl From<ScimError> for Refused {
    fn from(error: ScimError) -> Self {
        Self::Scim(error)
    }
}

impl From<DbError> for Refused {
    /// The unique indexes alone say which names are taken, also among parallel retries of one POST.
    fn from(error: DbError) -> Self {
        if error.is_unique_violation("member", "user_name_folded") {
            return taken("userName");
        }
        if error.is_unique_violation("member_external_id", "external_id") {
            return taken("externalId");
        }
        Self::Error(error.into())
    }
}

/// 409: another user has this value.
fn taken(attribute: &str) -> Refused {
    ScimError::of(
        ScimType::Uniqueness,
        format!("{attribute}: another user of this account has this value."),
    )
    .into()
}

/// 400 `invalidValue` for an attribute.
fn invalid(attribute: &str, why: impl std::fmt::Display) -> ScimError {
    ScimError::of(ScimType::InvalidValue, format!("{attribute}: {why}."))
}

/// The base URL of SCIM, without a slash at its end.
pub fn base(app: &App) -> String {
    app.issuer.url("/scim/v2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losing_a_race_for_a_name_says_which_name() {
        let violation = |table: &str, column: &str| DbError::UniqueViolation {
            table: table.to_owned(),
            columns: vec!["account_id".to_owned(), column.to_owned()],
        };
        for (table, column, attribute) in [
            ("member", "user_name_folded", "userName"),
            ("member_external_id", "external_id", "externalId"),
        ] {
            let Refused::Scim(error) = Refused::from(violation(table, column)) else {
                panic!("{table}")
            };
            assert_eq!((error.status, error.scim_type), (409, Some(ScimType::Uniqueness)));
            assert!(error.detail.starts_with(attribute));
        }
        assert!(matches!(
            Refused::from(violation("member", "user_id")),
            Refused::Error(_)
        ));
    }
}
