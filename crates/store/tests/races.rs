//! Two at the same time: one wins, and the other is told.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use latchkey_domain::id::{ClientId, GrantId, UserId};
use latchkey_store::grant::refresh::{self, RefreshToken};
use latchkey_store::grant::{self, Grant};
use latchkey_store::sql::{DbError, sql};
use latchkey_store::user::{self, User, VerifiedAddress};
use latchkey_store::{member, throttle};
use latchkey_testkit::on_both_databases;
use support::{NOW, account_of, new_member};
use tokio::task::JoinSet;

on_both_databases!(two_changes_of_one_member_leave_one_stale, async |db| {
    let acme = account_of(db, "acme", &["olivia", "stan"]).await;
    let read = async || {
        db.read(async |tx| member::find(tx, &acme.id, &"stan".into()).await)
            .await
            .unwrap()
            .unwrap()
    };
    let (mut one, mut other) = (read().await, read().await);
    one.mobile_access = true;
    other.email_reminders = true;
    assert!(
        db.write(async |tx| member::update(tx, &one, NOW).await)
            .await
            .unwrap()
    );
    assert!(
        !db.write(async |tx| member::update(tx, &other, NOW).await)
            .await
            .unwrap()
    );
    let kept = read().await;
    assert_eq!(
        (kept.mobile_access, kept.email_reminders, kept.version),
        (true, false, 2)
    );
});

on_both_databases!(
    a_user_name_is_taken_once_in_an_account_and_free_in_another,
    async |db| {
        let acme = account_of(db, "acme", &["olivia"]).await;
        let globex = account_of(db, "globex", &["gus"]).await;
        let mut twin = new_member(&acme.id, "twin");
        twin.profile.user_name = "OLIVIA@acme.example".to_owned();
        let taken = db.write(async |tx| member::insert(tx, &twin).await).await;
        assert!(
            taken
                .unwrap_err()
                .is_unique_violation("member", "user_name_folded")
        );
        twin.account = globex.id.clone();
        assert_eq!(db.write(async |tx| member::insert(tx, &twin).await).await, Ok(()));
    }
);

on_both_databases!(a_removed_members_user_name_is_free_again, async |db| {
    let acme = account_of(db, "acme", &["olivia", "stan"]).await;
    let mut gone = db
        .read(async |tx| member::find(tx, &acme.id, &"stan".into()).await)
        .await
        .unwrap()
        .unwrap();
    gone.standing.removed_at = Some(NOW);
    assert!(
        db.write(async |tx| member::update(tx, &gone, NOW).await)
            .await
            .unwrap()
    );
    let mut anew = new_member(&acme.id, "stan-again");
    anew.profile.user_name = "stan@acme.example".to_owned();
    assert_eq!(db.write(async |tx| member::insert(tx, &anew).await).await, Ok(()));
    let found = db
        .read(async |tx| member::by_user_name(tx, &acme.id, "Stan@Acme.example").await)
        .await;
    assert_eq!(found.unwrap().unwrap().id.as_str(), "stan-again");
});

on_both_databases!(a_code_is_redeemed_once_however_many_try, async |db| {
    let mut running: JoinSet<Result<(), DbError>> = (0..16)
        .map(|number| {
            let db = db.db().clone();
            async move {
                db.write_settled(async |tx| {
                    let given = grant_of_the_code();
                    if !grant::present(tx, &[&given.id]).await?.is_empty() {
                        return Err(DbError::NotFound);
                    }
                    let token = RefreshToken {
                        token_hash: format!("digest {number}"),
                        grant_id: given.id.clone(),
                        created_at: NOW,
                        expires_at: NOW,
                        used_at: None,
                    };
                    // First, so that it shows whether the losers are undone.
                    refresh::insert(tx, &[&token]).await?;
                    grant::insert(tx, &[&given]).await
                })
                .await
            }
        })
        .collect();
    let mut winners = 0;
    while let Some(attempt) = running.join_next().await {
        match attempt.unwrap() {
            Ok(()) => winners += 1,
            Err(refusal) => assert_eq!(refusal, DbError::NotFound),
        }
    }
    assert_eq!(winners, 1);
    let tokens: i64 = db
        .read(async |tx| tx.one(sql("SELECT COUNT(*) FROM refresh_token")).await)
        .await
        .unwrap();
    assert_eq!(tokens, 1, "what the losers wrote is undone");
});

fn grant_of_the_code() -> Grant {
    Grant {
        id: GrantId::new("g"),
        account_id: "acme".into(),
        member_id: "olivia".into(),
        user_id: UserId::new("u1"),
        client_id: ClientId::new("crm"),
        sid: None,
        scope: "openid".to_owned(),
        resources: String::new(),
        claims: None,
        auth_time: NOW,
        amr: "pwd".to_owned(),
        offline: false,
        native: false,
        app_version: None,
        platform: None,
        platform_version: None,
        created_at: NOW,
        expires_at: NOW,
        revoked_at: None,
    }
}

on_both_databases!(an_address_is_proven_by_one_person_only, async |db| {
    let add = async |number: u8| {
        db.write(async |tx| {
            let person = User {
                id: UserId::new(format!("u{number}")),
                given_name: String::new(),
                family_name: String::new(),
                language: None,
                time_zone: None,
                version: 1,
                created_at: NOW,
            };
            user::insert(tx, &person).await?;
            let proven = VerifiedAddress {
                address: "ana@acme.example".to_owned(),
                address_folded: "ana@acme.example".to_owned(),
                is_primary: true,
                verified_at: NOW,
                method: "invitation".to_owned(),
            };
            user::add_address(tx, &format!("e{number}"), &person.id, &proven).await
        })
        .await
    };
    assert_eq!(add(1).await, Ok(()));
    assert!(
        add(2)
            .await
            .unwrap_err()
            .is_unique_violation("user_email", "address_folded")
    );
    let second = db
        .read(async |tx| user::find(tx, &UserId::new("u2")).await)
        .await
        .unwrap();
    assert!(
        second.is_none(),
        "the person of the refused address is not kept either"
    );
});

on_both_databases!(a_throttle_count_is_kept_and_forgotten, async |db| {
    let count = throttle::Count {
        failures: 3,
        last_at: NOW,
        blocked_until: NOW,
    };
    db.write(async |tx| throttle::save(tx, "user u1", &count).await)
        .await
        .unwrap();
    let found = db
        .read(async |tx| throttle::find(tx, "user u1").await)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.failures, 3);
    db.write(async |tx| throttle::clear(tx, "user u1").await)
        .await
        .unwrap();
    assert!(
        db.read(async |tx| throttle::find(tx, "user u1").await)
            .await
            .unwrap()
            .is_none()
    );
});

on_both_databases!(whoever_goes_away_leaves_no_transaction_open, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    for round in 0..300_u64 {
        let patience = async {
            for _ in 0..(round % 60) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = db.read(async |tx| tx.one::<i64>(sql("SELECT COUNT(*) FROM account")).await) => {}
            () = patience => {}
        }
        let member = new_member(&acme.id, &format!("m{round}"));
        db.write(async |tx| member::insert(tx, &member).await)
            .await
            .unwrap();
    }
});

on_both_databases!(settled_use_cases_beside_each_other_are_all_kept, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    let mut running: JoinSet<Result<(), DbError>> = (0..200)
        .map(|number| {
            let (db, account) = (db.db().clone(), acme.id.clone());
            async move {
                let member = new_member(&account, &format!("m{number:03}"));
                db.write_settled(async |tx| {
                    assert!(member::find(tx, &account, &member.id).await?.is_none());
                    member::insert(tx, &member).await
                })
                .await
            }
        })
        .collect();
    while let Some(outcome) = running.join_next().await {
        outcome.unwrap().unwrap();
    }
    let count = db
        .read(async |tx| member::count(tx, &acme.id).await)
        .await
        .unwrap();
    assert_eq!(count, 201);
});

on_both_databases!(
    a_settled_change_and_another_of_the_same_row_do_not_pass_each_other,
    async |db| {
        let acme = account_of(db, "acme", &["olivia", "stan"]).await;
        let mut running: JoinSet<Result<bool, DbError>> = (0..20)
            .map(|number| {
                let (db, account) = (db.db().clone(), acme.id.clone());
                async move {
                    let change = async |tx: &mut latchkey_store::sql::Tx| {
                        let mut stan = member::find(tx, &account, &"stan".into())
                            .await?
                            .ok_or(DbError::NotFound)?;
                        stan.profile.given_name = format!("Stan {number}");
                        member::update(tx, &stan, NOW).await
                    };
                    if number % 2 == 0 {
                        db.write_settled(change).await
                    } else {
                        db.write(change).await
                    }
                }
            })
            .collect();
        let mut changed = 0;
        while let Some(outcome) = running.join_next().await {
            changed += i64::from(outcome.unwrap().unwrap_or(false));
        }
        let stan = db
            .read(async |tx| member::find(tx, &acme.id, &"stan".into()).await)
            .await;
        assert_eq!(stan.unwrap().unwrap().version, 1 + changed);
    }
);
