//! In which account a command works, and under whose authority.

use latchkey_app::administration::{At, By};

use crate::cli::{GlobalPlace, Place};
use crate::output::Refusal;

/// How the operator is called in the trail and beside what is changed.
const OPERATOR: &str = "the operator";

fn at(account: &str, by: Option<&String>) -> At {
    let by = match by {
        Some(member) => By::Member {
            member: member.clone(),
        },
        None => By::Operator {
            label: OPERATOR.to_owned(),
        },
    };
    At {
        account: account.to_owned(),
        by,
    }
}

impl From<&Place> for At {
    fn from(place: &Place) -> Self {
        at(&place.account, place.by.as_ref())
    }
}

/// The same where `--account` may stand anywhere.
pub fn global(place: &GlobalPlace) -> Result<At, Refusal> {
    match &place.account {
        Some(account) => Ok(at(account, place.by.as_ref())),
        None => Err(Refusal::usage("--account SLUG says in which account")),
    }
}
