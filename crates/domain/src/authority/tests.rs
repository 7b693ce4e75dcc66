use super::*;
use crate::access::{self, Subject};
use crate::catalogue::latchkey;
use crate::examples::{NOW, acme, crm, member, permission, permissions, role};
use crate::overrides::Override;
use crate::time::Timestamp;

/// The authority that a member of [`acme`] has by role and overrides.
fn authority(id: &str, built_in: BuiltInRole, overrides: &[Override]) -> Authority {
    let (account, member, role) = (acme(), member(id, built_in.as_str()), role(built_in));
    let subject = Subject {
        account: &account,
        member: &member,
        role: &role,
        application_enabled: true,
        system_account: false,
        direct_sets: &[],
        group_sets: &[],
        overrides,
    };
    let all = [crm(), latchkey()].into_iter().flat_map(|catalogue| {
        access::permissions(&subject, &catalogue, NOW)
            .into_iter()
            .map(move |it| catalogue.qualify(&it))
    });
    Authority::of_member(&account, &member, &role, all.collect::<Vec<_>>())
}

fn grant(text: &str) -> Override {
    Override {
        permission: permission(text),
        effect: Effect::Grant,
        note: None,
        by: None,
        at: Timestamp(0),
        expires_at: None,
        dormant: false,
    }
}

/// Runs the check on a member of [`acme`] with this role.
fn on<T>(id: &str, built_in: BuiltInRole, check: impl FnOnce(&Target<'_>) -> T) -> T {
    let (account, member, role) = (acme(), member(id, "manager"), role(built_in));
    check(&Target {
        account: &account,
        member: &member,
        role: &role,
    })
}

fn defaults(built_in: BuiltInRole) -> BTreeSet<QualifiedPermission> {
    let catalogue = crm();
    role(built_in)
        .default_permissions(&catalogue)
        .iter()
        .map(|it| catalogue.qualify(it))
        .collect()
}

const STANDARD: BuiltInRole = BuiltInRole::Standard;
const MANAGER: BuiltInRole = BuiltInRole::Manager;

#[test]
fn read_only_and_standard_members_administer_nothing() {
    for built_in in [BuiltInRole::ReadOnly, STANDARD] {
        let it = authority("m1", built_in, &[]);
        let missing = Err(Refusal::Missing {
            needed: "users:manage",
        });
        assert_eq!(
            on("m2", BuiltInRole::ReadOnly, |target| it.may_hold(target)),
            missing
        );
        assert_eq!(
            on("m2", BuiltInRole::ReadOnly, |target| it.may_assign(target, [])),
            missing
        );
        let invite = it.may_invite(&role(BuiltInRole::ReadOnly), []);
        assert_eq!(
            invite,
            Err(Refusal::Missing {
                needed: "users:invite"
            })
        );
    }
}

#[test]
fn a_standard_member_who_may_invite_cant_invite_a_manager() {
    let it = authority("m1", STANDARD, &[grant("latchkey/users:invite")]);
    assert_eq!(it.may_invite(&role(STANDARD), &defaults(STANDARD)), Ok(()));
    assert_eq!(
        it.may_invite(&role(MANAGER), &defaults(MANAGER)),
        Err(Refusal::RoleAboveOwn {
            role: "Manager".to_owned()
        })
    );
    let more = permissions(&["crm/contacts:purge"]);
    assert_eq!(
        it.may_invite(&role(STANDARD), &more),
        Err(Refusal::AboveOwn {
            permission: permission("crm/contacts:purge")
        })
    );
}

#[test]
fn nobody_invites_or_promotes_to_owner() {
    for it in [
        authority("owner", BuiltInRole::Owner, &[]),
        authority("m1", MANAGER, &[]),
        Authority::of_operator(&[crm(), latchkey()]),
        Authority::of_token(MANAGER, None, &[crm()]),
    ] {
        let owner = role(BuiltInRole::Owner);
        assert_eq!(it.may_invite(&owner, []), Err(Refusal::OwnerByTransferOnly));
        let promoted = on("m2", STANDARD, |target| it.may_change_role(target, &owner, []));
        assert_eq!(promoted, Err(Refusal::OwnerByTransferOnly));
    }
}

#[test]
fn the_owner_is_out_of_everyones_reach() {
    for it in [
        authority("owner", BuiltInRole::Owner, &[]),
        authority("m1", MANAGER, &[]),
        Authority::of_operator(&[crm(), latchkey()]),
        Authority::of_token(MANAGER, None, &[crm()]),
    ] {
        on("owner", BuiltInRole::Owner, |target| {
            assert_eq!(it.may_hold(target), Err(Refusal::Owner));
            assert_eq!(it.may_remove(target), Err(Refusal::Owner));
            assert_eq!(
                it.may_change_role(target, &role(STANDARD), []),
                Err(Refusal::Owner)
            );
            assert_eq!(it.may_assign(target, []), Err(Refusal::Owner));
            let deny = it.may_override(target, &permission("crm/contacts:view"), Effect::Deny, &crm());
            assert_eq!(deny, Err(Refusal::Owner));
            assert_eq!(
                it.may_edit_profile(target),
                Ok(()),
                "the directory profile may change"
            );
            let toggles = if it.is_owner { Ok(()) } else { Err(Refusal::Owner) };
            assert_eq!(it.may_set_toggles(target), toggles);
        });
    }
}

#[test]
fn a_manager_administers_members_and_never_billing() {
    let it = authority("m1", MANAGER, &[]);
    on("m2", STANDARD, |target| {
        assert_eq!(it.may_hold(target), Ok(()));
        assert_eq!(it.may_remove(target), Ok(()));
        assert_eq!(
            it.may_change_role(target, &role(MANAGER), &defaults(MANAGER)),
            Ok(())
        );
        let purge = permission("crm/contacts:purge");
        assert_eq!(it.may_override(target, &purge, Effect::Grant, &crm()), Ok(()));
        let billing = permission("crm/invoices:view");
        assert_eq!(
            it.may_override(target, &billing, Effect::Grant, &crm()),
            Err(Refusal::AboveOwn {
                permission: billing.clone()
            })
        );
        let set = permissions(&["crm/contacts:view", "crm/invoices:view"]);
        assert_eq!(
            it.may_assign(target, &set),
            Err(Refusal::AboveOwn {
                permission: billing.clone()
            })
        );
        assert_eq!(
            it.may_define_set(&set),
            Err(Refusal::AboveOwn { permission: billing })
        );
    });
    for text in [
        "latchkey/account:view",
        "latchkey/billing:manage",
        "latchkey/accounts:manage",
    ] {
        assert!(!it.gives.contains(&permission(text)), "{text}");
    }
}

#[test]
fn the_owner_grants_no_more_than_the_targets_role_may_hold() {
    let it = authority("owner", BuiltInRole::Owner, &[]);
    let billing = permission("crm/invoices:view");
    let to_manager = on("m2", MANAGER, |target| {
        it.may_override(target, &billing, Effect::Grant, &crm())
    });
    assert_eq!(
        to_manager,
        Err(Refusal::AboveCeiling {
            permission: billing,
            role: "Manager".to_owned()
        })
    );
    let edit = permission("crm/contacts:edit");
    let to_read_only = on("m2", BuiltInRole::ReadOnly, |target| {
        it.may_override(target, &edit, Effect::Grant, &crm())
    });
    assert!(matches!(to_read_only, Err(Refusal::AboveCeiling { .. })));
}

#[test]
fn nobody_changes_themself() {
    let it = authority("m1", MANAGER, &[]);
    on("m1", MANAGER, |target| {
        assert_eq!(
            it.may_change_role(target, &role(STANDARD), []),
            Err(Refusal::Oneself)
        );
        assert_eq!(it.may_assign(target, []), Err(Refusal::Oneself));
        assert_eq!(it.may_clear(target, []), Err(Refusal::Oneself));
        assert_eq!(it.may_hold(target), Err(Refusal::Oneself));
        assert_eq!(it.may_remove(target), Err(Refusal::Oneself));
        assert_eq!(it.may_set_toggles(target), Err(Refusal::Oneself));
        assert_eq!(it.may_edit_profile(target), Ok(()));
    });
}

#[test]
fn who_may_manage_users_still_cant_reach_a_higher_role() {
    let it = authority("m1", STANDARD, &[grant("latchkey/users:manage")]);
    assert_eq!(
        on("m2", MANAGER, |target| it.may_hold(target)),
        Err(Refusal::Outranked)
    );
    assert_eq!(on("m2", STANDARD, |target| it.may_hold(target)), Ok(()));
    assert_eq!(
        on("m2", MANAGER, |target| it.may_edit_profile(target)),
        Err(Refusal::Outranked)
    );
}

#[test]
fn the_owners_profile_is_changed_by_who_reaches_managers() {
    for (highest, may) in [
        (BuiltInRole::ReadOnly, Err(Refusal::Outranked)),
        (STANDARD, Err(Refusal::Outranked)),
        (MANAGER, Ok(())),
    ] {
        let it = Authority::of_token(highest, None, &[crm(), latchkey()]);
        on("owner", BuiltInRole::Owner, |target| {
            assert_eq!(it.may_edit_profile(target), may);
            if may.is_err() {
                assert_eq!(it.may_change_address(target), may);
            }
        });
    }
}

#[test]
fn clearing_a_deny_gives_what_it_took() {
    let it = authority("m1", STANDARD, &[grant("latchkey/users:manage")]);
    let purge = permissions(&["crm/contacts:purge"]);
    let cleared = on("m2", STANDARD, |target| it.may_clear(target, &purge));
    assert_eq!(
        cleared,
        Err(Refusal::AboveOwn {
            permission: permission("crm/contacts:purge")
        })
    );
}

#[test]
fn a_permission_that_no_catalogue_has_is_refused() {
    let it = authority("owner", BuiltInRole::Owner, &[]);
    let unknown = permission("crm/contacts:fly");
    let refused = on("m2", STANDARD, |target| {
        it.may_override(target, &unknown, Effect::Deny, &crm())
    });
    assert_eq!(refused, Err(Refusal::UnknownPermission { permission: unknown }));
}

#[test]
fn who_is_not_active_has_no_authority() {
    let (account, mut manager, role) = (acme(), member("m1", "manager"), role(MANAGER));
    manager.standing.hr_active = false;
    let all = latchkey()
        .permissions
        .into_iter()
        .map(|it| latchkey().qualify(&it.id));
    let it = Authority::of_member(&account, &manager, &role, all.collect::<Vec<_>>());
    assert!(it.administration.is_empty());
    assert_eq!(
        it.may(needs::USERS_VIEW),
        Err(Refusal::Missing { needed: "users:view" })
    );
}

#[test]
fn a_token_has_its_own_authority() {
    let catalogues = [crm(), latchkey()];
    let token = Authority::of_token(STANDARD, None, &catalogues);
    assert_eq!(token.may_invite(&role(STANDARD), &defaults(STANDARD)), Ok(()));
    assert!(matches!(
        token.may_invite(&role(MANAGER), []),
        Err(Refusal::RoleAboveOwn { .. })
    ));
    assert!(!token.gives.contains(&permission("latchkey/users:manage")));
    assert!(token.may(needs::SETTINGS).is_err());
    let listed = permissions(&["crm/contacts:view", "crm/invoices:view"]);
    let token = Authority::of_token(MANAGER, Some(&listed), &catalogues);
    assert_eq!(token.gives, permissions(&["crm/contacts:view"]), "never billing");
    assert_eq!(
        Authority::of_token(BuiltInRole::Owner, None, &catalogues).highest_role,
        MANAGER
    );
}

#[test]
fn an_obligatory_permission_set_stays_with_everyone_but_the_owner() {
    let (mut account, member, role) = (acme(), member("m2", "standard"), role(STANDARD));
    let it = authority("m1", MANAGER, &[]);
    account.settings.require_permission_set = true;
    let target = Target {
        account: &account,
        member: &member,
        role: &role,
    };
    assert_eq!(it.may_unassign(&target, 0, []), Err(Refusal::SetRequired));
    assert_eq!(it.may_unassign(&target, 1, []), Ok(()));
    let mut owned = account.clone();
    owned.owner = member.id.clone();
    let target = Target {
        account: &owned,
        ..target
    };
    assert_eq!(check_required_set(&target, 0), Ok(()));
}

#[test]
fn a_pending_invitation_is_deleted_by_the_right_to_invite() {
    let it = authority("m1", STANDARD, &[grant("latchkey/users:invite")]);
    let (account, active, standard) = (acme(), member("m2", "standard"), role(STANDARD));
    let mut invited = active.clone();
    invited.standing.accepted_at = None;
    let of = |member| Target {
        account: &account,
        member,
        role: &standard,
    };
    assert_eq!(it.may_remove(&of(&invited)), Ok(()));
    assert_eq!(
        it.may_remove(&of(&active)),
        Err(Refusal::Missing {
            needed: "users:manage"
        })
    );
}

#[test]
fn the_link_of_an_owner_who_has_not_accepted_is_not_led_elsewhere() {
    let (account, mut owner, role) = (acme(), member("owner", "manager"), role(MANAGER));
    let catalogues = [crm(), latchkey()];
    let (manager, token) = (
        authority("m1", MANAGER, &[]),
        Authority::of_token(MANAGER, None, &catalogues),
    );
    for accepted_at in [None, Some(NOW)] {
        owner.standing.accepted_at = accepted_at;
        let target = Target {
            account: &account,
            member: &owner,
            role: &role,
        };
        let answer = accepted_at.map(|_| ()).ok_or(Refusal::Owner);
        assert_eq!(manager.may_change_address(&target), answer);
        assert_eq!(token.may_change_address(&target), answer);
        let operator = Authority::of_operator(&catalogues);
        assert_eq!(operator.may_change_address(&target), Ok(()));
    }
}
