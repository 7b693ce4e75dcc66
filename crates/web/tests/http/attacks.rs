//! What an attacker would try on an account's authority: each test is one way in that must be shut.

use latchkey_app::apply::{Options, State, apply};
use latchkey_testkit::actors::user;
use latchkey_testkit::on_both_databases;
use serde_json::json;

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
const INVITATION: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";

/// An account whose owner has not accepted yet, with an HR system of its own.
const INITECH: &str = r#"
[[account]]
slug = "initech"
name = "Initech"
owner = "odette@initech.example"

[[scim_token]]
account = "initech"
name = "hr"
token = "lk_scim_initech-Rb6Gj3Mt8Lc5Yh0Xk7pD2wNs9Fv4Ez1"

[[scim_token]]
account = "initech"
name = "small hr"
token = "lk_scim_initech-small-Gj3Mt8Lc5Yh0Xk7pD2wNs9Fv4Ez1Rb6"
highest_role = "standard"
permissions = []
"#;

on_both_databases!(
    hr_cannot_turn_the_owners_invitation_to_its_own_address,
    installed,
    async |it| {
        it.declare(INITECH).await;
        let hr = it.hr_with("lk_scim_initech-Rb6Gj3Mt8Lc5Yh0Xk7pD2wNs9Fv4Ez1");
        let link = it.link_to("odette@initech.example").await;
        let path = format!("/Users/{}", hr.id_of("odette@initech.example").await);
        let thief = json!([{ "value": "thief@initech.example", "type": "work", "primary": true }]);
        for operation in [
            json!({ "op": "replace", "path": "emails", "value": thief }),
            json!({ "op": "remove", "path": "emails" }),
            json!({ "op": "replace", "path": "userName", "value": "thief@initech.example" }),
            json!({ "op": "replace", "value": { "emails": thief, "title": "Boss" } }),
        ] {
            let answer = hr.patch(&path, &json!([operation])).await;
            let is_kept = answer.status == 403
                || answer
                    .json()
                    .pointer("/emails/0/value")
                    .is_some_and(|it| it == "odette@initech.example");
            assert!(is_kept, "{operation}: {} {}", answer.status, answer.text());
        }
        let mut whole = user("thief@initech.example", "The", "Owner");
        whole["roles"] = json!([{ "value": "owner" }]);
        hr.put(&path, &whole).await.expect(403);
        assert!(
            it.mails_to("thief@initech.example").await.is_empty(),
            "nobody else is invited as the owner"
        );
        hr.patch(
            &path,
            &json!([{ "op": "replace", "path": "title", "value": "Founder" }]),
        )
        .await
        .expect(200);
        let mut owner = it.browser();
        owner.open(&link).await.sees("Create new user");
    }
);

on_both_databases!(
    hr_cannot_invite_anew_whom_its_token_may_not_invite,
    installed,
    async |it| {
        it.declare(INITECH).await;
        let hr = it.hr_with("lk_scim_initech-Rb6Gj3Mt8Lc5Yh0Xk7pD2wNs9Fv4Ez1");
        let small = it.hr_with("lk_scim_initech-small-Gj3Mt8Lc5Yh0Xk7pD2wNs9Fv4Ez1Rb6");
        hr.post("/Users", &user("nora@initech.example", "Nora", "Vale"))
            .await
            .expect(201);
        let link = it.link_to("nora@initech.example").await;
        let path = format!("/Users/{}", hr.id_of("nora@initech.example").await);
        // The defaults of Standard are more than a token without any permission may give.
        let thief = json!([{ "value": "thief@initech.example", "type": "work", "primary": true }]);
        small
            .patch(
                &path,
                &json!([{ "op": "replace", "path": "emails", "value": thief }]),
            )
            .await
            .expect(403);
        assert!(it.mails_to("thief@initech.example").await.is_empty());
        it.browser().open(&link).await.sees("Create new user");
        hr.set_active(path.trim_start_matches("/Users/"), false)
            .await
            .expect(200);
        small
            .set_active(path.trim_start_matches("/Users/"), true)
            .await
            .expect(403);
        let seen = hr.get(&path).await.expect(200).json();
        assert_eq!(seen[ACCESS]["status"], "suspended");
        hr.patch(
            &path,
            &json!([{ "op": "replace", "path": "active", "value": true }]),
        )
        .await
        .expect(200);
        let seen = hr.get(&path).await.expect(200).json();
        assert_eq!(
            (&seen[ACCESS]["status"], &seen[INVITATION]["status"]),
            (&json!("invited"), &json!("pending"))
        );
    }
);

on_both_databases!(
    a_grant_that_a_role_cut_does_not_come_back_with_the_role,
    installed,
    async |it| {
        let stan = "stan@acme.example";
        let role_of =
            |role: &str| format!("[[member]]\naccount = \"acme\"\nemail = \"{stan}\"\nrole = \"{role}\"\n");
        let may_export = async || {
            let tokens = it.crm().tokens_for(stan, "openid permissions").await;
            tokens.permissions().iter().any(|it| it == "reports:export")
        };
        assert!(may_export().await);
        it.declare(&role_of("read_only")).await;
        assert!(!may_export().await);
        it.declare(&role_of("standard")).await;
        assert!(!may_export().await, "it waits to be confirmed");
    }
);

/// How often each change of what was declared is in the trail.
const RECORDED: [&str; 5] = [
    "SELECT CAST(COUNT(*) AS TEXT) FROM audit_record WHERE action = 'scim_token.changed'",
    "SELECT CAST(COUNT(*) AS TEXT) FROM audit_record WHERE action = 'member.mobile_access_changed'",
    "SELECT CAST(COUNT(*) AS TEXT) FROM audit_record WHERE action = 'account.application_added'",
    "SELECT CAST(COUNT(*) AS TEXT) FROM audit_record WHERE action = 'account.application_removed'",
    "SELECT CAST(COUNT(*) AS TEXT) FROM audit_record WHERE action = 'application.changed'",
];

/// What the operator declares next: a token gives more, Mobile Access is off, an application moves.
const CHANGES: &str = r#"
[[scim_token]]
account = "acme"
name = "hr"
token = "lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa"
highest_role = "standard"

[[member]]
account = "acme"
email = "stan@acme.example"
mobile_access = false

[[application]]
id = "desk"
name = "Help desk"
accounts = ["acme"]
resource = ["https://desk.example/v2"]
"#;

on_both_databases!(
    what_an_operator_declares_leaves_its_traces,
    installed,
    async |it| {
        let count = async || {
            let mut counts = Vec::new();
            for query in RECORDED {
                counts.push(it.ask(query).await.parse::<i64>().unwrap());
            }
            counts
        };
        let before = count().await;
        it.declare(CHANGES).await;
        for (query, (before, after)) in RECORDED.iter().zip(before.into_iter().zip(count().await)) {
            assert_eq!(after, before + 1, "{query}");
        }
    }
);

on_both_databases!(
    one_account_cannot_use_up_another_ones_invitations,
    installed,
    async |it| {
        let address = "nora@elsewhere.example";
        let mut sent = 0;
        loop {
            let made = it
                .hr_of_globex()
                .post("/Users", &user(address, "Nora", "Vale"))
                .await;
            if made.status == 429 {
                break;
            }
            let id = made.expect(201).json_text("/id");
            it.hr_of_globex()
                .delete(&format!("/Users/{id}"))
                .await
                .expect(204);
            sent += 1;
            assert!(sent < 50, "one person is invited for ever");
        }
        it.hr()
            .post("/Users", &user(address, "Nora", "Vale"))
            .await
            .expect(201);
    }
);

/// How many refusals are in the trail.
const REFUSALS: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM audit_record \
                        WHERE action IN ('sign_in.refused', 'invitation.refused')";

on_both_databases!(
    nobody_fills_the_trail_with_what_they_are_refused,
    installed,
    async |it| {
        let refusals = async || it.ask(REFUSALS).await.parse::<i64>().unwrap();
        let stan = "stan@acme.example";
        let mut browser = it.signed_in(stan).await;
        let id = it.hr().id_of(stan).await;
        it.hr().set_active(&id, false).await.expect(200);
        for _ in 0..40 {
            browser.open(&it.crm().authorization("openid").path()).await;
            assert_eq!(browser.status(), 403, "{}", browser.words());
        }
        let told = refusals().await;
        assert!((1..10).contains(&told), "{told}");

        it.hr()
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201);
        let link = it.link_to("nora@acme.example").await;
        let mut nora = it.browser();
        nora.open(&link).await.follow("create-user").await;
        let secret = "seven green lamps hum";
        nora.fill("password", secret)
            .fill("password_confirmation", secret);
        let form = nora.form("proceed");
        let id = it.hr().id_of("nora@acme.example").await;
        it.hr().delete(&format!("/Users/{id}")).await.expect(204);
        for _ in 0..40 {
            nora.submit(&form).await;
            assert_eq!(nora.status(), 410, "{}", nora.words());
        }
        let told = refusals().await - told;
        assert!((1..10).contains(&told), "{told}");
    }
);

on_both_databases!(
    one_user_can_not_be_made_to_fill_the_database,
    installed,
    async |it| {
        let path = format!("/Users/{}", it.hr().id_of("rita@acme.example").await);
        let wide = |attribute: &str| {
            let values: Vec<_> = (0..100)
            .map(|number| json!({ "value": format!("{number}{}", "x".repeat(900)), "display": "y".repeat(900) }))
            .collect();
            json!([{ "op": "replace", "path": attribute, "value": values }])
        };
        let statuses = [
            it.hr().patch(&path, &wide("phoneNumbers")).await.status,
            it.hr().patch(&path, &wide("ims")).await.status,
            it.hr().patch(&path, &wide("photos")).await.status,
        ];
        assert!(statuses.contains(&413), "{statuses:?}");
        let kept = it.hr().get(&path).await.expect(200);
        assert!(kept.text().len() < 160_000);
    }
);

on_both_databases!(
    hr_cannot_borrow_an_address_that_the_operator_means,
    installed,
    async |it| {
        for name in ["one@acme.example", "two@acme.example"] {
            let mut new = user(name, "Some", "Body");
            new["emails"] = json!([{ "value": "boss@acme.example", "type": "work", "primary": true }]);
            it.hr().post("/Users", &new).await.expect(201);
        }
        let boss =
            json!({ "member": [{ "account": "acme", "email": "boss@acme.example", "role": "manager" }] });
        let state: State = serde_json::from_value(boss).unwrap();
        let refused = apply(&it.app, &state, Options::default()).await.unwrap_err();
        assert!(refused.to_string().contains("several users"), "{refused}");
    }
);
