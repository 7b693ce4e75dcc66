//! `/oauth2/authorize`.

use http_body_util::Full;
use latchkey_testkit::installation::{form_text, request, with_query};
use latchkey_testkit::on_both_databases;

use crate::table::{Table, long};

const PATH: &str = "/oauth2/authorize";

on_both_databases!(who_asks_and_where_the_answer_goes, installed, async |it| {
    let crm = it.crm().authorization("openid");
    let mut table = Table::new(it);
    for (name, params) in [
        ("no client_id", crm.clone().without("client_id")),
        ("an unknown client", crm.clone().with("client_id", "nobody")),
        (
            "a client_id like SQL",
            crm.clone().with("client_id", "crm' OR '1'='1"),
        ),
        ("a client_id in other case", crm.clone().with("client_id", "CRM")),
        (
            "a client_id with a space behind it",
            crm.clone().with("client_id", "crm "),
        ),
        (
            "a client_id that is very long",
            crm.clone().with("client_id", &long(2_000)),
        ),
        ("a client_id with a NUL", crm.clone().with("client_id", "crm\0")),
        (
            "a client_id of Cyrillic letters",
            crm.clone().with("client_id", "сrm"),
        ),
        ("no redirect_uri", crm.clone().without("redirect_uri")),
        (
            "a redirect_uri elsewhere",
            crm.clone().with("redirect_uri", "https://evil.example/callback"),
        ),
        (
            "a redirect_uri with a slash more",
            crm.clone().with("redirect_uri", "https://crm.example/callback/"),
        ),
        (
            "a redirect_uri with a query more",
            crm.clone()
                .with("redirect_uri", "https://crm.example/callback?x=1"),
        ),
        (
            "a redirect_uri without its query",
            crm.clone().with("redirect_uri", "https://crm.example/other"),
        ),
        (
            "a redirect_uri with a fragment",
            crm.clone().with("redirect_uri", "https://crm.example/callback#x"),
        ),
        (
            "a redirect_uri in upper case",
            crm.clone().with("redirect_uri", "https://CRM.example/callback"),
        ),
        (
            "a redirect_uri over http",
            crm.clone().with("redirect_uri", "http://crm.example/callback"),
        ),
        (
            "a redirect_uri with a port",
            crm.clone()
                .with("redirect_uri", "https://crm.example:443/callback"),
        ),
        (
            "a redirect_uri with a user",
            crm.clone()
                .with("redirect_uri", "https://crm.example@evil.example/callback"),
        ),
        (
            "a redirect_uri of a subdomain",
            crm.clone().with("redirect_uri", "https://x.crm.example/callback"),
        ),
        (
            "a redirect_uri that begins alike",
            crm.clone()
                .with("redirect_uri", "https://crm.example.evil.example/callback"),
        ),
        (
            "a redirect_uri that climbs",
            crm.clone()
                .with("redirect_uri", "https://crm.example/x/../callback"),
        ),
        (
            "a redirect_uri with escapes",
            crm.clone().with("redirect_uri", "https://crm.example/call%62ack"),
        ),
        (
            "a redirect_uri with a backslash",
            crm.clone()
                .with("redirect_uri", "https://crm.example\\@evil.example/callback"),
        ),
        (
            "a redirect_uri of look-alike letters",
            crm.clone().with("redirect_uri", "https://сrm.example/callback"),
        ),
        (
            "a redirect_uri with a line break",
            crm.clone()
                .with("redirect_uri", "https://crm.example/callback\r\nx: y"),
        ),
        (
            "a redirect_uri of a script",
            crm.clone().with("redirect_uri", "javascript:alert(1)"),
        ),
        (
            "another client's redirect_uri",
            crm.clone().with("redirect_uri", "https://board.example/callback"),
        ),
    ] {
        table.refuse(name, it.get(&params.path())).await;
    }
    let phone = it.phone().authorization("openid");
    for (name, uri) in [
        ("a loopback address by name", "http://localhost:1/callback"),
        ("a loopback address with another path", "http://127.0.0.1:1/other"),
        ("a loopback address over https", "https://127.0.0.1:1/callback"),
        (
            "a loopback address that is none",
            "http://127.0.0.1.evil.example:1/callback",
        ),
        (
            "a loopback address with a user",
            "http://127.0.0.1:1@evil.example/callback",
        ),
        ("another loopback address", "http://127.0.0.2:1/callback"),
        ("a private scheme with another path", "com.example.crm:/other"),
    ] {
        table
            .refuse(name, it.get(&phone.clone().with("redirect_uri", uri).path()))
            .await;
    }
    let twice = |name: &str| format!("{}&{}", crm.path(), form_text(&[(name, crm.get(name))]));
    table.refuse("client_id twice", it.get(&twice("client_id"))).await;
    table
        .refuse("redirect_uri twice", it.get(&twice("redirect_uri")))
        .await;
    table.review("authorize_who");
});

on_both_databases!(what_is_asked, installed, async |it| {
    let crm = it.crm().authorization("openid");
    let mut table = Table::new(it);
    let twenty = "[".repeat(200);
    for (name, params) in [
        ("no response_type", crm.clone().without("response_type")),
        (
            "an implicit response_type",
            crm.clone().with("response_type", "token"),
        ),
        (
            "a hybrid response_type",
            crm.clone().with("response_type", "code id_token"),
        ),
        (
            "an unknown response_mode",
            crm.clone().with("response_mode", "carrier_pigeon"),
        ),
        ("a scope with a quote", crm.clone().with("scope", "openid \"x\"")),
        (
            "a scope that is too long",
            crm.clone().with("scope", &"openid ".repeat(1_000)),
        ),
        ("an unknown prompt", crm.clone().with("prompt", "beg")),
        (
            "prompt none with another",
            crm.clone().with("prompt", "none login"),
        ),
        ("a max_age below zero", crm.clone().with("max_age", "-1")),
        (
            "a max_age that is no whole number",
            crm.clone().with("max_age", "1.5"),
        ),
        (
            "a max_age beyond all bounds",
            crm.clone().with("max_age", "99999999999999999999"),
        ),
        (
            "a plain challenge",
            crm.clone().with("code_challenge_method", "plain"),
        ),
        (
            "a challenge without its method",
            crm.clone().without("code_challenge_method"),
        ),
        (
            "a method without a challenge",
            crm.clone().without("code_challenge"),
        ),
        ("a short challenge", crm.clone().with("code_challenge", "abc")),
        (
            "a challenge with other signs",
            crm.clone().with("code_challenge", &format!("{}!", long(42))),
        ),
        ("a request object", crm.clone().with("request", "e30.e30.")),
        (
            "a request_uri",
            crm.clone().with("request_uri", "https://evil.example/request"),
        ),
        ("a registration", crm.clone().with("registration", "{}")),
        ("claims that are no JSON", crm.clone().with("claims", "{")),
        ("claims that are a list", crm.clone().with("claims", "[]")),
        ("claims that nest too deep", crm.clone().with("claims", &twenty)),
        (
            "claims with a name twice",
            crm.clone()
                .with("claims", r#"{"id_token":{},"id_token":{"sub":null}}"#),
        ),
        (
            "an unknown resource",
            crm.clone().with("resource", "https://evil.example/api"),
        ),
        (
            "another application's resource",
            crm.clone().with("resource", "https://desk.example/api"),
        ),
        (
            "a resource with a fragment",
            crm.clone().with("resource", "https://crm.example/api#x"),
        ),
        ("a resource that is no URI", crm.clone().with("resource", "api")),
        (
            "a state that is too long",
            crm.clone().with("state", &long(5_000)),
        ),
        ("a state with a NUL", crm.clone().with("state", "a\0b")),
        (
            "a state with a line break",
            crm.clone().with("state", "a\r\nset-cookie: x=1"),
        ),
        (
            "a nonce that is too long",
            crm.clone().with("nonce", &long(5_000)),
        ),
        (
            "a login_hint that is too long",
            crm.clone().with("login_hint", &long(400)),
        ),
        (
            "an account that is too long",
            crm.clone().with("account", &long(400)),
        ),
        (
            "an essential acr that is not to be had",
            crm.clone().with(
                "claims",
                r#"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#,
            ),
        ),
        (
            "nobody is signed in and nobody may be asked",
            crm.clone().with("prompt", "none"),
        ),
        (
            "a public client without a challenge",
            it.board()
                .authorization("openid")
                .without("code_challenge")
                .without("code_challenge_method"),
        ),
        (
            "a service that sends people",
            it.batch()
                .authorization("openid")
                .with("redirect_uri", "https://crm.example/callback"),
        ),
    ] {
        table.refuse(name, it.get(&params.path())).await;
    }
    let twice = format!("{}&state=again", crm.path());
    table.refuse("state twice", it.get(&twice)).await;
    table.review("authorize_what");
});

on_both_databases!(how_it_is_asked, installed, async |it| {
    let crm = it.crm().authorization("openid");
    let mut table = Table::new(it);
    table
        .refuse(
            "a query in another encoding",
            it.get(&format!("{}&x=%FF", crm.path())),
        )
        .await;
    table
        .refuse(
            "a query with a lone percent sign",
            it.get(&format!("{}&x=%", crm.path())),
        )
        .await;
    table
        .refuse(
            "a parameter without a name",
            it.get(&format!("{}&=x", crm.path())),
        )
        .await;
    let many = format!("{}&{}", crm.path(), "resource=a&".repeat(70));
    table.refuse("too many parameters", it.get(&many)).await;
    table
        .refuse(
            "an address that is too long",
            it.get(&format!("{}&x={}", crm.path(), long(17_000))),
        )
        .await;
    table.refuse("an empty query", it.get(PATH)).await;
    let post = |kind: &str, body: String| {
        let builder = request("POST", PATH).header("content-type", kind);
        it.call(builder, body)
    };
    let form = "application/x-www-form-urlencoded";
    table
        .refuse("a request posted as JSON", post("application/json", "{}".into()))
        .await;
    table
        .refuse(
            "a request posted as nothing in particular",
            post("text/plain", form_text(&crm.pairs())),
        )
        .await;
    table
        .refuse(
            "a request posted that is too large",
            post(form, format!("x={}", long(70_000))),
        )
        .await;
    table
        .refuse("an empty request posted", post(form, String::new()))
        .await;
    let put = request("PUT", PATH).body(Full::default()).unwrap();
    table.refuse("a request put", it.send(put)).await;
    let resume = |request: &str| with_query("/oauth2/authorize/resume", &[("request", request)]);
    table
        .refuse("a step that is none", it.get("/oauth2/authorize/resume"))
        .await;
    table
        .refuse("a step of nonsense", it.get(&resume("nonsense")))
        .await;
    table
        .refuse("a step like SQL", it.get(&resume("' OR 1=1 --")))
        .await;
    let mut browser = it.browser();
    browser.open(&crm.path()).await;
    let sealed = browser.url().query_pairs().next().unwrap().1.into_owned();
    let mut altered = sealed.clone();
    let last = if altered.ends_with('A') { 'B' } else { 'A' };
    altered.pop();
    altered.push(last);
    for (name, text) in [
        ("an altered step", altered),
        ("a truncated step", sealed[..sealed.len() / 2].to_owned()),
    ] {
        table
            .refuse_in(name, &mut browser, async |it| {
                it.open(&resume(&text)).await;
            })
            .await;
    }
    let mut other = it.browser();
    table
        .refuse_in("another browser's step", &mut other, async |it| {
            it.open(&resume(&sealed)).await;
        })
        .await;
    table
        .refuse_in("another browser's step taken back", &mut other, async |it| {
            it.open(&with_query("/oauth2/authorize/refuse", &[("request", &sealed)]))
                .await;
        })
        .await;
    it.pass(std::time::Duration::from_secs(3_601));
    table
        .refuse_in("an expired step", &mut browser, async |it| {
            it.open(&resume(&sealed)).await;
        })
        .await;
    table.review("authorize_how");
});

on_both_databases!(for_whom_it_is_asked, installed, async |it| {
    let crm = it.crm().authorization("openid");
    let mut table = Table::new(it);
    let mut stan = it.signed_in("stan@acme.example").await;
    for (name, params) in [
        (
            "an account that there is not",
            crm.clone().with("account", "nowhere"),
        ),
        (
            "an account that the person is not in",
            crm.clone().with("account", "globex"),
        ),
        ("an account like SQL", crm.clone().with("account", "' OR '1'='1")),
        (
            "an ID token hint of nonsense",
            crm.clone().with("id_token_hint", "a.b.c"),
        ),
    ] {
        table
            .refuse_in(name, &mut stan, async |it| {
                it.open(&params.path()).await;
            })
            .await;
    }
    let mut iris = it.signed_in("iris@consult.example").await;
    table
        .refuse_in(
            "several accounts and nobody may be asked",
            &mut iris,
            async |browser| {
                browser.open(&crm.clone().with("prompt", "none").path()).await;
            },
        )
        .await;
    table.review("authorize_whom");
});
