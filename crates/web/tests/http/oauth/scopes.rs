//! What a client is registered for bounds what it gets, however it asks.

use latchkey_testkit::actors::{Tokens, claims_of, password_of};
use latchkey_testkit::on_both_databases;

const BOARD: &str = r#"
[[client]]
application = "crm"
id = "crm-board"
kind = "spa"
redirect_uris = ["https://board.example/callback"]
token_endpoint_auth_method = "none"
scope = "openid"
"#;

on_both_databases!(
    single_claims_do_not_go_round_the_scopes_that_a_client_is_registered_for,
    installed,
    async |it| {
        it.declare(BOARD).await;
        let board = it.board();
        let claims = r#"{"id_token":{"email":null,"permissions":null,"role":null,"auth_time":null},
                         "userinfo":{"email":null,"name":null}}"#;
        let authorization = board
            .authorization("openid email permissions account")
            .with("claims", claims);
        let mut browser = it.browser();
        browser.authorize(&authorization, "stan@acme.example").await;
        let answer = board
            .redeem(&authorization, browser.returned().code())
            .await
            .expect(200);
        assert_eq!(answer.json_text("/scope"), "openid");
        let tokens = Tokens(answer.json());
        for claim in ["email", "permissions", "role", "account"] {
            assert!(tokens.id_claims().get(claim).is_none(), "{claim}");
        }
        let shown = board.user_info(tokens.access()).await.expect(200).json();
        assert!(
            shown.get("email").is_none() && shown.get("name").is_none(),
            "{shown}"
        );
        assert_eq!(shown["sub"], tokens.id_claims()["sub"]);
    }
);

on_both_databases!(
    scopes_that_leave_nothing_are_refused_rather_than_answered_without,
    installed,
    async |it| {
        let mut stan = it.signed_in("stan@acme.example").await;
        stan.open(&it.crm().authorization("bogus").path()).await;
        assert_eq!(stan.returned().get("error"), "invalid_scope");
        let fields = [("grant_type", "client_credentials"), ("scope", "openid email")];
        let refused = it.batch().token(&fields).await.expect(400);
        assert_eq!(refused.json_text("/error"), "invalid_scope");
        let fields = [("grant_type", "client_credentials"), ("scope", "openid roles")];
        let given = it.batch().token(&fields).await.expect(200);
        assert_eq!(given.json_text("/scope"), "roles");
        let claims = claims_of(&given.json_text("/access_token"));
        assert_eq!(claims["scope"], "roles");
    }
);

on_both_databases!(
    an_account_that_is_not_the_persons_is_told_to_the_application_after_signing_in,
    installed,
    async |it| {
        for account in ["globex", "nowhere"] {
            let mut browser = it.browser();
            let authorization = it.crm().authorization("openid").with("account", account);
            browser.open(&authorization.path()).await;
            browser
                .type_credentials("stan@acme.example", password_of("stan@"))
                .await;
            assert_eq!(browser.returned().get("error"), "access_denied", "{account}");
        }
    }
);
