//! `/sign-in`, `/choose-account`, `/sign-out`, `/account`.

use std::time::Duration;

use latchkey_testkit::actors::password_of;
use latchkey_testkit::installation::{form_request, form_text, request};
use latchkey_testkit::on_both_databases;

const WRONG: &str = "The email address or the password is not right. Check both and try again";

on_both_databases!(
    a_person_signs_in_and_sees_where_they_belong,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser
            .sign_in("Iris@Consult.example", password_of("iris@"))
            .await;
        assert_eq!(browser.path(), "/account");
        browser
            .sees("Iris Okafor")
            .sees("Acme Ltd")
            .sees("Globex")
            .sees("This device");
        assert_eq!(browser.page().heading(), "Your profile");
    }
);

on_both_databases!(nobody_learns_whether_an_address_exists, installed, async |it| {
    let mut answers = Vec::new();
    for address in ["stan@acme.example", "nobody@acme.example"] {
        let hashes = it.app.passwords.hashes();
        let mut browser = it.browser();
        browser.sign_in(address, "wrong but long enough").await;
        browser.sees(WRONG);
        assert_eq!(it.app.passwords.hashes() - hashes, 1, "one hash for {address}");
        assert_eq!(browser.page().value("username"), Some(address));
        assert_eq!(browser.page().value("password"), Some(""));
        let words = browser.words().replace(address, "X");
        answers.push((browser.status(), words));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, 401);
});

on_both_databases!(what_is_missing_is_said_beside_its_field, installed, async |it| {
    let mut browser = it.browser();
    browser.sign_in("", "").await;
    assert_eq!(browser.status(), 422);
    assert_eq!(
        browser.page().problems(),
        ["Enter your email address", "Enter your password"]
    );
    assert!(browser.page().words_of("title").starts_with("Error: "));
    assert!(browser.page().by_id("username").unwrap().has("aria-invalid"));
    browser
        .fill("Email address", "not an address")
        .fill("Password", "x")
        .press("sign-in")
        .await;
    assert_eq!(
        browser.page().problems(),
        ["Enter an email address like name@example.com"]
    );
});

on_both_databases!(
    tries_slow_down_and_a_known_browser_has_a_budget_of_its_own,
    installed,
    async |it| {
        let person = "stan@acme.example";
        let mut known = it.browser().at("198.51.100.7");
        known.sign_in(person, password_of(person)).await;
        let mut attacker = it.browser();
        let mut tries = 0;
        loop {
            attacker.sign_in(person, "not the password at all").await;
            if attacker.status() == 429 {
                break;
            }
            tries += 1;
            assert!(tries < 50, "tries are never slowed down");
        }
        attacker.sees("Too many attempts");
        let wait: u64 = attacker.answer().header("retry-after").parse().unwrap();
        assert!(wait > 0);
        attacker.sign_in(person, password_of(person)).await;
        assert_eq!(attacker.status(), 429, "the right password is not even looked at");
        known.open("/sign-out").await.press("sign-out-confirm").await;
        known.sign_in(person, password_of(person)).await;
        assert_eq!(known.path(), "/account", "the person's own browser still gets in");
        it.pass(Duration::from_secs(wait));
        let mut later = it.browser().at("198.51.100.99");
        later.sign_in(person, password_of(person)).await;
        assert_eq!(later.path(), "/account", "nobody is locked out for good");
    }
);

on_both_databases!(
    a_sign_in_gets_a_new_session_and_ends_the_one_before,
    installed,
    async |it| {
        let mut browser = it.signed_in("stan@acme.example").await;
        let before = browser.cookie("session").unwrap().to_owned();
        let mut thief = it.browser().with_cookies_of(&browser, &["_browser", "_session"]);
        thief.open("/account").await.sees("Stan Dard");
        browser.open("/sign-in?choice=use-another").await;
        browser
            .fill("Email address", "stan@acme.example")
            .fill("Password", password_of("stan@"))
            .press("sign-in")
            .await;
        assert_ne!(browser.cookie("session"), Some(before.as_str()));
        thief.open("/account").await;
        assert_eq!(thief.path(), "/sign-in", "the session before has ended");
    }
);

on_both_databases!(
    a_session_chosen_by_somebody_else_is_not_taken,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser.open("/sign-in").await;
        let planted = "A".repeat(43);
        let mut form = browser.form("sign-in");
        form.set("username", "stan@acme.example")
            .set("password", password_of("stan@"));
        let post = form_request("/sign-in", &form.pairs()).unwrap();
        let mut builder =
            request("POST", "/sign-in").header("content-type", "application/x-www-form-urlencoded");
        let browser_cookie = browser.cookie("browser").unwrap();
        builder = builder.header(
            "cookie",
            format!("__Host-latchkey_browser={browser_cookie}; __Host-latchkey_session={planted}"),
        );
        let answer = it.send(builder.body(post.into_body()).unwrap()).await.expect(303);
        let given = answer.cookie("__Host-latchkey_session").unwrap();
        assert_ne!(given, planted);
    }
);

on_both_databases!(a_session_ends_when_it_is_idle_or_old, installed, async |it| {
    let day = Duration::from_secs(86_400);
    let mut idle = it.signed_in("stan@acme.example").await;
    it.pass(6 * day);
    idle.open("/account").await.sees("Stan Dard");
    it.pass(7 * day + Duration::from_secs(1));
    idle.open("/account").await;
    assert_eq!(idle.path(), "/sign-in");
    let mut busy = it.signed_in("rita@acme.example").await;
    for _ in 0..5 {
        it.pass(6 * day - Duration::from_secs(60));
        busy.open("/account").await;
    }
    assert_eq!(busy.path(), "/account");
    it.pass(day);
    busy.open("/account").await;
    assert_eq!(
        busy.path(),
        "/sign-in",
        "no session lives for more than thirty days"
    );
});

on_both_databases!(
    a_form_from_elsewhere_signs_nobody_in_or_out,
    installed,
    async |it| {
        let credentials = [
            ("username", "stan@acme.example"),
            ("password", password_of("stan@")),
        ];
        let bare = it.post_form("/sign-in", &credentials).await.expect(403);
        assert!(
            bare.page()
                .words()
                .contains("We could not tell that the form came from your own browser")
        );
        assert!(bare.cookie("__Host-latchkey_session").is_none());

        let mut victim = it.signed_in("rita@acme.example").await;
        let mut attacker = it.browser();
        attacker.open("/sign-in").await;
        let mut form = attacker.form("sign-in");
        for (name, value) in credentials {
            form.set(name, value);
        }
        victim.submit(&form).await;
        assert_eq!(victim.status(), 403, "another browser's token is none");
        victim.open("/account").await.sees("Rita Lind");

        let form = victim.form("sign-out");
        let body = form_text(&form.pairs());
        let foreign = request("POST", "/sign-out")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://evil.example");
        victim.fetch(foreign, body).await.expect(403);
        victim.open("/account").await.sees("Rita Lind");
    }
);

on_both_databases!(signing_out_ends_the_session_for_good, installed, async |it| {
    let mut browser = it.signed_in("stan@acme.example").await;
    let mut thief = it.browser().with_cookies_of(&browser, &["_browser", "_session"]);
    browser
        .open("/sign-out")
        .await
        .sees("Sign out?")
        .press("sign-out-confirm")
        .await;
    assert_eq!(browser.path(), "/signed-out");
    browser.sees("You are signed out");
    assert_eq!(browser.cookie("session"), None);
    thief.open("/account").await;
    assert_eq!(thief.path(), "/sign-in");
});

on_both_databases!(
    a_person_ends_their_other_sessions_and_nobody_elses,
    installed,
    async |it| {
        let mut here = it.signed_in("stan@acme.example").await;
        let mut there = it.signed_in("stan@acme.example").await;
        let mut other = it.signed_in("rita@acme.example").await;
        let ids = |html: &str| -> Vec<String> {
            html.split("id=\"end-session-")
                .skip(1)
                .map(|it| it.split('"').next().unwrap().to_owned())
                .collect()
        };
        here.open("/account").await;
        assert_eq!(ids(here.answer().text()).len(), 1);
        let rita_here = it.signed_in("rita@acme.example").await;
        let hers = ids(rita_here.answer().text());
        let mut form = here.form("end-others");
        form.set("session", &hers[0]);
        here.submit(&form).await;
        other.open("/account").await.sees("Rita Lind");
        here.open("/account").await.press("end-others").await;
        there.open("/account").await;
        assert_eq!(there.path(), "/sign-in");
        here.open("/account").await.sees("Stan Dard");
    }
);

on_both_databases!(pages_speak_the_language_of_the_reader, installed, async |it| {
    let mut browser = it.browser().reading("de-CH,fr;q=0.5");
    browser.open("/sign-in").await;
    assert!(browser.answer().text().contains("<html lang=\"de\""));
    let mut other = it.browser().reading("fr");
    other.open("/sign-in").await;
    assert!(other.answer().text().contains("<html lang=\"en\""));
});

on_both_databases!(
    what_does_not_exist_is_a_page_with_a_reference,
    installed,
    async |it| {
        let before = it.digest().await;
        let mut browser = it.browser();
        browser.open("/nothing/here").await;
        assert_eq!(browser.status(), 404);
        browser
            .sees("There is nothing here")
            .sees("Reference, if you ask for help:");
        assert_eq!(it.digest().await, before);
    }
);
