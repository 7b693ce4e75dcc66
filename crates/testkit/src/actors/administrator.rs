//! Administrators: members who use their own authority, and the operator at the machine.

use latchkey_app::administration::{At, By};

/// This member of the account, by address.
#[must_use]
pub fn member(account: &str, address: &str) -> At {
    At {
        account: account.to_owned(),
        by: By::Member {
            member: address.to_owned(),
        },
    }
}

/// The operator.
#[must_use]
pub fn operator(account: &str) -> At {
    At {
        account: account.to_owned(),
        by: By::Operator {
            label: "the operator".to_owned(),
        },
    }
}
