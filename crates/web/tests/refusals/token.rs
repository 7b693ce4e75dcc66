//! `/oauth2/token`: codes, refresh tokens and the rest.

use std::time::Duration;

use latchkey_testkit::actors::{Authorization, Tokens};
use latchkey_testkit::{Client, TestApp, on_both_databases};

use crate::table::{Table, long};

const PERSON: &str = "stan@acme.example";

async fn code(it: &TestApp, client: Client<'_>) -> (Authorization, String) {
    let authorization = client.authorization("openid offline_access");
    let mut browser = it.browser();
    browser.authorize(&authorization, PERSON).await;
    let code = browser.returned().code().to_owned();
    (authorization, code)
}

fn altered(text: &str) -> String {
    let last = if text.ends_with('A') { "B" } else { "A" };
    format!("{}{last}", &text[..text.len() - 1])
}

on_both_databases!(grants, installed, async |it| {
    let mut table = Table::new(it);
    let crm = it.crm();
    for (name, fields) in [
        ("no grant_type", vec![("code", "x")]),
        ("an unknown grant_type", vec![("grant_type", "wish")]),
        (
            "the password grant",
            vec![("grant_type", "password"), ("username", "x"), ("password", "y")],
        ),
        (
            "a device code",
            vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", "x"),
            ],
        ),
        (
            "a token exchange",
            vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("subject_token", "x"),
            ],
        ),
        (
            "a grant that the client has not registered",
            vec![("grant_type", "client_credentials")],
        ),
    ] {
        table.refuse(name, crm.token(&fields)).await;
    }
    let batch = it.batch();
    let service = ("grant_type", "client_credentials");
    for (name, fields) in [
        (
            "a service in an account that there is not",
            vec![service, ("account", "nowhere"), ("scope", "roles")],
        ),
        (
            "a service in an account it has no place in",
            vec![service, ("account", "globex"), ("scope", "roles")],
        ),
        (
            "a service in an account like SQL",
            vec![service, ("account", "' OR '1'='1"), ("scope", "roles")],
        ),
        (
            "a service and another application's resource",
            vec![service, ("resource", "https://desk.example/api")],
        ),
        (
            "a service and a scope with a quote",
            vec![service, ("scope", "\"")],
        ),
        (
            "a service and a code",
            vec![
                ("grant_type", "authorization_code"),
                ("code", "x"),
                ("redirect_uri", "https://x.example/"),
            ],
        ),
        (
            "a service and a refresh token",
            vec![("grant_type", "refresh_token"), ("refresh_token", "x")],
        ),
    ] {
        table.refuse(name, batch.token(&fields)).await;
    }
    table.review("token_grants");
});

on_both_databases!(codes, installed, async |it| {
    let mut table = Table::new(it);
    let crm = it.crm();
    let (authorization, code) = code(it, crm).await;
    let grant = ("grant_type", "authorization_code");
    let uri = ("redirect_uri", crm.redirect_uri);
    let verifier = ("code_verifier", authorization.verifier.as_str());
    let (changed, half, nobody) = (altered(&code), &code[..code.len() / 2], long(60));
    for (name, fields) in [
        ("no code", vec![grant, uri, verifier]),
        (
            "a code of nonsense",
            vec![grant, uri, verifier, ("code", "nonsense")],
        ),
        (
            "a code like SQL",
            vec![grant, uri, verifier, ("code", "' OR '1'='1")],
        ),
        ("an altered code", vec![grant, uri, verifier, ("code", &changed)]),
        ("a truncated code", vec![grant, uri, verifier, ("code", half)]),
        (
            "no redirect_uri with the code",
            vec![grant, verifier, ("code", &code)],
        ),
        (
            "another redirect_uri with the code",
            vec![
                grant,
                verifier,
                ("code", &code),
                ("redirect_uri", "https://crm.example/other?x=1"),
            ],
        ),
        (
            "a redirect_uri elsewhere with the code",
            vec![
                grant,
                verifier,
                ("code", &code),
                ("redirect_uri", "https://evil.example/"),
            ],
        ),
        ("no verifier", vec![grant, uri, ("code", &code)]),
        (
            "a wrong verifier",
            vec![grant, uri, ("code", &code), ("code_verifier", &nobody)],
        ),
        (
            "a short verifier",
            vec![grant, uri, ("code", &code), ("code_verifier", "short")],
        ),
        (
            "a verifier with other signs",
            vec![
                grant,
                uri,
                ("code", &code),
                ("code_verifier", "ü".repeat(30).leak()),
            ],
        ),
        (
            "the challenge in place of the verifier",
            vec![
                grant,
                uri,
                ("code", &code),
                ("code_verifier", authorization.get("code_challenge")),
            ],
        ),
        (
            "a resource that was not granted",
            vec![
                grant,
                uri,
                verifier,
                ("code", &code),
                ("resource", "https://desk.example/api"),
            ],
        ),
    ] {
        table.refuse(name, crm.token(&fields)).await;
    }
    table
        .refuse("another client's code", it.desk().redeem(&authorization, &code))
        .await;
    table
        .refuse(
            "a confidential client's code at a public one",
            it.board().redeem(&authorization, &code),
        )
        .await;
    let tokens = Tokens(crm.redeem(&authorization, &code).await.expect(200).json());
    table
        .refuse_but(
            "a replayed code ends the family it gave",
            &["oauth_grant"],
            crm.redeem(&authorization, &code),
        )
        .await;
    table
        .refuse("a code replayed once more", crm.redeem(&authorization, &code))
        .await;
    table
        .refuse(
            "the refresh token of a replayed code",
            crm.refresh(tokens.refresh()),
        )
        .await;
    let (authorization, code) = self::code(it, crm).await;
    it.pass(Duration::from_secs(61));
    table
        .refuse("an expired code", crm.redeem(&authorization, &code))
        .await;
    table.review("token_codes");
});

on_both_databases!(refresh_tokens, installed, async |it| {
    let mut table = Table::new(it);
    let (crm, board) = (it.crm(), it.board());
    let tokens = crm.tokens_for(PERSON, "openid offline_access").await;
    let token = tokens.refresh();
    let grant = ("grant_type", "refresh_token");
    let (changed, half) = (altered(token), &token[..token.len() / 2]);
    for (name, fields) in [
        ("no refresh token", vec![grant]),
        (
            "a refresh token of nonsense",
            vec![grant, ("refresh_token", "nonsense")],
        ),
        (
            "a refresh token like SQL",
            vec![grant, ("refresh_token", "' OR '1'='1")],
        ),
        (
            "an altered refresh token",
            vec![grant, ("refresh_token", &changed)],
        ),
        ("a truncated refresh token", vec![grant, ("refresh_token", half)]),
        (
            "an access token in its place",
            vec![grant, ("refresh_token", tokens.access())],
        ),
        (
            "a wider scope",
            vec![grant, ("refresh_token", token), ("scope", "openid permissions")],
        ),
        (
            "a malformed scope",
            vec![grant, ("refresh_token", token), ("scope", "open\"id")],
        ),
        (
            "another application's resource at refresh",
            vec![
                grant,
                ("refresh_token", token),
                ("resource", "https://desk.example/api"),
            ],
        ),
    ] {
        table.refuse(name, crm.token(&fields)).await;
    }
    table
        .refuse("another client's refresh token", it.desk().refresh(token))
        .await;
    table
        .refuse(
            "a confidential client's refresh token at a public one",
            board.refresh(token),
        )
        .await;
    let first = board.tokens_for(PERSON, "openid offline_access").await;
    for (name, more) in [
        (
            "a wider scope at a public client, whose token stays unused",
            ("scope", "openid permissions"),
        ),
        (
            "another resource at a public client, whose token stays unused",
            ("resource", "https://desk.example/api"),
        ),
    ] {
        table
            .refuse(
                name,
                board.token(&[grant, ("refresh_token", first.refresh()), more]),
            )
            .await;
    }
    let second = Tokens(board.refresh(first.refresh()).await.expect(200).json());
    board.refresh(second.refresh()).await.expect(200);
    table
        .refuse_but(
            "a re-used refresh token ends its family",
            &["oauth_grant"],
            board.refresh(first.refresh()),
        )
        .await;
    table
        .refuse("a token of an ended family", board.refresh(second.refresh()))
        .await;
    crm.revoke(token).await.expect(200);
    table
        .refuse("a refresh token that was given back", crm.refresh(token))
        .await;
    let old = crm.tokens_for(PERSON, "openid offline_access").await;
    it.pass(Duration::from_secs(31 * 86_400));
    table
        .refuse("an expired refresh token", crm.refresh(old.refresh()))
        .await;
    table.review("token_refresh");
});

on_both_databases!(people_who_may_no_longer, installed, async |it| {
    let mut table = Table::new(it);
    let crm = it.crm();
    let tokens = crm.tokens_for(PERSON, "openid offline_access").await;
    it.declare("[[terms]]\nversion = \"2026-02\"\nfile = \"terms.md\"\n")
        .await;
    table
        .refuse(
            "somebody who has not accepted new terms",
            crm.refresh(tokens.refresh()),
        )
        .await;
    let (authorization, code) = {
        let authorization = crm.authorization("openid");
        let mut browser = it.browser();
        browser.authorize(&authorization, PERSON).await;
        browser.tick("accept_terms").press("proceed").await;
        let code = browser.returned().code().to_owned();
        (authorization, code)
    };
    let id = it.hr().id_of(PERSON).await;
    it.hr().set_active(&id, false).await.expect(200);
    table
        .refuse(
            "a code of somebody suspended since",
            crm.redeem(&authorization, &code),
        )
        .await;
    table
        .refuse(
            "a refresh token of somebody suspended",
            crm.refresh(tokens.refresh()),
        )
        .await;
    it.hr().delete(&format!("/Users/{id}")).await.expect(204);
    table
        .refuse(
            "a refresh token of somebody removed",
            crm.refresh(tokens.refresh()),
        )
        .await;
    table.review("token_people");
});
