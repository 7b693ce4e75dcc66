//! Discovery, keys.

use latchkey_testkit::installation::ISSUER;
use latchkey_testkit::on_both_databases;

on_both_databases!(discovery_names_routes_that_are_there, installed, async |it| {
    let document = it.get("/.well-known/openid-configuration").await.expect(200);
    assert_eq!(document.header("access-control-allow-origin"), "*");
    let json = document.json();
    assert_eq!(json["issuer"], ISSUER);
    let same = it
        .get("/.well-known/oauth-authorization-server")
        .await
        .expect(200)
        .json();
    assert_eq!(same["token_endpoint"], json["token_endpoint"]);
    let paths = endpoints(&json);
    assert!(paths.len() >= 6, "{paths:?}");
    for path in paths {
        assert_ne!(it.get(&path).await.status, 404, "{path}");
    }
});

fn endpoints(document: &serde_json::Value) -> Vec<String> {
    let is_address = |name: &str| name.ends_with("_endpoint") || name == "jwks_uri";
    let all = document
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| is_address(name));
    all.filter_map(|(_, value)| Some(value.as_str()?.strip_prefix(ISSUER)?.to_owned()))
        .collect()
}

on_both_databases!(
    keys_of_both_algorithms_are_published_and_nothing_private,
    installed,
    async |it| {
        let answer = it.get("/oauth2/jwks").await.expect(200);
        assert!(answer.header("cache-control").contains("max-age=300"));
        let keys = answer.json()["keys"].as_array().unwrap().clone();
        let algorithms: Vec<&str> = keys.iter().filter_map(|it| it["alg"].as_str()).collect();
        assert!(
            algorithms.contains(&"ES256") && algorithms.contains(&"RS256"),
            "{algorithms:?}"
        );
        for private in ["\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"k\""] {
            assert!(!answer.text().contains(private), "{private}");
        }
    }
);

on_both_databases!(a_rotation_refuses_no_token, installed, async |it| {
    let before = it
        .crm()
        .tokens_for("stan@acme.example", "openid offline_access")
        .await;
    let operator =
        latchkey_app::Caller::local(latchkey_app::domain::audit::Actor::Operator { label: "test".into() });
    latchkey_app::keys::rotate(&it.app, &operator, true)
        .await
        .unwrap();
    it.crm().user_info(before.access()).await.expect(200);
    let after = it
        .crm()
        .refresh(before.refresh())
        .await
        .expect(200)
        .json_text("/access_token");
    let kid = |jwt: &str| latchkey_testkit::actors::header_of(jwt)["kid"].clone();
    assert_ne!(kid(before.access()), kid(&after));
    it.crm().user_info(&after).await.expect(200);
    it.another_node().await.crm().user_info(&after).await.expect(200);
});
