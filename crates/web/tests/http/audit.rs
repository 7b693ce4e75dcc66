//! The audit trail of what happens over HTTP, and its proof.

use latchkey_app::audit::{Head, verify};
use latchkey_testkit::actors::{password_of, user};
use latchkey_testkit::{TestApp, on_both_databases};

async fn something_happens(it: &TestApp) {
    it.hr()
        .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
        .await
        .expect(201);
    it.crm().tokens_for("stan@acme.example", "openid").await;
    it.browser()
        .sign_in("stan@acme.example", "wrong but long enough")
        .await;
    it.chain().await;
}

on_both_databases!(
    what_happened_is_recorded_chained_and_proven,
    installed,
    async |it| {
        let before = verify(&it.app, &[]).await.unwrap();
        something_happens(it).await;
        let after = verify(&it.app, &[]).await.unwrap();
        assert_eq!(after.faults, []);
        assert_eq!(after.waiting, 0);
        assert!(
            after.records >= before.records + 5,
            "{} then {}",
            before.records,
            after.records
        );
    }
);

on_both_databases!(one_changed_value_is_found_and_named, installed, async |it| {
    something_happens(it).await;
    let changed = it
        .tamper(
            "UPDATE audit_record SET value_list = replace(value_list, '\"]]', 'x\"]]') WHERE id = \
             (SELECT MIN(id) FROM audit_record WHERE action = 'invitation.sent')",
        )
        .await;
    assert_eq!(changed, 1);
    let record = it
        .ask("SELECT MIN(id) FROM audit_record WHERE action = 'invitation.sent'")
        .await;
    let report = verify(&it.app, &[]).await.unwrap();
    assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
    assert_eq!(report.faults[0].record.as_deref(), Some(record.as_str()));
});

on_both_databases!(
    values_that_can_no_longer_be_read_are_found,
    installed,
    async |it| {
        something_happens(it).await;
        let changed = it
            .tamper(
                "UPDATE audit_record SET value_list = replace(value_list, ']]', ']') \
             WHERE position = 3 AND chain = 'installation'",
            )
            .await;
        assert_eq!(changed, 1);
        let report = verify(&it.app, &[]).await.unwrap();
        let what: Vec<&str> = report.faults.iter().map(|it| it.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "its values are not what was recorded",
                "the record is not what was recorded"
            ]
        );
    }
);

on_both_databases!(a_changed_record_is_found, installed, async |it| {
    something_happens(it).await;
    let changed = it
        .tamper("UPDATE audit_record SET at = at + 1 WHERE position = 3 AND chain = 'installation'")
        .await;
    assert_eq!(changed, 1);
    assert!(!verify(&it.app, &[]).await.unwrap().faults.is_empty());
});

on_both_databases!(a_removed_record_is_missed, installed, async |it| {
    something_happens(it).await;
    assert_eq!(
        it.tamper("DELETE FROM audit_record WHERE position = 2 AND chain = 'installation'")
            .await,
        1
    );
    assert!(!verify(&it.app, &[]).await.unwrap().faults.is_empty());
});

on_both_databases!(erased_personal_values_are_no_fault, installed, async |it| {
    something_happens(it).await;
    assert!(
        it.tamper("UPDATE audit_record SET value_list = replace(value_list, '\"203.0.113.5\"', 'null')")
            .await
            > 0
    );
    let report = verify(&it.app, &[]).await.unwrap();
    assert_eq!(report.faults, []);
    assert!(report.erased_values > 0);
});

on_both_databases!(no_secret_is_in_the_trail_or_the_outbox, installed, async |it| {
    something_happens(it).await;
    let token = it
        .link_to("nora@acme.example")
        .await
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let everything = latchkey_testkit::digest::Digest::of(&it.app.db, &[]).await;
    let nothing = latchkey_testkit::digest::Digest::of(&it.app.db, &[]).await;
    assert_eq!(everything, nothing);
    let secrets = [
        password_of("stan@"),
        "wrong but long enough",
        token.as_str(),
        "crm-2fQ8vXkJ6rYwN4tBzL0mSdHc9aGeUp7iRo3jKy5ZxEw",
        "lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
    ];
    for secret in secrets {
        assert!(!everything.mentions(secret), "{secret} is stored as it is");
    }
    assert!(everything.mentions("Sales desk"));
});

on_both_databases!(
    a_tail_that_was_cut_off_is_told_by_an_earlier_head,
    installed,
    async |it| {
        something_happens(it).await;
        let heads = verify(&it.app, &[]).await.unwrap().heads;
        assert!(!heads.is_empty());
        assert_eq!(verify(&it.app, &heads).await.unwrap().faults, []);
        let further = |head: &Head| Head {
            position: head.position + 1,
            ..head.clone()
        };
        let later: Vec<Head> = heads.iter().map(further).collect();
        let report = verify(&it.app, &later).await.unwrap();
        assert_eq!(report.faults.len(), later.len(), "{:?}", report.faults);
    }
);
