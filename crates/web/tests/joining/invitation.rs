//! `/invitation/TOKEN`, `/invitation`, `/invitation/create`.

use std::time::Duration;

use latchkey_app::administration::{invitation, member};
use latchkey_testkit::installation::request;
use latchkey_testkit::{Browser, TestApp, on_both_databases};

use super::{GUEST, PASSWORD, by, greta, invite};

const DAY: Duration = Duration::from_secs(86_400);

/// Fills the form for a new user and sends it.
async fn create(browser: &mut Browser<'_>, password: &str) {
    browser
        .fill("password", password)
        .fill("password_confirmation", password);
    browser.press("proceed").await;
}

async fn status_of(it: &TestApp, who: &str) -> &'static str {
    member::show(&it.app, &by("marco@acme.example"), who)
        .await
        .unwrap()
        .status
}

on_both_databases!(
    the_invited_becomes_a_user_and_lands_signed_in_in_the_application,
    installed,
    async |it| {
        invite(it).await;
        let mail = it.last_mail(GUEST).await;
        assert_eq!(mail.subject, "Marco Silva invited you to Acme Ltd");
        let mut browser = it.browser();
        browser.open(&it.link_to(GUEST).await).await;
        assert_eq!(browser.path(), "/invitation", "the token leaves the address bar");
        browser
            .sees("Marco Silva has invited you to join Acme Ltd")
            .sees(GUEST)
            .sees("Sample CRM");
        browser.follow("create-user").await;
        assert_eq!(browser.page().value("given_name"), Some("Greta"));
        assert_eq!(browser.page().value("family_name"), Some("Guest"));
        create(&mut browser, PASSWORD).await;
        assert!(
            browser
                .url()
                .as_str()
                .starts_with("https://crm.example/login?iss=https%3A%2F%2Fid.example")
        );
        browser
            .open("https://id.example/account")
            .await
            .sees("Greta Guest")
            .sees("Acme Ltd");
        let greta = member::show(&it.app, &by("marco@acme.example"), GUEST)
            .await
            .unwrap();
        assert_eq!((greta.status, greta.role.as_str()), ("active", "standard"));
        assert_eq!(greta.verified_addresses, [GUEST]);
        assert_eq!(greta.invitation.unwrap().status, "accepted");
    }
);

on_both_databases!(looking_at_a_link_uses_nothing_up, installed, async |it| {
    invite(it).await;
    let link = it.link_to(GUEST).await;
    let before = it.digest().await;
    for method in ["GET", "HEAD"] {
        let answer = it
            .send(request(method, &link).body(Default::default()).unwrap())
            .await
            .expect(303);
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let mut scanner = it.browser();
    scanner.open(&link).await.follow("create-user").await;
    assert_eq!(it.digest().await, before);
    let mut browser = it.browser();
    browser.open(&link).await.follow("create-user").await;
    create(&mut browser, PASSWORD).await;
    assert_eq!(status_of(it, GUEST).await, "active");
});

on_both_databases!(
    all_that_is_wrong_is_said_at_once_and_what_was_typed_stays,
    installed,
    async |it| {
        it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
            .await;
        invite(it).await;
        let mut browser = it.browser();
        browser
            .open(&it.link_to(GUEST).await)
            .await
            .follow("create-user")
            .await;
        browser.sees("Be kind to your customers");
        browser
            .fill("given_name", "Greta Maria")
            .fill("family_name", "https://evil.example");
        browser
            .fill("password", "short")
            .fill("password_confirmation", "shorter")
            .press("proceed")
            .await;
        assert_eq!(browser.status(), 422);
        assert_eq!(
            browser.page().problems().len(),
            4,
            "{:?}",
            browser.page().problems()
        );
        assert_eq!(browser.page().value("given_name"), Some("Greta Maria"));
        assert_eq!(browser.page().value("password"), Some(""));
        assert_eq!(status_of(it, GUEST).await, "invited");
        browser
            .fill("family_name", "Guest")
            .fill("password", PASSWORD)
            .fill("password_confirmation", PASSWORD);
        browser.tick("accept_terms").press("proceed").await;
        assert!(
            browser.url().as_str().starts_with("https://crm.example/"),
            "{}",
            browser.words()
        );
    }
);

on_both_databases!(a_password_of_ones_own_name_is_refused, installed, async |it| {
    invite(it).await;
    let mut browser = it.browser();
    browser
        .open(&it.link_to(GUEST).await)
        .await
        .follow("create-user")
        .await;
    create(&mut browser, "greta guest acme ltd").await;
    assert_eq!(browser.status(), 422);
    assert_eq!(status_of(it, GUEST).await, "invited");
});

on_both_databases!(
    each_link_that_is_over_says_which_and_what_to_do,
    installed,
    async |it| {
        invite(it).await;
        let first = it.link_to(GUEST).await;
        it.pass(Duration::from_secs(61));
        invitation::resend(&it.app, &by("marco@acme.example"), GUEST)
            .await
            .unwrap();
        let second = it.link_to(GUEST).await;
        assert_ne!(first, second);
        let mut browser = it.browser();
        browser.open(&first).await.sees("There is a newer invitation");
        assert_eq!(browser.status(), 410);
        browser.open(&second).await.follow("create-user").await;
        let late = browser.form("proceed");
        create(&mut browser, PASSWORD).await;
        let mut other = it.browser();
        other
            .open(&second)
            .await
            .sees("This invitation has been used")
            .follow("sign-in")
            .await;
        assert_eq!(other.page().value("username"), Some(GUEST));
        assert_eq!(
            other.fill("Password", PASSWORD).press("sign-in").await.path(),
            "/account"
        );
        assert!(late.fields.iter().any(|(name, _)| name == "request"));
        let mut stranger = it.browser();
        stranger
            .open(&format!("/invitation/{}", "x".repeat(43)))
            .await
            .sees("We can’t find this invitation");
        assert_eq!(stranger.status(), 404);
        stranger.sees_no("Acme");
    }
);

on_both_databases!(
    a_revoked_invitation_says_so_and_its_address_can_be_invited_again,
    installed,
    async |it| {
        invite(it).await;
        let link = it.link_to(GUEST).await;
        let mut browser = it.browser();
        browser.open(&link).await.follow("create-user").await;
        let taken_back = invitation::revoke(&it.app, &by("marco@acme.example"), GUEST)
            .await
            .unwrap();
        assert_eq!(taken_back.status, "revoked");
        create(&mut browser, PASSWORD).await;
        browser.sees("This invitation was taken back");
        assert_eq!(browser.status(), 410);
        assert!(browser.cookie("session").is_none());
        invite(it).await;
        browser
            .open(&it.link_to(GUEST).await)
            .await
            .follow("create-user")
            .await;
        create(&mut browser, PASSWORD).await;
        assert_eq!(status_of(it, GUEST).await, "active");
    }
);

on_both_databases!(
    an_expired_invitation_can_be_asked_for_again_and_sent_anew,
    installed,
    async |it| {
        invite(it).await;
        let link = it.link_to(GUEST).await;
        it.pass(8 * DAY);
        let mut browser = it.browser();
        browser
            .open(&link)
            .await
            .sees("This invitation has expired")
            .press("ask-again")
            .await;
        browser.sees("We told Marco Silva");
        browser.open(&link).await.press("ask-again").await;
        let told = it.mails_to("marco@acme.example").await;
        assert_eq!(told.len(), 1, "the inviter is told once");
        assert!(told[0].subject.contains("Greta Guest asks for a new invitation"));
        invitation::resend(&it.app, &by("marco@acme.example"), GUEST)
            .await
            .unwrap();
        browser
            .open(&it.link_to(GUEST).await)
            .await
            .follow("create-user")
            .await;
        create(&mut browser, PASSWORD).await;
        assert_eq!(status_of(it, GUEST).await, "active");
    }
);

on_both_databases!(
    an_expired_invitation_does_not_block_inviting_the_address,
    installed,
    async |it| {
        invite(it).await;
        it.pass(8 * DAY);
        let again = invitation::send(&it.app, &by("olivia@acme.example"), &greta())
            .await
            .unwrap();
        assert_eq!(
            (again.status, again.inviter.as_str()),
            ("pending", "Olivia Owens")
        );
    }
);

on_both_databases!(a_known_address_signs_in_to_accept, installed, async |it| {
    let gustav = invitation::Invite {
        given_name: "Gustav".to_owned(),
        family_name: "Ek".to_owned(),
        email: "gustav@globex.example".to_owned(),
        ..Default::default()
    };
    invitation::send(&it.app, &by("marco@acme.example"), &gustav)
        .await
        .unwrap();
    let link = it.link_to("gustav@globex.example").await;
    let mut browser = it.browser();
    browser.open(&link).await.follow("sign-in-to-accept").await;
    assert_eq!(browser.page().value("username"), Some("gustav@globex.example"));
    browser
        .fill("Password", "marble stairs under snow")
        .press("sign-in")
        .await;
    assert_eq!(browser.path(), "/invitation", "{}", browser.words());
    assert_eq!(
        status_of(it, "gustav@globex.example").await,
        "invited",
        "signing in alone accepts nothing"
    );
    browser.press("proceed").await;
    assert_eq!(
        browser.url().host_str(),
        Some("crm.example"),
        "{}",
        browser.words()
    );
    assert_eq!(status_of(it, "gustav@globex.example").await, "active");
});

on_both_databases!(
    a_known_person_agrees_to_new_terms_on_the_way,
    installed,
    async |it| {
        it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
            .await;
        let gustav = "gustav@globex.example";
        let invite = invitation::Invite {
            email: gustav.to_owned(),
            ..greta()
        };
        invitation::send(&it.app, &by("marco@acme.example"), &invite)
            .await
            .unwrap();
        let mut browser = it.signed_in(gustav).await;
        browser
            .open(&it.link_to(gustav).await)
            .await
            .press("proceed")
            .await;
        assert_eq!(browser.path(), "/terms", "{}", browser.words());
        assert_eq!(status_of(it, gustav).await, "invited");
        browser.tick("accept_terms").press("proceed").await;
        assert_eq!(browser.path(), "/invitation", "{}", browser.words());
        browser.press("proceed").await;
        assert_eq!(
            browser.url().host_str(),
            Some("crm.example"),
            "{}",
            browser.words()
        );
    }
);

on_both_databases!(
    somebody_else_who_is_signed_in_never_accepts_by_mistake,
    installed,
    async |it| {
        invite(it).await;
        let link = it.link_to(GUEST).await;
        let mut browser = it.signed_in("rita@acme.example").await;
        browser
            .open(&link)
            .await
            .sees("You are signed in as someone else")
            .sees(GUEST)
            .sees("rita@acme.example");
        browser.press("sign-out-and-continue").await;
        assert!(browser.cookie("session").is_none());
        browser.follow("create-user").await;
        create(&mut browser, PASSWORD).await;
        assert_eq!(status_of(it, GUEST).await, "active");
    }
);

on_both_databases!(accepting_twice_at_once_yields_one_member, installed, async |it| {
    invite(it).await;
    let link = it.link_to(GUEST).await;
    let (mut one, mut two) = (it.browser(), it.browser());
    one.open(&link).await.follow("create-user").await;
    two.open(&link).await.follow("create-user").await;
    for browser in [&mut one, &mut two] {
        browser
            .fill("password", PASSWORD)
            .fill("password_confirmation", PASSWORD);
    }
    let (first, second) = (one.form("proceed"), two.form("proceed"));
    tokio::join!(one.submit(&first), two.submit(&second));
    let winners = [&one, &two]
        .into_iter()
        .filter(|it| it.url().host_str() == Some("crm.example"))
        .count();
    assert_eq!(winners, 1, "{} | {}", one.words(), two.words());
    let words = format!("{} | {}", one.words(), two.words());
    assert!(words.contains("This invitation has been used"), "{words}");
    let members = member::list(&it.app, &by("marco@acme.example"), "")
        .await
        .unwrap();
    assert_eq!(
        members
            .iter()
            .filter(|it| it.email.as_deref() == Some(GUEST))
            .count(),
        1
    );
});

on_both_databases!(
    an_invitation_waits_when_its_inviter_lost_the_right,
    installed,
    async |it| {
        invite(it).await;
        let link = it.link_to(GUEST).await;
        member::role(
            &it.app,
            &by("olivia@acme.example"),
            "marco@acme.example",
            "standard",
        )
        .await
        .unwrap();
        let mut browser = it.browser();
        browser.open(&link).await.follow("create-user").await;
        create(&mut browser, PASSWORD).await;
        browser.sees("This invitation waits for a confirmation");
        let confirmed = invitation::confirm(&it.app, &by("olivia@acme.example"), GUEST)
            .await
            .unwrap();
        assert_eq!(confirmed.inviter, "Olivia Owens");
        browser.open(&link).await.follow("create-user").await;
        create(&mut browser, PASSWORD).await;
        let greta = member::show(&it.app, &by("olivia@acme.example"), GUEST)
            .await
            .unwrap();
        assert_eq!(greta.status, "active");
    }
);

on_both_databases!(
    a_form_that_was_open_for_too_long_is_shown_again,
    installed,
    async |it| {
        invite(it).await;
        let mut browser = it.browser();
        browser
            .open(&it.link_to(GUEST).await)
            .await
            .follow("create-user")
            .await;
        it.pass(Duration::from_secs(2 * 3_600));
        browser
            .fill("given_name", "Gretchen")
            .fill("password", PASSWORD)
            .fill("password_confirmation", PASSWORD);
        browser.press("proceed").await;
        assert_eq!(browser.status(), 422);
        assert_eq!(browser.page().value("given_name"), Some("Gretchen"));
        create(&mut browser, PASSWORD).await;
        assert_eq!(
            browser.url().host_str(),
            Some("crm.example"),
            "{}",
            browser.words()
        );
    }
);

on_both_databases!(a_step_of_another_browser_is_no_use, installed, async |it| {
    invite(it).await;
    let mut browser = it.browser();
    browser.open(&it.link_to(GUEST).await).await;
    let address = latchkey_testkit::installation::path_of(browser.url());
    let mut thief = it.browser();
    thief.open(&address).await;
    assert_eq!(thief.status(), 400);
    thief.sees_no(GUEST);
});

on_both_databases!(a_held_member_can_not_accept, installed, async |it| {
    invite(it).await;
    let link = it.link_to(GUEST).await;
    member::hold(&it.app, &by("olivia@acme.example"), GUEST, "a mistake")
        .await
        .unwrap();
    let mut browser = it.browser();
    browser.open(&link).await.sees("This invitation was taken back");
    member::release(&it.app, &by("olivia@acme.example"), GUEST)
        .await
        .unwrap();
    browser.open(&link).await.follow("create-user").await;
    create(&mut browser, PASSWORD).await;
    assert_eq!(status_of(it, GUEST).await, "active");
});
