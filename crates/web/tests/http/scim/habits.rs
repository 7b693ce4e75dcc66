//! The habits of real SCIM clients.

use latchkey_testkit::actors::user;
use latchkey_testkit::on_both_databases;
use serde_json::json;

on_both_databases!(
    entra_id_probes_creates_patches_and_deletes,
    installed,
    async |it| {
        let hr = it.hr();
        let probe = hr
            .find("userName eq \"6a8d4e0e-0a9e-4b35-a3a9-7f2c5c1d9e11\"")
            .await
            .expect(200)
            .json();
        assert_eq!(probe["totalResults"], 0);
        let mut new = user("nora@acme.example", "Nora", "Vale");
        new["externalId"] = json!("entra-1");
        new["active"] = json!(true);
        let id = hr.post("/Users", &new).await.expect(201).json_text("/id");
        assert_eq!(
            hr.find("externalId eq \"entra-1\"").await.json()["Resources"][0]["id"],
            json!(id)
        );
        let path = format!("/Users/{id}");
        let renamed = hr
            .patch(
                &path,
                &json!([
                    { "op": "Replace", "path": "name.familyName", "value": "Vale-Ruiz" },
                    { "op": "Add", "path": "emails[type eq \"other\"].value", "value": "nora@home.example" },
                    { "op": "Replace", "value": { "name.givenName": "Nora M.", "title": "Lead" } },
                ]),
            )
            .await
            .expect(200)
            .json();
        assert_eq!(renamed["name"]["familyName"], "Vale-Ruiz");
        assert_eq!(renamed["name"]["givenName"], "Nora M.");
        assert_eq!(renamed["title"], "Lead");
        let off = hr
            .patch(
                &path,
                &json!([{ "op": "Replace", "path": "active", "value": "False" }]),
            )
            .await
            .expect(200);
        assert_eq!(off.json()["active"], false);
        hr.delete(&path).await.expect(204);
        hr.get(&path).await.expect(404);
    }
);

on_both_databases!(
    okta_puts_the_whole_user_and_only_deactivates,
    installed,
    async |it| {
        let hr = it.hr();
        let mut new = user("nora@acme.example", "Nora", "Vale");
        new["displayName"] = json!("Nora Vale");
        new["groups"] = json!([]);
        new["password"] = json!("1mz050nq");
        let id = hr.post("/Users", &new).await.expect(201).json_text("/id");
        let path = format!("/Users/{id}");
        let mut whole = hr.get(&path).await.json();
        whole["nickName"] = json!("No");
        whole["unknownAttribute"] = json!({ "x": 1 });
        assert_eq!(hr.put(&path, &whole).await.expect(200).json()["nickName"], "No");
        let off = hr
            .patch(&path, &json!([{ "op": "replace", "value": { "active": false } }]))
            .await
            .expect(200);
        assert_eq!(off.json()["active"], false);
    }
);

on_both_databases!(
    plain_json_and_slashes_at_the_end_are_taken,
    installed,
    async |it| {
        let new = json!({ "userName": "nora@acme.example" }).to_string();
        let made = it
            .hr()
            .send_raw("POST", "/Users/", ("application/json; charset=utf-8", new))
            .await
            .expect(201);
        assert_eq!(made.json()["roles"][0]["value"], "standard");
        assert_eq!(it.mails_to("nora@acme.example").await.len(), 1);
    }
);
