//! What every answer carries, whatever it says.

use latchkey_app::Settings;
use latchkey_app::crypto::password::PoolSettings;
use latchkey_testkit::installation::request;
use latchkey_testkit::on_both_databases;

on_both_databases!(every_answer_is_guarded, installed, async |it| {
    let discovery = "/.well-known/openid-configuration";
    for path in [
        "/sign-in",
        "/nothing/here",
        "/healthz",
        "/scim/v2/Users",
        "/oauth2/userinfo",
        discovery,
        "/account",
    ] {
        let answer = it.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{path}: {policy}"
        );
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
    }
});

on_both_databases!(each_request_has_an_id_of_its_own, installed, async |it| {
    let (first, second) = (it.get("/healthz").await, it.get("/healthz").await);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    let chosen = request("GET", "/nothing").header("x-request-id", "chosen-by-somebody");
    let answer = it.call(chosen, "").await;
    assert_ne!(answer.header("x-request-id"), "chosen-by-somebody");
    assert!(
        answer.text().contains(answer.header("x-request-id")),
        "the page tells it"
    );
});

on_both_databases!(
    cookies_and_transport_are_strict_over_https_and_plain_on_loopback,
    installed,
    async |it| {
        let secure = it.get("/sign-in").await;
        assert!(
            secure
                .header("set-cookie")
                .starts_with("__Host-latchkey_browser=")
        );
        let settings = Settings {
            issuer: "http://127.0.0.1:8080".to_owned(),
            ..Settings::default()
        };
        let local = it.node_with(settings, PoolSettings::default()).await;
        let plain = local.get("/sign-in").await;
        for path in ["/sign-in", "/.well-known/openid-configuration"] {
            let answer = local.get(path).await;
            assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        }
        let cookie = plain.header("set-cookie");
        assert!(
            cookie.starts_with("latchkey_browser=") && !cookie.contains("Secure"),
            "{cookie}"
        );
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
    }
);

on_both_databases!(a_sign_in_page_is_light, installed, async |it| {
    let page = it.get("/sign-in").await;
    let html = page.page();
    let mut weight = page.text().len();
    let mut requests = 1;
    let links = html.tags().filter_map(|tag| match tag.name.as_str() {
        "link" if tag.attribute("rel") == "stylesheet" => Some(tag.attribute("href")),
        "script" => Some(tag.attribute("src")),
        "use" => tag.attribute("href").split('#').next(),
        _ => None,
    });
    let mut assets: Vec<&str> = links.collect();
    assets.sort_unstable();
    assets.dedup();
    for path in assets {
        let asset = it.get(path).await.expect(200);
        assert!(asset.header("cache-control").contains("immutable"), "{path}");
        weight += asset.text().len();
        requests += 1;
    }
    assert!(weight <= 30 * 1024, "{weight} bytes");
    assert!(requests <= 4, "{requests} requests");
});
