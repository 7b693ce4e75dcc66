//! Becoming a member, agreeing to terms, and the administration of members.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod administration;
mod invitation;
mod terms;

use latchkey_app::administration::invitation::{Invite, send};
use latchkey_app::administration::{At, By, InvitationView};
use latchkey_testkit::TestApp;

/// The one who is invited.
const GUEST: &str = "greta@guest.example";
/// A password that nobody guesses.
const PASSWORD: &str = "seven quiet herons by the lake";

/// In Acme, under a member's own authority.
fn by(member: &str) -> At {
    At {
        account: "acme".to_owned(),
        by: By::Member {
            member: member.to_owned(),
        },
    }
}

/// In Acme, as the operator.
fn operator() -> At {
    At {
        account: "acme".to_owned(),
        by: By::Operator {
            label: "the operator".to_owned(),
        },
    }
}

/// Greta, as a standard user.
fn greta() -> Invite {
    Invite {
        given_name: "Greta".to_owned(),
        family_name: "Guest".to_owned(),
        email: GUEST.to_owned(),
        ..Invite::default()
    }
}

/// Greta, invited by the manager.
async fn invite(it: &TestApp) -> InvitationView {
    send(&it.app, &by("marco@acme.example"), &greta()).await.unwrap()
}
