//! The parts of the journey, in order.

mod accepted;
pub(super) mod changed;
mod crm;
mod declared;
mod ended;
mod hired;
mod phone;
mod trail;
mod walk;

use super::Intruder;
use super::play::Play;
use super::wrong::Seen;

/// The person whom HR hires, who is invited, signs in, has their permissions changed and is
/// suspended in the end.
pub(super) const EMAIL: &str = "nadia@acme.example";
pub(super) const PASSWORD: &str = "orchard bicycle at midnight";
pub(super) const NAME: &str = "Nadia Novak-Reyes";

/// Everything, with somebody at the database in the end, if it is not a file.
pub(super) async fn all(play: &mut Play, intruder: Option<&Intruder>) -> Seen {
    declared::by_the_operator(play).await?;
    let hired = hired::by_acme(play).await?;
    let mut nadia = accepted::by_nadia(play, &hired).await?;
    crm::shows_what_tokens_allow(play).await?;
    let tokens = phone::needs_mobile_access(play, &hired, &mut nadia).await?;
    let tokens = changed::by_the_manager(play, tokens, &mut nadia).await?;
    ended::by_acme(play, &hired, &tokens, &mut nadia).await?;
    trail::shows_and_proves_it(play).await?;
    trail::notices_one_byte(play, intruder).await
}
