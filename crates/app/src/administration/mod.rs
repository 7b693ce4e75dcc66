//! Administration of one account's members and invitations, by the operator or under a member's
//! own authority (docs: "Roles").
//!
//! Authority is asked for inside the transaction that writes, of the domain's rule.

pub mod authority;
