//! The domain's ids and times as values and columns.

use latchkey_domain::id::{
    AccountId, ApplicationId, AuditId, ClientId, GrantId, GroupId, InvitationId, MemberId, PermissionSetId,
    ProvisioningClientId, RoleId, ScimTokenId, SessionId, TermsId, TransferId, UserId,
};
use latchkey_domain::time::Timestamp;

use super::{Cell, DbError, FromColumn, IntoValue, Value};

macro_rules! ids {
    ($($id:ident),+ $(,)?) => {$(
        impl IntoValue for &$id {
            const NULL: Value = Value::Text(None);

            fn into_value(self) -> Value {
                self.as_str().into_value()
            }
        }

        impl IntoValue for $id {
            const NULL: Value = Value::Text(None);

            fn into_value(self) -> Value {
                String::from(self).into_value()
            }
        }

        impl FromColumn for $id {
            fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
                cell.text().map(Self::new)
            }
        }
    )+};
}

ids!(
    AccountId,
    ApplicationId,
    AuditId,
    ClientId,
    GrantId,
    GroupId,
    InvitationId,
    MemberId,
    PermissionSetId,
    ProvisioningClientId,
    RoleId,
    ScimTokenId,
    SessionId,
    TermsId,
    TransferId,
    UserId,
);

impl IntoValue for Timestamp {
    const NULL: Value = Value::Int(None);

    fn into_value(self) -> Value {
        self.millis().into_value()
    }
}

impl IntoValue for &Timestamp {
    const NULL: Value = Value::Int(None);

    fn into_value(self) -> Value {
        self.millis().into_value()
    }
}

impl FromColumn for Timestamp {
    fn from_column(cell: &Cell<'_>) -> Result<Self, DbError> {
        cell.int().map(Self)
    }
}
