//! Administration of one account's members and invitations, by the operator or under a member's
//! own authority (docs: "Roles").
//!
//! Authority is asked for inside the transaction that writes, of the domain's rule.

mod acting;
pub mod authority;
mod case;
mod explain;
pub mod invitation;
pub mod member;
mod view;

pub use acting::{At, By};
pub use explain::{Explanation, Question, explain};
pub use view::{HoldView, InvitationView, MemberView, OverrideView, SetView};
