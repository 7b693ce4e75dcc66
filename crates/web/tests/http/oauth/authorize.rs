//! `/oauth2/authorize`.

use std::time::Duration;

use latchkey_testkit::actors::{EVERYTHING, password_of};
use latchkey_testkit::installation::{ISSUER, form_text, request};
use latchkey_testkit::{Browser, on_both_databases};
use serde_json::json;

on_both_databases!(
    a_member_comes_back_with_a_code_that_gives_tokens,
    installed,
    async |it| {
        let crm = it.crm();
        let authorization = crm.authorization(EVERYTHING);
        let mut browser = it.browser();
        browser.open(&authorization.path()).await;
        assert_eq!(browser.path(), "/sign-in");
        assert_eq!(browser.page().heading(), "Sign in to Sample CRM");
        browser
            .type_credentials("stan@acme.example", password_of("stan@"))
            .await;
        let returned = browser.returned();
        assert_eq!(returned.at, "https://crm.example/callback");
        assert_eq!(returned.get("state"), "state-1");
        assert_eq!(returned.get("iss"), ISSUER);
        let answer = crm.redeem(&authorization, returned.code()).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let tokens = latchkey_testkit::actors::Tokens(answer.json());
        let id = tokens.id_claims();
        assert_eq!(id["iss"], ISSUER);
        assert_eq!(id["aud"], "crm");
        assert_eq!(id["nonce"], "nonce-1");
        assert_eq!(id["email"], "stan@acme.example");
        assert_eq!(id["email_verified"], true);
        assert_eq!(id["given_name"], "Stan");
        let access = tokens.access_claims();
        assert_eq!(access["iss"], ISSUER);
        assert_eq!(access["client_id"], "crm");
        assert_eq!(access["sub"], id["sub"]);
        assert_eq!(access["role"], "standard");
        assert_eq!(access["roles"], json!(["standard"]));
        assert_eq!(access["account"]["slug"], "acme");
        assert_eq!(access["account"]["name"], "Acme Ltd");
        assert_eq!(access["entitlements"], json!(["Sales desk"]));
        assert_eq!(
            tokens.permissions(),
            ["contacts:edit", "contacts:view", "deals:view", "reports:export"]
        );
        assert_eq!(
            latchkey_testkit::actors::header_of(tokens.access())["typ"],
            "at+jwt"
        );
    }
);

on_both_databases!(
    claims_are_for_the_scopes_asked_and_no_others,
    installed,
    async |it| {
        let tokens = it.crm().tokens_for("stan@acme.example", "openid").await;
        for claim in [
            "email",
            "given_name",
            "role",
            "permissions",
            "account",
            "member",
            "entitlements",
        ] {
            assert!(tokens.id_claims().get(claim).is_none(), "{claim}");
            assert!(tokens.access_claims().get(claim).is_none(), "{claim}");
        }
    }
);

on_both_databases!(
    each_role_gets_what_it_may_and_only_the_owner_sees_billing,
    installed,
    async |it| {
        let scope = "openid roles permissions";
        let mut seen = Vec::new();
        for person in ["olivia@acme.example", "marco@acme.example", "rita@acme.example"] {
            let tokens = it.crm().tokens_for(person, scope).await;
            let role = tokens.access_claims()["role"].as_str().unwrap().to_owned();
            seen.push((role, tokens.permissions().join(" ")));
        }
        let all = "contacts:delete contacts:edit contacts:view deals:edit deals:view invoices:manage invoices:view \
               reports:export reports:view";
        let manager =
            "contacts:delete contacts:edit contacts:view deals:edit deals:view reports:export reports:view";
        let reader = "contacts:view deals:view reports:view";
        let expected = [("owner", all), ("manager", manager), ("read_only", reader)];
        assert_eq!(
            seen,
            expected.map(|(role, list)| (role.to_owned(), list.to_owned()))
        );
    }
);

on_both_databases!(
    a_member_of_two_accounts_chooses_one_and_gets_nothing_of_the_other,
    installed,
    async |it| {
        let crm = it.crm();
        let authorization = crm.authorization("openid account roles permissions");
        let mut browser = it.browser();
        browser.authorize(&authorization, "iris@consult.example").await;
        assert_eq!(browser.path(), "/choose-account");
        browser
            .sees("Acme Ltd")
            .sees("Globex")
            .press("account-globex")
            .await;
        let answer = crm
            .redeem(&authorization, browser.returned().code())
            .await
            .expect(200);
        let globex = latchkey_testkit::actors::Tokens(answer.json()).access_claims();
        assert_eq!(globex["account"]["slug"], "globex");
        assert_eq!(globex["role"], "read_only");
        assert_eq!(
            globex["permissions"],
            json!(["contacts:view", "deals:view", "reports:view"])
        );
        let named = crm
            .authorization("openid account roles permissions")
            .with("account", "acme")
            .with("prompt", "none");
        browser.open(&named.path()).await;
        let answer = crm.redeem(&named, browser.returned().code()).await.expect(200);
        let acme = latchkey_testkit::actors::Tokens(answer.json()).access_claims();
        assert_eq!(acme["account"]["slug"], "acme");
        assert_eq!(acme["role"], "standard");
        assert_eq!(acme["sub"], globex["sub"]);
        assert_ne!(acme["member"], globex["member"]);
    }
);

on_both_databases!(
    a_second_application_lets_a_person_in_without_asking_again,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser
            .authorize(&it.crm().authorization("openid"), "gustav@globex.example")
            .await;
        let first = browser.returned();
        browser.open(&it.desk().authorization("openid").path()).await;
        let second = browser.returned();
        assert_eq!(second.at, "https://desk.example/callback");
        assert_ne!(first.code(), second.code());
    }
);

on_both_databases!(
    an_application_the_account_lacks_is_refused_after_the_password_only,
    installed,
    async |it| {
        let mut browser = it.browser();
        let authorization = it.desk().authorization("openid");
        browser.open(&authorization.path()).await;
        browser
            .type_credentials("stan@acme.example", "wrong but long enough")
            .await;
        browser.sees_no("No access");
        browser
            .type_credentials("stan@acme.example", password_of("stan@"))
            .await;
        assert_eq!(browser.status(), 403);
        browser.sees("No access").press("cancel").await;
        assert_eq!(browser.returned().get("error"), "access_denied");
    }
);

on_both_databases!(
    prompt_none_tells_what_the_person_would_have_to_do,
    installed,
    async |it| {
        let silent = |it: &latchkey_testkit::TestApp| it.crm().authorization("openid").with("prompt", "none");
        let error = async |browser: &mut Browser<'_>, path: String| {
            browser.open(&path).await;
            let returned = browser.returned();
            assert_eq!(returned.get("iss"), ISSUER);
            assert_eq!(returned.get("state"), "state-1");
            returned.get("error").to_owned()
        };
        let mut nobody = it.browser();
        assert_eq!(error(&mut nobody, silent(it).path()).await, "login_required");
        let mut iris = it.signed_in("iris@consult.example").await;
        assert_eq!(
            error(&mut iris, silent(it).path()).await,
            "account_selection_required"
        );
        assert_eq!(
            error(&mut iris, silent(it).with("account", "nowhere").path()).await,
            "access_denied"
        );
        assert_eq!(
            error(&mut iris, silent(it).with("account", "acme").path()).await,
            ""
        );
        let mut stan = it.signed_in("stan@acme.example").await;
        assert_eq!(error(&mut stan, silent(it).path()).await, "");
        assert_eq!(
            error(&mut stan, silent(it).with("account", "globex").path()).await,
            "access_denied"
        );
        it.pass(Duration::from_secs(600));
        assert_eq!(
            error(&mut stan, silent(it).with("max_age", "300").path()).await,
            "login_required"
        );
        assert_eq!(
            error(&mut stan, silent(it).with("max_age", "900").path()).await,
            ""
        );
        let day = Duration::from_secs(86_400);
        it.declare("[[terms]]\nversion = \"2\"\nfile = \"terms.md\"\n")
            .await;
        assert_eq!(error(&mut stan, silent(it).path()).await, "interaction_required");
        it.pass(8 * day);
        assert_eq!(error(&mut stan, silent(it).path()).await, "login_required");
    }
);

on_both_databases!(
    prompt_login_and_max_age_ask_again_and_tell_when,
    installed,
    async |it| {
        let crm = it.crm();
        let mut browser = it.signed_in("stan@acme.example").await;
        it.pass(Duration::from_secs(1_000));
        for authorization in [
            crm.authorization("openid").with("prompt", "login"),
            crm.authorization("openid").with("max_age", "500"),
        ] {
            browser.open(&authorization.path()).await;
            assert_eq!(browser.path(), "/sign-in");
            browser
                .type_credentials("stan@acme.example", password_of("stan@"))
                .await;
            let answer = crm
                .redeem(&authorization, browser.returned().code())
                .await
                .expect(200);
            let claims = latchkey_testkit::actors::Tokens(answer.json()).id_claims();
            assert_eq!(claims["auth_time"].as_i64(), Some(it.app.now().seconds()));
            it.pass(Duration::from_secs(1_000));
        }
    }
);

on_both_databases!(
    prompt_select_account_lets_one_go_on_or_change,
    installed,
    async |it| {
        let authorization = it
            .crm()
            .authorization("openid profile")
            .with("prompt", "select_account");
        let mut browser = it.signed_in("stan@acme.example").await;
        browser
            .open(&authorization.path())
            .await
            .sees("Continue as Stan Dard")
            .press("continue-as")
            .await;
        assert!(!browser.returned().code().is_empty());
        browser
            .open(&authorization.path())
            .await
            .press("use-another")
            .await;
        browser
            .type_credentials("rita@acme.example", password_of("rita@"))
            .await;
        let answer = it
            .crm()
            .redeem(&authorization, browser.returned().code())
            .await
            .expect(200);
        assert_eq!(
            latchkey_testkit::actors::Tokens(answer.json()).id_claims()["given_name"],
            "Rita"
        );
    }
);

on_both_databases!(
    whoever_goes_back_is_reported_to_the_client,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser
            .open(&it.crm().authorization("openid").path())
            .await
            .press("cancel")
            .await;
        let returned = browser.returned();
        assert_eq!(returned.get("error"), "access_denied");
        assert_eq!(returned.get("state"), "state-1");
        assert_eq!(returned.get("iss"), ISSUER);
    }
);

on_both_databases!(a_login_hint_fills_the_address_in, installed, async |it| {
    let mut browser = it.browser();
    browser
        .open(
            &it.crm()
                .authorization("openid")
                .with("login_hint", "rita@acme.example")
                .path(),
        )
        .await;
    assert_eq!(browser.page().value("username"), Some("rita@acme.example"));
});

on_both_databases!(
    a_request_posted_by_another_site_arrives_by_get,
    installed,
    async |it| {
        let mut browser = it.signed_in("stan@acme.example").await;
        let authorization = it.crm().authorization("openid");
        let post = request("POST", "/oauth2/authorize")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://crm.example")
            .body(http_body_util::Full::from(form_text(&authorization.pairs())))
            .unwrap();
        let answer = it.send(post).await.expect(303);
        let location = answer.header("location").to_owned();
        browser.open(&location).await;
        let code = browser.returned().code().to_owned();
        it.crm().redeem(&authorization, &code).await.expect(200);
    }
);

on_both_databases!(response_modes_answer_where_they_say, installed, async |it| {
    let mut browser = it.signed_in("stan@acme.example").await;
    browser
        .open(
            &it.board()
                .authorization("openid")
                .with("response_mode", "fragment")
                .path(),
        )
        .await;
    assert!(browser.url().query().is_none());
    assert!(browser.url().fragment().unwrap().contains("code="));
    browser
        .open(
            &it.crm()
                .authorization("openid")
                .with("response_mode", "form_post")
                .path(),
        )
        .await;
    assert_eq!(browser.status(), 200);
    let policy = browser.answer().header("content-security-policy").to_owned();
    assert!(
        policy.contains("form-action 'self' https://crm.example;"),
        "{policy}"
    );
    let forms = browser.answer().text();
    assert!(forms.contains("action=\"https://crm.example/callback\""));
    assert!(browser.page().value("code").is_some_and(|it| !it.is_empty()));
    assert_eq!(browser.page().value("iss"), Some(ISSUER));
});

on_both_databases!(
    a_step_belongs_to_its_browser_and_to_its_time,
    installed,
    async |it| {
        let mut browser = it.browser();
        browser.open(&it.crm().authorization("openid").path()).await;
        let with_step = browser.url().to_string();
        let resume = with_step.replace("/sign-in", "/oauth2/authorize/resume");
        let mut thief = it.signed_in("rita@acme.example").await;
        thief.open(&with_step).await;
        assert_eq!(thief.status(), 400);
        thief.sees("This step is over");
        thief.open(&resume).await;
        assert_eq!(thief.status(), 400);
        it.pass(Duration::from_secs(3_601));
        browser
            .fill("Email address", "stan@acme.example")
            .fill("Password", password_of("stan@"))
            .press("sign-in")
            .await;
        assert_eq!(browser.status(), 422);
        browser.sees("This page was open for too long. What you typed is still here");
        assert_eq!(browser.page().value("username"), Some("stan@acme.example"));
        assert_eq!(browser.page().value("password"), Some(""));
        browser
            .fill("Password", password_of("stan@"))
            .press("sign-in")
            .await;
        assert!(!browser.returned().code().is_empty());
    }
);

on_both_databases!(
    new_terms_stand_between_signing_in_and_the_code,
    installed,
    async |it| {
        it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
            .await;
        let crm = it.crm();
        let authorization = crm.authorization("openid");
        let mut browser = it.browser();
        browser.authorize(&authorization, "stan@acme.example").await;
        assert_eq!(browser.path(), "/terms");
        browser.sees("Be kind to your customers.").press("proceed").await;
        assert_eq!(browser.status(), 422);
        browser
            .sees("Tick the box to accept the terms")
            .tick("accept_terms")
            .press("proceed")
            .await;
        assert!(!browser.returned().code().is_empty());
        browser.open(&crm.authorization("openid").path()).await;
        assert!(!browser.returned().code().is_empty(), "asked once a version");
    }
);

on_both_databases!(
    links_and_documents_never_follow_the_host_header,
    installed,
    async |it| {
        let evil = |path: &str| {
            http::Request::builder()
                .uri(path)
                .header("host", "evil.example")
                .header("x-forwarded-host", "evil.example")
                .header("x-forwarded-proto", "http")
                .header("forwarded", "host=evil.example")
                .body(http_body_util::Full::default())
                .unwrap()
        };
        for path in [
            "/.well-known/openid-configuration",
            "/sign-in",
            &it.crm().authorization("openid").path(),
        ] {
            let answer = it.send(evil(path)).await;
            assert!(!answer.text().contains("evil.example"), "{path}");
            assert!(!answer.header("location").contains("evil.example"), "{path}");
        }
        let mut browser = it.browser();
        browser.open("/password/forgot").await;
        let mut form = browser.form("send-link");
        form.set("username", "stan@acme.example");
        let post = http::Request::builder()
            .method("POST")
            .uri("/password/forgot")
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("content-type", "application/x-www-form-urlencoded");
        browser.fetch(post, form_text(&form.pairs())).await;
        let mail = it.last_mail("stan@acme.example").await;
        assert!(
            mail.text.contains(ISSUER)
                && !mail.text.contains("evil.example")
                && !mail.html.contains("evil.example")
        );
    }
);

on_both_databases!(
    what_an_earlier_member_left_open_in_the_session_is_not_given_to_a_later_one,
    installed,
    async |it| {
        let authorization = it.crm().authorization("openid");
        let mut browser = it.browser();
        browser.authorize(&authorization, "stan@acme.example").await;
        const OPEN: &str = "SELECT sid FROM session_account WHERE ended_at IS NULL";
        let sid = it.ask(OPEN).await;
        let changed = it
            .tamper(
                "UPDATE session_account SET member_id = (SELECT m.id FROM member m \
                 WHERE m.account_id = session_account.account_id AND m.user_name = 'rita@acme.example')",
            )
            .await;
        assert_eq!(changed, 1);
        browser.authorize(&authorization, "stan@acme.example").await;
        assert!(!browser.returned().code().is_empty());
        assert_ne!(it.ask(OPEN).await, sid);
        const COUNT: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM session_account WHERE ended_at IS NULL";
        assert_eq!(it.ask(COUNT).await, "1");
    }
);
