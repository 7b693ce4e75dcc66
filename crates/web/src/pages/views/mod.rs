//! What the hosted pages look like: one plain struct and one template a page, values in, HTML out. They decide nothing
//! and read nothing; every text comes from `locales/` through [`Say`].

mod account;
mod choose_account;
mod consent;
mod dev_mail;
mod error;
mod fault;
mod form_post;
mod frame;
mod input;
mod invitation;
mod mobile;
mod password;
mod sign_in;
mod sign_out;
mod terms;
mod when;

#[cfg(test)]
mod tests;

pub use account::{Account, Membership, Session};
pub use askama::Template;
pub use choose_account::{Choice, ChooseAccount};
pub use consent::{Consent, Requested, Requester};
pub use dev_mail::{Mail, MailBox, MailMessage};
pub use error::{ErrorPage, Trouble};
pub use fault::Fault;
pub use form_post::FormPost;
pub use frame::{Brand, Frame, Hidden, content_security_policy, role_name};
pub use invitation::{CreateUser, Ended, InvitationEnded, Invited, Offer, Welcome, WrongPerson};
pub use mobile::{MobileRefused, Refusal};
pub use password::{Forgot, ForgotSent, PasswordChanged, Reset, ResetEnded};
pub use sign_in::{Known, SignIn, Stop};
pub use sign_out::{SignOutConfirm, SignedOut};
pub use terms::{TermsChanged, TermsHtml, TermsReading, TermsText};
pub use when::{When, wait};

/// Texts in the person's language.
pub trait Say {
    /// The text of this key.
    fn say(&self, key: &str) -> String;

    /// The text of this key with its variables filled in.
    fn say_with(&self, key: &str, args: &[(&str, &str)]) -> String;
}
