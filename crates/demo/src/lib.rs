//! The demonstration: a sample CRM that signs in through Latchkey, the accounts and people to try
//! it with, and the player that checks the main job from outside.
//!
//! [`crm`] is a relying party like any other: it knows the provider by its issuer alone.
//! [`state`] is what `latchkey apply` is given. [`player`] starts the binary it is told, and then
//! sees what a person, an HR system or an operator would see: pages, answers and exit codes.
//!
//! Never here: anything that looks into the provider's database or calls its code.

pub mod crm;
pub mod player;
pub mod state;
