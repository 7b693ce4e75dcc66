use super::*;
use crate::examples::{NOW, acme, member};
use crate::member::Standing;

fn fresh(now: Timestamp) -> Authenticated {
    Authenticated { auth_time: now, now }
}

fn start(from: &str, to: &Member, authenticated: Authenticated) -> Result<Transfer, OwnershipRefusal> {
    let from = member(from, "manager");
    Transfer::start(&acme(), (&from, to), None, authenticated, TransferId::new("t1"))
}

fn started() -> Transfer {
    start("owner", &member("m1", "standard"), fresh(NOW)).unwrap()
}

fn recovery() -> Transfer {
    let to = member("m1", "manager");
    Transfer::recover(
        &acme(),
        &to,
        None,
        ("left the company", NOW),
        TransferId::new("t2"),
    )
    .unwrap()
}

#[test]
fn the_two_swap_and_the_old_owner_becomes_manager() {
    let swap = started()
        .accept(&acme(), &member("m1", "standard"), fresh(NOW))
        .unwrap();
    assert_eq!(swap.owner.as_str(), "m1");
    assert_eq!(swap.former.as_str(), "owner");
    assert_eq!(swap.role.as_str(), "manager");
}

#[test]
fn only_the_owner_starts_a_transfer() {
    let refused = start("m2", &member("m1", "standard"), fresh(NOW));
    assert_eq!(refused, Err(OwnershipRefusal::NotOwner));
}

#[test]
fn both_need_a_fresh_sign_in() {
    let old = Authenticated {
        auth_time: NOW.minus(FRESH_FOR).minus(Duration::from_millis(1)),
        now: NOW,
    };
    let to = member("m1", "standard");
    assert_eq!(start("owner", &to, old), Err(OwnershipRefusal::NotFresh));
    assert_eq!(
        started().accept(&acme(), &to, old),
        Err(OwnershipRefusal::NotFresh)
    );
    let from_the_future = Authenticated {
        auth_time: NOW.plus(FRESH_FOR),
        now: NOW,
    };
    assert_eq!(
        start("owner", &to, from_the_future),
        Err(OwnershipRefusal::NotFresh)
    );
}

#[test]
fn ownership_goes_to_another_active_person_of_the_account() {
    let suspended = Member {
        standing: Standing {
            hr_active: false,
            ..Standing::accepted(NOW)
        },
        ..member("m1", "manager")
    };
    let service = Member {
        kind: MemberKind::Service,
        ..member("m1", "manager")
    };
    let stranger = Member {
        account: AccountId::new("globex"),
        ..member("m1", "manager")
    };
    for to in [suspended, service, stranger, member("owner", "manager")] {
        assert_eq!(
            start("owner", &to, fresh(NOW)),
            Err(OwnershipRefusal::NotEligible)
        );
    }
}

#[test]
fn whoever_was_suspended_since_does_not_become_owner() {
    let mut to = member("m1", "standard");
    to.standing.hr_active = false;
    let refused = started().accept(&acme(), &to, fresh(NOW));
    assert_eq!(refused, Err(OwnershipRefusal::NotEligible));
}

#[test]
fn only_the_member_named_accepts_and_only_in_time() {
    let other = member("m2", "manager");
    let refused = started().accept(&acme(), &other, fresh(NOW));
    assert_eq!(refused, Err(OwnershipRefusal::NotNamed));
    let late = NOW.plus(TRANSFER_LIFETIME);
    let named = member("m1", "standard");
    assert_eq!(
        started().accept(&acme(), &named, fresh(late)),
        Err(OwnershipRefusal::Ended)
    );
    assert_eq!(started().state_at(late), TransferState::Expired);
}

#[test]
fn one_transfer_is_pending_at_a_time_and_an_expired_one_is_not_in_the_way() {
    let (from, to) = (member("owner", "manager"), member("m2", "manager"));
    let pending = started();
    let at = |now| {
        Transfer::start(
            &acme(),
            (&from, &to),
            Some(&pending),
            fresh(now),
            TransferId::new("t3"),
        )
    };
    assert_eq!(at(NOW), Err(OwnershipRefusal::AlreadyPending));
    assert!(at(NOW.plus(TRANSFER_LIFETIME)).is_ok());
}

#[test]
fn a_transfer_overtaken_by_another_gives_nothing() {
    let mut account = acme();
    account.owner = MemberId::new("m2");
    let refused = started().accept(&account, &member("m1", "standard"), fresh(NOW));
    assert_eq!(refused, Err(OwnershipRefusal::Overtaken));
}

#[test]
fn a_transfer_is_cancelled_by_either_end_and_once() {
    let (owner, named, other) = (MemberId::new("owner"), MemberId::new("m1"), MemberId::new("m2"));
    assert_eq!(started().cancel(Some(&owner), NOW), Ok(()));
    assert_eq!(started().cancel(Some(&named), NOW), Ok(()));
    assert_eq!(
        started().cancel(Some(&other), NOW),
        Err(OwnershipRefusal::NotOwner)
    );
    assert_eq!(started().cancel(None, NOW), Err(OwnershipRefusal::NotOwner));
    let cancelled = Transfer {
        state: TransferState::Cancelled,
        ..started()
    };
    assert_eq!(cancelled.cancel(Some(&owner), NOW), Err(OwnershipRefusal::Ended));
    let named = member("m1", "standard");
    assert_eq!(
        cancelled.accept(&acme(), &named, fresh(NOW)),
        Err(OwnershipRefusal::Ended)
    );
}

#[test]
fn a_recovery_waits_and_can_be_stopped_by_the_owner() {
    let named = member("m1", "manager");
    let early = recovery().accept(&acme(), &named, fresh(NOW));
    assert_eq!(early, Err(OwnershipRefusal::TooEarly));
    let later = NOW.plus(RECOVERY_DELAY);
    assert!(recovery().accept(&acme(), &named, fresh(later)).is_ok());
    assert_eq!(recovery().cancel(Some(&MemberId::new("owner")), NOW), Ok(()));
    assert_eq!(recovery().cancel(None, NOW), Ok(()));
}

#[test]
fn a_recovery_needs_a_reason() {
    let to = member("m1", "manager");
    let refused = Transfer::recover(&acme(), &to, None, (" ", NOW), TransferId::new("t"));
    assert_eq!(refused, Err(OwnershipRefusal::NoReason));
}

#[test]
fn a_closed_account_keeps_its_owner() {
    let account = Account {
        status: AccountStatus::Closed,
        ..acme()
    };
    let refused = started().accept(&account, &member("m1", "standard"), fresh(NOW));
    assert_eq!(refused, Err(OwnershipRefusal::AccountClosed));
}

#[test]
fn the_first_owners_address_is_corrected_until_they_accept() {
    let mut owner = member("owner", "manager");
    assert_eq!(
        may_correct_address(&acme(), &owner),
        Err(OwnershipRefusal::OwnerHasAccepted)
    );
    owner.standing = Standing::invited();
    assert_eq!(may_correct_address(&acme(), &owner), Ok(()));
    let other = member("m1", "manager");
    assert_eq!(
        may_correct_address(&acme(), &other),
        Err(OwnershipRefusal::NotOwner)
    );
}
