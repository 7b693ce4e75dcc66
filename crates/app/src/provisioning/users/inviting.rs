//! When provisioning sends an invitation, and which (docs: "Inviting over SCIM").

use latchkey_domain::account::Account;
use latchkey_domain::address::EmailAddress;
use latchkey_domain::id::ApplicationId;
use latchkey_domain::invitation::{Invitation, InvitationState};
use latchkey_domain::member::{Member, MemberStatus};
use latchkey_scim::schema::INVITATION;
use latchkey_scim::{Resource, ScimError, user};
use latchkey_store::member::run::{self, Run};
use latchkey_store::sql::Tx;

use super::directory;
use crate::invitation::{self, NewInvitation};
use crate::provisioning::{Provisioner, Result, invalid};
use crate::{App, Error};

/// What is known when a member has just been made or changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    /// The member's status now.
    pub(super) status: MemberStatus,
    /// Whether the status became `invited` by this change (a suspension was lifted).
    pub(super) became_invited: bool,
    /// Whether there is an address to write to.
    pub(super) has_address: bool,
    /// Whether it is the verified address of somebody who is a member here already.
    pub(super) belongs_here: bool,
    /// Whether it is another one than before.
    pub(super) address_changed: bool,
    /// How the newest invitation stands.
    pub(super) newest: Option<InvitationState>,
    /// `send`: true unless the client said otherwise.
    pub(super) send: bool,
    /// `resend`.
    pub(super) resend: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A mail was posted.
    Sent,
    /// None was.
    NotSent,
    /// None was, as the address belongs to a member of the account.
    BelongsHere,
}

/// What to do about the invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing.
    Nothing,
    /// Send a new one.
    Send,
    /// Take the pending one back: there is nobody to invite any more.
    Revoke,
    /// Take the pending one back and send a new one.
    Replace,
    /// Send the pending one again.
    Resend,
}

/// What follows for the invitation.
///
/// # Errors
/// 400 `invalidValue` where `resend` asks for what can't be.
pub(super) fn step(it: Situation) -> Result<Step, ScimError> {
    let refused = |why: &str| Err(invalid("resend", why));
    if it.status != MemberStatus::Invited {
        return match (it.resend, it.status) {
            (false, _) => Ok(Step::Nothing),
            (true, MemberStatus::Active) => refused("the user has accepted already"),
            (true, _) => refused("the user is suspended; lift that first"),
        };
    }
    let is_pending = it.newest == Some(InvitationState::Pending);
    if !it.has_address {
        return match (it.resend, is_pending) {
            (true, _) => refused("the user has no email address"),
            (false, true) => Ok(Step::Revoke),
            (false, false) => Ok(Step::Nothing),
        };
    }
    if it.belongs_here {
        return match (it.resend, is_pending && it.address_changed) {
            (true, _) => refused("the address belongs to a member of this account already"),
            (false, true) => Ok(Step::Revoke),
            (false, false) => Ok(Step::Nothing),
        };
    }
    Ok(if is_pending && it.address_changed {
        Step::Replace
    } else if is_pending && it.resend {
        Step::Resend
    } else if is_pending {
        Step::Nothing
    } else if it.resend || (it.send && (it.became_invited || it.address_changed || it.newest.is_none())) {
        Step::Send
    } else {
        Step::Nothing
    })
}

/// Carries the step out; true where a mail was posted.
///
/// # Errors
/// As [`invitation::send`] and [`invitation::resend`].
pub(super) async fn carry_out(
    (app, by): (&App, &Provisioner),
    tx: &mut Tx,
    (account, member): (&Account, &Member),
    step: Step,
    resource: &Resource,
) -> Result<bool> {
    match step {
        Step::Nothing => return Ok(false),
        Step::Resend => {
            let pending = pending(tx, member).await?.ok_or(Error::NotFound)?;
            invitation::resend(app, tx, &by.caller, &pending).await?;
            return Ok(true);
        }
        Step::Revoke => {
            revoke_pending((app, by), tx, member).await?;
            return Ok(false);
        }
        Step::Replace => revoke_pending((app, by), tx, member).await?,
        Step::Send => {}
    }
    let address = directory::address(resource).ok_or_else(|| Error::bug("nobody to invite"))?;
    send((app, by), tx, (account, member), &address, resource).await?;
    Ok(true)
}

async fn send(
    (app, by): (&App, &Provisioner),
    tx: &mut Tx,
    (account, member): (&Account, &Member),
    address: &EmailAddress,
    resource: &Resource,
) -> Result<()> {
    let wishes = user::invitation(resource);
    let application = wishes.application.map(ApplicationId::new);
    let new = NewInvitation {
        account,
        member,
        address,
        inviter: by.inviter(),
        message: wishes.message.as_deref().filter(|it| !it.trim().is_empty()),
        language: wishes
            .language
            .as_deref()
            .or_else(|| resource.text("preferredLanguage")),
        application: application.as_ref(),
    };
    invitation::send(app, tx, &by.caller, &new).await?;
    Ok(())
}

/// Whether a member's address is the verified one of somebody who is another member of the same
/// account: that person has nothing to accept (docs: "Invitations"). What else is known of the
/// address, in other accounts, is not told.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub(super) async fn belongs_here(tx: &mut Tx, member: &Member) -> crate::Result<bool> {
    let only = Run {
        account: &member.account,
        first: &member.id,
        last: &member.id,
    };
    Ok(!run::known_here(tx, only).await?.is_empty())
}

/// Whether the application that a resource names, if it is not named already, is the account's.
///
/// # Errors
/// 400 `invalidValue` for one that the account does not have.
pub(super) async fn check_application(
    tx: &mut Tx,
    account: &Account,
    (before, resource): (Option<&Resource>, &Resource),
) -> Result<()> {
    let old = before.and_then(|it| user::invitation(it).application);
    let new = user::invitation(resource)
        .application
        .filter(|it| Some(it) != old.as_ref());
    let Some(named) = new.map(ApplicationId::new) else {
        return Ok(());
    };
    if latchkey_store::application::is_of_account(tx, &account.id, &named).await? {
        return Ok(());
    }
    Err(invalid(
        &format!("{INVITATION}:application"),
        "the account does not have this application",
    )
    .into())
}

/// The member's pending invitation; one whose time is over is none.
pub(super) async fn pending(tx: &mut Tx, member: &Member) -> Result<Option<Invitation>> {
    let newest = latchkey_store::invitation::newest_of_member(tx, &member.account, &member.id).await?;
    Ok(newest.filter(|it| it.state == InvitationState::Pending))
}

/// Takes the member's pending invitation back, where there is one that has not run out.
pub(super) async fn revoke_pending(
    (app, by): (&App, &Provisioner),
    tx: &mut Tx,
    member: &Member,
) -> Result<()> {
    if let Some(pending) = pending(tx, member).await?
        && pending.state_at(app.now()) == InvitationState::Pending
    {
        invitation::revoke(app, tx, &by.caller, &pending).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation() -> Situation {
        Situation {
            status: MemberStatus::Invited,
            became_invited: false,
            has_address: true,
            belongs_here: false,
            address_changed: false,
            newest: None,
            send: true,
            resend: false,
        }
    }

    const PENDING: Option<InvitationState> = Some(InvitationState::Pending);

    #[test]
    fn a_new_member_with_an_address_is_invited_unless_the_client_says_not_to() {
        assert_eq!(step(situation()).unwrap(), Step::Send);
        assert_eq!(
            step(Situation {
                send: false,
                ..situation()
            })
            .unwrap(),
            Step::Nothing
        );
        assert_eq!(
            step(Situation {
                has_address: false,
                ..situation()
            })
            .unwrap(),
            Step::Nothing
        );
        assert_eq!(
            step(Situation {
                status: MemberStatus::Suspended,
                ..situation()
            })
            .unwrap(),
            Step::Nothing
        );
    }

    #[test]
    fn a_pending_invitation_is_left_alone_unless_the_address_changes_or_it_is_asked_for() {
        let pending = Situation {
            newest: PENDING,
            ..situation()
        };
        assert_eq!(step(pending).unwrap(), Step::Nothing);
        assert_eq!(
            step(Situation {
                became_invited: true,
                ..pending
            })
            .unwrap(),
            Step::Nothing
        );
        assert_eq!(
            step(Situation {
                resend: true,
                ..pending
            })
            .unwrap(),
            Step::Resend
        );
        let elsewhere = Situation {
            address_changed: true,
            send: false,
            resend: true,
            ..pending
        };
        assert_eq!(step(elsewhere).unwrap(), Step::Replace);
        let nowhere = Situation {
            has_address: false,
            address_changed: true,
            ..pending
        };
        assert_eq!(step(nowhere).unwrap(), Step::Revoke);
    }

    #[test]
    fn whoever_is_a_member_here_already_is_not_invited() {
        let here = Situation {
            belongs_here: true,
            ..situation()
        };
        assert_eq!(step(here).unwrap(), Step::Nothing);
        let moved = Situation {
            newest: PENDING,
            address_changed: true,
            ..here
        };
        assert_eq!(step(moved).unwrap(), Step::Revoke);
        let again = Situation { resend: true, ..here };
        assert!(
            step(again)
                .unwrap_err()
                .detail
                .contains("a member of this account")
        );
    }

    #[test]
    fn after_a_revoked_or_expired_one_a_new_one_is_sent_when_something_asks_for_it() {
        for ended in [InvitationState::Revoked, InvitationState::Expired] {
            let ended = Situation {
                newest: Some(ended),
                ..situation()
            };
            assert_eq!(step(ended).unwrap(), Step::Nothing);
            assert_eq!(
                step(Situation {
                    became_invited: true,
                    ..ended
                })
                .unwrap(),
                Step::Send
            );
            assert_eq!(
                step(Situation {
                    became_invited: true,
                    send: false,
                    ..ended
                })
                .unwrap(),
                Step::Nothing
            );
            assert_eq!(
                step(Situation {
                    address_changed: true,
                    ..ended
                })
                .unwrap(),
                Step::Send
            );
            assert_eq!(
                step(Situation {
                    resend: true,
                    send: false,
                    ..ended
                })
                .unwrap(),
                Step::Send
            );
        }
    }

    #[test]
    fn resending_to_someone_who_cannot_accept_is_refused() {
        let again = Situation {
            resend: true,
            ..situation()
        };
        for odd in [
            Situation {
                status: MemberStatus::Active,
                ..again
            },
            Situation {
                status: MemberStatus::Suspended,
                ..again
            },
            Situation {
                has_address: false,
                ..again
            },
        ] {
            assert_eq!(step(odd).unwrap_err().status, 400);
        }
    }
}
