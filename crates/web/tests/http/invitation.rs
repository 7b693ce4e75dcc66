//! `/invitation`: from the link in the mail to being in.

use std::time::Duration;

use latchkey_app::administration::invitation::{self, Invite};
use latchkey_testkit::actors::administrator::{member, operator};
use latchkey_testkit::actors::{Tokens, password_of, user};
use latchkey_testkit::installation::{ISSUER, request};
use latchkey_testkit::{Browser, TestApp, on_both_databases};

const NORA: &str = "nora@acme.example";
const PASSWORD: &str = "seven grey owls by a lake";
const DAY: Duration = Duration::from_secs(86_400);

async fn invited(it: &TestApp) -> String {
    it.hr()
        .post("/Users", &user(NORA, "Nora", "Vale"))
        .await
        .expect(201);
    it.link_to(NORA).await
}

async fn create<'a>(it: &'a TestApp, link: &str) -> Browser<'a> {
    let mut browser = it.browser();
    browser.open(link).await.follow("create-user").await;
    browser
        .fill("Password", PASSWORD)
        .fill("Password again", PASSWORD);
    browser
}

on_both_databases!(
    an_invited_person_becomes_a_user_and_is_in_at_once,
    installed,
    async |it| {
        it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
            .await;
        let link = invited(it).await;
        let mut browser = it.browser();
        browser.open(&link).await;
        assert_eq!(browser.path(), "/invitation", "the token is out of the address");
        browser
            .sees("Welcome to Acme Ltd")
            .sees("Standard user")
            .sees(NORA)
            .sees("Sample CRM");
        browser.follow("create-user").await;
        assert_eq!(browser.page().value("given_name"), Some("Nora"));
        assert_eq!(browser.page().value("username"), Some(NORA));
        browser.sees("Be kind to your customers.");
        browser
            .fill("First name", "Honora")
            .fill("Password", PASSWORD)
            .fill("Password again", PASSWORD);
        browser.tick("accept_terms").press("proceed").await;
        assert_eq!(
            browser.url().as_str(),
            "https://crm.example/login?iss=https%3A%2F%2Fid.example"
        );
        browser
            .open("/account")
            .await
            .sees("Honora Vale")
            .sees("Acme Ltd");
        let crm = it.crm();
        let authorization = crm.authorization("openid email profile roles permissions account");
        browser.open(&authorization.path()).await;
        let tokens = Tokens(
            crm.redeem(&authorization, browser.returned().code())
                .await
                .expect(200)
                .json(),
        );
        assert_eq!(tokens.id_claims()["given_name"], "Honora");
        assert_eq!(tokens.id_claims()["email"], NORA);
        assert_eq!(tokens.id_claims()["email_verified"], true);
        assert_eq!(tokens.access_claims()["role"], "standard");
        assert_eq!(
            tokens.permissions(),
            [
                "contacts:edit",
                "contacts:view",
                "deals:edit",
                "deals:view",
                "reports:view"
            ]
        );
        let mut again = it.browser();
        again.open(&link).await;
        assert_eq!(again.status(), 410);
        again.sees("This invitation has been used");
    }
);

on_both_databases!(looking_changes_nothing, installed, async |it| {
    let link = invited(it).await;
    let before = it.digest().await;
    for _ in 0..3 {
        let head = request("HEAD", &link)
            .body(http_body_util::Full::default())
            .unwrap();
        it.send(head).await.expect(303);
        let mut scanner = it.browser();
        scanner.open(&link).await.follow("create-user").await;
    }
    assert_eq!(before.difference(&it.digest().await), "");
    let landing = it.get(&link).await.expect(303);
    assert_eq!(landing.header("referrer-policy"), "no-referrer");
    assert_eq!(landing.header("cache-control"), "no-store");
    assert!(
        !landing
            .header("location")
            .contains(link.rsplit('/').next().unwrap()),
        "the secret is sealed"
    );
});

on_both_databases!(of_parallel_acceptances_one_wins, installed, async |it| {
    let link = invited(it).await;
    let mut browsers = [
        create(it, &link).await,
        create(it, &link).await,
        create(it, &link).await,
    ];
    let [a, b, c] = &mut browsers;
    tokio::join!(a.press("proceed"), b.press("proceed"), c.press("proceed"));
    let won = browsers
        .iter()
        .filter(|it| it.url().as_str().starts_with("https://crm.example/"))
        .count();
    assert_eq!(won, 1);
    for lost in browsers
        .iter_mut()
        .filter(|it| it.url().as_str().starts_with(ISSUER))
    {
        lost.sees("This invitation has been used");
        assert_eq!(lost.cookie("session"), None);
    }
    let found = it
        .hr()
        .find(&format!("userName eq \"{NORA}\""))
        .await
        .expect(200)
        .json();
    assert_eq!(found["totalResults"], 1);
});

on_both_databases!(ended_links_say_which_and_what_to_do, installed, async |it| {
    let link = invited(it).await;
    it.pass(7 * DAY + Duration::from_secs(1));
    let before = it.digest().await;
    let mut late = it.browser();
    late.open(&link).await;
    assert_eq!(late.status(), 410);
    late.sees("This invitation has expired").sees("Acme Ltd");
    assert_eq!(before.difference(&it.digest().await), "");
    it.hr()
        .post("/Users", &user("zoe@acme.example", "Zoe", "Fox"))
        .await
        .expect(201);
    let taken_back = it.link_to("zoe@acme.example").await;
    let id = it.hr().id_of("zoe@acme.example").await;
    it.hr().delete(&format!("/Users/{id}")).await.expect(204);
    let mut revoked = it.browser();
    revoked.open(&taken_back).await;
    assert_eq!(revoked.status(), 410);
    revoked.sees("This invitation was taken back");
    let mut stranger = it.browser();
    for guess in [
        "x",
        &"A".repeat(43),
        &format!("{}x", &link.rsplit('/').next().unwrap()[1..]),
    ] {
        stranger.open(&format!("/invitation/{guess}")).await;
        assert_eq!(stranger.status(), 404);
        stranger.sees("We can’t find this invitation").sees_no("Acme");
    }
});

on_both_databases!(an_ended_invitation_never_blocks_the_next, installed, async |it| {
    let link = invited(it).await;
    it.pass(8 * DAY);
    let id = it.hr().id_of(NORA).await;
    let path = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User:resend";
    let again = serde_json::json!([{ "op": "replace", "path": path, "value": true }]);
    it.hr().patch(&format!("/Users/{id}"), &again).await.expect(200);
    let fresh = it.link_to(NORA).await;
    assert_ne!(fresh, link);
    let mut browser = create(it, &fresh).await;
    browser.press("proceed").await;
    browser.open("/account").await.sees("Nora Vale");
});

on_both_databases!(
    a_person_who_is_a_user_already_signs_in_to_accept,
    installed,
    async |it| {
        let person = "gustav@globex.example";
        it.hr()
            .post("/Users", &user(person, "Gustav", "Ek"))
            .await
            .expect(201);
        let link = it.link_to(person).await;
        let mut browser = it.browser();
        browser
            .open(&link)
            .await
            .sees("There is a user with this email address already");
        browser
            .follow("sign-in-to-accept")
            .await
            .sees("Sign in to join Acme Ltd.");
        assert_eq!(browser.page().value("username"), Some(person));
        browser
            .fill("Password", password_of(person))
            .press("sign-in")
            .await;
        browser.sees("Accept as Gustav Ek").press("proceed").await;
        browser.open("/account").await.sees("Acme Ltd").sees("Globex");
        let tokens = it
            .crm()
            .tokens_by(
                &it.crm()
                    .authorization("openid account roles")
                    .with("account", "acme"),
                person,
            )
            .await;
        assert_eq!(
            tokens.access_claims()["role"],
            "standard",
            "an owner elsewhere is no owner here"
        );
    }
);

on_both_databases!(nobody_accepts_for_somebody_else, installed, async |it| {
    let link = invited(it).await;
    let mut rita = it.signed_in("rita@acme.example").await;
    let before = it.digest().await;
    rita.open(&link)
        .await
        .sees("You are signed in as someone else")
        .sees("rita@acme.example")
        .sees(NORA);
    let mut form = rita.form("sign-out-and-continue");
    form.set("choice", "accept");
    rita.submit(&form).await;
    assert_eq!(before.difference(&it.digest().await), "");
    rita.sees("You are signed in as someone else")
        .press("sign-out-and-continue")
        .await;
    rita.sees("Welcome to Acme Ltd").follow("create-user").await;
    rita.fill("Password", PASSWORD)
        .fill("Password again", PASSWORD)
        .press("proceed")
        .await;
    rita.open("/account").await.sees("Nora Vale");
});

on_both_databases!(
    what_is_wrong_is_said_and_what_was_typed_stays,
    installed,
    async |it| {
        it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
            .await;
        let link = invited(it).await;
        let before = it.digest().await;
        let mut browser = it.browser();
        browser.open(&link).await.follow("create-user").await;
        for (given, password, again, expected) in [
            ("", PASSWORD, PASSWORD, "Enter your first name"),
            (
                "see www.evil.example",
                PASSWORD,
                PASSWORD,
                "Enter a first name without links or special signs",
            ),
            ("Nora", "", "", "Choose a password"),
            (
                "Nora",
                "short one",
                "short one",
                "Choose a password of at least 15 characters",
            ),
            (
                "Nora",
                "nora vale nora vale",
                "nora vale nora vale",
                "Choose a password that is not made of your own name",
            ),
            ("Nora", "aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "assword"),
            ("Nora", PASSWORD, "seven grey owls", "The two passwords differ"),
            ("Nora", PASSWORD, PASSWORD, "Tick the box to accept the terms"),
        ] {
            browser
                .fill("First name", given)
                .fill("Password", password)
                .fill("Password again", again);
            browser.press("proceed").await;
            assert_eq!(browser.status(), 422, "{expected}");
            let problems = browser.page().problems().join("; ");
            assert!(problems.contains(expected), "{expected}: {problems}");
            assert_eq!(browser.page().value("given_name"), Some(given));
            assert_eq!(
                browser.page().value("password"),
                Some(""),
                "a password is never sent back"
            );
        }
        assert_eq!(before.difference(&it.digest().await), "");
    }
);

on_both_databases!(
    a_form_left_open_for_too_long_is_shown_again,
    installed,
    async |it| {
        let link = invited(it).await;
        let mut browser = create(it, &link).await;
        browser.fill("First name", "Honora");
        it.pass(Duration::from_secs(3_700));
        browser.press("proceed").await;
        assert_eq!(browser.status(), 422);
        browser.sees("This page was open for too long");
        assert_eq!(browser.page().value("given_name"), Some("Honora"));
        browser
            .fill("Password", PASSWORD)
            .fill("Password again", PASSWORD)
            .press("proceed")
            .await;
        browser.open("/account").await.sees("Honora Vale");
    }
);

on_both_databases!(
    an_invitation_waits_where_its_inviter_has_lost_the_right,
    installed,
    async |it| {
        let wish = Invite {
            given_name: "Nora".into(),
            family_name: "Vale".into(),
            email: NORA.into(),
            ..invitation_of("standard")
        };
        invitation::send(&it.app, &member("acme", "marco@acme.example"), &wish)
            .await
            .unwrap();
        let link = it.link_to(NORA).await;
        let id = it.hr().id_of("marco@acme.example").await;
        it.hr().set_active(&id, false).await.expect(200);
        let mut browser = create(it, &link).await;
        browser.press("proceed").await;
        assert_eq!(browser.status(), 409);
        browser.sees("This invitation waits for a confirmation");
        assert_eq!(browser.cookie("session"), None);
        invitation::confirm(&it.app, &member("acme", "olivia@acme.example"), NORA)
            .await
            .unwrap();
        let mut browser = create(it, &link).await;
        browser.press("proceed").await;
        browser.open("/account").await.sees("Nora Vale");
    }
);

fn invitation_of(role: &str) -> Invite {
    Invite {
        role: Some(role.to_owned()),
        ..Invite::default()
    }
}

on_both_databases!(
    the_mail_names_inviter_account_and_role_and_carries_one_link,
    installed,
    async |it| {
        let wish = Invite {
            given_name: "Nora".into(),
            family_name: "Vale".into(),
            email: NORA.into(),
            message: Some("Glad to have you".into()),
            ..invitation_of("read_only")
        };
        invitation::send(&it.app, &member("acme", "marco@acme.example"), &wish)
            .await
            .unwrap();
        let mail = it.last_mail(NORA).await;
        assert_eq!(mail.subject, "Marco Silva invited you to Acme Ltd");
        for words in ["Marco Silva", "Acme Ltd", "Read Only", "Glad to have you"] {
            assert!(mail.text.contains(words) && mail.html.contains(words), "{words}");
        }
        assert_eq!(mail.text.matches("/invitation/").count(), 1);
        assert!(
            invitation::send(&it.app, &operator("acme"), &wish).await.is_err(),
            "invited already"
        );
        assert_eq!(it.mails_to(NORA).await.len(), 1);
    }
);
