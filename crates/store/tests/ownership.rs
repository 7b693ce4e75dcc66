//! One owner per account, by the database's own construction, after any sequence of operations at
//! the same time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use latchkey_domain::id::MemberId;
use latchkey_store::sql::{DbError, sql};
use latchkey_store::{account, member};
use latchkey_testkit::on_both_databases;
use support::{NOW, account_of};
use tokio::task::JoinSet;

on_both_databases!(an_account_without_an_owner_can_not_be_read, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    db.write(async |tx| {
        tx.execute(sql("DELETE FROM ownership WHERE account_id = $1").bind(&acme.id))
            .await
    })
    .await
    .unwrap();
    let found = db
        .read(async |tx| account::by_slug(tx, "acme").await)
        .await
        .unwrap();
    assert_eq!(found, None);
});

on_both_databases!(a_second_owner_is_a_unique_violation, async |db| {
    let acme = account_of(db, "acme", &["olivia", "mara"]).await;
    let second = db
        .write(async |tx| {
            tx.execute(
                sql("INSERT INTO ownership (account_id, member_id, since_at) VALUES ($1, $2, $3)")
                    .bind(&acme.id)
                    .bind("mara")
                    .bind(NOW),
            )
            .await
        })
        .await;
    assert!(second.unwrap_err().is_unique_violation("ownership", "account_id"));
});

on_both_databases!(a_member_of_another_account_can_not_own_this_one, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    account_of(db, "globex", &["gus"]).await;
    let stolen = db
        .write(async |tx| account::set_owner(tx, &acme.id, &MemberId::new("gus"), NOW).await)
        .await;
    assert_eq!(stolen, Err(DbError::ForeignKey));
});

on_both_databases!(
    exactly_one_owner_survives_transfers_at_the_same_time,
    async |db| {
        let people = ["olivia", "mara", "stan", "rita", "paul"];
        let acme = account_of(db, "acme", &people).await;
        let transfers = (0..40_usize).map(|turn| {
            let (db, acme) = (db.db().clone(), acme.clone());
            async move {
                let to = MemberId::new(people[turn % people.len()]);
                db.write(async |tx| {
                    let present = account::find(tx, &acme.id).await?.ok_or(DbError::NotFound)?;
                    if present.owner == to {
                        return Ok(());
                    }
                    let mut former = member::find(tx, &acme.id, &present.owner)
                        .await?
                        .ok_or(DbError::NotFound)?;
                    former.mobile_access = turn % 2 == 0;
                    account::set_owner(tx, &acme.id, &to, NOW).await?;
                    if member::update(tx, &former, NOW).await? {
                        Ok(())
                    } else {
                        Err(DbError::Serialization)
                    }
                })
                .await
            }
        });
        let mut running: JoinSet<_> = transfers.collect();
        let mut done = 0;
        while let Some(transfer) = running.join_next().await {
            done += usize::from(transfer.unwrap().is_ok());
        }
        assert!(done > 0);
        let owners: Vec<String> = db
            .read(async |tx| {
                tx.all(sql("SELECT member_id FROM ownership WHERE account_id = $1").bind(&acme.id))
                    .await
            })
            .await
            .unwrap();
        assert_eq!(owners.len(), 1);
        let found = db
            .read(async |tx| account::find(tx, &acme.id).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.owner.as_str(), owners[0]);
    }
);
