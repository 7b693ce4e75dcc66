//! What an attacker would try that is no malformed input.

use std::time::Duration;

use latchkey_app::crypto::password::{Cost, PoolSettings};
use latchkey_testkit::actors::{password_of, user};
use latchkey_testkit::digest::Digest;
use latchkey_testkit::on_both_databases;
use serde_json::json;

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
const STAN: &str = "stan@acme.example";

on_both_databases!(
    a_suspension_is_told_after_a_right_password_only,
    installed,
    async |it| {
        let id = it.hr().id_of(STAN).await;
        it.hr().set_active(&id, false).await.expect(200);
        let mut browser = it.browser();
        browser.open(&it.crm().authorization("openid").path()).await;
        browser.type_credentials(STAN, "wrong but long enough").await;
        browser
            .sees("The email address or the password is not right")
            .sees_no("suspended")
            .sees_no("Acme");
        browser
            .type_credentials(STAN, password_of(STAN))
            .await
            .sees("Acme Ltd has suspended your access");
    }
);

on_both_databases!(
    one_network_that_tries_many_addresses_is_slowed_alone,
    installed,
    async |it| {
        let mut slowed = false;
        for number in 0..400 {
            let mut attacker = it.browser().at("198.51.100.66");
            attacker
                .sign_in(&format!("person{number}@acme.example"), "wrong but long enough")
                .await;
            if attacker.status() == 429 {
                slowed = true;
                break;
            }
        }
        assert!(slowed, "it may try for ever");
        let mut elsewhere = it.browser().at("203.0.113.77");
        elsewhere.sign_in(STAN, password_of(STAN)).await;
        assert_eq!(elsewhere.path(), "/account");
    }
);

on_both_databases!(
    what_is_secret_is_kept_as_a_digest_or_sealed,
    installed,
    async |it| {
        let crm = it.crm();
        let authorization = crm.authorization("openid offline_access");
        let mut browser = it.browser();
        browser.authorize(&authorization, STAN).await;
        let code = browser.returned().code().to_owned();
        let tokens = crm.redeem(&authorization, &code).await.expect(200).json();
        it.hr()
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201);
        let invitation = it.link_to("nora@acme.example").await;
        let mut forgetful = it.browser();
        forgetful.open("/password/forgot").await;
        forgetful.fill("Email address", STAN).press("send-link").await;
        let reset = it.link_to(STAN).await;
        let secret_part = |link: &str| link.rsplit('/').next().unwrap().to_owned();
        let secrets = [
            ("the session", browser.cookie("session").unwrap().to_owned()),
            ("the code", code),
            (
                "the access token",
                tokens["access_token"].as_str().unwrap().to_owned(),
            ),
            (
                "the refresh token",
                tokens["refresh_token"].as_str().unwrap().to_owned(),
            ),
            ("the ID token", tokens["id_token"].as_str().unwrap().to_owned()),
            ("the invitation", secret_part(&invitation)),
            ("the link for a new password", secret_part(&reset)),
            ("the password", password_of(STAN).to_owned()),
        ];
        let everything = Digest::of(&it.app.db, &[]).await;
        for (name, secret) in secrets {
            assert!(!everything.mentions(&secret), "{name} is kept as it is");
        }
        assert!(
            !everything.mentions("PRIVATE KEY") && !everything.mentions("\"d\":"),
            "signing keys are sealed"
        );
    }
);

on_both_databases!(
    hr_sets_what_is_on_its_list_and_nothing_else,
    installed,
    async |it| {
        let mut new = user("nora@acme.example", "Nora", "Vale");
        new["id"] = json!("0198c0de-0000-7000-8000-000000000000");
        new["meta"] = json!({ "created": "1999-01-01T00:00:00Z", "version": "W/\"99\"" });
        new["groups"] = json!([{ "value": "administrators" }]);
        new["password"] = json!("seven grey owls by a lake");
        new["account"] = json!("globex");
        new[ACCESS] = json!({
            "status": "active",
            "user": "0198c0de-0000-7000-8000-000000000001",
            "effectivePermissions": ["crm/invoices:manage"],
            "lastSignIn": "1999-01-01T00:00:00Z",
            "overrides": [{ "permission": "crm/invoices:manage", "effect": "grant" }],
        });
        let made = it.hr().post("/Users", &new).await;
        if made.status == 201 {
            let made = made.json();
            assert_ne!(made["id"], new["id"]);
            assert_eq!(made[ACCESS]["status"], "invited");
            assert!(made[ACCESS].get("user").is_none(), "{made}");
            assert!(made[ACCESS].get("overrides").is_none(), "{made}");
            assert!(made["meta"]["created"].as_str().unwrap().starts_with("2026-"));
            let mut browser = it.browser();
            browser
                .sign_in("nora@acme.example", "seven grey owls by a lake")
                .await;
            assert_eq!(browser.status(), 401);
        } else {
            made.expect(400);
        }
        assert_eq!(
            it.hr_of_globex()
                .find("userName eq \"nora@acme.example\"")
                .await
                .json()["totalResults"],
            0
        );
    }
);

on_both_databases!(
    an_invited_person_sets_a_name_and_a_password_and_nothing_else,
    installed,
    async |it| {
        it.hr()
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201);
        let mut browser = it.browser();
        browser
            .open(&it.link_to("nora@acme.example").await)
            .await
            .follow("create-user")
            .await;
        let mut form = browser.form("proceed");
        for (name, value) in [
            ("password", "seven grey owls by a lake"),
            ("password_confirmation", "seven grey owls by a lake"),
            ("username", "olivia@acme.example"),
            ("role", "owner"),
            ("account", "globex"),
            ("email", "olivia@acme.example"),
            ("mobile_access", "true"),
            ("permission_sets", "Sales desk"),
        ] {
            form.set(name, value);
        }
        browser.submit(&form).await;
        browser
            .open("/account")
            .await
            .sees("nora@acme.example")
            .sees("Standard user")
            .sees_no("Globex");
        let id = it.hr().id_of("nora@acme.example").await;
        let made = it.hr().get(&format!("/Users/{id}")).await.json();
        assert_eq!(made[ACCESS]["mobileAccess"], false);
        assert!(
            made.get("entitlements")
                .is_none_or(|it| it.as_array().is_some_and(Vec::is_empty)),
            "{made}"
        );
    }
);

on_both_databases!(text_of_people_is_text_in_pages_and_mails, installed, async |it| {
    let mut new = user("nora@acme.example", "Nora", "Vale");
    new["name"]["familyName"] = json!("<b>Vale</b> & \"co\"");
    let made = it.hr().post("/Users", &new).await;
    if made.status != 201 {
        made.expect(400);
        new["name"]["familyName"] = json!("O'Vale & co");
        it.hr().post("/Users", &new).await.expect(201);
    }
    let mail = it.last_mail("nora@acme.example").await;
    assert!(
        !mail.html.contains("<b>Vale") && !mail.html.contains("Vale & "),
        "{}",
        mail.html
    );
    let mut browser = it.browser();
    browser
        .open(&it.link_to("nora@acme.example").await)
        .await
        .follow("create-user")
        .await;
    assert!(!browser.answer().text().contains("<b>Vale"));
    let name = browser.page().value("family_name").unwrap().to_owned();
    assert_eq!(json!(name), new["name"]["familyName"]);
});

on_both_databases!(
    a_full_queue_of_hashes_asks_to_come_again_and_counts_against_nobody,
    installed,
    async |it| {
        let slow = PoolSettings {
            threads: 1,
            queue: 1,
            cost: Cost {
                memory_kib: 65_536,
                passes: 3,
                lanes: 1,
            },
        };
        let node = it.node_with(it.app.settings.clone(), slow).await;
        let mut browsers: Vec<_> = (0..8).map(|_| node.browser()).collect();
        let [a, b, c, d, e, f, g, h] = browsers.as_mut_slice() else {
            panic!("eight browsers")
        };
        // Nobody has this address, so each try costs what a new hash costs.
        let (who, what) = ("nobody@acme.example", "wrong but long enough");
        tokio::join!(
            a.sign_in(who, what),
            b.sign_in(who, what),
            c.sign_in(who, what),
            d.sign_in(who, what),
            e.sign_in(who, what),
            f.sign_in(who, what),
            g.sign_in(who, what),
            h.sign_in(who, what)
        );
        let busy: Vec<_> = browsers.iter().filter(|it| it.status() == 503).collect();
        assert!(!busy.is_empty(), "the queue never was full");
        for one in &busy {
            assert_eq!(one.answer().header("retry-after"), "2");
            assert!(
                one.words().contains("We are busy for a moment"),
                "{}",
                one.words()
            );
        }
        assert!(browsers.iter().all(|it| matches!(it.status(), 401 | 429 | 503)));
    }
);

on_both_databases!(
    another_node_hears_of_a_suspension_within_a_second,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(STAN, "openid offline_access").await;
        let node = it.another_node().await;
        node.crm().user_info(tokens.access()).await.expect(200);
        assert_eq!(
            node.crm().introspect(tokens.access()).await.json()["active"],
            true
        );
        let id = it.hr().id_of(STAN).await;
        it.hr().set_active(&id, false).await.expect(200);
        node.heed().await;
        node.crm().user_info(tokens.access()).await.expect(401);
        assert_eq!(
            node.crm().introspect(tokens.access()).await.json()["active"],
            false
        );
        node.crm().refresh(tokens.refresh()).await.expect(400);
    }
);

on_both_databases!(
    a_clock_that_jumps_back_lets_nobody_in_again,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(STAN, "openid").await;
        let mut browser = it.signed_in(STAN).await;
        it.pass(Duration::from_secs(40 * 86_400));
        browser.open("/account").await;
        assert_eq!(browser.path(), "/sign-in");
        crm.user_info(tokens.access()).await.expect(401);
    }
);
