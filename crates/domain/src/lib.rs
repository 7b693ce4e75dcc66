//! The rules of accounts, members, roles, permissions, invitations, terms and sign-in.
//!
//! Answers: what a member may do and why, who may change what for whom, which state an
//! invitation, a link, a session or a refresh token is in, and what an audit record holds.
//!
//! Never does: reading a clock, drawing randomness, hashing, sending, storing. Every rule is a
//! plain function that takes `now` and values and returns values, so that each can be tested by
//! example and by property.

pub mod access;
pub mod account;
pub mod address;
pub mod audit;
pub mod authority;
pub mod catalogue;
pub mod claims;
pub mod grant;
pub mod id;
pub mod invitation;
pub mod member;
pub mod mobile;
pub mod overrides;
pub mod ownership;
pub mod password;
pub mod permission_set;
pub mod role;
pub mod session;
pub mod terms;
pub mod text;
pub mod throttle;
pub mod time;

#[cfg(test)]
mod examples;
