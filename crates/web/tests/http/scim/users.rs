//! `/scim/v2/Users`.

use latchkey_testkit::actors::{Tokens, user};
use latchkey_testkit::installation::ISSUER;
use latchkey_testkit::on_both_databases;
use serde_json::json;

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
const INVITATION: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";

on_both_databases!(hr_brings_a_user_who_is_invited_by_mail, installed, async |it| {
    let mut new = user("nora@acme.example", "Nora", "Vale");
    new[ACCESS] = json!({ "mobileAccess": true, "emailReminders": true, "permissionSets": [{ "value": "Sales desk" }] });
    let answer = it.hr().post("/Users", &new).await.expect(201);
    let made = answer.json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("{ISSUER}/scim/v2/Users/{id}"));
    assert_eq!(answer.header("content-type"), "application/scim+json");
    assert_eq!(answer.header("etag"), made["meta"]["version"].as_str().unwrap());
    assert_eq!(made[ACCESS]["status"], "invited");
    assert_eq!(made[ACCESS]["mobileAccess"], true);
    assert_eq!(made["roles"][0]["value"], "standard");
    assert_eq!(made["active"], true);
    assert!(made.get("password").is_none());
    let mail = it.last_mail("nora@acme.example").await;
    assert!(
        mail.subject.contains("Acme Ltd") && mail.html.contains("Sample CRM"),
        "{}",
        mail.subject
    );
    assert_eq!(it.mails_to("nora@acme.example").await.len(), 1);
    let seen = it.hr().get(&format!("/Users/{id}")).await.expect(200).json();
    assert_eq!(seen["userName"], "nora@acme.example");
});

on_both_databases!(lists_are_filtered_and_paged, installed, async |it| {
    let all = it.hr().get("/Users").await.expect(200).json();
    assert_eq!(all["totalResults"], 5, "people, and not what services are");
    let found = it
        .hr()
        .find("userName eq \"STAN@acme.example\" and active eq true")
        .await
        .expect(200)
        .json();
    assert_eq!(found["Resources"][0]["name"]["familyName"], "Dard");
    let none = it.hr().find("userName eq \"nobody\"").await.expect(200).json();
    assert_eq!(
        (
            none["totalResults"].as_i64(),
            none["Resources"].as_array().map(Vec::len)
        ),
        (Some(0), Some(0))
    );
    let mut seen = Vec::new();
    for start in 1..=5 {
        let page = it
            .hr()
            .get(&format!("/Users?startIndex={start}&count=1"))
            .await
            .expect(200)
            .json();
        assert_eq!(page["itemsPerPage"], 1);
        seen.push(page["Resources"][0]["id"].as_str().unwrap().to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let counted = it.hr().get("/Users?count=0").await.expect(200).json();
    assert_eq!(counted["totalResults"], 5);
    let sorted = it
        .hr()
        .get("/Users?sortBy=name.familyName&attributes=name")
        .await
        .expect(200)
        .json();
    assert_eq!(sorted["Resources"][0]["name"]["familyName"], "Dard");
    assert!(sorted["Resources"][0].get("userName").is_none() && sorted["Resources"][0]["id"].is_string());
});

on_both_databases!(versions_guard_against_lost_changes, installed, async |it| {
    let id = it.hr().id_of("rita@acme.example").await;
    let path = format!("/Users/{id}");
    let read = it.hr().get(&path).await.expect(200);
    let (etag, body) = (read.header("etag").to_owned(), read.json());
    it.hr()
        .patch(
            &path,
            &json!([{ "op": "add", "path": "title", "value": "Clerk" }]),
        )
        .await
        .expect(200);
    let stale = latchkey_testkit::installation::request("PUT", &format!("/scim/v2{path}"))
        .header(
            "authorization",
            "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa",
        )
        .header("content-type", "application/scim+json")
        .header("if-match", &etag)
        .body(http_body_util::Full::from(body.to_string()))
        .unwrap();
    let before = it.digest().await;
    assert_eq!(it.send(stale).await.expect(412).json_text("/status"), "412");
    assert_eq!(before.difference(&it.digest().await), "");
    assert_eq!(it.hr().get(&path).await.json()["title"], "Clerk");
});

on_both_databases!(saying_the_same_again_changes_nothing, installed, async |it| {
    let id = it.hr().id_of("rita@acme.example").await;
    let path = format!("/Users/{id}");
    let body = it.hr().get(&path).await.expect(200).json();
    let before = it.digest().await;
    it.hr().put(&path, &body).await.expect(200);
    it.hr()
        .patch(
            &path,
            &json!([{ "op": "replace", "path": "active", "value": true }]),
        )
        .await
        .expect(200);
    assert_eq!(before.difference(&it.digest().await), "");
});

on_both_databases!(a_patch_is_all_or_nothing, installed, async |it| {
    let id = it.hr().id_of("rita@acme.example").await;
    let before = it.digest().await;
    let operations = json!([
        { "op": "replace", "path": "title", "value": "Boss" },
        { "op": "replace", "path": "roles", "value": [{ "value": "no such role" }] },
    ]);
    it.hr()
        .patch(&format!("/Users/{id}"), &operations)
        .await
        .expect(400);
    assert_eq!(before.difference(&it.digest().await), "");
});

on_both_databases!(
    whoever_is_removed_is_gone_and_comes_back_as_somebody_new,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm
            .tokens_for("stan@acme.example", "openid account offline_access")
            .await;
        let id = it.hr().id_of("stan@acme.example").await;
        it.hr().delete(&format!("/Users/{id}")).await.expect(204);
        it.hr().get(&format!("/Users/{id}")).await.expect(404);
        it.hr().delete(&format!("/Users/{id}")).await.expect(404);
        it.heed().await;
        crm.refresh(tokens.refresh()).await.expect(400);
        crm.user_info(tokens.access()).await.expect(401);
        let again = it
            .hr()
            .post("/Users", &user("stan@acme.example", "Stan", "Dard"))
            .await
            .expect(201)
            .json();
        assert_ne!(again["id"], json!(id));
        assert_eq!(again[ACCESS]["status"], "invited");
        crm.refresh(tokens.refresh()).await.expect(400);
        let mut browser = it.browser();
        browser
            .sign_in(
                "stan@acme.example",
                latchkey_testkit::actors::password_of("stan@"),
            )
            .await;
        browser.open(&it.link_to("stan@acme.example").await).await;
        browser.sees("Accept as Stan Dard").press("proceed").await;
        let fresh = crm.authorization("openid account permissions");
        browser.open(&fresh.path()).await;
        let back = Tokens(
            crm.redeem(&fresh, browser.returned().code())
                .await
                .expect(200)
                .json(),
        );
        assert_eq!(back.id_claims()["sub"], tokens.id_claims()["sub"]);
        assert_ne!(back.access_claims()["member"], tokens.access_claims()["member"]);
        assert!(
            !back.permissions().contains(&"reports:export".to_owned()),
            "an old override does not come back"
        );
    }
);

on_both_databases!(
    hr_says_no_before_the_invitation_is_accepted,
    installed,
    async |it| {
        let hr = it.hr();
        let id = hr
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201)
            .json_text("/id");
        let first = it.link_to("nora@acme.example").await;
        let suspended = hr.set_active(&id, false).await.expect(200).json();
        assert_eq!(suspended[ACCESS]["status"], "suspended");
        let mut browser = it.browser();
        browser.open(&first).await;
        assert_eq!(browser.status(), 410);
        browser.sees("This invitation was taken back");
        let back = hr.set_active(&id, true).await.expect(200).json();
        assert_eq!(back[ACCESS]["status"], "invited");
        let second = it.link_to("nora@acme.example").await;
        assert_ne!(first, second);
        browser.open(&second).await.sees("Welcome to Acme Ltd");
    }
);

on_both_databases!(an_inactive_user_is_made_without_a_mail, installed, async |it| {
    let mut new = user("nora@acme.example", "Nora", "Vale");
    new["active"] = json!(false);
    it.hr().post("/Users", &new).await.expect(201);
    assert!(it.mails_to("nora@acme.example").await.is_empty());
});

on_both_databases!(
    another_address_gets_another_link_and_ends_the_first,
    installed,
    async |it| {
        let hr = it.hr();
        let id = hr
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201)
            .json_text("/id");
        let first = it.link_to("nora@acme.example").await;
        let to = json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "nora.vale@acme.example" }]);
        hr.patch(&format!("/Users/{id}"), &to).await.expect(200);
        it.browser()
            .open(&it.link_to("nora.vale@acme.example").await)
            .await
            .sees("Welcome to Acme Ltd");
        let mut old = it.browser();
        old.open(&first).await;
        assert_eq!(old.status(), 410);
    }
);

on_both_databases!(resending_makes_a_new_link, installed, async |it| {
    let hr = it.hr();
    let id = hr
        .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
        .await
        .expect(201)
        .json_text("/id");
    let first = it.link_to("nora@acme.example").await;
    it.pass(std::time::Duration::from_secs(3_600));
    let again = json!([{ "op": "replace", "path": format!("{INVITATION}:resend"), "value": true }]);
    hr.patch(&format!("/Users/{id}"), &again).await.expect(200);
    assert_eq!(it.mails_to("nora@acme.example").await.len(), 2);
    let mut old = it.browser();
    old.open(&first).await.sees("There is a newer invitation");
});

on_both_databases!(
    changing_the_words_of_an_invitation_does_not_send_it_again,
    installed,
    async |it| {
        let hr = it.hr();
        let id = hr
            .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
            .await
            .expect(201)
            .json_text("/id");
        let words = json!([{ "op": "add", "path": INVITATION, "value": { "message": "See you Monday", "resend": false } }]);
        let after = hr.patch(&format!("/Users/{id}"), &words).await.expect(200).json();
        assert_eq!(after[INVITATION]["message"], "See you Monday");
        assert_eq!(it.mails_to("nora@acme.example").await.len(), 1);
        let language =
            json!([{ "op": "add", "path": format!("{INVITATION}:language"), "value": "German please" }]);
        let refused = hr
            .patch(&format!("/Users/{id}"), &language)
            .await
            .expect(400)
            .json();
        assert_eq!(refused["scimType"], "invalidValue");
    }
);

on_both_databases!(a_suspension_is_lifted_by_true_alone, installed, async |it| {
    let hr = it.hr();
    let id = hr.id_of("rita@acme.example").await;
    let remove = json!([{ "op": "remove", "path": "active" }]);
    hr.patch(&format!("/Users/{id}"), &remove).await.expect(200);
    hr.set_active(&id, false).await.expect(200);
    let before = it.digest().await;
    hr.patch(&format!("/Users/{id}"), &remove).await.expect(400);
    let null = json!({ "userName": "rita@acme.example", "active": null });
    hr.put(&format!("/Users/{id}"), &null).await.expect(400);
    assert_eq!(before.difference(&it.digest().await), "");
    let back = hr.set_active(&id, true).await.expect(200).json();
    assert_eq!(back[ACCESS]["status"], "active");
});

on_both_databases!(
    the_owner_stays_and_the_rest_of_the_request_is_not_applied,
    installed,
    async |it| {
        let hr = it.hr();
        let id = hr.id_of("olivia@acme.example").await;
        let path = format!("/Users/{id}");
        let owner = hr.get(&path).await.expect(200).json();
        assert_eq!(owner["roles"][0]["value"], "owner");
        let before = it.digest().await;
        for operations in [
            json!([{ "op": "replace", "path": "title", "value": "x" }, { "op": "replace", "path": "active", "value": false }]),
            json!([{ "op": "replace", "path": "roles", "value": [{ "value": "manager" }] }]),
        ] {
            let refused = hr.patch(&path, &operations).await.expect(403).json();
            assert_eq!(refused["scimType"], "mutability");
            assert!(
                refused["detail"]
                    .as_str()
                    .unwrap()
                    .to_lowercase()
                    .contains("transfer"),
                "{refused}"
            );
        }
        let removed = hr.delete(&path).await.expect(403);
        assert!(
            removed.json_text("/detail").contains("transfer"),
            "{}",
            removed.text()
        );
        let rita = hr.id_of("rita@acme.example").await;
        let made = json!([{ "op": "replace", "path": "roles", "value": [{ "value": "owner" }] }]);
        hr.patch(&format!("/Users/{rita}"), &made).await.expect(403);
        assert_eq!(before.difference(&it.digest().await), "");
        hr.patch(
            &path,
            &json!([{ "op": "replace", "path": "title", "value": "Chair" }]),
        )
        .await
        .expect(200);
    }
);

on_both_databases!(a_token_reaches_its_own_account_alone, installed, async |it| {
    let foreign = it.hr_of_globex().id_of("gustav@globex.example").await;
    let before = it.digest().await;
    let path = format!("/Users/{foreign}");
    let body = user("gustav@globex.example", "Gustav", "Ek");
    for answer in [
        it.hr().get(&path).await,
        it.hr().put(&path, &body).await,
        it.hr()
            .patch(
                &path,
                &json!([{ "op": "replace", "path": "active", "value": false }]),
            )
            .await,
        it.hr().delete(&path).await,
    ] {
        assert_eq!(answer.expect(404).json_text("/status"), "404");
    }
    assert_eq!(
        it.hr()
            .find("userName eq \"gustav@globex.example\"")
            .await
            .expect(200)
            .json()["totalResults"],
        0
    );
    let set = it.hr_of_globex().get("/Users").await.expect(200).json();
    assert_eq!(set["totalResults"], 2);
    let mut new = user("nora@acme.example", "Nora", "Vale");
    new[ACCESS] = json!({ "permissionSets": [{ "value": "Night shift" }] });
    it.hr().post("/Users", &new).await.expect(400);
    assert_eq!(before.difference(&it.digest().await), "");
});

on_both_databases!(
    a_persons_password_and_address_are_not_hrs_to_change,
    installed,
    async |it| {
        let hr = it.hr();
        let id = hr.id_of("rita@acme.example").await;
        let operations = json!([
            { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "evil@acme.example" },
            { "op": "replace", "path": "name.givenName", "value": "Eve" },
        ]);
        hr.patch(&format!("/Users/{id}"), &operations).await.expect(200);
        assert!(it.mails_to("evil@acme.example").await.is_empty());
        let tokens = it
            .crm()
            .tokens_for("rita@acme.example", "openid email profile")
            .await;
        assert_eq!(tokens.id_claims()["email"], "rita@acme.example");
        assert_eq!(tokens.id_claims()["given_name"], "Rita");
    }
);

on_both_databases!(
    a_token_gives_no_more_than_its_own_authority,
    installed,
    async |it| {
        it.declare(
        "[[scim_token]]\naccount = \"acme\"\nname = \"small\"\ntoken = \"lk_scim_small-0123456789abcdef0123456789\"\n\
         highest_role = \"standard\"\n",
    )
    .await;
        let small = it.hr_with("lk_scim_small-0123456789abcdef0123456789");
        let before = it.digest().await;
        let mut new = user("nora@acme.example", "Nora", "Vale");
        new["roles"] = json!([{ "value": "manager" }]);
        small.post("/Users", &new).await.expect(403);
        let marco = small.id_of("marco@acme.example").await;
        small.set_active(&marco, false).await.expect(403);
        let rita = small.id_of("rita@acme.example").await;
        let up = json!([{ "op": "replace", "path": "roles", "value": [{ "value": "manager" }] }]);
        small.patch(&format!("/Users/{rita}"), &up).await.expect(403);
        assert_eq!(before.difference(&it.digest().await), "");
        new["roles"] = json!([{ "value": "standard" }]);
        small.post("/Users", &new).await.expect(201);
    }
);

on_both_databases!(
    parallel_posts_of_one_user_make_one_member_and_one_mail,
    installed,
    async |it| {
        let (hr, new) = (it.hr(), user("nora@acme.example", "Nora", "Vale"));
        let (a, b, c) = tokio::join!(
            hr.post("/Users", &new),
            hr.post("/Users", &new),
            hr.post("/Users", &new)
        );
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409]);
        assert_eq!(it.mails_to("nora@acme.example").await.len(), 1);
    }
);
