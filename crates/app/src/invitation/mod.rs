//! Invitations: sent, sent again, taken back, opened, accepted (docs: "Invitations").
//!
//! What works on a transaction ([`send`], [`resend`], [`revoke`], [`readdress`]) leaves authority
//! to its caller, who has just asked for it in the same transaction.

mod delivery;
mod send;

pub use delivery::{Delivery, DeliveryState, deliveries};
pub use send::{NewInvitation, readdress, resend, revoke, send};
