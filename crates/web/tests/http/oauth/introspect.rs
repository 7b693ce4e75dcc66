//! `/oauth2/introspect`.

use std::time::Duration;

use latchkey_app::keys;
use latchkey_testkit::actors::EVERYTHING;
use latchkey_testkit::{TestApp, on_both_databases};
use serde_json::json;

/// Whether the token is good, by introspection and UserInfo, which have to agree.
async fn is_good(it: &TestApp, token: &str) -> bool {
    let answer = it.crm().introspect(token).await.expect(200).json();
    let active = answer.get("active") == Some(&json!(true));
    it.crm()
        .user_info(token)
        .await
        .expect(if active { 200 } else { 401 });
    active
}

on_both_databases!(
    it_answers_the_applications_the_token_is_for_and_nobody_else,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", EVERYTHING).await;
        let known = it.crm().introspect(tokens.access()).await.expect(200).json();
        assert_eq!(known["active"], true);
        assert_eq!(known["client_id"], "crm");
        assert_eq!(known["sub"], tokens.id_claims()["sub"]);
        assert_eq!(
            it.batch().introspect(tokens.access()).await.expect(200).json()["active"],
            true
        );
        assert_eq!(
            it.desk().introspect(tokens.access()).await.expect(200).json(),
            json!({ "active": false })
        );
        assert_eq!(
            it.desk().introspect(tokens.refresh()).await.expect(200).json(),
            json!({ "active": false })
        );
        let public = it.board().introspect(tokens.access()).await.expect(401);
        assert_eq!(public.json_text("/error"), "invalid_client");
    }
);

on_both_databases!(an_id_token_is_no_access_token, installed, async |it| {
    let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
    assert_eq!(
        it.crm().introspect(tokens.id_token()).await.expect(200).json(),
        json!({ "active": false })
    );
    it.crm().user_info(tokens.id_token()).await.expect(401);
});

on_both_databases!(a_token_that_was_remembered_expires, installed, async |it| {
    let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
    assert!(is_good(it, tokens.access()).await);
    it.pass(Duration::from_secs(299));
    assert!(is_good(it, tokens.access()).await);
    it.pass(Duration::from_secs(1));
    assert!(!is_good(it, tokens.access()).await);
});

on_both_databases!(
    a_token_that_was_remembered_ends_with_its_key,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
        assert!(is_good(it, tokens.access()).await);
        it.tamper("DELETE FROM signing_key WHERE state = 'current'").await;
        keys::load(&it.app).await.unwrap();
        assert!(!is_good(it, tokens.access()).await);
    }
);

on_both_databases!(
    no_other_token_is_taken_for_one_that_was_remembered,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
        let good = tokens.access();
        assert!(is_good(it, good).await);
        // Every character of the token, replaced by another one of its alphabet.
        for at in 0..good.len() {
            let mut altered = good.to_owned();
            let other = if altered.as_bytes()[at] == b'A' { "Q" } else { "A" };
            altered.replace_range(at..=at, other);
            let known = it.crm().introspect(&altered).await.expect(200);
            assert_eq!(known.json(), json!({ "active": false }), "{at}");
        }
        assert!(is_good(it, good).await);
    }
);

on_both_databases!(
    a_token_that_was_remembered_ends_when_it_is_given_back,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
        assert!(is_good(it, tokens.access()).await);
        it.crm().revoke(tokens.access()).await.expect(200);
        assert!(!is_good(it, tokens.access()).await);
    }
);

on_both_databases!(
    permissions_that_were_remembered_end_with_what_gave_them,
    installed,
    async |it| {
        // A hundred seconds after the clock begins.
        it.tamper("UPDATE member_override SET expires_at = 1767603700000")
            .await;
        it.tamper("UPDATE member_permission_set SET expires_at = 1767603800000")
            .await;
        let tokens = it.crm().tokens_for("stan@acme.example", EVERYTHING).await;
        let told = async || {
            let told = it.crm().user_info(tokens.access()).await.expect(200).json();
            let granted = told["permissions"]
                .as_array()
                .unwrap()
                .contains(&json!("reports:export"));
            (granted, told["entitlements"].clone())
        };
        let desk = json!(["Sales desk"]);
        assert_eq!(told().await, (true, desk.clone()));
        it.pass(Duration::from_secs(99));
        assert_eq!(told().await, (true, desk.clone()));
        it.pass(Duration::from_secs(1));
        assert_eq!(told().await, (false, desk));
        it.pass(Duration::from_secs(100));
        assert_eq!(told().await, (false, json!([])));
    }
);
