//! No list, search or look-up reads a whole table.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use latchkey_domain::id::{ApplicationId, ClientId, GrantId, InvitationId, SessionId, UserId};
use latchkey_store::db::Db;
use latchkey_store::sql::{DbError, Tx};
use latchkey_store::{
    access, account, application, audit, client, grant, invitation, member, outbox, provisioning, session,
    user, versions,
};
use latchkey_testkit::on_both_databases;
use support::{NOW, account_of};

async fn assert_no_scan(
    db: &Db,
    what: &str,
    use_case: impl AsyncFnOnce(&mut Tx) -> Result<(), DbError> + Clone,
) {
    let plans = db.plans(use_case).await.unwrap();
    assert!(!plans.is_empty(), "{what} asks the database nothing");
    for plan in plans {
        assert!(
            plan.full_scans().is_empty(),
            "{what}: {}\n{:#?}",
            plan.statement,
            plan.steps
        );
    }
}

on_both_databases!(members_are_found_by_index, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    assert_no_scan(db, "members", async |tx| {
        member::find(tx, &acme.id, &"olivia".into()).await?;
        member::by_user_name(tx, &acme.id, "olivia@acme.example").await?;
        member::by_email(tx, &acme.id, "olivia@acme.example").await?;
        member::of_user(tx, &UserId::new("u")).await?;
        member::of_user_in(tx, &acme.id, &UserId::new("u")).await?;
        member::of_client(tx, &ClientId::new("c")).await?;
        member::page(tx, &acme.id, "", 50).await?;
        member::count(tx, &acme.id).await?;
        Ok(())
    })
    .await;
});

on_both_databases!(access_is_found_by_index, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    let (id, olivia) = (&acme.id, &"olivia".into());
    assert_no_scan(db, "access", async |tx| {
        account::find(tx, id).await?;
        account::by_slug(tx, "acme").await?;
        access::role(tx, id, &latchkey_domain::role::RoleKey::new("sales").unwrap()).await?;
        access::assignments(tx, id, olivia).await?;
        access::group_sets(tx, id, olivia).await?;
        access::group_names(tx, id, olivia, NOW).await?;
        access::overrides(tx, id, olivia).await?;
        access::set_by_name(tx, id, "Sales desk").await?;
        application::catalogue(tx, &ApplicationId::new("crm")).await?;
        application::resources(tx, &ApplicationId::new("crm")).await?;
        application::of_resource(tx, "https://crm.example").await?;
        application::uses(tx, &ApplicationId::new("crm"), "contacts:view").await?;
        Ok(())
    })
    .await;
});

on_both_databases!(sign_in_and_tokens_are_found_by_index, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    let olivia = &"olivia".into();
    assert_no_scan(db, "sign-in", async |tx| {
        user::by_address(tx, "olivia@acme.example").await?;
        user::addresses(tx, &UserId::new("u")).await?;
        user::password_hash(tx, &UserId::new("u")).await?;
        session::by_secret(tx, "digest").await?;
        session::open_of_user(tx, &UserId::new("u")).await?;
        session::account_part(tx, &SessionId::new("s"), &acme.id).await?;
        session::had_part(tx, &SessionId::new("s"), (&acme.id, olivia)).await?;
        session::parts(tx, &SessionId::new("s")).await?;
        session::end_parts_of_member(tx, &acme.id, olivia, NOW).await?;
        client::find(tx, &ClientId::new("crm")).await?;
        client::secrets(tx, &ClientId::new("crm"), NOW).await?;
        client::is_origin(tx, "https://crm.example").await?;
        grant::find(tx, &GrantId::new("g")).await?;
        grant::refresh::find(tx, "digest").await?;
        grant::refresh::presented(tx, &["digest", "other", "third"]).await?;
        grant::present(tx, &[&GrantId::new("g"), &GrantId::new("h")]).await?;
        session::open_of_sid(tx, "sid").await?;
        session::hold_parts(tx, &["sid", "other"]).await?;
        versions::of_members(tx, &[(&acme.id, olivia), (&acme.id, &"stan".into())]).await?;
        versions::in_session(tx, (&UserId::new("u"), &SessionId::new("s"))).await?;
        grant::is_token_revoked(tx, "jti").await?;
        grant::revoke_of_member(tx, &acme.id, olivia, "test", NOW).await?;
        grant::revoke_of_sid(tx, "sid", true, "test", NOW).await?;
        Ok(())
    })
    .await;
});

on_both_databases!(invitations_mail_and_audit_are_found_by_index, async |db| {
    let acme = account_of(db, "acme", &["olivia"]).await;
    let olivia = &"olivia".into();
    assert_no_scan(db, "joining", async |tx| {
        invitation::find(tx, &acme.id, &InvitationId::new("i")).await?;
        invitation::newest_of_member(tx, &acme.id, olivia).await?;
        invitation::pending(tx, &acme.id).await?;
        invitation::link(tx, "digest").await?;
        provisioning::presented(tx, "digest").await?;
        provisioning::tokens(tx, &acme.id).await?;
        outbox::due(tx, NOW, 50).await?;
        outbox::about(tx, "i").await?;
        audit::unchained(tx, acme.id.as_str(), 100).await?;
        audit::count_unchained(tx).await?;
        let placed = |id: &str| audit::Placing {
            id: id.to_owned(),
            position: 1,
            link: String::new(),
        };
        audit::place(tx, &["r1", "r2", "r3"].map(placed)).await?;
        audit::chained_after(tx, acme.id.as_str(), 0, 100).await?;
        audit::head(tx, acme.id.as_str()).await?;
        Ok(())
    })
    .await;
});
