//! `/oauth2/end_session`.

use latchkey_testkit::actors::Tokens;
use latchkey_testkit::installation::with_query;
use latchkey_testkit::on_both_databases;

use crate::table::Table;

on_both_databases!(signing_out_for_a_client, installed, async |it| {
    let crm = it.crm();
    let mut table = Table::new(it);
    let mut browser = it.browser();
    let authorization = crm.authorization("openid");
    browser.authorize(&authorization, "stan@acme.example").await;
    let tokens = Tokens(
        crm.redeem(&authorization, browser.returned().code())
            .await
            .expect(200)
            .json(),
    );
    let hint = tokens.id_token();
    let bye = "https://crm.example/bye";
    let forged = format!("{}AAAA", &hint[..hint.len() - 4]);
    for (name, fields) in [
        ("a hint of nonsense", vec![("id_token_hint", "a.b.c")]),
        ("a forged hint", vec![("id_token_hint", forged.as_str())]),
        (
            "an access token as a hint",
            vec![("id_token_hint", tokens.access())],
        ),
        (
            "a way back that is not registered",
            vec![
                ("id_token_hint", hint),
                ("post_logout_redirect_uri", "https://evil.example/"),
            ],
        ),
        (
            "a way back with a slash more",
            vec![
                ("id_token_hint", hint),
                ("post_logout_redirect_uri", "https://crm.example/bye/"),
            ],
        ),
        (
            "a way back of a script",
            vec![
                ("id_token_hint", hint),
                ("post_logout_redirect_uri", "javascript:alert(1)"),
            ],
        ),
        (
            "a way back for sign-in and not for sign-out",
            vec![
                ("id_token_hint", hint),
                ("post_logout_redirect_uri", crm.redirect_uri),
            ],
        ),
        ("a way back of nobody", vec![("post_logout_redirect_uri", bye)]),
        (
            "a way back of an unknown client",
            vec![("client_id", "nobody"), ("post_logout_redirect_uri", bye)],
        ),
        (
            "a hint for another client",
            vec![
                ("id_token_hint", hint),
                ("client_id", "crm-board"),
                ("post_logout_redirect_uri", "https://board.example/"),
            ],
        ),
        (
            "a state with a line break at sign-out",
            vec![
                ("id_token_hint", hint),
                ("post_logout_redirect_uri", bye),
                ("state", "a\r\nb"),
            ],
        ),
    ] {
        table
            .refuse_in(name, &mut browser, async |it| {
                it.open(&with_query("/oauth2/end_session", &fields)).await;
            })
            .await;
    }
    table
        .refuse_in(
            "a sign-out that is finished out of nowhere",
            &mut browser,
            async |it| {
                it.open("/oauth2/end_session/done?request=nonsense").await;
            },
        )
        .await;
    browser.open("/account").await.sees("Stan Dard");
    table.review("end_session");
});
