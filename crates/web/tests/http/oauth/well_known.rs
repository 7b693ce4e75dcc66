//! Discovery, keys.

use latchkey_testkit::installation::{ISSUER, request};
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

const DOCUMENTS: [&str; 3] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/oauth2/jwks",
];

on_both_databases!(
    documents_are_guarded_as_every_answer_and_each_has_an_id_of_its_own,
    installed,
    async |it| {
        for path in DOCUMENTS {
            let (first, second) = (it.get(path).await.expect(200), it.get(path).await.expect(200));
            let id = first.header("x-request-id");
            assert!(
                id.len() == 36 && id != second.header("x-request-id"),
                "{path}: {id}"
            );
            assert_eq!(first.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(first.header("content-type"), "application/json", "{path}");
            let length = first.text().len().to_string();
            assert_eq!(first.header("content-length"), length, "{path}");
            let with_query = it.get(&format!("{path}?x=1")).await.expect(200);
            assert_eq!(with_query.text(), first.text(), "{path}");
            let too_long = format!("{path}?x={}", "a".repeat(17_000));
            it.get(&too_long).await.expect(414);
        }
    }
);

on_both_databases!(
    a_document_is_read_only_and_its_head_can_be_asked_for,
    installed,
    async |it| {
        for path in DOCUMENTS {
            let whole = it.get(path).await.expect(200);
            let head = it.call(request("HEAD", path), "").await.expect(200);
            assert_eq!(head.text(), "", "{path}");
            for name in ["content-length", "etag", "cache-control", "content-type"] {
                assert_eq!(head.header(name), whole.header(name), "{name} of {path}");
            }
            for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                let refused = it.call(request(method, path), "").await.expect(405);
                assert_eq!(refused.header("allow"), "GET,HEAD", "{method} {path}");
                assert_eq!(refused.header("cache-control"), "no-store", "{method} {path}");
            }
        }
    }
);

on_both_databases!(
    a_script_of_any_origin_is_told_that_it_may_read_a_document,
    installed,
    async |it| {
        for path in DOCUMENTS {
            let from = request("OPTIONS", path).header("origin", "https://any.example");
            let preflight = from
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "x-requested-with");
            let answer = it.call(preflight, "").await.expect(204);
            for (name, value) in [
                ("access-control-allow-origin", "*"),
                ("access-control-allow-methods", "GET"),
                ("access-control-allow-headers", "*"),
                ("access-control-max-age", "600"),
                ("x-content-type-options", "nosniff"),
            ] {
                assert_eq!(answer.header(name), value, "{name} of {path}");
            }
            assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
            let no_preflight = request("OPTIONS", path).header("origin", "https://any.example");
            it.call(no_preflight, "").await.expect(405);
        }
    }
);

on_both_databases!(
    whoever_has_a_document_is_told_so_until_it_changes,
    installed,
    async |it| {
        let jwks = "/oauth2/jwks";
        let tag = it.get(jwks).await.expect(200).header("etag").to_owned();
        let known = async || {
            it.call(request("GET", jwks).header("if-none-match", &tag), "")
                .await
        };
        let still_good = known().await.expect(304);
        assert_eq!(still_good.text(), "");
        assert_eq!(still_good.header("etag"), tag);
        assert_eq!(still_good.header("access-control-allow-origin"), "*");
        let operator = latchkey_app::Caller::local(latchkey_app::domain::audit::Actor::Operator {
            label: "test".into(),
        });
        latchkey_app::keys::rotate(&it.app, &operator, true)
            .await
            .unwrap();
        let changed = known().await.expect(200);
        assert_ne!(changed.header("etag"), tag);
    }
);
