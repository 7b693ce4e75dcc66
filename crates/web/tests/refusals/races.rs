//! The same thing done several times at once: one wins, the others are refused, and the database
//! is as after one.

use futures_util::future::join_all;
use latchkey_app::administration::member;
use latchkey_testkit::actors::administrator::operator;
use latchkey_testkit::actors::user;
use latchkey_testkit::on_both_databases;

const GOOD: &str = "seven grey owls by a lake";

on_both_databases!(
    a_code_redeemed_by_four_gives_one_grant_and_ends_it,
    installed,
    async |it| {
        let crm = it.crm();
        let authorization = crm.authorization("openid");
        let mut browser = it.browser();
        browser.authorize(&authorization, "stan@acme.example").await;
        let code = browser.returned().code().to_owned();
        let before = it.digest().await;
        let redeem = || crm.redeem(&authorization, &code);
        let answers = tokio::join!(redeem(), redeem(), redeem(), redeem());
        let mut statuses = [
            answers.0.status,
            answers.1.status,
            answers.2.status,
            answers.3.status,
        ];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400, 400]);
        let after = it.digest().await;
        assert_eq!(before.changed(&after), ["oauth_grant", "refresh_token"]);
        let lines = before.difference(&after);
        assert_eq!(
            lines
                .lines()
                .filter(|it| it.starts_with("+ oauth_grant:"))
                .count(),
            1,
            "{lines}"
        );
        assert!(
            lines.contains("revoked_because=its authorization code was used twice"),
            "{lines}"
        );
    }
);

on_both_databases!(
    an_invitation_accepted_by_four_makes_one_member,
    installed,
    async |it| {
        it.hr()
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201);
        let link = it.link_to("nora@acme.example").await;
        let mut browsers = [it.browser(), it.browser(), it.browser(), it.browser()];
        for browser in &mut browsers {
            browser.open(&link).await.follow("create-user").await;
            browser.fill("Password", GOOD).fill("Password again", GOOD);
        }
        let before = it.digest().await;
        let [a, b, c, d] = &mut browsers;
        tokio::join!(
            a.press("proceed"),
            b.press("proceed"),
            c.press("proceed"),
            d.press("proceed")
        );
        let after = it.digest().await;
        let lines = before.difference(&after);
        for table in [
            "users",
            "user_email",
            "user_password",
            "session",
            "invitation",
            "member",
        ] {
            let made = lines
                .lines()
                .filter(|it| it.starts_with(&format!("+ {table}:")))
                .count();
            assert_eq!(made, 1, "{table}: {lines}");
        }
        let told = [
            "invitation",
            "member",
            "session",
            "user_email",
            "user_password",
            "users",
        ];
        let mut changed = before.changed(&after);
        changed.sort_unstable();
        assert_eq!(changed, told, "{lines}");
    }
);

on_both_databases!(
    a_refresh_token_used_by_four_has_one_successor,
    installed,
    async |it| {
        let board = it.board();
        let tokens = board
            .tokens_for("stan@acme.example", "openid offline_access")
            .await;
        let before = it.digest().await;
        let refresh = || board.refresh(tokens.refresh());
        tokio::join!(refresh(), refresh(), refresh(), refresh());
        let after = it.digest().await;
        let lines = before.difference(&after);
        assert_eq!(before.changed(&after), ["refresh_token"], "{lines}");
        assert_eq!(
            lines.lines().filter(|it| it.starts_with("+ ")).count(),
            2,
            "the old one used, and one new: {lines}"
        );
    }
);

on_both_databases!(
    codes_redeemed_at_once_come_each_to_their_own,
    installed,
    async |it| {
        let crm = it.crm();
        let authorization = crm.authorization("openid");
        let mut browsers = [it.browser(), it.browser()];
        let mut codes = Vec::new();
        for number in 0..24 {
            let person = ["stan@acme.example", "rita@acme.example"][number % 2];
            let browser = &mut browsers[number % 2];
            browser.authorize(&authorization, person).await;
            codes.push(browser.returned().code().to_owned());
        }
        crm.redeem(&authorization, &codes[0]).await.expect(200);
        member::hold(&it.app, &operator("acme"), "rita@acme.example", "because")
            .await
            .unwrap();
        let before = it.digest().await;
        let answers = join_all(codes.iter().map(|code| crm.redeem(&authorization, code))).await;
        let statuses: Vec<u16> = answers.iter().map(|it| it.status).collect();
        let wanted = |number| if number == 0 || number % 2 == 1 { 400 } else { 200 };
        assert_eq!(statuses, (0..24).map(wanted).collect::<Vec<_>>());
        let lines = before.difference(&it.digest().await);
        let count = |of: &str| lines.lines().filter(|it| it.starts_with(of)).count();
        assert_eq!(count("+ refresh_token:"), 11, "{lines}");
        let grants = [count("+ oauth_grant:"), count("- oauth_grant:")];
        assert_eq!(
            grants,
            [12, 1],
            "eleven new ones, and the one that the replay revokes: {lines}"
        );
    }
);

on_both_databases!(
    refresh_tokens_used_at_once_come_each_to_their_own,
    installed,
    async |it| {
        let board = it.board();
        let mut tokens = Vec::new();
        for _ in 0..12 {
            let given = board
                .tokens_for("stan@acme.example", "openid offline_access")
                .await;
            tokens.push(given.refresh().to_owned());
        }
        let next = board.refresh(&tokens[0]).await.expect(200).json();
        let next = next["refresh_token"].as_str().unwrap();
        board.refresh(next).await.expect(200);
        let before = it.digest().await;
        let answers = join_all(tokens.iter().map(|token| board.refresh(token))).await;
        let statuses: Vec<u16> = answers.iter().map(|it| it.status).collect();
        let wanted = |number| if number == 0 { 400 } else { 200 };
        assert_eq!(statuses, (0..12).map(wanted).collect::<Vec<_>>());
        let lines = before.difference(&it.digest().await);
        let count = |of: &str| lines.lines().filter(|it| it.starts_with(of)).count();
        assert_eq!(count("+ refresh_token:"), 22, "eleven used, eleven new: {lines}");
        assert_eq!(
            count("+ oauth_grant:"),
            1,
            "the family of the one used before: {lines}"
        );
    }
);
