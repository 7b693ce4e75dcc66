//! What an attacker would try through a browser, or beside its person.

use std::time::Duration;

use latchkey_testkit::actors::password_of;
use latchkey_testkit::installation::{ISSUER, TestApp, form_text, request};
use latchkey_testkit::on_both_databases;

const STAN: &str = "stan@acme.example";

/// An application of somebody else, which people have to allow what it asks for.
const GUEST: &str = r#"
[[client]]
application = "crm"
id = "guest"
kind = "spa"
first_party = false
redirect_uris = ["https://guest.example/callback"]
token_endpoint_auth_method = "none"
"#;

on_both_databases!(
    a_foreign_page_that_hides_where_it_is_sends_no_form,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser.open("/sign-in").await;
        let mut form = browser.form("sign-in");
        form.set("username", STAN).set("password", password_of(STAN));
        let post = |site: &str| {
            request("POST", "/sign-in")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", "null")
                .header("sec-fetch-site", site)
        };
        for site in ["cross-site", "same-site", "é"] {
            let answer = browser.fetch(post(site), form_text(&form.pairs())).await;
            answer.expect(403);
        }
        // Our own pages send no referrer, so that browsers hide the origin of their forms too.
        let answer = browser.fetch(post("same-origin"), form_text(&form.pairs())).await;
        assert_eq!(answer.expect(303).header("location"), "/account");
    }
);

on_both_databases!(
    a_network_that_is_slowed_down_keeps_no_known_browser_out,
    installed,
    async |it| {
        let office = "198.51.100.44";
        let mut known = it.browser().at(office);
        known.sign_in(STAN, password_of(STAN)).await;
        known.open("/sign-out").await.press("sign-out-confirm").await;
        let mut tries = 0;
        loop {
            let mut attacker = it.browser().at(office);
            attacker
                .sign_in(&format!("person{tries}@acme.example"), "wrong but long enough")
                .await;
            if attacker.status() == 429 {
                break;
            }
            tries += 1;
            assert!(tries < 400, "the network is never slowed down");
        }
        known.sign_in(STAN, password_of(STAN)).await;
        assert_eq!(known.path(), "/account");
    }
);

on_both_databases!(
    browsers_known_before_a_new_password_are_strangers_after_it,
    installed,
    async |it| {
        let mut thief = it.browser().at("198.51.100.9");
        thief.sign_in(STAN, password_of(STAN)).await;
        let mut owner = it.browser().at("203.0.113.80");
        owner.open("/password/forgot").await;
        owner.fill("Email address", STAN).press("send-link").await;
        let link = it.link_to(STAN).await;
        owner.open(&link).await;
        owner
            .fill("password", "seven green lamps hum")
            .fill("password_confirmation", "seven green lamps hum");
        owner.press("set-password").await;
        use_up(it).await;
        thief.sign_in(STAN, "still not the new one").await;
        assert_eq!(
            thief.status(),
            429,
            "the thief's browser has no budget of its own any more"
        );
        it.pass(Duration::from_secs(1_000));
        owner.sign_in(STAN, "seven green lamps hum").await;
        assert_eq!(owner.path(), "/account");
        owner.open("/sign-out").await.press("sign-out-confirm").await;
        use_up(it).await;
        owner.sign_in(STAN, "seven green lamps hum").await;
        assert_eq!(
            owner.path(),
            "/account",
            "and the person's own browser has one again"
        );
    }
);

/// Tries from elsewhere until they are slowed down.
async fn use_up(it: &TestApp) {
    let mut number = 10;
    loop {
        assert!(number < 70, "tries are never slowed down");
        let mut stranger = it.browser().at(&format!("192.0.2.{number}"));
        stranger.sign_in(STAN, "not the password at all").await;
        if stranger.status() == 429 {
            return;
        }
        number += 1;
    }
}

on_both_databases!(
    what_one_person_allowed_counts_for_nobody_else_at_the_browser,
    installed,
    async |it| {
        it.declare(GUEST).await;
        let mut authorization = it.board().authorization("openid");
        authorization = authorization
            .with("client_id", "guest")
            .with("redirect_uri", "https://guest.example/callback");
        let mut browser = it.browser();
        browser.authorize(&authorization, STAN).await;
        assert_eq!(browser.path(), "/consent", "{}", browser.words());
        let form = browser.form("consent-allow");
        let post = request("POST", "/consent")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", ISSUER);
        let allowed = browser.fetch(post, form_text(&form.pairs())).await.expect(303);
        let onward = allowed.header("location").to_owned();
        browser.open("/sign-out").await.press("sign-out-confirm").await;
        let rita = "rita@acme.example";
        browser.sign_in(rita, password_of(rita)).await;
        browser.open(&onward).await;
        assert_eq!(
            browser.path(),
            "/consent",
            "Rita is asked herself: {}",
            browser.words()
        );
        browser.sees(rita);
    }
);
