//! `/oauth2/introspect`.

use latchkey_testkit::actors::EVERYTHING;
use latchkey_testkit::on_both_databases;
use serde_json::json;

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
