//! SCIM filters on indexed attributes: the right members, by an index, a page at a time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use latchkey_domain::id::{AccountId, ProvisioningClientId};
use latchkey_scim::Filter;
use latchkey_store::db::{Db, Kind};
use latchkey_store::member::run::{self, Run};
use latchkey_store::member::search::{self, Condition, Scope};
use latchkey_store::sql::DbError;
use latchkey_store::{invitation, member, provisioning};
use latchkey_testkit::on_both_databases;
use support::{NOW, account_of};

/// An account whose HR system calls each member by its name and a number.
async fn provisioned(db: &Db, slug: &str, members: &[&str]) -> (AccountId, ProvisioningClientId) {
    let account = account_of(db, slug, members).await;
    let client = ProvisioningClientId::new(format!("hr of {slug}"));
    db.write(async |tx| {
        provisioning::insert_client(tx, &account.id, &client, "hr", NOW).await?;
        for id in members {
            let it = member::find(tx, &account.id, &(*id).into()).await?.unwrap();
            member::set_external_id(tx, &client, &it, Some(&format!("{id}-7"))).await?;
        }
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
    (account.id, client)
}

fn conditions(filter: &str) -> Vec<Condition> {
    let (conditions, rest) = search::split(Filter::parse(filter).unwrap());
    assert_eq!(rest, None, "{filter}");
    conditions
}

async fn found(db: &Db, scope: Scope<'_>, filter: &str) -> Vec<String> {
    let conditions = conditions(filter);
    db.read(async |tx| {
        let count = search::count(tx, scope, &conditions).await?;
        let members = search::page(tx, scope, &conditions, (0, 10)).await?;
        assert_eq!(usize::try_from(count).unwrap(), members.len(), "{filter}");
        Ok::<_, DbError>(members.into_iter().map(|it| it.id.to_string()).collect())
    })
    .await
    .unwrap()
}

on_both_databases!(a_filter_finds_the_members_it_names_and_no_others, async |db| {
    let (account, client) = provisioned(db, "acme", &["marco", "olivia"]).await;
    let scope = Scope {
        account: &account,
        client: &client,
    };
    for (filter, expected) in [
        ("userName eq \"OLIVIA@acme.example\"", vec!["olivia"]),
        ("externalId eq \"olivia-7\"", vec!["olivia"]),
        ("externalId eq \"OLIVIA-7\"", vec![]),
        ("id eq \"marco\" and active eq true", vec!["marco"]),
        ("id eq \"marco\" and active eq false", vec![]),
        (
            "userName eq \"olivia@acme.example\" and externalId eq \"marco-7\"",
            vec![],
        ),
        ("active eq \"True\"", vec!["marco", "olivia"]),
        ("userName eq \"' OR 1=1 --\"", vec![]),
    ] {
        assert_eq!(found(db, scope, filter).await, expected, "{filter}");
    }
});

on_both_databases!(another_accounts_members_are_never_found, async |db| {
    let (acme, hr_of_acme) = provisioned(db, "acme", &["olivia"]).await;
    let (globex, _) = provisioned(db, "globex", &["gustav"]).await;
    let scope = Scope {
        account: &globex,
        client: &hr_of_acme,
    };
    assert_eq!(found(db, scope, "id eq \"olivia\"").await, Vec::<String>::new());
    assert_eq!(
        found(db, scope, "externalId eq \"gustav-7\"").await,
        Vec::<String>::new()
    );
    let scope = Scope {
        account: &acme,
        client: &hr_of_acme,
    };
    assert_eq!(found(db, scope, "externalId eq \"olivia-7\"").await, ["olivia"]);
});

on_both_databases!(pages_follow_each_other, async |db| {
    let (account, client) = provisioned(db, "acme", &["a", "b", "c", "d", "e"]).await;
    let scope = Scope {
        account: &account,
        client: &client,
    };
    let (by_index, by_id) = db
        .read(async |tx| {
            let second = search::page(tx, scope, &[], (2, 2)).await?;
            let after = search::after(tx, scope, &[], ("b", 2)).await?;
            Ok::<_, DbError>((second, after))
        })
        .await
        .unwrap();
    let ids: Vec<&str> = by_index.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["c", "d"]);
    assert_eq!(by_index, by_id);
});

on_both_databases!(each_filter_goes_by_its_index, async |db| {
    let (account, client) = provisioned(db, "acme", &["olivia"]).await;
    let scope = Scope {
        account: &account,
        client: &client,
    };
    for (filter, index) in [
        ("userName eq \"olivia@acme.example\"", "member_user_name"),
        ("externalId eq \"olivia-7\"", "member_external_id_value"),
        ("id eq \"olivia\"", "member"),
        ("active eq true", "member_order"),
    ] {
        let conditions = conditions(filter);
        let plans = db
            .plans(async |tx| {
                search::count(tx, scope, &conditions).await?;
                search::page(tx, scope, &conditions, (0, 100)).await?;
                search::after(tx, scope, &conditions, ("", 100)).await?;
                Ok::<_, DbError>(())
            })
            .await
            .unwrap();
        for plan in plans {
            assert!(plan.full_scans().is_empty(), "{filter}: {:#?}", plan.steps);
            // PostgreSQL chooses by statistics, and one row says nothing.
            let chosen = plan.steps.iter().any(|step| step.contains(index));
            assert!(
                chosen || db.kind() == Kind::Postgres,
                "{filter}: {:#?}",
                plan.steps
            );
        }
    }
});

on_both_databases!(
    what_belongs_to_a_page_is_read_at_once_and_of_its_members_alone,
    async |db| {
        let (account, client) = provisioned(db, "acme", &["a", "b", "c", "d"]).await;
        let (first, last) = ("b".into(), "c".into());
        let run = Run {
            account: &account,
            first: &first,
            last: &last,
        };
        db.write(async |tx| {
            for id in ["a", "c"] {
                member::signed_in(tx, &account, &id.into(), NOW).await?;
            }
            Ok::<_, DbError>(())
        })
        .await
        .unwrap();
        let (mut names, sign_ins) = db
            .read(async |tx| {
                let names = run::external_ids(tx, run, &client).await?;
                Ok::<_, DbError>((names, run::last_sign_ins(tx, run).await?))
            })
            .await
            .unwrap();
        names.sort();
        assert_eq!(
            names,
            [("b".into(), "b-7".to_owned()), ("c".into(), "c-7".to_owned())]
        );
        assert_eq!(sign_ins, [("c".into(), NOW)]);
        let plans = db
            .plans(async |tx| {
                run::external_ids(tx, run, &client).await?;
                run::last_sign_ins(tx, run).await?;
                run::assignments(tx, run).await?;
                run::overrides(tx, run).await?;
                run::groups(tx, run, NOW).await?;
                run::mails(tx, run).await?;
                invitation::of_run(tx, run).await?;
                Ok::<_, DbError>(())
            })
            .await
            .unwrap();
        for plan in plans {
            assert!(
                plan.full_scans().is_empty(),
                "{}: {:#?}",
                plan.statement,
                plan.steps
            );
        }
    }
);
