//! Invitations: sent, sent again, taken back, opened, accepted (docs: "Invitations").
//!
//! What works on a transaction ([`send`], [`resend`], [`revoke`], [`readdress`]) leaves authority
//! to its caller, who has just asked for it in the same transaction.

mod accept;
mod ask;
mod authority_of_inviter;
mod delivery;
mod link;
mod send;

pub use accept::{NewUser, Outcome, Problem, Visitor, Welcomed, accept, create_user};
pub use ask::ask_again;
pub use delivery::{Delivery, DeliveryState, deliveries};
pub use link::{Opened, Standing, open};
pub use send::{NewInvitation, readdress, resend, revoke, send};
