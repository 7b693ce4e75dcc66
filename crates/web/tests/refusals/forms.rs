//! The pages' forms: from elsewhere, from another browser, too late, too large, altered.

use latchkey_testkit::actors::user;
use latchkey_testkit::html::Form;
use latchkey_testkit::installation::{form_text, request};
use latchkey_testkit::{Browser, TestApp, on_both_databases};

use crate::table::{Table, long};

/// Every page that takes a form.
const FORMS: [&str; 9] = [
    "/sign-in",
    "/choose-account",
    "/password/forgot",
    "/password/reset",
    "/sign-out",
    "/invitation",
    "/invitation/create",
    "/terms",
    "/account/sessions",
];

async fn posted(it: &TestApp, path: &str, kind: &str, body: String) -> latchkey_testkit::Answer {
    it.call(request("POST", path).header("content-type", kind), body)
        .await
}

on_both_databases!(forms_from_elsewhere, installed, async |it| {
    let mut table = Table::new(it);
    let kind = "application/x-www-form-urlencoded";
    for path in FORMS.into_iter().chain(["/consent"]) {
        let fields = form_text(&[
            ("username", "stan@acme.example"),
            ("password", "x"),
            ("choice", "accept"),
            ("session", "others"),
        ]);
        table
            .refuse(
                &format!("{path}: without any token"),
                posted(it, path, kind, fields),
            )
            .await;
    }
    let mut browser = it.signed_in("stan@acme.example").await;
    let mut other = it.browser();
    other.open("/sign-in").await;
    let foreign = other.page().value("csrf").unwrap().to_owned();
    for path in FORMS.into_iter().chain(["/consent"]) {
        for (name, token) in [
            ("another browser's token", foreign.as_str()),
            ("an invented token", "AAAA"),
            ("an empty token", ""),
        ] {
            let form = Form {
                action: path.to_owned(),
                method: "post".to_owned(),
                fields: vec![
                    ("csrf".to_owned(), token.to_owned()),
                    ("choice".to_owned(), "sign-out".to_owned()),
                ],
            };
            table
                .refuse_in(&format!("{path}: {name}"), &mut browser, async |it| {
                    it.submit(&form).await;
                })
                .await;
            browser.open("/account").await.sees("Stan Dard");
        }
    }
    table.review("forms_elsewhere");
});

on_both_databases!(forms_that_are_malformed, installed, async |it| {
    let mut table = Table::new(it);
    let mut browser = it.browser();
    browser.open("/sign-in").await;
    let token = browser.page().value("csrf").unwrap().to_owned();
    let fields = |more: &str| format!("csrf={token}&username=stan%40acme.example&password=x{more}");
    let form = "application/x-www-form-urlencoded";
    for (name, kind, body) in [
        ("a form as JSON", "application/json", "{}".to_owned()),
        (
            "a form in parts",
            "multipart/form-data; boundary=x",
            "--x--".to_owned(),
        ),
        ("a form without a kind", "", fields("")),
        (
            "a form that is too large",
            form,
            fields(&format!("&x={}", long(70_000))),
        ),
        (
            "a form with a field twice",
            form,
            fields("&username=rita%40acme.example"),
        ),
        ("a form with a NUL", form, fields("&x=%00")),
        ("a form with bytes that are no text", form, fields("&x=%FF")),
        (
            "a form with too many fields",
            form,
            fields(&(0..80).map(|it| format!("&f{it}=1")).collect::<String>()),
        ),
        ("a form of an invented step", form, fields("&request=nonsense")),
        (
            "a form with a password that is very long",
            form,
            format!(
                "csrf={token}&username=stan%40acme.example&password={}",
                long(15_000)
            ),
        ),
        (
            "a form with an address that is very long",
            form,
            format!("csrf={token}&username={}%40acme.example&password=x", long(3_000)),
        ),
        (
            "a form with an address like SQL",
            form,
            format!("csrf={token}&username=%27%20OR%20%271%27%3D%271&password=x"),
        ),
    ] {
        let post = request("POST", "/sign-in")
            .header("content-type", kind)
            .header("origin", "https://id.example");
        table.refuse(name, browser.fetch(post, body)).await;
    }
    for (name, origin) in [
        ("a form of another origin", "https://evil.example"),
        ("a form of our origin over http", "http://id.example"),
    ] {
        let post = request("POST", "/sign-in")
            .header("content-type", form)
            .header("origin", origin);
        table.refuse(name, browser.fetch(post, fields(""))).await;
    }
    for (name, method, path) in [
        ("sign-in by PUT", "PUT", "/sign-in"),
        ("account by DELETE", "DELETE", "/account"),
        ("sessions by GET", "GET", "/account/sessions"),
    ] {
        table
            .refuse(name, browser.fetch(request(method, path), String::new()))
            .await;
    }
    table.review("forms_malformed");
});

/// Alters what a button would send.
async fn alter(browser: &mut Browser<'_>, button: &str, changes: &[(&str, &str)]) {
    let mut form = browser.form(button);
    for (name, value) in changes {
        form.set(name, value);
    }
    browser.submit(&form).await;
}

on_both_databases!(forms_that_were_altered, installed, async |it| {
    let mut table = Table::new(it);
    let mut iris = it.browser();
    iris.authorize(&it.crm().authorization("openid"), "iris@consult.example")
        .await;
    assert_eq!(iris.path(), "/choose-account");
    let page = iris.url().to_string();
    for (name, account) in [
        ("an account that was not offered", "nowhere"),
        ("an account like SQL in the chooser", "' OR '1'='1"),
        ("an empty account", ""),
    ] {
        // Shown again with what there is: that is no error, and nobody is let in.
        let before = it.digest().await;
        alter(&mut iris, "account-acme", &[("account", account)]).await;
        assert_eq!(before.difference(&it.digest().await), "", "{name}");
        assert!(
            matches!((iris.path(), iris.status()), ("/choose-account", 200 | 400)),
            "{name}: {}",
            iris.words()
        );
        iris.open(&page).await;
    }
    let mut stan = it.browser();
    stan.authorize(&it.desk().authorization("openid"), "stan@acme.example")
        .await;
    table
        .refuse_in("continuing where no account lets one in", &mut stan, async |it| {
            let mut form = it.form("use-another");
            form.set("choice", "continue-as");
            it.submit(&form).await;
        })
        .await;
    let mut rita = it.signed_in("rita@acme.example").await;
    for (name, session) in [
        ("a session of nobody's", "0198c0de-0000-7000-8000-000000000000"),
        ("a session like SQL", "' OR '1'='1"),
    ] {
        let mut other = it.signed_in("rita@acme.example").await;
        rita.open("/account").await;
        let before = it.digest().await;
        alter(&mut rita, "end-others", &[("session", session)]).await;
        assert_eq!(before.difference(&it.digest().await), "", "{name}");
        other.open("/account").await.sees("Rita Lind");
    }
    table
        .refuse_in("a session without its name", &mut rita, async |it| {
            let mut form = it.form("end-others");
            form.remove("session");
            it.submit(&form).await;
        })
        .await;
    it.hr()
        .post("/Users", &user("nora@acme.example", "Nora", "Vale"))
        .await
        .expect(201);
    let link = it.link_to("nora@acme.example").await;
    let mut nora = it.browser();
    nora.open(&link).await.follow("create-user").await;
    for (name, changes) in [
        (
            "a first name with a control character",
            vec![("given_name", "No\u{1}ra")],
        ),
        ("a first name that is too long", vec![("given_name", LONG)]),
        (
            "a last name that turns the text around",
            vec![("family_name", "V\u{202e}ale")],
        ),
        (
            "no passwords at all",
            vec![("password", ""), ("password_confirmation", "")],
        ),
        (
            "a password of known ones",
            vec![
                ("password", "passwordpassword"),
                ("password_confirmation", "passwordpassword"),
            ],
        ),
        (
            "a password that is too long",
            vec![("password", LONG), ("password_confirmation", LONG)],
        ),
        ("a choice that there is not", vec![("request", "nonsense")]),
    ] {
        let mut form = nora.form("proceed");
        form.set("password", GOOD).set("password_confirmation", GOOD);
        for (field, value) in changes {
            form.set(field, value);
        }
        table
            .refuse_in(name, &mut nora, async |it| {
                it.submit(&form).await;
            })
            .await;
        if nora.page().form_of("proceed").is_none() {
            nora.open(&link).await.follow("create-user").await;
        }
    }
    table.review("forms_altered");
});

const GOOD: &str = "seven grey owls by a lake";
const LONG: &str = include_str!("forms.rs");

on_both_databases!(pages_for_those_who_are_signed_in, installed, async |it| {
    let mut table = Table::new(it);
    table
        .refuse("the account page of nobody", it.get("/account"))
        .await;
    let with = |cookie: &str| {
        let get = request("GET", "/account").header("cookie", cookie.to_owned());
        it.call(get, "")
    };
    let invented = format!("__Host-latchkey_session={}", "A".repeat(43));
    table.refuse("an invented session", with(&invented)).await;
    table
        .refuse(
            "a session that is too long",
            with(&format!("__Host-latchkey_session={}", long(500))),
        )
        .await;
    table
        .refuse("a session of SQL", with("__Host-latchkey_session=' OR '1'='1"))
        .await;
    let stan = it.signed_in("stan@acme.example").await;
    let secret = stan.cookie("session").unwrap();
    table
        .refuse(
            "a session by the plain name",
            with(&format!("latchkey_session={secret}")),
        )
        .await;
    table
        .refuse(
            "a session in other case",
            with(&format!("__Host-latchkey_session={}", secret.to_uppercase())),
        )
        .await;
    for (name, path) in [
        ("the development mail box where mail leaves", "/dev/mail"),
        ("its list", "/dev/mail.json"),
        ("one of its messages", "/dev/mail/1"),
        ("a page that there is not", "/console"),
        ("an asset that there is not", "/assets/nothing.css"),
        ("an asset that climbs", "/assets/..%2f..%2fCargo.toml"),
        ("terms that there are not", "/terms/nothing"),
        ("terms like SQL", "/terms/'%20OR%20'1'='1"),
        ("terms with a NUL", "/terms/a%00b"),
        ("terms of no text", "/terms/%FF"),
        ("a path with a line break", "/a%0d%0ab"),
    ] {
        table.refuse(name, it.get(path)).await;
    }
    table.review("pages");
});
