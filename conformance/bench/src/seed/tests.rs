use latchkey_store::member;
use latchkey_testkit::on_both_databases;

use super::*;
use crate::rows_of_member;

on_both_databases!(members_are_made_and_found_by_name, async |db| {
    rows_of_member::make_account(db).await.unwrap();
    let account = AccountId::new(rows_of_member::ACCOUNT);
    fill(db, &account, 1, 120).await.unwrap();
    fill(db, &account, 121, 150).await.unwrap();
    analyze(db).await.unwrap();
    let counted = db.read(async |tx| member::count(tx, &account).await).await;
    assert_eq!(counted, Ok(150));
    let name = user_name(150);
    let found = db
        .read(async |tx| member::by_user_name(tx, &account, &name).await)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.id.as_str(), "01970000-0000-7000-8000-000000000150");
});

on_both_databases!(
    people_are_made_with_an_address_a_password_and_a_place,
    async |db| {
        rows_of_member::make_account(db).await.unwrap();
        let account = AccountId::new(rows_of_member::ACCOUNT);
        place(db, &account, "a hash", 5).await.unwrap();
        let address = address(5);
        let found = db.read(async |tx| {
            let person = user::by_address(tx, &address).await?.unwrap();
            let hash = user::password_hash(tx, &person.id).await?;
            let places = member::of_user(tx, &person.id).await?;
            Ok::<_, DbError>((hash.unwrap(), places.len()))
        });
        assert_eq!(found.await, Ok(("a hash".to_owned(), 1)));
    }
);

on_both_databases!(the_rows_of_one_member_fit_the_schema, async |db| {
    rows_of_member::make_account(db).await.unwrap();
    for number in 1..=3 {
        rows_of_member::write(db, number).await.unwrap();
    }
    let account = AccountId::new(rows_of_member::ACCOUNT);
    let counted = db.read(async |tx| member::count(tx, &account).await).await;
    assert_eq!(counted, Ok(3));
});

on_both_databases!(tenants_have_fifty_people_each_and_an_owner, async |db| {
    rows_of_member::make_account(db).await.unwrap();
    let like = AccountId::new(rows_of_member::ACCOUNT);
    make_tenants(db, &like, "a hash", 3).await.unwrap();
    let address = address(tenant_person(2, 50));
    let found = db.read(async |tx| {
        let person = user::by_address(tx, &address).await?.unwrap();
        let places = member::of_user(tx, &person.id).await?;
        let tenant = account::by_slug(tx, "tenant-0000002").await?.unwrap();
        let count = member::count(tx, &tenant.id).await?;
        let owner = member::find(tx, &tenant.id, &tenant.owner).await?.unwrap();
        Ok::<_, DbError>((places, tenant.id, count, owner.profile.user_name))
    });
    let (places, tenant, count, owner) = found.await.unwrap();
    assert_eq!(places.iter().map(|it| &it.account).collect::<Vec<_>>(), [&tenant]);
    assert_eq!((count, owner), (50, super::address(tenant_person(2, 1))));
});

on_both_databases!(a_session_is_open_for_its_cookie, async |db| {
    rows_of_member::make_account(db).await.unwrap();
    place(db, &AccountId::new(rows_of_member::ACCOUNT), "a hash", 2)
        .await
        .unwrap();
    let cookies = sessions(db, "reference", &[1, 2]).await.unwrap();
    let secret = cookies[1].strip_prefix("latchkey_session=").unwrap();
    let found = db.read(async |tx| session::by_secret(tx, &digest(secret)).await);
    let (found, _) = found.await.unwrap().unwrap();
    assert_eq!(found.user_id.as_str(), "01970001-0000-7000-8000-000000000002");
});
