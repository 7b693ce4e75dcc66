//! `/oauth2/token`: refresh tokens.

use std::time::Duration;

use latchkey_testkit::actors::Tokens;
use latchkey_testkit::on_both_databases;

const PERSON: &str = "stan@acme.example";

on_both_databases!(
    a_confidential_client_keeps_its_refresh_token,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(PERSON, "openid offline_access").await;
        for _ in 0..3 {
            it.pass(Duration::from_secs(86_400));
            let again = Tokens(crm.refresh(tokens.refresh()).await.expect(200).json());
            assert_eq!(again.refresh(), tokens.refresh());
            assert_ne!(again.access(), tokens.access());
        }
    }
);

on_both_databases!(
    a_public_client_gets_another_and_a_lost_answer_can_be_asked_for_again,
    installed,
    async |it| {
        let board = it.board();
        let tokens = board.tokens_for(PERSON, "openid offline_access").await;
        let second = Tokens(board.refresh(tokens.refresh()).await.expect(200).json());
        assert_ne!(second.refresh(), tokens.refresh());
        it.pass(Duration::from_secs(29));
        let repeated = Tokens(board.refresh(tokens.refresh()).await.expect(200).json());
        assert_eq!(
            repeated.refresh(),
            second.refresh(),
            "the same token within the grace"
        );
        let third = Tokens(board.refresh(second.refresh()).await.expect(200).json());
        assert_ne!(third.refresh(), second.refresh());
    }
);

on_both_databases!(re_use_ends_the_family, installed, async |it| {
    let board = it.board();
    let tokens = board.tokens_for(PERSON, "openid offline_access").await;
    let other = board.tokens_for(PERSON, "openid offline_access").await;
    let second = Tokens(board.refresh(tokens.refresh()).await.expect(200).json());
    let third = Tokens(board.refresh(second.refresh()).await.expect(200).json());
    let stolen = board.refresh(tokens.refresh()).await.expect(400);
    assert_eq!(stolen.json_text("/error"), "invalid_grant");
    assert_eq!(
        board
            .refresh(third.refresh())
            .await
            .expect(400)
            .json_text("/error"),
        "invalid_grant"
    );
    it.another_node()
        .await
        .board()
        .user_info(third.access())
        .await
        .expect(401);
    board.refresh(other.refresh()).await.expect(200);
});

on_both_databases!(
    a_late_repeat_is_re_use_even_while_the_successor_is_unused,
    installed,
    async |it| {
        let board = it.board();
        let tokens = board.tokens_for(PERSON, "openid offline_access").await;
        let second = Tokens(board.refresh(tokens.refresh()).await.expect(200).json());
        it.pass(Duration::from_secs(31));
        board.refresh(tokens.refresh()).await.expect(400);
        board.refresh(second.refresh()).await.expect(400);
    }
);

on_both_databases!(parallel_refreshes_give_one_successor, installed, async |it| {
    let board = it.board();
    let tokens = board.tokens_for(PERSON, "openid offline_access").await;
    let token = tokens.refresh();
    let (a, b, c) = tokio::join!(board.refresh(token), board.refresh(token), board.refresh(token));
    let given: Vec<String> = [a, b, c]
        .into_iter()
        .map(|it| it.expect(200).json_text("/refresh_token"))
        .collect();
    assert!(
        given.iter().all(|it| *it == given[0]),
        "one family, one next token"
    );
    board.refresh(&given[0]).await.expect(200);
});

on_both_databases!(a_refresh_token_is_its_clients_own, installed, async |it| {
    let tokens = it.board().tokens_for(PERSON, "openid offline_access").await;
    let before = it.digest().await;
    assert_eq!(
        it.crm()
            .refresh(tokens.refresh())
            .await
            .expect(400)
            .json_text("/error"),
        "invalid_grant"
    );
    assert_eq!(
        it.phone()
            .refresh(tokens.refresh())
            .await
            .expect(400)
            .json_text("/error"),
        "invalid_grant"
    );
    assert_eq!(before.difference(&it.digest().await), "");
    it.board().refresh(tokens.refresh()).await.expect(200);
});

on_both_databases!(an_unused_refresh_token_ends, installed, async |it| {
    let crm = it.crm();
    let tokens = crm.tokens_for(PERSON, "openid offline_access").await;
    it.pass(Duration::from_secs(30 * 86_400 + 1));
    assert_eq!(
        crm.refresh(tokens.refresh())
            .await
            .expect(400)
            .json_text("/error"),
        "invalid_grant"
    );
});

on_both_databases!(
    without_offline_access_it_ends_with_the_session,
    installed,
    async |it| {
        let crm = it.crm();
        let mut browser = it.browser();
        let authorization = crm.authorization("openid");
        browser.authorize(&authorization, PERSON).await;
        let short = Tokens(
            crm.redeem(&authorization, browser.returned().code())
                .await
                .expect(200)
                .json(),
        );
        let away = crm.authorization("openid offline_access");
        browser.open(&away.path()).await;
        let long = Tokens(
            crm.redeem(&away, browser.returned().code())
                .await
                .expect(200)
                .json(),
        );
        crm.refresh(short.refresh()).await.expect(200);
        browser.open("/sign-out").await.press("sign-out-confirm").await;
        assert_eq!(
            crm.refresh(short.refresh()).await.expect(400).json_text("/error"),
            "invalid_grant"
        );
        crm.refresh(long.refresh()).await.expect(200);
    }
);

on_both_databases!(
    a_refresh_may_ask_for_less_and_never_for_more,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(PERSON, "openid roles offline_access").await;
        let less = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.refresh()),
            ("scope", "openid"),
        ];
        let narrowed = Tokens(crm.token(&less).await.expect(200).json());
        assert!(narrowed.access_claims().get("role").is_none());
        let more = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.refresh()),
            ("scope", "openid permissions"),
        ];
        assert_eq!(
            crm.token(&more).await.expect(400).json_text("/error"),
            "invalid_scope"
        );
        assert_eq!(
            Tokens(crm.refresh(tokens.refresh()).await.expect(200).json()).access_claims()["role"],
            "standard"
        );
    }
);

on_both_databases!(
    new_terms_stop_the_refresh_and_keep_the_family,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(PERSON, "openid offline_access").await;
        it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
            .await;
        assert_eq!(
            crm.refresh(tokens.refresh())
                .await
                .expect(400)
                .json_text("/error"),
            "invalid_grant"
        );
        let mut browser = it.browser();
        browser.authorize(&crm.authorization("openid"), PERSON).await;
        browser.tick("accept_terms").press("proceed").await;
        crm.refresh(tokens.refresh()).await.expect(200);
    }
);

on_both_databases!(
    what_hr_ends_ends_at_once_in_this_account_alone,
    installed,
    async |it| {
        let crm = it.crm();
        let person = "iris@consult.example";
        let acme = crm
            .tokens_by(
                &crm.authorization("openid offline_access").with("account", "acme"),
                person,
            )
            .await;
        let globex = crm
            .tokens_by(
                &crm.authorization("openid offline_access")
                    .with("account", "globex"),
                person,
            )
            .await;
        let id = it.hr().id_of(person).await;
        it.hr().set_active(&id, false).await.expect(200);
        it.heed().await;
        assert_eq!(
            crm.refresh(acme.refresh()).await.expect(400).json_text("/error"),
            "invalid_grant"
        );
        crm.user_info(acme.access()).await.expect(401);
        assert_eq!(crm.introspect(acme.access()).await.json()["active"], false);
        crm.refresh(globex.refresh()).await.expect(200);
        crm.user_info(globex.access()).await.expect(200);
        let mut browser = it.browser();
        browser
            .authorize(&crm.authorization("openid").with("account", "acme"), person)
            .await;
        assert_eq!(browser.status(), 403);
        browser.sees("Acme Ltd has suspended your access");
        browser.open(&crm.authorization("openid account").path()).await;
        assert!(
            !browser.returned().code().is_empty(),
            "the one account that is left needs no choice"
        );
        it.hr().set_active(&id, true).await.expect(200);
        crm.refresh(acme.refresh()).await.expect(400);
        let mut back = it.browser();
        back.authorize(&crm.authorization("openid").with("account", "acme"), person)
            .await;
        assert!(!back.returned().code().is_empty());
    }
);

on_both_databases!(
    a_refresh_without_offline_access_counts_as_use_of_the_session,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(PERSON, "openid").await;
        for _ in 0..3 {
            it.pass(Duration::from_secs(6 * 86_400));
            crm.refresh(tokens.refresh()).await.expect(200);
        }
        it.pass(Duration::from_secs(8 * 86_400));
        let idle = crm.refresh(tokens.refresh()).await.expect(400);
        assert_eq!(idle.json_text("/error"), "invalid_grant");
    }
);
