use std::collections::BTreeSet;

use super::*;

fn record() -> AuditRecord {
    AuditRecord {
        id: AuditId::new("r1"),
        account: Some(AccountId::new("acme")),
        at: Timestamp(1_000),
        actor: Actor::Member {
            account: AccountId::new("acme"),
            member: MemberId::new("m1"),
            name: "Ana Lima".to_owned(),
        },
        action: Action::MemberDenied,
        target: Some(Target::new("member", "m2")),
        before: None,
        after: Some("{}".to_owned()),
        address: Some("192.0.2.1".to_owned()),
        reason: Some("left the pilot".to_owned()),
        details: vec![("permission".to_owned(), "crm/contacts:edit".to_owned())],
        salt: "salt".to_owned(),
    }
}

fn digests() -> Vec<(String, String)> {
    vec![
        ("actor".to_owned(), "d1".to_owned()),
        ("reason".to_owned(), "d2".to_owned()),
    ]
}

#[test]
fn values_stand_beside_the_record_by_name() {
    let names: Vec<String> = record().values().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["actor", "address", "after", "permission", "reason"]);
}

#[test]
fn a_detail_never_takes_the_place_of_a_known_value() {
    let mut record = record();
    record.details = vec![("actor".to_owned(), "Someone else".to_owned())];
    let actors: Vec<_> = record
        .values()
        .into_iter()
        .filter(|(name, _)| name == "actor")
        .collect();
    assert_eq!(actors, [("actor".to_owned(), "Ana Lima".to_owned())]);
}

#[test]
fn the_same_record_gives_the_same_bytes_in_any_order_of_values() {
    let mut turned = digests();
    turned.reverse();
    assert_eq!(record().canonical(&digests()), record().canonical(&turned));
}

#[test]
fn any_changed_field_changes_the_bytes() {
    let digests = digests();
    let record = record();
    let whole = record.chained(&digests);
    let other = [("actor".to_owned(), "d3".to_owned())];
    let changed = [
        Chained { id: "r2", ..whole },
        Chained {
            chain: "globex",
            ..whole
        },
        Chained {
            at: Timestamp(1_001),
            ..whole
        },
        Chained {
            actor_kind: "user",
            ..whole
        },
        Chained {
            actor_id: None,
            ..whole
        },
        Chained {
            action: "member.granted",
            ..whole
        },
        Chained {
            target: None,
            ..whole
        },
        Chained {
            target_id: Some("m3"),
            ..whole
        },
        Chained {
            salt: "pepper",
            ..whole
        },
        Chained {
            values: &other,
            ..whole
        },
        Chained { values: &[], ..whole },
    ];
    let mut seen = BTreeSet::from([whole.canonical()]);
    for it in changed {
        assert!(seen.insert(it.canonical()), "{it:?}");
    }
}

#[test]
fn text_moved_from_one_field_to_the_next_changes_the_bytes() {
    let digests = digests();
    let record = record();
    let a = Chained {
        actor_id: Some("ab"),
        action: "c",
        ..record.chained(&digests)
    };
    let b = Chained {
        actor_id: Some("a"),
        action: "bc",
        ..record.chained(&digests)
    };
    assert_ne!(a.canonical(), b.canonical());
    assert_ne!(
        canonical_value("r", "s", "ab", "c"),
        canonical_value("r", "s", "a", "bc")
    );
    assert_ne!(
        canonical_link("c", 1, "ab", "c"),
        canonical_link("c", 1, "a", "bc")
    );
}

#[test]
fn equal_values_of_two_records_have_different_digests() {
    assert_ne!(
        canonical_value("r1", "s", "actor", "Ana"),
        canonical_value("r2", "s", "actor", "Ana")
    );
}

#[test]
fn every_action_has_its_own_dotted_name() {
    let names: BTreeSet<&str> = Action::ALL.iter().map(|it| it.as_str()).collect();
    assert_eq!(names.len(), Action::ALL.len());
    for action in Action::ALL {
        assert_eq!(Action::from_key(action.as_str()), Some(*action));
        assert_eq!(action.as_str().matches('.').count(), 1, "{action}");
    }
}

#[test]
fn a_record_without_an_account_is_of_the_installation() {
    let record = AuditRecord {
        account: None,
        ..record()
    };
    assert_eq!(record.chain(), INSTALLATION_CHAIN);
}
