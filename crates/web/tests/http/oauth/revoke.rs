//! `/oauth2/revoke`.

use latchkey_testkit::on_both_databases;

on_both_databases!(
    a_refresh_token_given_back_ends_its_family,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for("stan@acme.example", "openid offline_access").await;
        let answer = crm.revoke(tokens.refresh()).await.expect(200);
        assert_eq!(answer.text(), "");
        assert_eq!(answer.header("content-type"), "");
        crm.refresh(tokens.refresh()).await.expect(400);
        crm.user_info(tokens.access()).await.expect(401);
        it.another_node()
            .await
            .crm()
            .user_info(tokens.access())
            .await
            .expect(401);
    }
);

on_both_databases!(an_access_token_given_back_ends_alone, installed, async |it| {
    let crm = it.crm();
    let tokens = crm.tokens_for("stan@acme.example", "openid offline_access").await;
    crm.revoke(tokens.access()).await.expect(200);
    crm.user_info(tokens.access()).await.expect(401);
    it.another_node()
        .await
        .crm()
        .user_info(tokens.access())
        .await
        .expect(401);
    crm.refresh(tokens.refresh()).await.expect(200);
});

on_both_databases!(somebody_elses_token_is_left_alone, installed, async |it| {
    let tokens = it
        .crm()
        .tokens_for("stan@acme.example", "openid offline_access")
        .await;
    let before = it.digest().await;
    for token in [tokens.refresh(), tokens.access(), "nonsense"] {
        it.desk().revoke(token).await.expect(200);
        it.board().revoke(token).await.expect(200);
    }
    assert_eq!(before.difference(&it.digest().await), "");
    it.crm().refresh(tokens.refresh()).await.expect(200);
});
