//! What the service provider says of itself.

use latchkey_testkit::on_both_databases;

on_both_databases!(
    the_documents_are_there_each_also_by_its_id,
    installed,
    async |it| {
        let config = it.get("/scim/v2/ServiceProviderConfig").await.expect(200);
        assert_eq!(config.header("content-type"), "application/scim+json");
        assert_eq!(config.json()["patch"]["supported"], true);
        assert_eq!(config.json()["bulk"]["supported"], false);
        for path in ["/scim/v2/ResourceTypes", "/scim/v2/Schemas"] {
            let list = it.get(path).await.expect(200).json();
            for one in list["Resources"].as_array().unwrap() {
                let id = one["id"].as_str().unwrap();
                assert_eq!(it.get(&format!("{path}/{id}")).await.expect(200).json()["id"], id);
            }
            it.get(&format!("{path}?filter=id%20eq%20%22x%22"))
                .await
                .expect(403);
        }
    }
);
